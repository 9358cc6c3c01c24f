"""7.2b moments over all masks: wrong answers."""


# %% the square of the sum -> square-of-sum
# the variance is p (1 - p) times (x w)^2 where the squares of the products should be summed
def moments(x, w, b, keep):
    mean = keep * (x @ w) + b
    variance = keep * (1 - keep) * (x @ w) ** 2
    return mean, variance
