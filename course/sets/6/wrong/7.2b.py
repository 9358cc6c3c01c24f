"""7.2b moments over all masks: wrong answers."""


# %% the weights enter by their sizes -> none
def moments(x, w, b, keep):
    return keep * (x @ abs(w)) + b, keep * (1 - keep) * (x**2 @ w**2)


# %% the mean is taken off the inputs first -> none
def moments(x, w, b, keep):
    return keep * (x @ w) + b, keep * (1 - keep) * ((x - x.mean()) ** 2 @ w**2)


# %% the mean forgets keep where the variance has it twice -> mean-not-scaled, variance-factor
def moments(x, w, b, keep):
    return x @ w + b, keep**2 * (1 - keep) * (x**2 @ w**2)
