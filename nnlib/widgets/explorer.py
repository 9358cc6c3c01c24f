"""`explore`: set hyper-parameters, train beside a free kernel, watch the curves, stop at once, compare the trials."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import ipywidgets
import numpy as np

from nnlib import checks
from nnlib.search import Trial, TrialLog, data_info, train_trial
from nnlib.search.training import make_row
from nnlib.solver import DATA_KEYS
from nnlib.widgets import curves
from nnlib.widgets.controls import Control
from nnlib.widgets.panel import Panel
from nnlib.widgets.picture import Picture, png
from nnlib.widgets.run import Run
from nnlib.widgets.table import TrialTable, best_run, trial_columns
from nnlib.widgets.worker import Worker, repeating

REDRAW_SECONDS, ANNOUNCE_SECONDS = 0.35, 3.0

_SIZE = (8.6, 2.9)  # inches


class Explorer(Panel):
    """What `explore` returns.

    Attributes:
        trials: the trial log rows of the finished runs, oldest first.
        runs: the course of each run, the present one included.
        trial_log: where the rows are kept for good.
        views: the controls' widgets, by name.
    """

    def __init__(
        self,
        make_model: Callable,
        data: Mapping[str, np.ndarray],
        controls: Sequence[Control],
        solver: Mapping[str, object],
        trial_log: TrialLog,
        name: str,
    ):
        self._worker = Worker(self._idle)
        names = [control.name for control in controls]
        checks.require(len(names) > 0, "controls", "at least one", "none")
        checks.require(len(set(names)) == len(names), "controls", "one for each setting", ", ".join(names))
        self._make_model, self._solver, self.trial_log = make_model, dict(solver), trial_log
        # These four and nothing else, not even the Dataset, which knows the way to the test set.
        self._data = {key: data[key] for key in DATA_KEYS}
        self._data_name = getattr(data, "name", "unnamed arrays")
        self._info: dict | None = None  # taken by the first run: it looks at every byte
        self.trials: list[dict] = []
        self.runs: list[Run] = []
        self._announced: tuple[object, float] = ((), 0.0)
        self.views = {control.name: control.view() for control in controls}
        self.picture = Picture()
        self.table = TrialTable(trial_columns(controls), self._restore)
        narrow = {"width": "96px"}
        self.run_button = ipywidgets.Button(description="Run", icon="play", button_style="primary", layout=narrow)
        self.stop_button = ipywidgets.Button(description="Stop", icon="stop", disabled=True, layout=narrow)
        self.run_button.tooltip, self.stop_button.tooltip = "train with these settings", "stop after this minibatch"
        self.run_button.on_click(lambda _: self._start())
        self.stop_button.on_click(lambda _: self.stop())
        self.progress = ipywidgets.FloatProgress(min=0, max=1, layout={"width": "200px"}, tooltip="progress")
        self.clock = ipywidgets.Label("Ready.")
        sizes = f"{len(data['y_train']):,} training and {len(data['y_val']):,} validation examples"
        self.caption = f"{self._data_name}: {sizes}"
        self._trial()  # a control that nobody takes is an error now, and not at the first run
        super().__init__(name, self._layout())
        self._paint()

    def run(self, *, wait: bool = False, **settings: object) -> dict | None:
        """Train with the controls as they stand.

        Args:
            wait: return when training has ended, with the trial's trial log row; otherwise at once, with None.
            settings: values by the controls' names, which the controls are set to first.

        Raises:
            RuntimeError: a run is going on already, or the explorer was closed.
            ValueError: a setting without a control.
            Exception: with `wait`, what training raised.
        """
        self.set(**settings)
        if self.closed:
            raise RuntimeError(f"{self.name}: expected an open explorer, this one was closed. Run its cell again.")
        if not self._start():
            raise RuntimeError(f"{self.name}: expected no run to be going on. Call stop() and wait() first.")
        if not wait:
            return None
        self.wait()
        return self.trials[-1]

    def set(self, **settings: object) -> None:
        """Set controls by their names, as the user would by hand; numbers beyond a control's range are cut."""
        for name, value in settings.items():
            checks.choice("setting", name, tuple(self.views))
            self.views[name].value = value

    def stop(self) -> None:
        """Have training end after the present minibatch, and return at once."""
        self._worker.stop()

    def wait(self) -> None:
        """Wait until training has ended, and raise what it raised."""
        self._worker.wait()

    def close(self) -> None:
        """Stop training, wait for its end, and take the widgets off the page."""
        self.stop()
        self._worker.join()
        super().close()

    def static_fallback(self) -> tuple[bytes, str]:
        """Return the last curves as a picture, and in words with the table."""
        lines = [self._words(), self.caption]
        if self.table.runs:
            lines += ["", *self.table.as_text()]
        return png(curves.live_figure(_SIZE, list(self.runs))), "\n".join(lines)

    def _layout(self) -> list[ipywidgets.Widget]:
        rows = [view.row for view in self.views.values()]
        controls = ipywidgets.HBox(rows, layout={"flex_flow": "row wrap"})
        buttons = [self.run_button, self.stop_button, self.progress, self.clock]
        return [
            controls,
            ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap", "align_items": "center"}),
            self.picture,
            ipywidgets.Label(self.caption),
            self.table,
        ]

    def _start(self) -> bool:
        if self.closed:
            return False
        trial, number = self._trial(), len(self.runs) + 1
        settings = {name: view.value for name, view in self.views.items()}
        return self._worker.start(lambda stop: self._train(trial, Run(number, settings, stop)))

    def _restore(self, run: Run) -> None:
        self.set(**run.settings)

    def _trial(self) -> Trial:
        settings = {name: view.value for name, view in self.views.items()}
        return Trial(self._make_model, settings, settings.pop("seed", 0), self._solver)

    def _train(self, trial: Trial, run: Run) -> None:
        """Train and record: all that happens in the worker's thread."""
        self.runs.append(run)
        self.run_button.disabled, self.stop_button.disabled = True, False
        try:
            with repeating(REDRAW_SECONDS, self._paint):
                self._train_trial(trial, run)
        finally:
            self.trials.append(run.row)
            self.trial_log.append(run.row)
            self.table.add(run)
            self._paint()
            self.refresh_plain_copy()

    def _idle(self) -> None:
        self.run_button.disabled, self.stop_button.disabled = False, True

    def _train_trial(self, trial: Trial, run: Run) -> None:
        if self._info is None:
            self._info = {**data_info(self._data), "name": self._data_name}
        try:
            _, row = train_trial(trial, self._data, [run], info=self._info)
        except Exception as error:
            run.end(make_row(trial, self._info, "error", f"{type(error).__name__}: {error}"))
            raise
        run.end(row)

    def _paint(self) -> None:
        if self.closed:
            return
        image = png(curves.live_figure(_SIZE, list(self.runs)))
        run = self.runs[-1] if self.runs else None
        self.picture.image.value = image
        self._announce(run)
        if run is not None:
            self.progress.value = run.fraction
            self.clock.value = _clock(run)

    def _announce(self, run: Run | None) -> None:
        """Put the picture into words, when something new has happened and every few seconds: they are read aloud."""
        news = run and (run.number, run.status, bool(run.losses))
        now = time.monotonic()
        if news != self._announced[0] or now - self._announced[1] >= ANNOUNCE_SECONDS:
            self._announced = news, now
            self.picture.announce(self._words(), alert=run is not None and run.status in ("error", "diverged"))

    def _words(self) -> str:
        if not self.runs:
            return "No run yet. Set the controls and press Run."
        return curves.alt_text(self.runs[-1], best_run(self.runs))


