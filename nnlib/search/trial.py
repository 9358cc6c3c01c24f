"""A trial: a model factory, settings by name, a seed, and options of the Solver."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nnlib import backend, checks, optim
from nnlib.models import Classifier
from nnlib.provenance.code import code_checksum, training_code
from nnlib.provenance.plain_json import checksum, jsonable, to_json
from nnlib.search.rows import DataInfo
from nnlib.solver import Solver

_SOLVER_OPTIONS = {
    name for name, parameter in inspect.signature(Solver).parameters.items() if parameter.kind is parameter.KEYWORD_ONLY
} - {"rng"}


@dataclass(frozen=True)
class Trial:
    """A recipe that trains the same model every time.

    Args:
        make_model: called with its share of the settings and `rng`; returns a Classifier. A class such as
            SoftmaxClassifier, a function, or a functools.partial. Workers get it by pickle (lambdas and a notebook's
            own functions included).
        settings: hyper-parameters by name. Each goes to the first that takes it: make_model, the update rule
            (`learning_rate`, `momentum`, ...), the Solver (`num_epochs`, `batch_size`, `update_rule`, ...).
        seed: for weight initialisation and dropout, and again for the order of the minibatches.
        solver: options of the Solver and of its update rule that are the same in all trials. Callbacks are copied for
            each trial.

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
        object.__setattr__(self, "seed", int(self.seed))
        object.__setattr__(self, "settings", jsonable("settings", self.settings))
        object.__setattr__(self, "solver", dict(self.solver))
        self.arguments()

    def arguments(self) -> tuple[dict[str, object], dict[str, object]]:
        """Return the keyword arguments of make_model and of the Solver, without `rng`."""
        named, takes_any = _accepted(self.make_model)
        optim_config = dict(self.solver.get("optim_config") or {})
        rule = self.settings.get("update_rule", self.solver.get("update_rule", "sgd"))
        if not callable(rule):
            checks.choice("update_rule", rule, tuple(optim.RULES))
        of_rule = {"learning_rate", *optim_config} if callable(rule) else set(optim.DEFAULTS[rule])
        for_model: dict[str, object] = {}
        options: dict[str, object] = {}
        for source, given in (("solver", self.solver), ("settings", self.settings)):
            for name, value in given.items():
                if source == "settings" and name in named - {"rng"}:
                    for_model[name] = value
                elif name in of_rule:
                    optim_config[name] = value
                elif name in _SOLVER_OPTIONS:
                    options[name] = value
                elif source == "settings" and takes_any and name != "rng":
                    for_model[name] = value
                else:
                    raise _unknown(source, name, named if source == "settings" else set(), rule, of_rule)
        return for_model, {"verbose": False} | options | {"optim_config": optim_config}

    def fingerprint(self) -> str:
        """Return the checksum of the code that this trial runs.

        Raises:
            CodeError: a file of nnlib was edited and not loaded again, or has a syntax error.
        """
        return checksum([training_code(), self.own_code()])

    def own_code(self, *, main: bool = True) -> str:
        """Return the checksum of what this trial adds to nnlib's code: its functions, and the layers in use.

        Args:
            main: as for `nnlib.provenance.code.code_checksum`.
        """
        functions = [option for option in self.solver.values() if callable(option)]
        callbacks = list(self.solver.get("callbacks", ()))
        rules = [optim.RULES, optim.DEFAULTS, backend.RULES, backend.current()]
        return code_checksum(self.make_model, functions, callbacks, rules, main=main)

    def to_json(self, info: DataInfo, code: str) -> dict[str, object]:
        """Return the fields of a row that say which trial it is.

        Two rows with the same `id` are of the same trial: settings, seed, solver options, data and code are equal.

        Args:
            info: `data_info(data)`.
            code: `self.fingerprint()`.
        """
        what = {
            "settings": self.settings,
            "seed": self.seed,
            "solver": to_json(self.solver),
            "make_model": to_json(self.make_model),
            "fingerprint": code,
        }
        return {"id": checksum(what | {"data": info.checksum}), "data": info, **what}


def _accepted(make_model: Callable) -> tuple[set[str], bool]:
    """Return the keyword arguments that make_model names, and whether it takes any others."""
    parameters = inspect.signature(make_model).parameters.values()
    named = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    todo = "It initialises the weights; write def make_model(..., rng)."
    checks.require("rng" in named or takes_any, "make_model", "an argument rng", ", ".join(sorted(named)), todo)
    return named, takes_any


def _unknown(source: str, name: str, named: set[str], rule: object, of_rule: set[str]) -> ValueError:
    known = {
        "make_model": named - {"rng"},
        f"the update rule {getattr(rule, '__name__', repr(rule))}": of_rule,
        "the Solver": _SOLVER_OPTIONS,
    }
    listed = "; ".join(f"{owner}: {', '.join(sorted(names))}" for owner, names in known.items() if names)
    return ValueError(f"{source}[{name!r}]: expected a name that one of these takes, got {name!r}. {listed}.")
