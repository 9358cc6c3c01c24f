"""`explore`: set hyper-parameters, train in the background, watch the curves, stop at any time, compare the trials."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import ipywidgets
import numpy as np

from nnlib import checks
from nnlib.search import Trial, TrialLog, data_info, train_trial
from nnlib.search.rows import DataInfo, TrialRow
from nnlib.search.trial import make_row
from nnlib.solver_checks import DATA_KEYS, check_data
from nnlib.widgets import curves
from nnlib.widgets.controls import Control, check_controls
from nnlib.widgets.panel import Panel, opened
from nnlib.widgets.picture import Picture, png
from nnlib.widgets.run import Run
from nnlib.widgets.table import TrialTable, best_run, trial_columns
from nnlib.widgets.worker import Worker, repeating

REDRAW_SECONDS, ANNOUNCE_SECONDS = 0.35, 3.0

_SIZE = (8.6, 2.9)  # inches


class Explorer(Panel):
    """What `explore` returns.

    Attributes:
        trials: the trial log's rows of the finished runs, oldest first.
        runs: every run, the current one included. Those of an earlier explorer of the same name, controls and data
            stay, so that running a cell again does not lose them.
        trial_log: the trial log to which the rows are appended.
        views: the controls' widgets by name.
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
        controls = check_controls(controls)
        # These four arrays alone: the Dataset itself can load the test set.
        self._data = {key: data[key] for key in DATA_KEYS if key in data} if isinstance(data, Mapping) else data
        check_data(self._data, values=False)
        checks.instance("trial_log", trial_log, TrialLog, "a TrialLog")
        self._make_model, self._solver, self.trial_log = make_model, solver, trial_log
        self._data_name = getattr(data, "name", "unnamed arrays")
        self._info: DataInfo | None = None  # computed by the first run: it hashes every byte
        self.trials: list[TrialRow] = []
        self.runs: list[Run] = []
        self._announced: tuple[object, float] = ((), 0.0)
        self.views = {control.name: control.view() for control in controls}
        self.picture = Picture()
        self.table = TrialTable(trial_columns(controls), self._restore)
        self._make_buttons()
        sizes = f"{len(data['y_train']):,} training and {len(data['y_val']):,} validation examples"
        self.caption = f"{self._data_name}: {sizes}"
        self._trial()  # an unknown setting is an error now, not at the first run
        self._take_over(opened(name))
        super().__init__(name, self._layout())
        self._paint()

    def run(self, *, wait: bool = False, **settings: object) -> TrialRow | None:
        """Train with the controls' values.

        Args:
            wait: True to return the trial log's row after training, False to return None at once.
            settings: values by the controls' names; the controls are set to them first.

        Raises:
            RuntimeError: a run is in progress, or the explorer is closed.
            ValueError: a setting without a control, or a value out of its range.
            Exception: with `wait`, what training raised.
        """
        self.set(**settings)
        if self.closed:
            raise RuntimeError(f"{self.name}: expected an open explorer, got a closed one. Run its cell again.")
        if not self._start():
            raise RuntimeError(f"{self.name}: expected no run in progress, got one. Call stop() and wait() first.")
        if not wait:
            return None
        self.wait()
        return self.trials[-1]

    def set(self, **settings: object) -> None:
        """Set controls by name, as the user does; a value that a control does not admit is a ValueError."""
        for name, value in settings.items():
            checks.choice("setting", name, tuple(self.views))
            self.views[name].value = value

    def stop(self) -> None:
        """Tell training to end after the current minibatch; return at once."""
        self._worker.stop()

    def wait(self) -> None:
        """Wait for the end of training; raise what it raised."""
        self._worker.wait()

    def close(self) -> None:
        """Stop training, wait for its end, and remove the widgets from the page."""
        self.stop()
        self._worker.join()
        super().close()

    def static_fallback(self) -> tuple[bytes, str]:
        """Return the last curves as PNG bytes, and their description with the table of trials as text."""
        lines = [self._describe(), self.caption]
        if self.table.runs:
            lines += ["", *self.table.as_text()]
        return png(curves.live_figure(_SIZE, list(self.runs))), "\n".join(lines)

    def _make_buttons(self) -> None:
        run = {"description": "Run", "icon": "play", "button_style": "primary", "tooltip": "train with these settings"}
        stop = {"description": "Stop", "icon": "stop", "disabled": True, "tooltip": "end the run after a minibatch"}
        self.run_button, self.stop_button = (ipywidgets.Button(**it, layout={"width": "96px"}) for it in (run, stop))
        self.run_button.on_click(lambda _: self._start())
        self.stop_button.on_click(lambda _: self.stop())
        self.progress = ipywidgets.FloatProgress(min=0, max=1, layout={"width": "200px"}, tooltip="progress")
        self.clock = ipywidgets.Label("Ready.")

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

    def _take_over(self, earlier: Panel | None) -> None:
        """Close the explorer of the cell's last run and keep its runs, if they are comparable."""
        if not isinstance(earlier, Explorer):
            return
        earlier.close()
        if earlier._comparable() == self._comparable():
            self.trials, self.runs = earlier.trials, earlier.runs
        for run in self.runs:
            self.table.add(run)

    def _comparable(self) -> tuple:
        return self.caption, {name: view.control.extremes for name, view in self.views.items()}

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
        """Train and record the outcome, in the worker's thread."""
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
            self.refresh_static_fallback()

    def _idle(self) -> None:
        self.run_button.disabled, self.stop_button.disabled = False, True

    def _train_trial(self, trial: Trial, run: Run) -> None:
        if self._info is None:
            self._info = replace(data_info(self._data), name=self._data_name)
        code = ""  # unknown, if a file of nnlib was edited and not loaded again
        try:
            code = trial.fingerprint()
            _, row = train_trial(trial, self._data, [run], identity=trial.identity(self._info, code))
        except Exception as error:
            run.end(make_row(trial.identity(self._info, code), "error", f"{type(error).__name__}: {error}"))
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
            self.clock.value = curves.clock(run)

    def _announce(self, run: Run | None) -> None:
        """Update the description after every change of status and every few seconds: screen readers read it aloud."""
        news = run and (run.number, run.status, bool(run.losses))
        now = time.monotonic()
        if news != self._announced[0] or now - self._announced[1] >= ANNOUNCE_SECONDS:
            self._announced = news, now
            self.picture.announce(self._describe(), alert=run is not None and run.status in ("error", "diverged"))

    def _describe(self) -> str:
        if not self.runs:
            return "No run yet. Set the controls and press Run. Stop ends a run; interrupting the kernel does not."
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

    Each run is a `Trial`, as in a sweep: its settings are the controls' values by name, and its row goes to `trials`
    and to the trial log. Training runs in a thread, so that other cells can run meanwhile; the kernel's interrupt
    does not reach it, the Stop button does.

    Args:
        make_model: called with the model's settings and `rng`, returns a Classifier; see `nnlib.search.Trial`.
        data: a mapping; of it, only `X_train`, `y_train`, `X_val` and `y_val` are read.
        controls: what can be set. One named `seed` sets the trial's seed (0 without it); every other is passed to the
            model, the update rule or the Solver, whichever has an argument of its name.
        solver: further options of the Solver.
        trial_log: to which each trial's row is appended; None for `TrialLog.named("NAME_explorer")`, in build/.
        name: of the explorer; a new explorer closes an earlier one of the same name.
    """
    trial_log = TrialLog.named(f"{name}_explorer") if trial_log is None else trial_log
    return Explorer(make_model, data, controls, {} if solver is None else solver, trial_log, name)
