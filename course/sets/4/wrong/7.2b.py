"""7.2b moments over all masks: wrong answers."""


# %% the probabilities are squared -> variance-factor
def moments(x, w, b, keep):
    return keep * x @ w + b, keep**2 * (1 - keep) ** 2 * (x * x) @ (w * w)


# %% the variance of the bias as well -> needless-argument
def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * ((x * x) @ (w * w) + b * b)
