"""1.2 ReLU: right answers."""

import numpy as np


# %% the flat indices of what was not positive in the cache, zeroed on a copy
def relu_forward(x):
    out = np.array(x, order="C")  # our own
    blocked = np.flatnonzero(~(out.ravel() > 0))
    out.reshape(-1)[blocked] = 0
    return out, {"blocked": blocked}


def relu_backward(dout, cache):
    dx = np.array(dout, order="C")
    flat = dx.reshape(-1)
    flat[cache["blocked"]] = 0
    return dx
