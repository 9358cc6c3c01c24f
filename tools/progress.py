"""Progress of the notebook runner on stderr."""

from __future__ import annotations

import sys
import threading
import time

from tqdm import tqdm


class Progress:
    """One bar on a terminal (notebook, cell, elapsed time); elsewhere a line as each notebook starts and ends.

    Args:
        total_cells: the number of code cells in all notebooks.
    """

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
        self._started = 0.0

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

    def start(self, name: str, cells: int) -> None:
        """Announce the notebook `name`, which has `cells` code cells."""
        self._started = time.perf_counter()
        if self._bar.disable:
            print(f"{name}: {cells} cells ...", file=sys.stderr, flush=True)

    def cell(self, name: str, number: int, total: int) -> None:
        """Show that code cell `number` of `total` starts."""
        self._bar.set_description_str(f"{name}, cell {number} of {total}", refresh=False)
        self._bar.update(number > 1)  # the bar counts finished cells
        self._bar.refresh()

    def end(self, name: str, cells: int) -> None:
        """Report that the notebook ended, and how long it took."""
        self._bar.update(cells > 0)
        self._bar.write(f"{name}: {cells} cells in {time.perf_counter() - self._started:.1f} s", file=sys.stderr)
