"""Where a training stands, so that an interrupted one goes on as if nothing had happened."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Arrays = dict[str, np.ndarray]


class Snapshot(NamedTuple):
    """A model after an epoch, with its validation accuracy."""

    val_acc: float
    params: Arrays
    state: Arrays


class Standing(NamedTuple):
    """Where training stands between two steps."""

    step: int
    epoch: int
    order: np.ndarray | None  # the examples of this epoch that are still to come; None between two epochs
    params: Arrays
    state: Arrays
    configs: dict[str, dict]  # the update rule's hyper-parameters and running averages, by parameter
    random: tuple[dict, ...]  # the states of the generators
    snapshot: Snapshot | None = None  # what is to be restored at the end


class TrainingState:
    """The current `Standing`, and its way into the model and back.

    `now` is never changed, only replaced as a whole, by one assignment. So wherever an interrupt comes, even between
    two parameters, `now` is training before a step or after it.

    Args:
        model: has `params`, a dict of arrays, and perhaps `state`, a dict that is not trained.
        config: of the update rule, for each parameter to begin with.
        generators: all that training draws from.
    """

    def __init__(self, model: object, config: dict, generators: Sequence[np.random.Generator]):
        self.model, self.generators = model, tuple(generators)
        self.now = Standing(0, 0, None, {}, {}, dict.fromkeys(model.params, config), self._random())
        self._left: tuple[Arrays, Arrays] | None = None  # what `leave` has put into the model; None while training

    def commit(self, **changes: object) -> None:
        """Replace `now`; the model's state and the generators are read, the rest is as `changes` say."""
        state = copy.deepcopy(_state(self.model))  # a model may overwrite its arrays in the next step
        self.now = self.now._replace(state=state, random=self._random(), **changes)

    def commit_model(self) -> None:
        """Replace `now` by the arrays that are in the model, which may have been changed from outside."""
        self.commit(params=dict(self.model.params))

    def resume(self) -> None:
        """Put the arrays of `now` back into the model; or take the model's, if it was changed since `leave`."""
        begun = bool(self.now.params)
        if begun and (self._left is None or self._holds(*self._left)):  # None: `leave` was interrupted itself
            self._put(self.now.params, copy.deepcopy(self.now.state))
        else:
            self.commit_model()
        self._left = None

    def leave(self) -> None:
        """Put a copy of the snapshot into the model, or of the arrays of `now` if there is none.

        The generators go back to `now` as well: what an interrupted step has drawn is drawn again.
        """
        for generator, state in zip(self.generators, self.now.random, strict=True):
            generator.bit_generator.state = state
        source = self.now.snapshot or self.now
        self._put(*copy.deepcopy((source.params, source.state)))
        self._left = source.params, source.state

    @property
    def has_left(self) -> bool:
        """Whether what was to be restored is in the model, or was when `leave` returned."""
        return self._left is not None

    def take_snapshot(self, val_acc: float) -> Snapshot:
        """Return a copy of the model."""
        return Snapshot(val_acc, *copy.deepcopy((self.model.params, _state(self.model))))

    @property
    def known_val_acc(self) -> float | None:
        """The validation accuracy of the model, if it is the snapshot's."""
        snapshot = self.now.snapshot
        return snapshot.val_acc if snapshot and self._holds(snapshot.params, snapshot.state) else None

    def _holds(self, params: Arrays, state: Arrays) -> bool:
        pairs = ((self.model.params, params), (_state(self.model), state))
        return all(
            arrays.keys() == kept.keys() and all(np.array_equal(arrays[name], kept[name]) for name in arrays)
            for arrays, kept in pairs
        )

    def _put(self, params: Arrays, state: Arrays) -> None:
        # In place: a model may share this dict with another object, such as its network.
        self.model.params.update(params)
        _state(self.model).update(state)

    def _random(self) -> tuple[dict, ...]:
        return tuple(generator.bit_generator.state for generator in self.generators)


def _state(model: object) -> Arrays:
    state = getattr(model, "state", None)
    return state if isinstance(state, dict) else {}


def generators_of(*owners: object) -> list[np.random.Generator]:
    """Return the generators that are the attribute `rng` of `owners`."""
    found = (getattr(owner, "rng", None) for owner in owners)
    return [rng for rng in found if isinstance(rng, np.random.Generator)]
