"""Sequential: names, state, caches, and composition without arithmetic of its own."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import generators

import nnlib
from nnlib import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU, Sequential, Squeeze, backend
from nnlib.specs import Context


@pytest.fixture(scope="module", params=backend.MODULES, autouse=True)
def _layers(request):
    with backend.using(request.param):
        yield


IMAGE = (2, 7, 8)
EVERY_KIND = [
    Conv(3, 2),
    BatchNorm(),
    ReLU(),
    MaxPool(2),
    Conv(4, 2),
    ReLU(),
    Dropout(0.6),
    Flatten(),
    FullyConnected(5),
    BatchNorm(),
    ReLU(),
    FullyConnected(1),
    Squeeze(),
]


def network(specs=EVERY_KIND, input_shape=IMAGE, **kwargs):
    return Sequential(specs, input_shape, **{"rng": 0, "dtype": np.float64} | kwargs)


def images(n=4, seed=0):
    return np.random.default_rng(seed).standard_normal((n, *IMAGE))


def test_parameters_are_flat_and_numbered_by_kind():
    net = network()
    shapes = {name: array.shape for name, array in net.params.items()}
    assert shapes == {
        "W1": (3, 2, 2, 2),
        "gamma1": (3,),
        "beta1": (3,),
        "W2": (4, 3, 2, 2),
        "W3": (16, 5),
        "b3": (5,),
        "gamma2": (5,),
        "beta2": (5,),
        "W4": (5, 1),
        "b4": (1,),
    }
    assert {name: array.shape for name, array in net.state.items()} == {
        "running_mean1": (3,),
        "running_var1": (3,),
        "running_mean2": (5,),
        "running_var2": (5,),
    }
    assert net.output_shape == ()
    assert net.forward(images(), "test").shape == (4,)


def by_hand(params, state, x, mode, seed=None):
    """conv - bn - relu - pool - dropout - flatten - fc with the layers' functions: (out, backward)."""
    bn = {"mode": mode, "running_mean": state["running_mean1"], "running_var": state["running_var1"]}
    pool = {"pool_height": 2, "pool_width": 2, "stride": 2}
    h, conv_cache = nnlib.conv_forward(x, params["W1"])
    h, bn_cache = nnlib.spatial_batchnorm_forward(h, params["gamma1"], params["beta1"], bn)
    h, relu_cache = nnlib.relu_forward(h)
    h, pool_cache = nnlib.max_pool_forward(h, pool)
    h, dropout_cache = nnlib.dropout_forward(h, {"p": 0.6, "mode": mode, "rng": np.random.default_rng(seed)})
    pooled_shape = h.shape
    out, fc_cache = nnlib.fc_forward(h.reshape(len(x), -1), params["W2"], params["b2"])

    def backward(dout):
        dh, dw2, db2 = nnlib.fc_backward(dout, fc_cache)
        dh = nnlib.dropout_backward(dh.reshape(pooled_shape), dropout_cache)
        dh = nnlib.relu_backward(nnlib.max_pool_backward(dh, pool_cache), relu_cache)
        dh, dgamma, dbeta = nnlib.spatial_batchnorm_backward(dh, bn_cache)
        _, dw1 = nnlib.conv_backward(dh, conv_cache)
        return {"W1": dw1, "gamma1": dgamma, "beta1": dbeta, "W2": dw2, "b2": db2}

    return out, backward, {"running_mean1": bn["running_mean"], "running_var1": bn["running_var"]}


