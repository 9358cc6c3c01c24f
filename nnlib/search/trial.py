"""A trial is a model factory, settings by name, a seed, and options of the Solver; trained, it becomes a row."""

from __future__ import annotations

import copy
import functools
import inspect
import math
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from nnlib import backend, blas, checks, layers, optim
from nnlib.callbacks import Callback
from nnlib.models import Classifier
from nnlib.provenance.code import code_checksum
from nnlib.provenance.machine import machine, utc_now, versions
from nnlib.provenance.plain_json import array_checksum, checksum, jsonable, to_json
from nnlib.search.rows import Curve, DataInfo, TrialRow
from nnlib.solver import DivergenceError, Solver
from nnlib.solver_checks import DATA_KEYS

CURVE_POINTS = 200  # a row keeps at most so many losses, evenly spaced, including the first and the last

Identity = dict[str, object]  # the fields of a row that say which trial it is

_OPTIONS = {name for name, p in inspect.signature(Solver).parameters.items() if p.kind is p.KEYWORD_ONLY} - {"rng"}


@dataclass(frozen=True)
class Trial:
    """A recipe that trains the same model every time.

    Args:
        make_model: a class, function or partial, called with its share of the settings and `rng`; returns a Classifier.
        settings: hyper-parameters by name. Each goes to the first that takes it: make_model, the update rule
            (`learning_rate`, `momentum`, ...), the Solver (`num_epochs`, `batch_size`, `update_rule`, ...).
        seed: for weight initialisation and dropout, and again for the order of the minibatches.
        solver: options of the Solver and its update rule that all trials share. Callbacks are copied for each.

    Raises:
        ValueError: an unknown setting or option, or a setting that JSON cannot hold.
    """

    make_model: Callable[..., Classifier]
    settings: Mapping[str, object] = field(default_factory=dict)
    seed: int = 0
    solver: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self):
        checks.require(callable(self.make_model), "make_model", "a class or a function", repr(self.make_model))
        checks.generator(self.seed)
        own = {"make_model": _current(self.make_model), "settings": jsonable("settings", self.settings)}
        for name, value in {**own, "seed": int(self.seed), "solver": dict(self.solver)}.items():
            object.__setattr__(self, name, value)
        self.arguments()

    def arguments(self) -> tuple[dict[str, object], dict[str, object]]:
        """Return the keyword arguments of make_model and of the Solver, without `rng`."""
        parameters = inspect.signature(self.make_model).parameters.values()
        named = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
        takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
        todo = "It initialises the weights; write def make_model(..., rng)."
        checks.require("rng" in named or takes_any, "make_model", "an argument rng", ", ".join(sorted(named)), todo)
        optim_config = dict(self.solver.get("optim_config") or {})
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


def _current(factory: Callable) -> Callable:
    """Return a class as its module has it now: autoreload may have made a new one, and pickle finds only that."""
    if isinstance(factory, functools.partial):
        return functools.partial(_current(factory.func), *factory.args, **factory.keywords)
    if not isinstance(factory, type) or factory.__module__ == "__main__":
        return factory
    found = getattr(sys.modules.get(factory.__module__), factory.__qualname__, None)
    return found if isinstance(found, type) and to_json(found) == to_json(factory) else factory


def data_info(data: Mapping[str, np.ndarray]) -> DataInfo:
    """Return the name, checksum and sizes of the training and validation examples."""
    arrays = {key: np.asarray(data[key]) for key in DATA_KEYS}
    name = str(getattr(data, "name", "unnamed arrays"))
    return DataInfo(name, array_checksum(arrays), len(arrays["y_train"]), len(arrays["y_val"]))


def train_trial(
    trial: Trial, data: Mapping[str, np.ndarray], callbacks: Iterable[Callback] = (), identity: Identity | None = None
) -> tuple[Solver, TrialRow]:
    """Train, and return the Solver (its `model` is the trained one) and the row.

    Args:
        trial: what to train.
        data: `X_train`, `y_train`, `X_val`, `y_val`.
        callbacks: they watch this run and are not part of the trial. If it ends early, its status is 'stopped'.
        identity: `trial.identity(data_info(data), trial.fingerprint())` if it is known; it hashes every byte.

    Raises:
        CodeError: as from `trial.fingerprint()`, before the training.
        Exception: what make_model or a callback raises. A divergence does not raise, it is the row's status.
    """
    identity = identity or trial.identity(data_info(data), trial.fingerprint())
    for_model, options = trial.arguments()
    watchers, own = tuple(callbacks), copy.deepcopy(tuple(options.pop("callbacks", ())))
    start = time.perf_counter()
    model = trial.make_model(**for_model, rng=trial.seed)
    solver = Solver(model, data, **options, callbacks=(*own, *watchers), rng=trial.seed)
    status, reason = "done", ""
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # they announce a divergence, which is reported
            solver.train()
    except DivergenceError as error:
        status, reason = "diverged", str(error)
    if status == "done" and watchers and solver.epoch < solver.num_epochs:
        status, reason = "stopped", f"stopped in epoch {solver.epoch + 1} of {solver.num_epochs}"
    outcome = {"val_acc": None if status == "diverged" else solver.val_acc, "curve": _curve(solver)}
    outcome["num_params"] = sum(array.size for array in model.params.values())
    if status == "done":
        outcome["wrong"] = np.flatnonzero(~model.correct(data["X_val"], data["y_val"])).tolist()
    return solver, make_row(identity, status, reason, **outcome, seconds=time.perf_counter() - start)


def run_trial(trial: Trial, data: Mapping[str, np.ndarray], identity: Identity | None = None) -> TrialRow:
    """Train as `train_trial`, and return the row alone; an exception becomes a row too, of status 'error'."""
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
