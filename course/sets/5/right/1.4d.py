"""1.4d batch norm of images: right answers."""

import numpy as np


# %% on the four axes at once, without batchnorm_forward
def _per_channel(vector):
    return vector.reshape(1, -1, 1, 1)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    axes = (0, 2, 3)
    if bn_param["mode"] == "train":
        mean, var = np.mean(x, axis=axes), np.var(x, axis=axes)
        update = {"running_mean": mean, "running_var": var}
        for key, batch in update.items():
            before = bn_param.get(key)
            if before is None:
                before = 0 * batch
            bn_param[key] = before * momentum + batch * (1 - momentum)
        count = x.size // x.shape[1]
    else:
        mean, var = bn_param["running_mean"].astype(x.dtype), bn_param["running_var"].astype(x.dtype)
        count = None  # constants: no paths through them
    inverse = 1 / np.sqrt(var + eps)
    x_hat = (x - _per_channel(mean)) * _per_channel(inverse)
    out = x_hat * _per_channel(gamma) + _per_channel(beta)
    return out, (x_hat, gamma * inverse, count)


def spatial_batchnorm_backward(dout, cache):
    x_hat, slope, count = cache
    dbeta = np.einsum("nchw->c", dout)
    dgamma = np.einsum("nchw,nchw->c", dout, x_hat)
    dx = dout.copy()
    if count is not None:
        dx -= _per_channel(dbeta / count)
        dx -= x_hat * _per_channel(dgamma / count)
    dx *= _per_channel(slope)
    return dx, dgamma, dbeta
