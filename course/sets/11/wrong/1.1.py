"""1.1 fully connected layer: wrong answers of set 11."""

import numpy as np

# %% a batch of one is squeezed -> extra-axis


def fc_forward(x, w, b):
    return np.squeeze(x @ w + b), (x, w)


# %% backward takes the last forward's arrays, whatever its cache -> not-in-the-cache


_LAST = {}


def fc_forward(x, w, b):
    _LAST["x"], _LAST["w"] = x, w
    return x @ w + b, (x, w)


def fc_backward(dout, cache):
    x, w = _LAST["x"], _LAST["w"]
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


# %% a step of gradient descent inside backward -> argument-changed


def fc_backward(dout, cache):
    x, w = cache
    dx, dw, db = dout @ w.T, x.T @ dout, dout.sum(axis=0)
    w -= 1e-3 * dw
    return dx, dw, db


# %% the weights are rounded to float16 in the product -> nearly-right


def fc_forward(x, w, b):
    return (x @ w.astype(np.float16).astype(w.dtype)) + b, (x, w)


# %% the bias enters once per input feature -> term-off


def fc_forward(x, w, b):
    return (x[:, :, None] * w + b).sum(axis=1), (x, w)
