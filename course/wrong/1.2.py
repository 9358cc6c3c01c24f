"""1.2 ReLU: wrong answers."""

import numpy as np

# %% the mask is taken from the gradient -> mask-from-gradient


def relu_backward(dout, cache):
    return dout * (dout > 0)


# %% the gradient goes through a ReLU itself -> mask-from-gradient


def relu_backward(dout, cache):
    return np.maximum(dout, 0)


# %% the mask alone, without the gradient from above -> ignores-dout


def relu_backward(dout, cache):
    return cache.astype(dout.dtype)


# %% the gradient passes everywhere -> missing-mask


def relu_backward(dout, cache):
    return dout.copy()


# %% the mask is of the output, and 0 counts as positive -> missing-mask


def relu_forward(x):
    out = np.maximum(0, x)
    return out, out


def relu_backward(dout, cache):
    return np.where(cache >= 0, dout, 0)


# %% the gradient passes at 0 -> gradient-at-zero


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    x = cache
    return dout * (x >= 0)


# %% half of the gradient passes at 0 -> gradient-at-zero


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    return dout * (cache > 0) + 0.5 * dout * (cache == 0)


# %% the mask is inverted -> mask-inverted


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache > 0] = 0
    return dx


# %% forward sets the caller's negative numbers to 0 -> argument-changed


def relu_forward(x):
    mask = x > 0
    x[x < 0] = 0
    return x, mask


# %% backward sets the caller's gradient to 0 -> argument-changed


def relu_backward(dout, cache):
    dout[~cache] = 0
    return dout


# %% a leak -> not-clipped


def relu_forward(x):
    return np.maximum(0.01 * x, x), x > 0


# %% the absolute value -> not-clipped


def relu_forward(x):
    return np.abs(x), x > 0


# %% np.max in place of np.maximum -> wrong-axis


def relu_forward(x):
    return np.max(x, 0), x > 0


# %% loops over two axes alone -> exception


def relu_forward(x):
    out = np.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] if x[i, j] > 0 else 0
    return out, x > 0


# %% the cache holds the output, times which the gradient is taken -> times-input


def relu_forward(x):
    out = np.maximum(0, x)
    return out, out


def relu_backward(dout, cache):
    return dout * cache


# %% float64 masks -> float64-from-float32


def relu_forward(x):
    mask = np.zeros(x.shape)
    mask[x > 0] = 1
    return x * mask, mask


# %% float64 mask in backward alone -> float64-from-float32


def relu_backward(dout, cache):
    return dout * np.where(cache, np.ones(cache.shape), 0)


# %% a typing mistake in a name -> exception


def relu_forward(x):
    out = np.maximum(x, 0)
    return out, x > 0


def relu_backward(dout, cache):
    return dout * chace  # noqa: F821