def explore(
    make_model: Callable,
    data: Mapping[str, np.ndarray],
    *,
    controls: Sequence[Control],
    solver: Mapping[str, object] | None = None,
    trial_log: TrialLog | None = None,
    name: str,
) -> Explorer:
    """Return an explorer: sliders for hyper-parameters, Run and Stop, live curves, and a table of the trials.

    Each run is a `Trial`, the same that a sweep makes: its settings are the controls' values, by name, and its row
    goes to `trials` and to the trial log. Training runs beside the kernel; another cell can run meanwhile.

    Args:
        make_model: called with the model's settings and `rng`, returns a Classifier; see `nnlib.search.Trial`.
        data: `X_train`, `y_train`, `X_val`, `y_val`; nothing else of it is looked at.
        controls: what can be set. One called `seed` is the trial's seed (0 without it); every other goes to the model,
            the update rule or the Solver, whichever takes its name.
        solver: options of the Solver that cannot be set.
        trial_log: where each trial's row is also written; None for `TrialLog.named(NAME_explorer)`, below build/.
        name: of the explorer. A later explorer of the same name closes this one.
    """
    trial_log = TrialLog.named(f"{name}_explorer") if trial_log is None else trial_log
    return Explorer(make_model, data, controls, solver or {}, trial_log, name)


def _clock(run: Run) -> str:
    if run.status != "running":
        return f"Run {run.number}: {run.status}, {run.seconds:.1f} s."
    if run.remaining is None:
        return f"Run {run.number} is starting."
    epoch = len(run.losses) / run.steps_per_epoch
    return (
        f"Run {run.number}: epoch {epoch:.1f} of {run.total_steps // run.steps_per_epoch}, {run.remaining:.0f} s left"
    )
