"""1.4a batch norm, forward: right answers."""

import numpy as np


# %% centred first and the running averages moved by a fraction of the difference
def batchnorm_forward(x, gamma, beta, bn_param):
    train = {"train": True, "test": False}[bn_param["mode"]]
    rate = 1.0 - float(bn_param.get("momentum", 0.9))
    eps = float(bn_param.get("eps", 1e-5))
    if train:
        centre = np.add.reduce(x, axis=0) / x.shape[0]
        centred = x - centre
        spread = np.add.reduce(np.square(centred), axis=0) / x.shape[0]
        new = {}
        for key, now in [("running_mean", centre), ("running_var", spread)]:
            before = bn_param.get(key)
            new[key] = rate * now if before is None else before + rate * (now - before)
        bn_param.update(new)
    else:
        centred = x - bn_param["running_mean"].astype(x.dtype)
        spread = bn_param["running_var"].astype(x.dtype)
    deviation = (spread + eps) ** 0.5
    normal = centred / deviation
    result = normal * gamma
    result += beta
    return result, (normal, gamma, deviation, train)
