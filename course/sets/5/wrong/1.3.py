"""1.3 dropout: wrong answers."""

from nnlib.layers import arguments


# %% p taken for the probability of dropping -> p-drops
# the mask keeps an element with probability 1 - p and test mode scales by 1 - p
def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    mask = None
    if mode == "train":
        mask = arguments.uniform(x.shape, dropout_param) >= p
        out = x * mask
    else:
        out = x * (1 - p)
    return out.astype(x.dtype, copy=False), (mode, p, mask)


def dropout_backward(dout, cache):
    mode, p, mask = cache
    return dout * mask if mode == "train" else dout * (1 - p)


# %% backward of test mode is the identity -> test-not-scaled
# in test mode dx is dout although the output was p times x
def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    mask = None
    if mode == "train":
        mask = arguments.uniform(x.shape, dropout_param) < p
        out = x * mask
    elif mode == "test":
        out = x * p
    cache = (dropout_param, mask)
    return out, cache


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]
    if mode == "train":
        dx = dout * mask
    elif mode == "test":
        dx = dout
    return dx


# %% one mask for the whole batch -> shared-mask
# the mask has the shape of one example and is broadcast so all examples lose the same elements
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        scale = (arguments.uniform(x.shape[1:], dropout_param) < p).astype(x.dtype)
    else:
        scale = p
    return x * scale, scale


def dropout_backward(dout, cache):
    return dout * cache
