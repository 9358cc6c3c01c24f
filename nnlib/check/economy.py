"""How much work a backward pass does where numerical differentiation would do thousands of times as much."""

from __future__ import annotations

import time

import numpy as np

from nnlib.check.process import StudentError
from nnlib.check.subjects import Case, Fault, Subject

RATIO, START_UP = 20, 3.0  # backward may take so many times as long as forward, and so many seconds more
SMALL, ROUGH = 1e-6, 0.02  # a step, in which few of many entries pass a kink; a share of the gradient's norm


def economy(examination, _: Case) -> None:
    """Raise where backward takes much longer than forward, or is wrong at that size; of two rounds one is a warm-up."""
    if not examination.subject.large:
        return
    case = examination.subject.make(examination.rng, *examination.subject.large, **examination.subject.cases[""][0][1])
    ratio, usual = examination.row.limits.get("ratio", RATIO), examination.worker.seconds
    for _ in range(2):
        calls = examination.subject.calls(examination.worker, case, examination.subject.targets)
        started = time.perf_counter()
        next(calls)
        examination.worker.seconds = ratio * (time.perf_counter() - started) + START_UP
        try:
            gradients = next(calls).results
        except StudentError as error:
            if error.kind != "timeout":
                raise
            raise Fault(f"backward takes longer than {ratio:g} forward passes", "slow-backward") from error
        finally:
            examination.worker.seconds = usual
    if not _slope_fits(examination.subject, case, gradients, examination.rng):
        raise Fault("backward is quick, and wrong for large inputs")


def _slope_fits(subject: Subject, case: Case, gradients: Case, rng: np.random.Generator) -> bool:
    """Return whether gradients give the definition's slope along one random direction: two passes at any size."""
    along = {name: rng.standard_normal(case[name].shape) for name in subject.wrt}
    found = {name: gradients[f"d{name}"] for name in along}
    if any(np.shape(each) != along[name].shape for name, each in found.items()):
        return False
    points = {name: subject.point(case, name) for name in along}
    ends = ({**case, **{name: points[name] + h * along[name] for name in along}} for h in (-SMALL, SMALL))
    before, after = (np.vdot(subject.expect("out")(end), case["dout"]) for end in ends)
    slope, norm = (after - before) / (2 * SMALL), np.sqrt(sum(np.vdot(each, each) for each in found.values()))
    return bool(abs(sum(np.vdot(found[name], along[name]) for name in along) - slope) <= ROUGH * norm)
