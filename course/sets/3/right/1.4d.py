"""1.4d batch norm of images: right answers, written differently."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward


# %% swapaxes and one function for both directions
def _through(function, images, *rest):
    swapped = np.swapaxes(images, 0, 1)
    rows = swapped.reshape(images.shape[1], -1).T
    first, *others = function(rows, *rest)
    back = np.swapaxes(first.T.reshape(swapped.shape), 0, 1)
    return back, *others


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    return _through(batchnorm_forward, x, gamma, beta, bn_param)


def spatial_batchnorm_backward(dout, cache):
    return _through(batchnorm_backward, dout, cache)
