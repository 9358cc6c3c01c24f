"""A trial is a model factory, settings by name, a seed, and options of the Solver; trained, it becomes a row."""

from __future__ import annotations

import contextlib
import copy
import inspect
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from nnlib import backend, blas, checks, layers, optim
from nnlib.callbacks import Callback, check_callbacks
from nnlib.models import Classifier
from nnlib.provenance.code import as_loaded, code_checksum
from nnlib.provenance.machine import machine, utc_now, versions
from nnlib.provenance.plain_json import array_checksum, checksum, jsonable, to_json
from nnlib.search.rows import Curve, DataInfo, TrialRow
from nnlib.solver import DivergenceError, Solver
from nnlib.solver_checks import DATA_KEYS

CURVE_POINTS = 200  # a row keeps at most so many losses, evenly spaced, including the first and the last
FIRST_LOSS_BAND = 1e-4  # relative; one step in float32 is rounded a thousand times finer

Identity = dict[str, object]  # the fields of a row that say which trial it is
_OPTIONS = {name for name, p in inspect.signature(Solver).parameters.items() if p.kind is p.KEYWORD_ONLY} - {"rng"}


@dataclass(frozen=True)
class Trial:
    """The settings, seed and factory of one training: it gives the same model every time.

    Args:
        make_model: a class, function or partial, called with its share of the settings and `rng`; returns a Classifier.
        settings: hyper-parameters by name. Each goes to the first that takes it: make_model, the update rule
            (`learning_rate`, `momentum`, ...), the Solver (`num_epochs`, `batch_size`, `update_rule`, ...).
        seed: for weight initialisation and dropout, and again for the order of the minibatches.
        solver: options of the Solver and its update rule that all trials share. Callbacks are copied for each.

    Raises:
        TypeError, ValueError: an unknown setting or option, or a setting that JSON cannot hold; no dictionary; no seed.
    """

    make_model: Callable[..., Classifier]
    settings: Mapping[str, object] = field(default_factory=dict)
    seed: int = 0
    solver: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self):
        checks.require(callable(self.make_model), "make_model", "a class or a function", repr(self.make_model))
        seed = checks.whole("seed", self.seed, "a whole number of at least 0", lambda seed: seed >= 0)
        solver = dict(checks.mapping("solver", self.solver, "{'num_epochs': 5}"))
        own = {"make_model": as_loaded(self.make_model), "settings": jsonable("settings", self.settings)}
        for name, value in {**own, "seed": seed, "solver": solver}.items():
            object.__setattr__(self, name, value)
        self.arguments()

    def arguments(self) -> tuple[dict[str, object], dict[str, object]]:
        """Return the keyword arguments of make_model and of the Solver, without `rng`."""
        parameters = inspect.signature(self.make_model).parameters.values()
        named = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
        todo = "It initialises the weights; write def make_model(..., rng)."
        checks.require("rng" in named or takes_any, "make_model", "an argument rng", ", ".join(sorted(named)), todo)
        optim_config = dict(checks.mapping("optim_config", self.solver.get("optim_config") or {}, "{'momentum': 0.9}"))
        rule = self.settings.get("update_rule", self.solver.get("update_rule", "sgd"))
        if not callable(rule):
            checks.choice("update_rule", rule, tuple(optim.RULES))
        of_rule = {"learning_rate", *optim_config} if callable(rule) else set(optim.DEFAULTS[rule])
        for_model, options = {}, {}
        shown = f"the update rule {getattr(rule, '__name__', repr(rule))}"
        of_solver = [(shown, of_rule, optim_config), ("the Solver", _OPTIONS, options)]
        of_all = [("make_model", named - {"rng"}, for_model), *of_solver]
        for source, given, takers in (("solver", self.solver, of_solver), ("settings", self.settings, of_all)):
            known = "; ".join(f"{who}: {', '.join(sorted(names))}" for who, names, _ in takers if names)
            for name, value in given.items():
                rest = for_model if takers is of_all and takes_any and name != "rng" else None
                taken = next((arguments for _, names, arguments in takers if name in names), rest)
                expected = "a name that one of these takes"
                checks.require(taken is not None, f"{source}[{name!r}]", expected, repr(name), f"{known}.")
                taken[name] = value
        return for_model, {"verbose": False} | options | {"optim_config": optim_config}

    def fingerprint(self, *, apart: Iterable[str] = ()) -> str:
        """Return the checksum of the code that this trial runs; `apart` and errors as for `code_checksum`."""
        own = [option for name, option in self.solver.items() if callable(option) or name == "callbacks"]
        functions = {name: [vars(module).get(name) for module in backend.MODULES.values()] for name in layers.__all__}
        return code_checksum(Solver, self.make_model, own, functions, backend.current(), apart=apart)

    def identity(self, info: DataInfo, code: str) -> Identity:
        """Return the fields of a row that say which trial it is, given `data_info(data)` and `self.fingerprint()`."""
        what = {"settings": self.settings, "seed": self.seed, "solver": to_json(self.solver), "fingerprint": code}
        what["make_model"] = to_json(self.make_model)
        return {"id": checksum(what | {"data": info.checksum}), "data": info, **what}