@given(generators())
def test_forward_and_backward_are_the_layers_one_after_another(rng):
    net = network([Conv(3, 2), BatchNorm(), ReLU(), MaxPool(2), Dropout(0.6), Flatten(), FullyConnected(5)])
    x, dout = rng.standard_normal((4, *IMAGE)), rng.standard_normal((4, 5))
    old_state = dict(net.state)
    net.rng = np.random.default_rng(9)
    expected, backward, state = by_hand(net.params, old_state, x, "train", seed=9)
    np.testing.assert_allclose(net.forward(x, "train"), expected, atol=1e-12)
    grads = net.backward(dout)
    assert set(grads) == set(net.params)
    for name, grad in backward(dout).items():
        np.testing.assert_allclose(grads[name], grad, atol=1e-11, err_msg=name)
    for name, array in state.items():
        np.testing.assert_allclose(net.state[name], array, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(net.forward(x, "test"), by_hand(net.params, net.state, x, "test")[0], atol=1e-12)


@given(st.lists(st.sampled_from([ReLU(), MaxPool(2, 1), Dropout(1.0), BatchNorm()]), max_size=6), generators())
def test_any_order_of_layers_composes(specs, rng):
    """Whatever a network does for speed, such as pooling before a ReLU, does not show from outside."""
    x = np.round(rng.standard_normal((3, *IMAGE)), 1)  # rounded: with ties and zeros
    conv, net = network([Conv(2, 1)]), network([Conv(2, 1), *specs])
    out, shape, passed = conv.forward(x, "train"), (2, *IMAGE[1:]), []
    for spec in specs:
        params, state = spec.init(shape, None, rng, out.dtype), spec.init_state(shape, out.dtype)
        out, cache = spec.forward(out, params, state, Context("train", rng, backend.functions()))
        passed.append((spec, cache))
        shape = spec.output_shape(shape)
    np.testing.assert_array_equal(net.forward(x, "train"), out)
    dout = rng.standard_normal(out.shape)
    dw = net.backward(dout)["W1"]
    for spec, cache in reversed(passed):
        dout, _ = spec.backward(dout, cache, backend.functions(), need_dx=True)
    np.testing.assert_allclose(dw, conv.backward(dout)["W1"], atol=1e-12)


def test_testing_changes_neither_state_nor_generator_and_training_does():
    net = network()
    state = {name: array.copy() for name, array in net.state.items()}
    generator = net.rng.bit_generator.state
    first = net.forward(images(), "test")
    np.testing.assert_array_equal(net.forward(images(), "test"), first)
    assert net.rng.bit_generator.state == generator
    for name, array in net.state.items():
        np.testing.assert_array_equal(array, state[name])
    net.forward(images(), "train")
    assert net.rng.bit_generator.state != generator
    assert all((net.state[name] != state[name]).any() for name in state)


def test_params_and_state_may_be_rebound():
    net, other = network(), network(rng=1)
    other.forward(images(), "train")
    net.params, net.state = dict(other.params), dict(other.state)
    np.testing.assert_array_equal(net.forward(images(), "test"), other.forward(images(), "test"))
    net.params["b4"] = other.params["b4"] + 1.0
    np.testing.assert_allclose(net.forward(images(), "test"), other.forward(images(), "test") + 1.0)


def test_one_seed_one_network_and_a_generator_is_shared():
    for name, array in network().params.items():
        np.testing.assert_array_equal(array, network().params[name])
        assert array.dtype == np.float64
        assert network(dtype=np.float32).params[name].dtype == np.float32
    assert (network(rng=1).params["W1"] != network().params["W1"]).any()
    rng = np.random.default_rng(0)
    assert network(rng=rng).rng is rng
    np.testing.assert_array_equal(network(rng=np.random.default_rng(0)).params["W1"], network(rng=0).params["W1"])


def test_layers_before_the_first_trained_one_are_no_obstacle():
    net = network([ReLU(), Flatten(), FullyConnected(3)])
    x = images()
    out = net.forward(x, "train")
    grads = net.backward(np.ones_like(out))
    np.testing.assert_allclose(grads["W1"], np.maximum(x, 0).reshape(4, -1).T @ np.ones((4, 3)), atol=1e-13)
    assert network([ReLU()]).output_shape == IMAGE


def test_two_trained_layers_side_by_side():
    net = network([FullyConnected(4), FullyConnected(3)], (5,))
    x, dout = np.random.default_rng(0).standard_normal((6, 5)), np.random.default_rng(1).standard_normal((6, 3))
    net.forward(x, "train")
    np.testing.assert_allclose(net.backward(dout)["W1"], x.T @ (dout @ net.params["W2"].T), atol=1e-13)


def test_backward_needs_a_training_pass_of_its_own():
    message = r"backward: expected a forward pass in train mode just before; call forward\(x, 'train'\)\."
    net = network()
    with pytest.raises(RuntimeError, match=message):
        net.backward(np.ones(4))
    net.forward(images(), "train")
    net.backward(np.ones(4))
    with pytest.raises(RuntimeError, match=message):  # the pass is used up
        net.backward(np.ones(4))
    net.forward(images(), "train")
    net.forward(images(), "test")
    with pytest.raises(RuntimeError, match=message):
        net.backward(np.ones(4))


@pytest.mark.parametrize(
    ("specs", "layer", "shape", "reason"),
    [
        ([Conv(3, 2), FullyConnected(4)], "1, FullyConnected(units=4)", "(3, 6, 7)", "input: expected a vector (Din,)"),
        ([Flatten(), Conv(3, 2)], "1, Conv(filters=3, size=2)", "(112,)", "input: expected an image (C, H, W)"),
        ([Conv(3, 8)], "0, Conv(filters=3, size=8)", "(2, 7, 8)", "size: expected at most 7"),
        ([MaxPool(4), MaxPool(2)], "1, MaxPool(size=2, stride=None)", "(2, 1, 2)", "size: expected at most 1"),
        ([Flatten(), FullyConnected(2), Squeeze()], "2, Squeeze()", "(2,)", "input: expected one score, shape (1,)"),
    ],
)
def test_a_wrong_architecture_fails_when_it_is_built(specs, layer, shape, reason):
    message = f"Layer {layer}, cannot follow an output of shape {shape}: {reason}"
    with pytest.raises(ValueError, match=re.escape(message)):
        network(specs)


def test_wrong_arguments_are_named():
    with pytest.raises(TypeError, match=r"rng: expected an int seed or a numpy\.random\.Generator, got None"):
        network(rng=None)
    net = network()
    with pytest.raises(ValueError, match="mode: expected one of 'train', 'test', got 'eval'"):
        net.forward(images(), "eval")
    with pytest.raises(
        ValueError, match=r"X: expected shape \(4, 2, 7, 8\), got shape \(4, 2, 8, 7\)\. The network takes"
    ):
        net.forward(images().transpose(0, 1, 3, 2), "train")
    net = network([Flatten(), FullyConnected(3)])
    net.forward(images(), "train")
    with pytest.raises(ValueError, match=r"dout: expected shape \(4, 3\), got shape \(4, 2\)"):
        net.backward(np.ones((4, 2)))


@pytest.mark.parametrize(
    ("wrong", "todo"),
    [
        (ReLU, r"got <class 'nnlib\.specs\.ReLU'>\. Write ReLU\(\.\.\.\)\."),
        ("relu", r"got 'relu'\. Write one of nnlib\.specs"),
        (None, r"got None\. Write"),
        (np.ones(3), "got array"),
    ],
)
def test_what_is_no_layer_is_named_with_its_index(wrong, todo):
    with pytest.raises(TypeError, match=rf"^Layer 1: expected a layer, {todo}"):
        Sequential([FullyConnected(5), wrong], (20,), rng=0)


def test_a_network_may_ask_for_its_layers_whatever_the_process_has():
    for name in (*backend.MODULES, "plain+torch:conv,max_pool", "fast+torch:batchnorm"):
        net = network(layers=name)
        assert net.layers == name
        assert net.forward(images(), "train").shape == (4,)
    with pytest.raises(ValueError, match="layers: expected one of 'plain', 'torch', 'fast', got 'quick'"):
        network(layers="quick")


def test_it_shows_layers_shapes_and_numbers_of_parameters():
    lines = repr(network()).splitlines()
    assert lines[0] == "input shape (2, 7, 8), 179 parameters"
    assert lines[1].split() == ["layer", "output", "shape", "parameters"]
    assert lines[2].replace(" ", "") == "Conv(filters=3,size=2)(3,6,7)24W1(3,2,2,2)"
    assert len(lines) == 2 + len(EVERY_KIND)
    for line, spec in zip(lines[2:], EVERY_KIND, strict=True):
        assert line.startswith(str(spec))  # in the order of the architecture, whatever the order of the work
    assert lines[-1].split() == ["Squeeze()", "()"]
