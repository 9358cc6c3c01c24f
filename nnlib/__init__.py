"""nnlib: the layers, losses, models and training loop of EECS 598 Homework 1, in plain NumPy.

`import nnlib` imports neither torch nor matplotlib nor ipywidgets nor joblib; `nnlib.search`, `nnlib.plots` and
`nnlib.vgg` are imported by name.
"""

from nnlib import data, gradcheck, optim
from nnlib.callbacks import Callback, StopTraining
from nnlib.layers import (
    batchnorm_backward,
    batchnorm_forward,
    conv_backward,
    conv_filt,
    conv_forward,
    conv_full,
    conv_valid,
    dropout_backward,
    dropout_forward,
    fc_backward,
    fc_forward,
    max_pool_backward,
    max_pool_forward,
    relu_backward,
    relu_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)
from nnlib.losses import logistic_loss, softmax_loss, svm_loss
from nnlib.models import SVM, Classifier, ConvNet, LogisticClassifier, SoftmaxClassifier
from nnlib.network import Sequential
from nnlib.solver import DivergenceError, Solver
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU, Squeeze

__all__ = [
    "SVM",
    "BatchNorm",
    "Callback",
    "Classifier",
    "Conv",
    "ConvNet",
    "DivergenceError",
    "Dropout",
    "Flatten",
    "FullyConnected",
    "LogisticClassifier",
    "MaxPool",
    "ReLU",
    "Sequential",
    "SoftmaxClassifier",
    "Solver",
    "Squeeze",
    "StopTraining",
    "batchnorm_backward",
    "batchnorm_forward",
    "conv_backward",
    "conv_filt",
    "conv_forward",
    "conv_full",
    "conv_valid",
    "data",
    "dropout_backward",
    "dropout_forward",
    "fc_backward",
    "fc_forward",
    "gradcheck",
    "logistic_loss",
    "max_pool_backward",
    "max_pool_forward",
    "optim",
    "relu_backward",
    "relu_forward",
    "softmax_loss",
    "spatial_batchnorm_backward",
    "spatial_batchnorm_forward",
    "svm_loss",
]
