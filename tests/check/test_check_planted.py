"""Mistakes planted into what Q1's check cells call: none passes, none hides in an earlier result, none costs others."""

import contextlib
import functools
import io
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from nnlib import layers
from nnlib.check import exercises, report, start

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "q1_layers.ipynb"
CELLS = [cell for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code"]
CHECKS = {
    re.search(r'checks\("(.*?)"\)', cell.source)[1]: cell.source
    for cell in CELLS
    if "check" in cell.metadata.get("tags", [])
}


def stub(item):
    def not_written(*args, **kwargs):
        raise NotImplementedError(f"{item} is not written yet. Its task: notebooks/q1_layers.ipynb")

    return not_written


def after(name, change):
    """The right function, its result changed."""
    right = getattr(layers, name)
    return {name: lambda *args: change(right(*args), *args)}


def without_variance(dout, cache):
    dx, dgamma, dbeta = layers.batchnorm_backward(dout, cache)
    x_hat, gamma, sigma, training = cache
    return dx + training * gamma / sigma * x_hat * dgamma / len(dout), dgamma, dbeta


def without_mean(dout, cache):
    dx, dgamma, dbeta = layers.batchnorm_backward(dout, cache)
    _, gamma, sigma, training = cache
    return dx + training * gamma / sigma * dbeta / len(dout), dgamma, dbeta


def other_momentum(x, gamma, beta, bn_param):
    momentum = 1 - bn_param.get("momentum", 0.9)
    own = {**bn_param, "momentum": momentum}
    result = layers.batchnorm_forward(x, gamma, beta, own)
    bn_param.update({key: own[key] for key in ("running_mean", "running_var") if key in own})
    return result


def unbiased(x, gamma, beta, bn_param):
    result = layers.batchnorm_forward(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train" and len(x) > 1:
        bn_param["running_var"] = bn_param["running_var"] * len(x) / (len(x) - 1)
    return result


def dropping_p(x, param):
    return layers.dropout_forward(x, {**param, "p": 1 - param["p"]})


def without_p(x, param):
    return layers.dropout_forward(x, {**param, "p": 1.0} if param["mode"] == "test" else param)


def flipped(x, w):
    return layers.conv_forward(x, np.ascontiguousarray(w[:, :, ::-1, ::-1]))


MISTAKES = {  # what is wrong: (the item that must fail, functions by name)
    "dW transposed": ("1.1", after("fc_backward", lambda r, *_: (r[0], r[1].T.reshape(r[1].shape), r[2]))),
    "dW over N": ("1.1", after("fc_backward", lambda r, dout, _: (r[0], r[1] / len(dout), r[2]))),
    "db a mean": ("1.1", after("fc_backward", lambda r, dout, _: (*r[:2], r[2] / len(dout)))),
    "bias forgotten": ("1.1", {"fc_forward": lambda x, w, b: layers.fc_forward(x, w, 0 * b)}),
    "ReLU lets all gradients pass": ("1.2", {"relu_backward": lambda dout, cache: 1 * dout}),
    "p drops": ("1.3", {"dropout_forward": dropping_p}),
    "test mode without p": ("1.3", {"dropout_forward": without_p}),
    "inverted dropout": ("1.3", after("dropout_forward", lambda r, x, param: (r[0] / param["p"], r[1]))),
    "momentum on the wrong side": ("1.4a", {"batchnorm_forward": other_momentum}),
    "unbiased running variance": ("1.4a", {"batchnorm_forward": unbiased}),
    "no variance term": ("1.4c", {"batchnorm_backward": without_variance}),
    "no mean term": ("1.4c", {"batchnorm_backward": without_mean}),
    "kernel not flipped in valid": ("1.5a", {"conv_valid": layers.conv_filt}),
    "kernel flipped in the layer": ("1.5b", {"conv_forward": flipped}),
    "dW over N, convolution": ("1.5c", after("conv_backward", lambda r, dout, _: (r[0], r[1] / len(dout)))),
    "dX flipped": ("1.5c", after("conv_backward", lambda r, *_: (r[0][:, :, ::-1, ::-1].copy(), r[1]))),
    "NaN": ("1.2", after("relu_forward", lambda r, x: (np.full_like(r[0], np.nan), r[1]))),
    "nothing returned": ("1.1", {"fc_forward": lambda x, w, b: None}),
    "another shape": ("1.5b", after("conv_forward", lambda r, *_: (r[0].transpose(0, 1, 3, 2), r[1]))),
}


pytestmark = pytest.mark.xdist_group("planted")  # one process runs them all: what they share is slow to make


@pytest.fixture(scope="module")
def names():
    """The notebook's names after its setup and solutions, without figures, widgets and timings."""
    found = {"display": lambda *args: None}
    for cell in CELLS:
        drawing = re.search(r"show\(|Stepper\(|playground\(", cell.source)
        if {"given", "solution"}.intersection(cell.metadata.get("tags", [])) and not drawing:
            source = "\n".join(line for line in cell.source.splitlines() if not line.startswith(("%", "show_source")))
            with contextlib.redirect_stdout(io.StringIO()):
                exec(source, found)
    return found


@functools.cache
def judged(item):
    """Return what `check.code()` finds in the repository's files, whatever names a test changes."""
    return report.judge_public(exercises.items()[item])


@pytest.fixture(autouse=True)
def the_files_are_judged_once(monkeypatch):
    """The mistakes here are in the notebook's names."""
    monkeypatch.setattr("nnlib.check.record.judge_public", lambda item: judged(item.id))


def run(names, checks, item):
    """Return the lines that an item's check cell prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(CHECKS[item], {**names, "checks": checks})
    return printed.getvalue().splitlines()


def test_everything_passes_and_the_tally_counts_it(names):
    checks = start("q1")
    lines = [line for item in CHECKS for line in run(names, checks, item)]
    assert all(line.split()[1] == "passed" for line in lines)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        checks.tally()
    assert printed.getvalue().splitlines()[-2] == f"all   {len(lines)} of {len(lines)}"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_fails_its_item_after_everything_had_passed(names, mistake):
    item, functions = MISTAKES[mistake]
    checks = start("q1")
    run(names, checks, item)
    lines = run({**names, **functions}, checks, item)
    assert any(line.split()[1] == "FAILED" for line in lines)
    assert checks.results[item].count(False) >= 1
    assert len(lines) == len(checks.results[item].failures)  # nothing is left of the earlier run
    assert all(line.split()[1] == "passed" for line in run(names, checks, item))


@pytest.mark.parametrize("item", [item for item in CHECKS if item not in ("1.0", "1.4b")])
def test_a_stub_waits_and_passes_nothing(names, item):
    checks = start("q1")
    run(names, checks, item)
    stubs = dict.fromkeys(layers.__all__, stub(item)) | dict.fromkeys(("im2col", "col2im"), stub(item))
    lines = run({**names, **stubs}, checks, item)
    assert lines[-1] == f"{item}  waits for {item}"
    passed = [line for line in lines[:-1] if line.split()[1] == "passed"]
    assert len(passed) == len(lines) - 1 <= 2  # what is checked before a function of the package is called
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        checks.tally()
    own = next(line for line in printed.getvalue().splitlines() if line.startswith(f"{item} "))
    assert f"{len(passed)} of {checks.items[item].checks}, " in own
    assert f"(waits for {item})" in own
