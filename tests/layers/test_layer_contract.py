"""One list of checks over every layer, loss and model (after scikit-learn's estimator checks).

Every check runs over the plain layers, over PyTorch's, over the fast ones with the arithmetic in one piece, and over
the fast ones in the smallest pieces there are, on three threads.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from directions import check_directions
from reference import assert_close
from strategies import other_layouts

import nnlib
from nnlib import backend, blas, torch_layers
from nnlib.fast import runtime


@pytest.fixture(autouse=True)
def _pieces(request, monkeypatch):
    if "in pieces" in request.node.callspec.id:
        monkeypatch.setattr(runtime, "SLICE_BYTES", 1)
        monkeypatch.setattr(runtime, "PIECE_OPERATIONS", 1)
        monkeypatch.setattr(blas, "_blas_threads", lambda: 3)


Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """What is checked.

    Attributes:
        arrays: dtype -> every array that goes in, by name; those called x, y and dout have one entry per example.
        call: arrays -> (the output, the gradients by name).
        output: arrays -> the output alone, where an example's output depends on that example alone; else None.
    """

    arrays: Callable[[type], Arrays]
    call: Callable[[Arrays], tuple]
    output: Callable[[Arrays], np.ndarray] | None


def normal(dtype, seed=0, **shapes):
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}


def layer(forward, backward, by_example=True, **shapes):
    def output(arrays):
        return forward(*(arrays[name] for name in shapes))[0]

    def arrays(dtype):
        made = normal(dtype, **shapes)
        return made | normal(dtype, seed=1, dout=output(copy.deepcopy(made)).shape)

    def call(arrays):
        out, cache = forward(*(arrays[name] for name in shapes))
        gradients = backward(arrays["dout"], cache)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        return out, dict(zip(shapes, gradients, strict=True))

    return Case(arrays, call, output if by_example else None)


def loss(function, classes, **shapes):
    def call(arrays):
        value, dx = function(arrays["x"], arrays["y"])
        return value, {"x": dx}

    labels = np.arange(5) % classes
    return Case(lambda dtype: normal(dtype, **shapes) | {"y": labels.copy()}, call, None)


def model(backend_name, make, classes, shape, **kwargs):
    def set_up(arrays):
        with backend.using(backend_name):
            made = make(weight_scale=None, reg=0.1, rng=3, dtype=arrays["x"].dtype, **kwargs)
        made.params = {name: arrays[name] for name in made.params}
        return made

    def arrays(dtype):
        fresh = make(weight_scale=None, rng=0, dtype=dtype, **kwargs)
        return normal(dtype, x=(5, *shape)) | {"y": np.arange(5) % classes} | fresh.params

    return Case(
        arrays,
        lambda arrays: set_up(arrays).loss(arrays["x"], arrays["y"]),
        lambda arrays: set_up(arrays).loss(arrays["x"]),
    )


def batch_norm(functions, mode, shape):
    forward, backward = functions
    start = {"running_mean": np.linspace(-1, 1, 3), "running_var": np.linspace(0.5, 2, 3)}  # float64 whatever x is

    def forward_once(x, gamma, beta):
        return forward(x, gamma, beta, {"mode": mode, **start})

    return layer(forward_once, backward, by_example=mode == "test", x=shape, gamma=(3,), beta=(3,))


def dropout(layers, mode, **source):
    param = {"p": np.float64(0.7), "mode": mode, **source}
    return layer(lambda x: layers.dropout_forward(x, param), layers.dropout_backward, mode == "test", x=IMAGES)


def max_pool(layers, height, width, stride):
    param = {"pool_height": height, "pool_width": width, "stride": stride}
    return layer(lambda x: layers.max_pool_forward(x, param), layers.max_pool_backward, x=IMAGES)


def conv(layers, *kernel):
    return layer(layers.conv_forward, layers.conv_backward, x=IMAGES, w=(2, 3, *kernel))


IMAGES = (4, 3, 5, 6)
convnet = {"input_dim": (2, 7, 8), "num_filters": 3, "filter_size": 2, "hidden_dim": 6, "num_classes": 4}


def cases(name):
    """Every case over the layers of this name."""
    layers = backend.MODULES[name]
    norm = layers.batchnorm_forward, layers.batchnorm_backward
    spatial_norm = layers.spatial_batchnorm_forward, layers.spatial_batchnorm_backward
    return {
        "fc": layer(layers.fc_forward, layers.fc_backward, x=(4, 3), w=(3, 5), b=(5,)),
        "relu": layer(layers.relu_forward, layers.relu_backward, x=IMAGES),
        "dropout, train": dropout(layers, "train", seed=1),
        "dropout, train, rng": dropout(layers, "train", rng=7),
        "dropout, test": dropout(layers, "test"),
        "batch norm, train": batch_norm(norm, "train", (6, 3)),
        "batch norm, test": batch_norm(norm, "test", (6, 3)),
        "spatial batch norm, train": batch_norm(spatial_norm, "train", IMAGES),
        "spatial batch norm, test": batch_norm(spatial_norm, "test", IMAGES),
        "conv": conv(layers, 2, 3),
        "conv, one pixel": conv(layers, 1, 1),
        "conv, whole image": conv(layers, 5, 6),
        "max pool": max_pool(layers, 2, 2, 2),
        "max pool, overlapping": max_pool(layers, 2, 3, 1),
        "LogisticClassifier": model(name, nnlib.LogisticClassifier, 2, (3,), input_dim=3),
        "LogisticClassifier, two layers": model(name, nnlib.LogisticClassifier, 2, (3,), input_dim=3, hidden_dim=4),
        "SVM": model(name, nnlib.SVM, 2, (3,), input_dim=3),
        "SVM, two layers": model(name, nnlib.SVM, 2, (3,), input_dim=3, hidden_dim=4),
        "SoftmaxClassifier": model(name, nnlib.SoftmaxClassifier, 4, (3,), input_dim=3, num_classes=4),
        "SoftmaxClassifier, two layers": model(
            name, nnlib.SoftmaxClassifier, 4, (3,), input_dim=3, hidden_dim=5, num_classes=4
        ),
        "ConvNet": model(name, nnlib.ConvNet, 4, (2, 7, 8), **convnet),
        "ConvNet, batch norm, dropout": model(
            name, nnlib.ConvNet, 4, (2, 7, 8), **convnet, batchnorm=True, dropout=0.7
        ),
    }


CASES = {
    "logistic loss": loss(nnlib.logistic_loss, 2, x=(5,)),
    "svm loss": loss(nnlib.svm_loss, 2, x=(5,)),
    "softmax loss": loss(nnlib.softmax_loss, 3, x=(5, 3)),
    "torch: logistic loss": loss(torch_layers.logistic_loss, 2, x=(5,)),
    "torch: svm loss": loss(torch_layers.svm_loss, 2, x=(5,)),
    "torch: softmax loss": loss(torch_layers.softmax_loss, 3, x=(5, 3)),
    **{f"plain: {name}": case for name, case in cases("plain").items()},
    **{f"torch: {name}": case for name, case in cases("torch").items()},
    **{f"fast: {name}": case for name, case in cases("fast").items()},
    **{f"fast, in pieces: {name}": case for name, case in cases("fast").items()},
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@every_case
def test_arguments_are_left_as_they_were_and_a_second_call_gives_the_same(case):
    arrays = case.arrays(np.float64)
    before = copy.deepcopy(arrays)
    out, gradients = case.call(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)
    again, gradients_again = case.call(arrays)
    np.testing.assert_array_equal(again, out)
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(gradients_again[name], gradient, err_msg=name)


@every_case
def test_gradients_share_no_memory_with_anything(case):
    arrays = case.arrays(np.float64)
    out, gradients = case.call(arrays)
    others = [*arrays.values(), np.asarray(out)]
    for gradient in gradients.values():
        assert not any(np.shares_memory(gradient, other) for other in others)
        others.append(gradient)


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(case, dtype):
    arrays = case.arrays(dtype)
    out, gradients = case.call(arrays)
    assert type(out) is float or out.dtype == dtype
    assert {gradient.dtype for gradient in gradients.values()} == {np.dtype(dtype)}
    assert case.output is None or case.output(arrays).dtype == dtype


def some_examples(arrays, which):
    return {name: array[which] if name in ("x", "y", "dout") else array for name, array in arrays.items()}


@pytest.mark.parametrize("which", [[2], [3, 0], slice(1, None, 2)], ids=str)
@pytest.mark.parametrize(
    "case", [case for case in CASES.values() if case.output], ids=[name for name in CASES if CASES[name].output]
)
def test_a_subset_of_the_batch_gives_the_subset_of_the_output(case, which):
    arrays = case.arrays(np.float64)
    assert_close(case.output(some_examples(arrays, which)), case.output(arrays)[which])


@every_case
def test_the_memory_layout_does_not_matter(case):
    arrays = case.arrays(np.float64)
    expected, expected_gradients = case.call(arrays)
    for name, array in arrays.items():
        for same_values in other_layouts(array):
            out, gradients = case.call(arrays | {name: same_values})
            assert_close(out, expected)
            for key, gradient in gradients.items():
                assert_close(gradient, expected_gradients[key])


@every_case
def test_a_batch_of_one(case):
    arrays = some_examples(case.arrays(np.float64), slice(1))
    out, gradients = case.call(arrays)
    assert np.isfinite(out).all()
    for name, gradient in gradients.items():
        assert gradient.shape == arrays[name].shape
        assert np.isfinite(gradient).all()


@every_case
def test_gradients_are_right_along_random_directions(case):
    arrays = case.arrays(np.float64)
    _, gradients = case.call(arrays)
    _, single_gradients = case.call(case.arrays(np.float32))
    for name, gradient in gradients.items():

        def f(v, name=name):
            return case.call(arrays | {name: v})[0]

        check_directions(f, arrays[name], gradient, arrays.get("dout"), name=name, rng=0)
        # float32 is held to float64, at what float32 can give: differences in it would judge nothing
        assert_close(single_gradients[name], gradient, np.float32)


@pytest.mark.parametrize(
    "case", [case for name, case in CASES.items() if "batch norm" in name], ids=[n for n in CASES if "batch norm" in n]
)
def test_batch_norms_float32_gradient_is_never_judged_at_two_examples(case):
    """There dX is pure cancellation: with x_hat = -1 and 1 its terms are equal, and what is left is their rounding."""
    x = case.arrays(np.float32)["x"]
    assert x.size // x.shape[1] > 2


BACKWARD = {name: case for name, case in CASES.items() if "dout" in case.arrays(np.float64)}


@pytest.mark.parametrize("case", BACKWARD.values(), ids=BACKWARD)
def test_of_two_dtypes_the_wider_one_is_that_of_all_results(case):
    arrays = case.arrays(np.float32)
    expected, expected_gradients = case.call(arrays)
    for name in arrays.keys() - {"dout"}:
        out, gradients = case.call(arrays | {key: arrays[key].astype(np.float64) for key in (name, "dout")})
        assert {array.dtype for array in (out, *gradients.values())} == {np.dtype(np.float64)}
        assert_close(out, expected, np.float32)
        for key, gradient in gradients.items():
            assert_close(gradient, expected_gradients[key], np.float32)


@pytest.mark.parametrize("case", BACKWARD.values(), ids=BACKWARD)
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda dout: dout.tolist(), TypeError, "dout: expected a NumPy array, got list"),
        (lambda dout: 1.0, TypeError, "dout: expected a NumPy array, got float"),
        (lambda dout: dout.astype(int), TypeError, "dout: expected a floating-point array, got dtype int64"),
        (lambda dout: dout[:-1], ValueError, "dout: expected shape"),
        (lambda dout: dout.ravel()[0], TypeError, "dout: expected a NumPy array, got float64"),
    ],
    ids=["list", "number", "integers", "an example less", "NumPy number"],
)
def test_a_gradient_that_is_no_array_of_the_outputs_shape_is_named(case, wrong, error, message):
    arrays = case.arrays(np.float64)
    with pytest.raises(error, match=f"^{message}"):
        case.call(arrays | {"dout": wrong(arrays["dout"])})


PAIRS = list(cases("plain"))


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("other", ["fast", "torch"])
def test_the_others_are_plain_to_rounding(other, name, dtype):
    arrays = CASES[f"plain: {name}"].arrays(dtype)
    out, gradients = CASES[f"plain: {name}"].call(copy.deepcopy(arrays))
    other_out, other_gradients = CASES[f"{other}: {name}"].call(arrays)
    assert_close(other_out, out, dtype)
    for key, gradient in gradients.items():
        assert_close(other_gradients[key], gradient, dtype)
