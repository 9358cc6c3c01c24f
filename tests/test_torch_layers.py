"""nnlib.torch_layers: what PyTorch's layers promise beyond the contract that they share with nnlib.layers."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
import torch

import nnlib
from nnlib import backend, blas, layers, losses, torch_layers

TWO_DIMENSIONAL = {"conv_filt", "conv_full", "conv_valid"}  # no network calls them
FUNCTIONS = [*sorted(set(layers.__all__) - TWO_DIMENSIONAL), "logistic_loss", "svm_loss", "softmax_loss"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_arguments_are_the_same_but_for_need_dx(name):
    own = getattr(layers, name, None) or getattr(losses, name)
    other = inspect.signature(getattr(torch_layers, name)).parameters
    assert [argument for argument in other if argument != "need_dx"] == list(inspect.signature(own).parameters)


def test_every_function_that_can_be_replaced_is_of_some_kind():
    assert sorted(name for names in backend.KINDS.values() for name in names) == sorted(FUNCTIONS)


def test_no_backward_function_of_nnlib_is_called(monkeypatch):
    """The gradients are autograd's alone: what stands in for a function must not need it."""

    def unwritten(*arguments):
        raise NotImplementedError

    for name in FUNCTIONS:
        module = layers if hasattr(layers, name) else losses
        monkeypatch.setattr(module, name, unwritten)
    with backend.using("torch"):
        model = nnlib.ConvNet((1, 8, 8), 3, 3, 5, dropout=0.5, batchnorm=True)
    loss, gradients = model.loss(np.ones((4, 1, 8, 8)), np.arange(4))
    assert np.isfinite(loss)
    assert gradients.keys() == model.params.keys()


def test_a_batch_of_one_shares_no_gradient_with_dout():
    """The sum over one example is that example: a view would do for autograd."""
    dout = np.ones((1, 3))
    _, cache = torch_layers.fc_forward(np.ones((1, 2)), np.ones((2, 3)), np.ones(3))
    assert not any(np.shares_memory(gradient, dout) for gradient in torch_layers.fc_backward(dout, cache))


@pytest.mark.parametrize("shape", [(2, 3, 4, 6), (1, 1, 4, 4)])
def test_a_tie_goes_to_the_first_in_row_major_order_whatever_the_layout(shape):
    param = {"pool_height": 3, "pool_width": 2, "stride": 1}
    x = np.zeros(shape)
    for array in (x, np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)):
        out, cache = torch_layers.max_pool_forward(array, param)
        dout = np.arange(out.size, dtype=float).reshape(out.shape)
        expected = np.zeros(shape)
        expected[:, :, : out.shape[2], : out.shape[3]] = dout  # each window's first element is its corner
        np.testing.assert_array_equal(torch_layers.max_pool_backward(dout, cache), expected)


def test_read_only_arrays_and_stretched_ones_are_taken():
    x = np.broadcast_to(np.arange(3.0), (5, 3))
    w = np.ones((3, 2))
    w.flags.writeable = False
    np.testing.assert_array_equal(torch_layers.fc_forward(x, w, np.zeros(2))[0], np.full((5, 2), 3.0))


def test_the_first_layer_computes_no_dx_if_it_is_not_needed():
    rng = np.random.default_rng(0)
    x, w, dout = (rng.standard_normal(shape) for shape in ((2, 3, 5, 6), (4, 3, 2, 3), (2, 4, 4, 4)))
    cache = torch_layers.conv_forward(x, w)[1]
    dx, dw = torch_layers.conv_backward(dout, cache, need_dx=False)
    assert dx is None
    np.testing.assert_array_equal(dw, torch_layers.conv_backward(dout, cache)[1])


def test_pytorch_has_as_many_threads_as_blas_within_and_its_own_number_after(monkeypatch):
    monkeypatch.setattr(blas, "_blas_threads", lambda: 3)
    before, seen = torch.get_num_threads(), []
    monkeypatch.setattr(torch_layers, "relu_forward", lambda x: (seen.append(torch.get_num_threads()), (x, None))[1])
    with backend.using("torch"):
        model = nnlib.SoftmaxClassifier(4, 3)
    model.loss(np.ones((2, 4)))
    with blas.one_thread():
        model.loss(np.ones((2, 4)))
    assert seen == [3, 1]
    assert torch.get_num_threads() == before


def test_without_pytorch_the_error_says_how_to_install_it():
    program = "import sys; sys.modules['torch'] = None; from nnlib import backend; backend.stand_in('conv')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert last == "ModuleNotFoundError: layers: expected PyTorch, which is not installed. Run make setup-q6."
