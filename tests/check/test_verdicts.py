"""How a result becomes a verdict: which errors are seen, at which inputs, and what a row means for those after it."""

import numpy as np
import pytest

from nnlib.check import cases, engine, examination, exercises
from nnlib.check.engine import Result
from nnlib.check.exercises import Row
from nnlib.check.networks import VGG
from nnlib.check.process import StudentError
from nnlib.check.subjects import SAME_SEED, Call, Comparison, Fault

SUBJECTS = {each.targets[0].rpartition(":")[2]: each for each in cases.SUBJECTS if not isinstance(each, VGG)}
ROUGH = ("col2im", "train_epoch", "test", "predict")  # whose results are compared with differences, or come in float32


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_small_error_is_seen_in_every_result_and_what_is_right_passes(name):
    subject = SUBJECTS[name]
    sizes, options = subject.cases[""][0]
    case = subject.make(np.random.default_rng(0), *sizes, **options)
    for output in (*subject.outputs, *(f"d{each}" for each in subject.wrt)):
        exact = output[0] != "d" and name not in ROUGH
        comparison = Comparison(name, output, None, case, subject.expect(output), *subject.accuracy(output, case))
        for factor, seen in ((1, False), (1 + (1e-7 if exact else 5e-4), True)):
            comparison.got = np.asarray(factor * comparison.expected)
            assert bool(examination.difference(comparison, Row("", "value"))) == seen, output


@pytest.mark.parametrize("property", examination.OWN)
def test_a_property_of_its_own_is_examined_at_every_input_and_time_once(property, monkeypatch):
    subject, seen = SUBJECTS["batchnorm_forward"], []

    def examine(examined, case):
        seen.append(case["x"].shape)

    monkeypatch.setitem(examination.OWN, property, examine)
    if property == "economy":
        monkeypatch.setattr(examination, "economy", examine)
    row = Row(property, property)
    examination.examine(examination.Examination(subject, row, None, subject.targets, np.random.default_rng(0)))
    inputs = subject.cases.get(property, subject.cases[""])
    assert seen == [sizes for sizes, _ in inputs][: 1 if property == "economy" else None]


@pytest.mark.parametrize("changed", ["x", "running_mean", "inner"])
def test_arrays_are_compared_wherever_arguments_hold_them(changed):
    def arguments(**values):
        one = {"x": np.zeros(2), "running_mean": np.zeros(2), "inner": np.zeros(2)} | values
        return {"x": one["x"], "bn_param": {"running_mean": one["running_mean"], "of": {"inner": one["inner"]}}}

    pairs = list(examination._arrays(arguments(), arguments(**{changed: np.ones(2)})))
    assert len(pairs) == 3
    assert [changed in name for name, before, after in pairs if not np.array_equal(before, after)] == [True]


def masked(p, examples=60):
    """Return a mask (60, 50) that keeps with probability p; of so many examples, each one's is repeated."""
    return np.tile(np.random.default_rng(0).random((examples, 50)) < p, (60 // examples, 1))


@pytest.mark.parametrize(
    ("mask", "right"),
    [(masked(0.8), True), (masked(0.75), False), (masked(0.2), False), (masked(0.8, 1), False), (masked(1), False)],
)
@pytest.mark.parametrize("moved", [0, 1])
def test_a_mask_from_a_generator_is_judged_by_its_shares_and_is_that_of_the_seed(mask, right, moved):
    subject = SUBJECTS["dropout_forward"]
    (sizes, options), *_ = (each for each in subject.cases["value"] if "rng" in each[1])
    case = subject.make(np.random.default_rng(0), *sizes, **options)
    again = case["x"] * np.roll(mask, moved, axis=1)  # of another Generator of that seed
    call = Call("dropout_forward", case, case, {"out": case["x"] * mask, SAME_SEED: again})
    found = [examination.difference(each, Row("", "value")) for each in subject.compare(call, case)]
    assert (not any(found)) == (right and not moved), found


NO_TORCH = StudentError("import", "ModuleNotFoundError: No module named 'torch'", "/a/vgg.py", 1)
ENDS = {  # how a row's examination ends: status, message, diagnosis, place, where
    "right": (None, ("passed", "", "", "", "")),
    "wrong": (Fault("dx differs", "sign", "dx of f"), ("failed", "dx differs", "sign", "", "dx of f")),
    "an exception": (StudentError("exception", "E: no", "/a/relu.py", 7), ("exception", "E: no", "", "relu.py:7", "")),
    "no end": (StudentError("timeout", "no answer"), ("timeout", "no answer", "", "", "")),
    "another package": (StudentError("import", "E: no", "/a/fc.py", 1), ("import", "E: no", "", "fc.py:1", "")),
    "no PyTorch": (NO_TORCH, ("not run", "needs PyTorch (make setup-q6)", "", "", "")),
    "our mistake": (KeyError("x"), ("ours", "KeyError: 'x'", "", "", "")),
}


@pytest.mark.parametrize(("error", "result"), ENDS.values(), ids=ENDS)
def test_a_result_says_how_the_examination_ended_and_where(error, result, monkeypatch):
    def examine(examined):
        if error is not None:
            raise error

    monkeypatch.setattr(engine, "examine", examine)
    item = exercises.items()["1.2"]
    found = engine.judge_row(item, item.rows[0], None, 0)
    assert (found.status, found.message, found.diagnosis, found.place, found.where) == result


STATUSES = ("failed", "exception", "timeout", "killed", "output", "syntax", "import", "not run", "ours")


@pytest.mark.parametrize("status", ["passed", "waits", *STATUSES])
def test_a_row_is_judged_only_where_those_before_it_have_passed(status, monkeypatch):
    def judge_row(item, row, worker, seed):
        first = row.name == "first"
        return Result(item.id, row.name, row.property, status if first else "passed", "1.1" if first else "")

    monkeypatch.setattr(engine, "judge_row", judge_row)
    rows = Row("first", "shape"), Row("second", "value", after=("first",)), Row("third", "mode", after=("second",))
    _, *others = engine.judge("1.2", rows=rows)
    said = {"passed": ["", ""], "waits": ["1.1", "1.1"]}
    expected = said.get(status, ["1.2 first has to pass first", "1.2 second has to pass first"])
    judged = status if status in said else "not run"
    assert [(each.status, each.message) for each in others] == [(judged, message) for message in expected]
