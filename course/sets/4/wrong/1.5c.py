"""1.5c convolutional layer, backward: wrong answers."""

import numpy as np

from nnlib.layers.conv import col2im, conv_filt


# %% dX is filtered without padding -> other-size, size-off-by-one, exception
def conv_backward(dout, cache):
    _x_shape, columns, w, _ = cache
    n, f = dout.shape[:2]
    dx = [
        [sum(conv_filt(np.pad(dout[a, k], 1), w[k, c]) for k in range(f)) for c in range(w.shape[1])] for a in range(n)
    ]
    g = dout.transpose(1, 0, 2, 3).reshape(f, -1)
    return np.array(dx), (g @ columns.T).reshape(w.shape)


# %% dW is twice added up -> factor-2
def conv_backward(dout, cache):
    x_shape, columns, w, _ = cache
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    dw = np.zeros_like(w)
    for _ in range(2):
        dw += (g @ columns.T).reshape(w.shape)
    return col2im(w.reshape(len(w), -1).T @ g, x_shape, w.shape[2:]), dw
