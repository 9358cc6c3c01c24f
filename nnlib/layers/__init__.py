"""The layers of Q1 and Q5: one file per layer, forward directly above backward, the derivation above both.

An output has the dtype of x and of the layer's weights, float32 or float64; where these differ, the wider one. So have
the gradients, if `dout` has the dtype of the output. Running statistics do not count.
"""

from nnlib.layers.batch_norm import (
    batchnorm_backward,
    batchnorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)
from nnlib.layers.conv import conv_backward, conv_filt, conv_forward, conv_full, conv_valid
from nnlib.layers.dropout import dropout_backward, dropout_forward
from nnlib.layers.fully_connected import fc_backward, fc_forward
from nnlib.layers.max_pool import max_pool_backward, max_pool_forward
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
