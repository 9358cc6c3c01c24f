"""1.3 dropout: wrong answers of set 9."""

from nnlib.layers import arguments

# %% backward takes the mask from the output -> mask-from-output


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        out = x * (arguments.uniform(x.shape, dropout_param) < p)
        return out, (out, None)
    return p * x, (None, p)


def dropout_backward(dout, cache):
    out, p = cache
    return dout * p if out is None else dout * (out != 0)


# %% p and the scale of PyTorch's dropout -> p-drops, test-not-scaled


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        mask = (arguments.uniform(x.shape, dropout_param) >= p) / x.dtype.type(1 - p)
        return (x * mask).astype(x.dtype), mask
    return x.copy(), None


def dropout_backward(dout, cache):
    return dout if cache is None else (dout * cache).astype(dout.dtype)


# %% train mode computes what test mode does -> nothing-dropped


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    return x * p, p


def dropout_backward(dout, cache):
    return dout * cache