def data_info(data: Mapping[str, np.ndarray]) -> DataInfo:
    """Return the name, checksum and sizes of the training and validation examples."""
    found = checks.mapping("data", data, "{'X_train': X, 'y_train': y, 'X_val': X_val, 'y_val': y_val}")
    checks.require({*DATA_KEYS} <= {*found}, "data", f"the keys {', '.join(DATA_KEYS)}", [*found])
    arrays = {key: np.asarray(data[key]) for key in DATA_KEYS}
    name = str(getattr(data, "name", "unnamed arrays"))
    return DataInfo(name, array_checksum(arrays), len(arrays["y_train"]), len(arrays["y_val"]))


class _TrialSolver(Solver):
    """Keeps which validation examples are right after each epoch, so that a row needs no second pass over them."""

    def check_accuracy(self, X: np.ndarray, y: np.ndarray) -> float:
        right = self.model.correct(X, y)
        if X is self.X_val:
            self.right = getattr(self, "right", {}) | {self.epoch + 1: right}
        return float(np.mean(right))


def train_trial(
    trial: Trial, data: Mapping[str, np.ndarray], callbacks: Iterable[Callback] = (), identity: Identity | None = None
) -> tuple[Solver, TrialRow]:
    """Train, and return the Solver (its `model` is the trained one) and the row.

    The callbacks watch this run and are not part of the trial. If it ends early, its status is 'stopped'. `identity` is
    `trial.identity(data_info(data), trial.fingerprint())` if that is known; it hashes every byte of the data.

    Raises:
        CodeError: as from `trial.fingerprint()`, before the training.
        Exception: what make_model or a callback raises. A divergence does not raise, it is the row's status.
    """
    checks.instance("trial", trial, Trial, "a Trial")
    identity = identity or trial.identity(data_info(data), trial.fingerprint())
    for_model, options = trial.arguments()
    watchers, own = check_callbacks(callbacks), copy.deepcopy(tuple(options.pop("callbacks", ())))
    start = time.perf_counter()
    model = trial.make_model(**for_model, rng=trial.seed)
    solver = _TrialSolver(model, data, **options, callbacks=(*own, *watchers), rng=trial.seed)
    status, reason = "done", ""
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # they announce a divergence, which is reported
            solver.train()
    except DivergenceError as error:
        status, reason = "diverged", str(error)
    if status == "done" and watchers and solver.epoch < solver.num_epochs:
        status, reason = "stopped", f"stopped in epoch {solver.epoch + 1} of {solver.num_epochs}"
    right = getattr(solver, "right", {}).get(solver.restored_epoch)
    right = model.correct(data["X_val"], data["y_val"]) if status == "done" and right is None else right
    wrong = np.flatnonzero(~right).tolist() if status == "done" else None
    outcome = {"val_acc": None if status == "diverged" else solver.val_acc, "wrong": wrong, "curve": _curve(solver)}
    outcome["num_params"] = sum(array.size for array in model.params.values())
    return solver, make_row(identity, status, reason, **outcome, seconds=time.perf_counter() - start)


def run_trial(trial: Trial, data: Mapping[str, np.ndarray], identity: Identity | None = None) -> TrialRow:
    """Train as `train_trial`, and return the row alone; an exception becomes a row too, of status 'error'."""
    checks.instance("trial", trial, Trial, "a Trial")
    identity = identity or trial.identity(data_info(data), trial.fingerprint())
    try:
        return train_trial(trial, data, (), identity)[1]
    except (Exception, SystemExit) as error:
        return make_row(identity, "error", f"{type(error).__name__}: {error}")


