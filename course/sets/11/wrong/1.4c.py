"""1.4c batch norm, backward: wrong answers of set 11."""


# %% D, the number of features, for N -> square-only


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * dout
    if training:
        dx -= gamma / sigma * (dbeta + x_hat * dgamma) / dout.shape[1]
    return dx, dgamma, dbeta


# %% sigma squared in the last term -> variance-term-scale


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * dout
    if training:
        dx -= gamma / sigma * dbeta / len(dout) + gamma / sigma**2 * x_hat * dgamma / len(dout)
    return dx, dgamma, dbeta


# %% test mode: the gradient of gamma in train's place is right, dx loses gamma -> missing-scale


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    if not training:
        return dout / sigma, dgamma, dbeta
    return gamma / sigma * (dout - (dbeta + x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% x_hat in the cache is overwritten -> cache-changed


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * dout
    if training:
        x_hat *= dgamma
        x_hat += dbeta
        dx -= gamma / sigma * x_hat / len(dout)
    return dx, dgamma, dbeta
