"""The homework's data: loaders that verify what they read, fixed splits, and a test set that is opened once.

    data = load_mnist()                 # a Dataset: X_train, y_train, X_val, y_val
    X_test, y_test = open_test(data)    # at the very end, after every choice is made

`python -m nnlib.data` lists every set: where it was found, whether its checksum matches, what to do.
"""

from nnlib.data.binary import load_binary
from nnlib.data.cifar10 import load_cifar10_npm
from nnlib.data.coloured import load_coloured_mnist
from nnlib.data.dataset import Dataset, open_test, standardise, subset
from nnlib.data.files import DataError
from nnlib.data.mnist import load_mnist

__all__ = [
    "DataError",
    "Dataset",
    "load_binary",
    "load_cifar10_npm",
    "load_coloured_mnist",
    "load_mnist",
    "open_test",
    "standardise",
    "subset",
]
