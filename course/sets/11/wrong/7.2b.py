"""7.2b moments over all masks: wrong answers of set 11."""


# %% keep enters squared in the mean, as in the variance -> extra-factor


def moments(x, w, b, keep):
    return keep**2 * x @ w + b, keep * (1 - keep) * (x * x) @ (w * w)


# %% the variance contains the bias -> needless-argument


def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * ((x * x) @ (w * w) + b * b)
