"""4.1 softmax loss: wrong answers."""

import numpy as np


# %% one max for the batch -> global-shift
# the maximum of the whole batch is subtracted so rows far below it underflow to 0 / 0
def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - np.max(x)
    exps = np.exp(shifted)
    probs = exps / np.sum(exps, axis=1, keepdims=True)
    loss = -np.sum(shifted[np.arange(N), y] - np.log(np.sum(exps, axis=1))) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return float(loss), dx


# %% colon for rows -> every-row
# probs[:; y] -= 1 takes the 1 off the labels' columns in every row instead of one entry a row
def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[np.arange(N), y].mean()
    dx = np.exp(log_probs)
    dx[:, y] -= 1
    dx /= N
    return float(loss), dx


# %% shifts in place -> argument-changed
# the row maxima are subtracted from the caller's scores themselves
def softmax_loss(x, y):
    n = x.shape[0]
    x -= np.max(x, axis=1, keepdims=True)
    probs = np.exp(x)
    total = probs.sum(axis=1, keepdims=True)
    probs /= total
    loss = (np.log(total[:, 0]) - x[np.arange(n), y]).sum() / n
    probs[np.arange(n), y] -= 1
    return float(loss), probs / n
