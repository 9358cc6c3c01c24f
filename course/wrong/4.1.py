"""4.1 softmax loss: wrong answers."""

import numpy as np


def _probabilities(x):
    p = np.exp(x - x.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def _loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(x)), y]))


# %% the exponentials are not shifted -> unshifted-softmax


def softmax_loss(x, y):
    rows = np.arange(len(x))
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% shifted by the maximum of the whole batch -> global-shift


def softmax_loss(x, y):
    rows = np.arange(len(x))
    p = np.exp(x - x.max())
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% the logarithm of a probability that is 0 -> log-of-zero


def softmax_loss(x, y):
    rows, p = np.arange(len(x)), _probabilities(x)
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% a small number inside the logarithm -> clipped-log


def softmax_loss(x, y):
    rows, p = np.arange(len(x)), _probabilities(x)
    loss = -np.mean(np.log(p[rows, y] + 1e-12))
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% probabilities clipped from below -> clipped-log


def softmax_loss(x, y):
    rows, p = np.arange(len(x)), _probabilities(x)
    loss = -np.mean(np.log(np.clip(p, 1e-10, 1)[rows, y]))
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% the gradient is a sum -> times-n


def softmax_loss(x, y):
    p = _probabilities(x)
    p[np.arange(len(x)), y] -= 1
    return _loss(x, y), p


# %% loss and gradient are sums -> times-n


def softmax_loss(x, y):
    p = _probabilities(x)
    p[np.arange(len(x)), y] -= 1
    return _loss(x, y) * len(x), p


# %% the gradient is averaged over all entries -> over-size


def softmax_loss(x, y):
    p = _probabilities(x)
    p[np.arange(len(x)), y] -= 1
    return _loss(x, y), p / x.size


# %% a mean over the one-hot matrix -> over-size


def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    one_hot = np.eye(x.shape[1], dtype=x.dtype)[y]
    return float(-np.mean(one_hot * log_p)), (np.exp(log_p) - one_hot) / len(x)


# %% the probabilities alone -> missing-one-hot


def softmax_loss(x, y):
    return _loss(x, y), _probabilities(x) / len(x)


# %% the gradient goes uphill -> sign


def softmax_loss(x, y):
    p = _probabilities(x)
    p[np.arange(len(x)), y] -= 1
    return _loss(x, y), -p / len(x)


# %% the loss is the log-likelihood -> sign


def softmax_loss(x, y):
    p = _probabilities(x)
    p[np.arange(len(x)), y] -= 1
    return -_loss(x, y), p / len(x)


# %% the softmax runs over the batch -> wrong-axis


def softmax_loss(x, y):
    rows = np.arange(len(x))
    shifted = x - x.max(axis=0)
    totals = np.exp(shifted).sum(axis=0)
    loss = np.mean(np.log(totals[y]) - shifted[rows, y])
    p = np.exp(shifted) / totals
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% the sum over the classes is not kept as a column -> square-only


def softmax_loss(x, y):
    rows = np.arange(len(x))
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1)
    p[rows, y] -= 1
    return _loss(x, y), p / len(x)


# %% 1 is taken off the label's column in every row -> every-row


def softmax_loss(x, y):
    p = _probabilities(x)
    p[:, y] -= 1
    return _loss(x, y), p / len(x)


# %% only the label's entries have a gradient -> unfilled, missing-probabilities


def softmax_loss(x, y):
    rows, p = np.arange(len(x)), _probabilities(x)
    dx = np.zeros_like(x)
    dx[rows, y] = (p[rows, y] - 1) / len(x)
    return _loss(x, y), dx


# %% the label's score is not shifted -> term-off


def softmax_loss(x, y):
    rows = np.arange(len(x))
    p = _probabilities(x)
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    loss = np.mean(np.log(exponentials.sum(axis=1)) - x[rows, y])
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% the shift is made in the caller's scores -> argument-changed


def softmax_loss(x, y):
    rows = np.arange(len(x))
    x -= x.max(axis=1, keepdims=True)
    totals = np.exp(x).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) - x[rows, y])
    p = np.exp(x) / totals
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% one-hot labels of float64 -> float64-from-float32


def softmax_loss(x, y):
    return _loss(x, y), (_probabilities(x) - np.eye(x.shape[1])[y]) / len(x)


# %% the loss in bits -> log-base-2


def softmax_loss(x, y):
    p = _probabilities(x)
    p[np.arange(len(x)), y] -= 1
    return _loss(x, y) / float(np.log(2)), p / len(x)


# %% the squared error of the probabilities -> wrong-loss


def softmax_loss(x, y):
    error = _probabilities(x)
    error[np.arange(len(x)), y] -= 1
    return float(np.mean(np.sum(error**2, axis=1))), 2 * error / len(x)


# %% a loss for each example -> sum-missing


def softmax_loss(x, y):
    p = _probabilities(x)
    losses = -np.log(p[np.arange(len(x)), y])
    p[np.arange(len(x)), y] -= 1
    return losses, p / len(x)
