"""Progress of the notebook runner on stderr."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator

from tqdm import tqdm


class Progress:
    """One bar on a terminal (notebook, cell, elapsed time); elsewhere a line as each notebook starts and ends."""

    def __init__(self, total_cells: int) -> None:
        self._bar = tqdm(
            total=total_cells,
            bar_format="{desc} {bar} {n_fmt}/{total_fmt}, {elapsed}",
            dynamic_ncols=True,
            leave=False,
            disable=None,  # off unless stderr is a terminal
        )
        self._stopped = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        self._clock.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._clock.join()
        self._bar.close()

    def _tick(self) -> None:
        # The elapsed time moves on while a cell takes minutes.
        while not self._stopped.wait(1.0):
            self._bar.refresh()

    @contextlib.contextmanager
    def notebook(self, name: str, cells: int) -> Iterator[Callable[[int, int], None]]:
        """Announce a notebook, yield a function to call before each of its cells, and report how long it took."""
        started = time.perf_counter()
        if self._bar.disable:
            print(f"{name}: {cells} cells ...", file=sys.stderr, flush=True)

        def on_cell(number: int, total: int) -> None:
            self._bar.set_description_str(f"{name}, cell {number} of {total}", refresh=False)
            self._bar.update(number > 1)  # the bar counts finished cells
            self._bar.refresh()

        yield on_cell
        self._bar.update(cells > 0)
        self._bar.write(f"{name}: {cells} cells in {time.perf_counter() - started:.1f} s", file=sys.stderr)
