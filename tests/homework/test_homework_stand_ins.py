"""nnlib.homework.stand_ins: Q5 goes on with PyTorch's layers where a student's are open, not right, or too slow."""

import numpy as np
import pytest

from nnlib import backend, layers, torch_layers
from nnlib.check import exercises
from nnlib.check.engine import Result, judge
from nnlib.homework import stand_ins

ITEMS = [item for group in stand_ins.ITEMS.values() for item in group]


@pytest.fixture(autouse=True)
def _students_layers(monkeypatch):
    monkeypatch.setenv("NNLIB_LAYERS", "plain")


@pytest.fixture
def in_time(monkeypatch):
    """Any layers are quick enough."""
    monkeypatch.setattr(stand_ins, "IMAGES", 1)


def judged(**statuses):
    """Return a judge that finds every item right but for those named, such as {"1.5c": "waits"}."""
    return lambda item: [
        Result(item, "value", "value", "passed"),
        Result(item, "gradient", "gradient", statuses.get(item, "passed")),
    ]


def unwritten(*arguments):
    raise NotImplementedError


def test_the_items_write_what_stands_in_for_them():
    for kind, group in stand_ins.ITEMS.items():
        targets = {target for item in group for target in exercises.items()[item].targets}
        assert set(backend.KINDS[kind]) <= {target.partition(":")[2] for target in targets}
    assert set(stand_ins.ITEMS) == set(backend.KINDS) - {"logistic_loss", "svm_loss"}


@pytest.mark.usefixtures("in_time")
def test_right_layers_stay(capsys):
    asked = []
    stand_ins.choose_layers(lambda item: (asked.append(item), judged()(item))[1])
    assert sorted(asked) == sorted(ITEMS)
    assert capsys.readouterr().out == "Networks made from now on: plain layers.\n"
    assert backend.current() == "plain"


@pytest.mark.usefixtures("in_time")
def test_an_open_item_and_a_wrong_one_are_gone_round(monkeypatch, capsys):
    monkeypatch.setattr(layers, "conv_backward", unwritten)  # nor does timing call it
    stand_ins.choose_layers(judged(**{"1.5c": "waits", "1.4a": "failed", "4.1": "timeout"}))
    assert capsys.readouterr().out.splitlines() == [
        "batchnorm: 1.4a has not passed, see its check",
        "conv: 1.5c is open",
        "softmax_loss: 4.1 has not passed, see its check",
        "Networks made from now on: plain layers, with PyTorch for conv, batchnorm, softmax_loss.",
    ]
    assert backend.current() == "plain+torch:conv,batchnorm,softmax_loss"


def test_loops_over_pixels_are_right_and_too_slow(monkeypatch, capsys):
    def loops(x, w):
        (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
        out = np.zeros((n, f, height - kh + 1, width - kw + 1), x.dtype)
        for i, k, p, q in np.ndindex(out.shape):
            out[i, k, p, q] = (x[i, :, p : p + kh, q : q + kw] * w[k]).sum()
        return out, layers.conv.conv_forward(x, w)[1]

    monkeypatch.setattr(layers, "conv_forward", loops)
    stand_ins.choose_layers(judged())
    assert capsys.readouterr().out.startswith("conv: yours is right, and would take ")  # the slowest comes first
    assert backend.functions().conv_forward is torch_layers.conv_forward


def test_no_more_than_it_takes_are_replaced(monkeypatch):
    seconds = {"conv": 3.0, "fc": 1.0, "max_pool": 2.0}
    monkeypatch.setattr(stand_ins, "_seconds_per_image", lambda others, number: dict(seconds))
    monkeypatch.setattr(stand_ins, "IMAGES", stand_ins.SECONDS / 3)
    assert list(stand_ins._slow(())) == ["conv"]
    assert list(stand_ins._slow(["conv"])) == []
    monkeypatch.setattr(stand_ins, "IMAGES", stand_ins.SECONDS / 2.9)
    assert list(stand_ins._slow(())) == ["conv", "max_pool"]


def test_what_one_image_makes_slow_alone_stays(monkeypatch):
    """The gradient of a matrix of weights takes as long for one image as for fifty."""
    measured = {1: {"conv": 1.0, "fc": 1e-3}, 50: {"conv": 1e-6, "fc": 2e-5}}
    monkeypatch.setattr(stand_ins, "_seconds_per_image", lambda others, number: dict(measured[number]))
    assert list(stand_ins._slow(())) == ["conv"]
    measured[50]["fc"] = 1e-3
    assert list(stand_ins._slow(())) == ["conv", "fc"]


@pytest.mark.usefixtures("in_time")
def test_without_pytorch_it_says_what_to_do(monkeypatch, capsys):
    def missing():
        raise ModuleNotFoundError("Run make setup-q6.")

    monkeypatch.setattr(torch_layers, "pytorch", missing)
    stand_ins.choose_layers(judged(**{"1.5c": "waits"}))
    assert capsys.readouterr().out.splitlines() == [
        "conv: 1.5c is open",
        "Q5 waits for these, or for PyTorch. Run make setup-q6. Then run this cell again.",
    ]
    assert backend.current() == "plain"
    stand_ins.choose_layers(judged())
    assert capsys.readouterr().out == "Networks made from now on: plain layers.\n"


@pytest.mark.parametrize("name", ["fast", "plain+torch:fc"])
def test_layers_that_were_asked_for_stay(name, capsys):
    with backend.using(name):
        stand_ins.choose_layers(unwritten)
    assert capsys.readouterr().out == f"Networks made from now on: {name} layers.\n"


@pytest.mark.usefixtures("in_time")
def test_the_judge_of_the_checks_decides(monkeypatch, capsys):
    monkeypatch.setattr(stand_ins, "ITEMS", {"fc": ("1.1",), "conv": ("1.5b",)})
    stand_ins.choose_layers(lambda item: judge(item, rows=exercises.items()[item].rows[:1]))
    assert capsys.readouterr().out == "Networks made from now on: plain layers.\n"
