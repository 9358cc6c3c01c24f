"""Backward passes in stages against the course's formulas, and one mistake in each."""

import numpy as np
import pytest

from nnlib.check import compare, stage_inputs
from nnlib.layers.conv import col2im, im2col


def batch_norm():
    case = stage_inputs("1.4b")
    x, gamma, dout, n = case["x"], case["gamma"], case["dout"], len(case["x"])
    mu, sigma = x.mean(axis=0), np.sqrt(x.var(axis=0) + case["eps"])
    x_hat, dx_hat = (x - mu) / sigma, gamma * dout
    dsigma, dmu = -np.sum(dx_hat * x_hat, axis=0) / sigma, -np.sum(dx_hat, axis=0) / sigma
    return {"dx_hat": dx_hat, "dsigma": dsigma, "dmu": dmu, "dx": dx_hat / sigma + dmu / n + dsigma * x_hat / n}


def softmax():
    case = stage_inputs("4.1")
    x, y, rows = case["x"], case["y"], np.arange(len(case["x"]))
    e = np.exp(x)
    p = e / e.sum(axis=1, keepdims=True)
    dp, dx = np.zeros_like(p), p / len(x)
    dp[rows, y] = -1 / (len(x) * p[rows, y])
    dx[rows, y] -= 1 / len(x)
    return {
        "dprobabilities": dp,
        "dexponentials": (dp - np.sum(dp * p, axis=1, keepdims=True)) / e.sum(1, keepdims=True),
        "dx": dx,
    }


def convolution():
    case = stage_inputs("1.5c")
    x, w, dout = case["x"], case["w"], case["dout"]
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    dcolumns = w.reshape(len(w), -1).T @ g
    dw = (g @ im2col(x, w.shape[2:]).T).reshape(w.shape)
    return {"dcolumns": dcolumns, "dw": dw, "dx": col2im(dcolumns, x.shape, w.shape[2:])}


RIGHT = {"1.4b": batch_norm, "4.1": softmax, "1.5c": convolution}


@pytest.mark.parametrize("item", RIGHT)
def test_right_stages_agree_and_a_wrong_one_alone_differs(item, capsys):
    gradients = RIGHT[item]()
    compare(item, **gradients)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1:3] for line in lines] == [[name, "agrees"] for name in gradients]
    for wrong in gradients:
        compare(item, **{**gradients, wrong: 1.0005 * gradients[wrong]})
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[1] for line in lines if "DIFFERS" in line] == [wrong]


def test_another_shape_is_said(capsys):
    compare("1.4b", dmu=np.zeros((6, 3)))
    assert capsys.readouterr().out == "1.4b  dmu             has shape (6, 3), expected (3,)\n"


def test_inputs_are_the_same_each_time_and_new_arrays():
    first, second = stage_inputs("4.1"), stage_inputs("4.1")
    np.testing.assert_array_equal(first["x"], second["x"])
    first["x"][:] = 0
    assert second["x"].any()


def test_other_items_and_names_are_refused():
    with pytest.raises(ValueError, match="item: expected one of"):
        stage_inputs("1.1")
    with pytest.raises(ValueError, match="name: expected one of"):
        compare("4.1", dw=np.zeros(1))
    for wrong in ("a", None, [[1], [1, 2]]):
        with pytest.raises(ValueError, match="dx: expected an array"):
            compare("4.1", dx=wrong)
