"""1.4a batch norm, forward: right answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% Welford's recursion over the examples, in float64


def _welford(x):
    mean = np.zeros(x.shape[1])
    squares = np.zeros(x.shape[1])
    for count, row in enumerate(x, start=1):
        delta = row - mean
        mean = mean + delta / count
        squares = squares + delta * (row - mean)
    return mean.astype(x.dtype), (squares / len(x)).astype(x.dtype)


def _moved(old, new, momentum):
    old = np.zeros_like(new) if old is None else old
    return momentum * old + (1 - momentum) * new


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = _welford(x)
        bn_param["running_mean"] = _moved(bn_param.get("running_mean"), mean, momentum)
        bn_param["running_var"] = _moved(bn_param.get("running_var"), var, momentum)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xhat = (x - mean) / sigma
    return gamma * xhat + beta, (xhat, gamma, sigma, training)


def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    dgamma, dbeta = (dout * xhat).sum(0), dout.sum(0)
    if not training:
        return dout * gamma / sigma, dgamma, dbeta
    n = dout.shape[0]
    return gamma / (n * sigma) * (n * dout - dbeta - xhat * dgamma), dgamma, dbeta


# %% the mean of the squares, after a shift by the first example; keepdims; one affine map


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param.get("mode")
    _, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if mode == "test":
        mean, var = bn_param["running_mean"][None], bn_param["running_var"][None]
    else:
        shifted = x.astype(np.float64) - x[:1]
        mean = shifted.mean(axis=0, keepdims=True)
        var = (np.square(shifted).mean(axis=0, keepdims=True) - np.square(mean)).astype(x.dtype)
        mean = (mean + x[:1]).astype(x.dtype)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            previous = bn_param.get(key)
            update = (1 - momentum) * batch[0]
            bn_param[key] = update if previous is None else update + momentum * previous
    scale = gamma / np.sqrt(var + eps)
    out = x * scale + (beta - mean * scale)
    return out, {"x": x, "mean": mean, "var": var, "eps": eps, "gamma": gamma, "mode": mode}


def batchnorm_backward(dout, cache):
    sigma = np.sqrt(cache["var"] + cache["eps"])
    xhat = (cache["x"] - cache["mean"]) / sigma
    dgamma, dbeta = np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)
    dxhat = dout * cache["gamma"]
    if cache["mode"] == "train":
        dxhat = dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)
    return dxhat / sigma, dgamma, dbeta


# %% in place on its own arrays, var from np.linalg.norm, running averages as a lambda


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    running = [bn_param.get("running_mean"), bn_param.get("running_var")]
    if training:
        mu = x.sum(axis=0) / len(x)
        out = x - mu
        var = np.linalg.norm(out, axis=0) ** 2 / len(x)
        zero = np.zeros(x.shape[1], dtype=x.dtype)
        blend = lambda old, new: (zero if old is None else old) * momentum + new * (1 - momentum)  # noqa: E731
        bn_param.update(running_mean=blend(running[0], mu), running_var=blend(running[1], var))
    else:
        mu, var = running
        out = x - mu
    inverse = 1 / np.sqrt(var + eps)
    out *= inverse
    xhat = out.copy()
    out *= gamma
    out += beta
    return out, (xhat, inverse, gamma, training)


def batchnorm_backward(dout, cache):
    xhat, inverse, gamma, training = cache
    dbeta = dout.sum(axis=0)
    dgamma = np.einsum("nd,nd->d", dout, xhat)
    dx = dout.copy()
    if training:
        dx -= dbeta / len(dout)
        dx -= xhat * (dgamma / len(dout))
    dx *= gamma * inverse
    return dx, dgamma, dbeta