def make_row(identity: Identity, status: str, reason: str, **outcome: object) -> TrialRow:
    """Return a row of this process and time; `outcome` is what a finished training adds to it, or nothing."""
    here = {"versions": versions(), "threads": blas.threads(), "machine": machine(), "layers": backend.current()}
    return TrialRow(**identity, status=status, reason=reason, **outcome, **here, finished=utc_now())


def _curve(solver: Solver) -> Curve:
    losses = solver.loss_history
    kept = np.unique(np.linspace(0, len(losses) - 1, min(CURVE_POINTS, len(losses))).round().astype(int)).tolist()
    thinned = [losses[i] if math.isfinite(losses[i]) else None for i in kept]
    return Curve([i + 1 for i in kept], thinned, list(solver.train_acc_history), list(solver.val_acc_history))


@dataclass(frozen=True)
class Replay:
    """Whether a replay matched its row: to the last bit if `exact`, else within `band`; `row` is the new one."""

    equal: bool
    exact: bool
    band: float
    row: TrialRow
    reason: str

    def __str__(self):
        return self.reason


def replay(row: TrialRow, make_model: Callable, data: Mapping[str, np.ndarray], **options: object) -> Replay:
    """Train a row's trial again and compare.

    On the same machine, thread count, versions and code, status, accuracy and curve have to be equal to the last bit.
    Elsewhere sums are rounded differently, and training then takes a different path, as with another seed. Then
    the status has to be the same, the first loss has to agree to 0.01 %, and the validation accuracies may lie two
    standard errors of a difference apart, 2 sqrt(2 p (1 - p) / n) for n validation examples. `make_model` and `data`
    are the trial's, `options` those of its solver that JSON does not hold: functions and callbacks, by name.

    Raises:
        ValueError: the trial did not end as done or diverged; other data, factory or options than the row's.
    """
    checks.instance("row", row, TrialRow, "a row of a trial", "Take one of a sweep: sweep.rows[0].")
    checks.require(row.status in ("done", "diverged"), "row", "a trial that ended by itself", row.status)
    info = data_info(data)
    checks.require(info.checksum == row.data.checksum, "data", f"{row.data.name}, {row.data.checksum}", info.checksum)
    described, given = {"make_model": row.make_model, **row.solver}, {"make_model": make_model, **options}
    objects = {name for name, value in described.items() if isinstance(value, (dict, list)) and name != "optim_config"}
    for name in sorted(objects | given.keys()):
        checks.require(to_json(given.get(name)) == described.get(name), name, described.get(name), given.get(name))
    trial = Trial(make_model, row.settings, row.seed, {**row.solver, **options})
    threads = blas.one_thread() if row.threads == 1 else contextlib.nullcontext()
    with threads, backend.using(row.layers):
        return _compare(row, run_trial(trial, data, identity=trial.identity(info, trial.fingerprint())))


def _compare(then: TrialRow, now: TrialRow) -> Replay:
    names = ("machine", "threads", "versions", "layers", "fingerprint")
    differs = [name for name in names if getattr(then, name) != getattr(now, name)]
    if then.status != now.status:
        reason = f"Not the same: it was {then.status} and is {now.status} now. {now.reason}".rstrip()
        return Replay(False, not differs, 0.0, now, reason)
    shown = " and ".join("no accuracy" if row.val_acc is None else f"{row.val_acc:.4%}" for row in (then, now))
    if not differs:
        equal = then.val_acc == now.val_acc and then.curve == now.curve
        reason = f"{'The same to the last bit' if equal else 'Not the same'}: {shown}, on the same machine and code."
        return Replay(equal, True, 0.0, now, reason)
    n = then.data.val
    p = min(max(then.val_acc or 0.0, 0.5 / n), 1 - 0.5 / n)  # at least half an example is wrong, and right
    band = 0.0 if then.val_acc is None else 2 * math.sqrt(2 * p * (1 - p) / n)
    first = [row.curve.losses[0] if row.curve.losses else None for row in (then, now)]
    start = first[0] == first[1] or (None not in first and math.isclose(*first, rel_tol=FIRST_LOSS_BAND))
    equal = start and (then.val_acc is None or abs(then.val_acc - now.val_acc) <= band)
    reason = f"{'The same' if equal else 'Not the same'} within the band of {band:.2%}: {shown}"
    reason += f"{'' if start else ', and the first losses differ'}; {', '.join(differs)} differ."
    return Replay(equal, False, band, now, reason)
