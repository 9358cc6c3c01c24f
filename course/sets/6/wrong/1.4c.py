"""1.4c batch norm, backward: wrong answers."""


# %% beta's gradient joins dX -> mean-term-scale
def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dgamma, dbeta = (dout * x_hat).sum(0), dout.sum(0)
    if not training:
        return gamma / sigma * dout, dgamma, dbeta
    dx = gamma / sigma * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx + dbeta, dgamma, dbeta


# %% dgamma is formed with dx_hat, gamma in it -> extra-scale
def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dx_hat = dout * gamma
    dgamma, dbeta = (dx_hat * x_hat).sum(0), dout.sum(0)
    if not training:
        return dx_hat / sigma, dgamma, dbeta
    return (dx_hat - dx_hat.mean(0) - x_hat * (dx_hat * x_hat).mean(0)) / sigma, dgamma, dbeta


# %% the variance's term without x_hat -> missing-variance-term
def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dgamma, dbeta = (dout * x_hat).sum(0), dout.sum(0)
    if not training:
        return gamma / sigma * dout, dgamma, dbeta
    return gamma / sigma * (dout - dbeta / len(dout) - dgamma / len(dout)), dgamma, dbeta
