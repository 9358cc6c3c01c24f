"""The functions of nnlib.layers, and the update rules, where speed pays: the same results to rounding.

What pays: slices that fit a core's cache, on threads; the batch as the innermost axis in memory; fewer temporary
arrays. Each file says what it saves, and names the rows of docs/bench.md that say how much was measured. Functions with
no faster version are re-exported from nnlib.layers. `fc_backward` and `conv_backward` also take `need_dx=False`, for
the first layer of a network, whose dx is never used.
"""

from nnlib.fast.batch_norm import (
    batchnorm_backward,
    batchnorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)
from nnlib.fast.conv import conv_backward, conv_forward
from nnlib.fast.dropout import dropout_forward
from nnlib.fast.fully_connected import fc_backward, fc_forward
from nnlib.fast.max_pool import max_pool_backward, max_pool_forward
from nnlib.layers.conv import conv_filt, conv_full, conv_valid
from nnlib.layers.dropout import dropout_backward
from nnlib.layers.relu import relu_backward, relu_forward

__all__ = [
    "batchnorm_backward",
    "batchnorm_forward",
    "conv_backward",
    "conv_filt",
    "conv_forward",
    "conv_full",
    "conv_valid",
    "dropout_backward",
    "dropout_forward",
    "fc_backward",
    "fc_forward",
    "max_pool_backward",
    "max_pool_forward",
    "relu_backward",
    "relu_forward",
    "spatial_batchnorm_backward",
    "spatial_batchnorm_forward",
]
