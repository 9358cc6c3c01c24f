"""4.1 softmax loss: wrong answers."""

import numpy as np


# %% shifted by the maximum of the batch -> global-shift
# the shift is x.max() over all examples so a row far below it underflows to 0 / 0
def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - np.max(x)
    exp = np.exp(shifted)
    probs = exp / np.sum(exp, axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return float(loss), dx


# %% 1e-8 inside the logarithm -> clipped-log, nearly-right
# log(p + 1e-8) caps the loss of an example at 18.4 and shifts every value a little
def softmax_loss(x, y):
    N = x.shape[0]
    scores = x - x.max(axis=1, keepdims=True)
    probs = np.exp(scores)
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(probs[np.arange(N), y] + 1e-8))
    dx = probs
    dx[np.arange(N), y] -= 1
    return float(loss), dx / N


# %% the scores shifted in place -> argument-changed
# x -= max changes the caller's scores
def softmax_loss(x, y):
    num_train = x.shape[0]
    x -= np.max(x, axis=1, keepdims=True)
    sums = np.exp(x).sum(axis=1)
    correct = x[np.arange(num_train), y]
    loss = np.mean(np.log(sums) - correct)
    dx = np.exp(x) / sums[:, None]
    dx[np.arange(num_train), y] -= 1
    dx /= num_train
    return float(loss), dx
