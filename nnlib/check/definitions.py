"""What the functions compute, forward only, as slow loops; gradients are numerical differences of these."""

from __future__ import annotations

import itertools
import math

import numpy as np

RUNNING = ("running_mean", "running_var")
STATE = 6  # NumPy's global state is seeded with it before dropout
POOL = {"pool_height": 2, "pool_width": 2, "stride": 2}


def fully_connected(x, w, b):
    """Y[n,j] = b[j] + sum over i of X[n,i] W[i,j]."""
    out = np.empty((len(x), len(b)))
    for n, j in np.ndindex(out.shape):
        out[n, j] = b[j] + math.fsum(x[n] * w[:, j])
    return out


def relu(x):
    """X where it is positive, else 0."""
    return np.array([value if value > 0 else 0.0 for value in x.flat]).reshape(x.shape)


def kept(x, dropout_param):
    """Dropout: in test mode p X; in train mode X where the mask of its seed, or of NumPy's global state, says so."""
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        mask = np.random.RandomState(dropout_param.get("seed", STATE)).rand(*x.shape) < p
        return np.where(mask, x, 0.0)
    return np.array([p * value for value in x.flat]).reshape(x.shape)


def statistics(x):
    """The mean and the biased variance of each column."""
    count = len(x)
    means = [math.fsum(column) / count for column in x.T]
    return means, [math.fsum((value - means[d]) ** 2 for value in x[:, d]) / count for d in range(len(means))]


def rows(x):
    """(N, D) as it is; one row for each pixel of (N, C, H, W)."""
    return x if x.ndim == 2 else np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def batch_norm(x, gamma, beta, bn_param, hold_mean=None, hold_variance=None):
    """Batch norm of (N, D) or (N, C, H, W); `hold_mean` and `hold_variance` take the place of the batch's."""
    mean, variance = statistics(rows(x))
    if bn_param["mode"] == "test":
        hold_mean, hold_variance = (bn_param[key] for key in RUNNING)
    mean = mean if hold_mean is None else hold_mean
    variance = variance if hold_variance is None else hold_variance
    out = np.empty(x.shape)
    for d in range(x.shape[1]):
        out[:, d] = gamma[d] * (x[:, d] - mean[d]) / math.sqrt(variance[d] + bn_param.get("eps", 1e-5)) + beta[d]
    return out


def running(x, bn_param):
    """The running mean and variance after a call, each (D,)."""
    kept = 1.0 if bn_param["mode"] == "test" else bn_param.get("momentum", 0.9)
    batch, old = statistics(rows(x)), [bn_param.get(key) for key in RUNNING]
    old = [np.zeros(x.shape[1]) if each is None else each for each in old]
    return tuple(np.array([kept * old[i][d] + (1 - kept) * batch[i][d] for d in range(x.shape[1])]) for i in (0, 1))


def filt(a, b):
    """For each position of b inside a, the sum of the products of the elements that meet."""
    (h, w), (kh, kw) = a.shape, b.shape
    out = np.empty((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = math.fsum((a[i : i + kh, j : j + kw] * b).flat)
    return out


def full(a, b):
    """The sum of copies of b, one at each element of a, times that element."""
    out = np.zeros((a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1))
    for (m, n), (u, v) in itertools.product(np.ndindex(a.shape), np.ndindex(b.shape)):
        out[m + u, n + v] += a[m, n] * b[u, v]
    return out


def valid(a, b):
    """The part of `full` where b lies wholly inside a."""
    (h, w), (kh, kw) = a.shape, b.shape
    return full(a, b)[kh - 1 : h, kw - 1 : w]


def convolution(x, w):
    """Y[n,f,p,q]: the window of X[n] at (p, q) times W[f], summed."""
    kh, kw = w.shape[2:]
    out = np.empty((len(x), len(w), x.shape[2] - kh + 1, x.shape[3] - kw + 1))
    for p, q in np.ndindex(out.shape[2:]):  # of all images and filters at once: a diagnosis asks for it often
        out[:, :, p, q] = np.einsum("ncuv,fcuv->nf", x[:, :, p : p + kh, q : q + kw], w)
    return out


def columns(x, kernel):
    """Row (c,u,v), column (n,p,q): X[n,c,p+u,q+v]."""
    (count, channels, height, width), (kh, kw) = x.shape, kernel
    positions = list(np.ndindex(count, height - kh + 1, width - kw + 1))
    return np.array([[x[n, c, p + u, q + v] for n, p, q in positions] for c, u, v in np.ndindex(channels, kh, kw)])


def max_pool(x, pool_param):
    """The largest element of each window."""
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    out = np.empty((*x.shape[:2], (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1))
    for p, q in np.ndindex(out.shape[2:]):
        out[:, :, p, q] = x[:, :, p * stride : p * stride + height, q * stride : q * stride + width].max((2, 3))
    return out


def margins(x, y):
    """The score of each example, with the sign of its label."""
    return [x[n] if y[n] > 0 else -x[n] for n in range(len(x))]


def logistic(x, y):
    """The mean of log(1 + exp(-m)) over the margins m."""
    return math.fsum(max(-m, 0.0) + math.log1p(math.exp(-abs(m))) for m in margins(x, y)) / len(x)


def hinge(x, y):
    """The mean of what each margin lacks of 1."""
    return math.fsum(1 - m for m in margins(x, y) if m < 1) / len(x)


def cross_entropy(x, y):
    """The mean of the log of the sum of exp(x[n,k] - x[n,y[n]]) over k, with exponents that cannot overflow."""
    gaps = [[score - x[n, y[n]] for score in x[n]] for n in range(len(x))]
    return math.fsum(max(gap) + math.log(math.fsum(math.exp(each - max(gap)) for each in gap)) for gap in gaps) / len(x)


def moments(x, w, b, keep):
    """The mean and the variance of (x * mask) w + b, by going through all masks."""
    masks = np.array(list(itertools.product((0.0, 1.0), repeat=len(x))))
    chances = [math.prod(keep if each else 1 - keep for each in mask) for mask in masks]
    outputs = fully_connected(masks * x, w, b)
    mean = sum(chances[i] * outputs[i] for i in range(len(masks)))
    return mean, sum(chances[i] * (outputs[i] - mean) ** 2 for i in range(len(masks)))


def network(x, params, layers, bn_param, keep=1.0):
    """Scores of `layers`, such as "conv bn relu pool drop flatten fc relu fc"; parameters are numbered by kind."""
    weights = norms = 0
    for layer in layers.split():
        weights, norms = weights + (layer in ("fc", "conv")), norms + (layer == "bn")
        if layer == "fc":
            x = fully_connected(x, params[f"W{weights}"], params[f"b{weights}"])
        elif layer == "conv":
            x = convolution(x, params[f"W{weights}"])
        elif layer == "bn":
            own = {key: bn_param.get(f"{key}{norms}") for key in RUNNING}
            x = batch_norm(x, params[f"gamma{norms}"], params[f"beta{norms}"], {**bn_param, **own})
        elif layer == "drop":
            x = keep * x
        else:
            x = relu(x) if layer == "relu" else max_pool(x, POOL) if layer == "pool" else x.reshape(len(x), -1)
    return x[:, 0] if x.shape[1] == 1 else x
