"""1.1 fully connected layer: wrong answers."""

import numpy as np

# %% forward without the bias -> missing-bias


def fc_forward(x, w, b):
    return x @ w, (x, w)


# %% forward with the transposed weights -> transpose, square-only


def fc_forward(x, w, b):
    return x @ w.T + b, (x, w)


# %% forward fills an array of float64 -> float64-from-float32


def fc_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for n in range(len(x)):
        out[n] = x[n] @ w + b
    return out, (x, w)


# %% forward forgets the cache -> returns-too-few


def fc_forward(x, w, b):
    return x @ w + b


# %% forward leaves its loop after the first example -> one-index


def fc_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]), dtype=x.dtype)
    for n in range(x.shape[0]):
        out[n] = x[n] @ w + b
        return out, (x, w)


# %% dW is its transpose -> transpose


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, dout.T @ x, dout.sum(axis=0)


# %% dW averaged over the batch -> over-n


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout / len(x), dout.sum(axis=0)


# %% dW and db averaged over the batch -> over-n


def fc_backward(dout, cache):
    x, w = cache
    n = x.shape[0]
    dx = np.dot(dout, w.T)
    dw = np.dot(x.T, dout) / n
    db = np.sum(dout, axis=0) / n
    return dx, dw, db


# %% db is a mean -> over-n


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


# %% db keeps the batch axis -> extra-axis, sum-missing


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, np.sum(dout, axis=0, keepdims=True)


# %% db sums over the outputs -> wrong-axis, not-an-array


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, np.sum(dout, axis=1)


# %% db is not summed -> sum-missing


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout


# %% db is one number -> wrong-axis, not-an-array


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, np.sum(dout)


# %% dX with W instead of its transpose -> transpose, square-only


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w, x.T @ dout, dout.sum(axis=0)


# %% dX and dW in the wrong order -> swapped-results


def fc_backward(dout, cache):
    x, w = cache
    return x.T @ dout, dout @ w.T, dout.sum(axis=0)


# %% a loop over the examples that keeps the last one's dW -> one-index


def fc_backward(dout, cache):
    x, w = cache
    for n in range(len(x)):
        dw = np.outer(x[n], dout[n])
    return dout @ w.T, dw, dout.sum(axis=0)


# %% dX scaled by the batch size -> over-n


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T / len(dout), x.T @ dout, dout.sum(axis=0)


# %% a minus from the update rule in dW -> sign


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, -(x.T @ dout), dout.sum(axis=0)


# %% dX lets its sums be float64 -> float64-from-float32


def fc_backward(dout, cache):
    x, w = cache
    dx = np.zeros(x.shape)
    for n in range(len(x)):
        dx[n] = w @ dout[n]
    return dx, x.T @ dout, dout.sum(axis=0)


# %% the gradients by numerical differentiation of the forward pass -> slow-backward


def fc_forward(x, w, b):
    return x @ w + b, (x, w, b)


def fc_backward(dout, cache):
    grads = []
    for k in range(3):
        arrays = [np.array(array, dtype=np.float64) for array in cache]
        grad = np.zeros_like(arrays[k])
        for i in np.ndindex(grad.shape):
            kept = arrays[k][i]
            arrays[k][i] = kept + 0.5
            above = fc_forward(*arrays)[0]
            arrays[k][i] = kept - 0.5
            grad[i] = np.sum((above - fc_forward(*arrays)[0]) * dout)
            arrays[k][i] = kept
        grads.append(grad.astype(dout.dtype))
    return tuple(grads)


# %% the batch's mean taken in place -> over-n, argument-changed


def fc_backward(dout, cache):
    x, w = cache
    dout /= len(x)
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


# %% the last input kept in a module's variable -> not-in-the-cache
_LAST = {}


def fc_forward(x, w, b):
    _LAST["x"], _LAST["w"] = x, w
    return x @ w + b, None


def fc_backward(dout, cache):
    x, w = _LAST["x"], _LAST["w"]
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


# %% backward pops the cache -> cache-changed
def fc_forward(x, w, b):
    return x @ w + b, [x, w]


def fc_backward(dout, cache):
    w = cache.pop()
    x = cache.pop()
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
