"""The classifiers: Classifier.loss, and the architectures of Q2 to Q5."""

import copy

import numpy as np
import pytest
import torch
from directions import check_directions
from hypothesis import given
from hypothesis import strategies as st

from nnlib import SVM, ConvNet, LogisticClassifier, SoftmaxClassifier, gradcheck
from nnlib.models import EXAMPLES_PER_CHUNK

SMALL = {"weight_scale": None, "reg": 0.3, "dtype": np.float64, "rng": 1}
IMAGE = (2, 7, 8)


def convnet(**kwargs):
    return ConvNet(IMAGE, num_filters=3, filter_size=2, hidden_dim=6, num_classes=4, **SMALL | kwargs)


# name -> (make a small float64 model, shape of an example, classes; 0 for binary)
MODELS = {
    "logistic": (lambda: LogisticClassifier(5, **SMALL), (5,), 0),
    "logistic, two layers": (lambda: LogisticClassifier(5, 4, **SMALL), (5,), 0),
    "svm": (lambda: SVM(5, **SMALL), (5,), 0),
    "svm, two layers": (lambda: SVM(5, 4, **SMALL), (5,), 0),
    "softmax": (lambda: SoftmaxClassifier(5, None, 3, **SMALL), (5,), 3),
    "softmax, two layers": (lambda: SoftmaxClassifier(5, 4, 3, **SMALL), (5,), 3),
    "convnet": (convnet, IMAGE, 4),
    "convnet with batch norm and dropout": (lambda: convnet(batchnorm=True, dropout=0.8), IMAGE, 4),
}
every_model = pytest.mark.parametrize(("make", "shape", "classes"), MODELS.values(), ids=MODELS)


def batch(shape, classes, n=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, *shape)), rng.integers(0, classes or 2, n)


def test_a_two_layer_svm_by_hand():
    model = SVM(input_dim=2, hidden_dim=2, reg=0.1, dtype=np.float64)
    w1, w2 = np.array([[1.0, -1.0], [0.5, 1.0]]), np.array([[1.0], [-2.0]])
    model.params = {"W1": w1, "b1": np.array([0.0, -0.5]), "W2": w2, "b2": np.array([0.5])}
    X, y = np.array([[1.0, 2.0], [-1.0, 1.0]]), np.array([1, 1])
    # X W1 + b1:  (1 + 1, -1 + 2 - 0.5) = (2, 0.5)  and  (-1 + 0.5, 1 + 1 - 0.5) = (-0.5, 1.5), of which ReLU keeps 1.5
    # scores:     2 - 1 + 0.5 = 1.5                 and  -3 + 0.5 = -2.5
    np.testing.assert_allclose(model.loss(X), [1.5, -2.5], rtol=1e-15)
    # hinge:      0, beyond the margin, and 1 + 2.5 = 3.5, so 3.5/2 over both
    # L2 term:    0.1/2 (1 + 1 + 0.25 + 1 + 1 + 4) = 0.4125, without the biases
    loss, grads = model.loss(X, y)
    assert loss == pytest.approx(1.75 + 0.4125, rel=1e-15)
    # Only the second example is active: dscore = -1/2, so db2 = -1/2 and dW2 = (0, 1.5) * -1/2 + 0.1 W2
    np.testing.assert_allclose(grads["b2"], [-0.5], rtol=1e-15)
    np.testing.assert_allclose(grads["W2"], [[0.1], [-0.75 - 0.2]], rtol=1e-15)
    # dhidden = -1/2 (1, -2) = (-0.5, 1); ReLU lets the 1 pass; db1 = (0, 1), dW1 = X[1]^T (0, 1) + 0.1 W1
    np.testing.assert_allclose(grads["b1"], [0.0, 1.0], rtol=1e-15)
    np.testing.assert_allclose(grads["W1"], [[0.1, -1.0 - 0.1], [0.05, 1.0 + 0.1]], rtol=1e-15)


@every_model
def test_every_gradient_of_every_model_is_numerically_right(make, shape, classes):
    model = make()
    X, y = batch(shape, classes)

    def loss(params=None):
        model.params = model.params if params is None else params
        model.network.rng = np.random.default_rng(5)  # the same dropout masks each time
        return model.loss(X, y)

    params = model.params
    _, grads = loss()
    assert set(grads) == set(params)
    for name, array in params.items():

        def of_one(v, name=name):
            return loss(params | {name: v})[0]

        report = gradcheck.check_gradient(of_one, array, grads[name], name=name)
        assert report.kinks == ()
        check_directions(of_one, array, grads[name], name=name, rng=0)


@given(st.floats(0, 10))
def test_the_l2_term_is_over_the_weights_alone(reg):
    model, free = (convnet(batchnorm=True, reg=r) for r in (reg, 0.0))
    X, y = batch(IMAGE, 4)
    (loss, grads), (free_loss, free_grads) = model.loss(X, y), free.loss(X, y)
    squares = sum(float((model.params[name] ** 2).sum()) for name in ("W1", "W2", "W3"))
    assert loss - free_loss == pytest.approx(reg / 2 * squares, rel=1e-9, abs=1e-12)
    for name, grad in grads.items():
        expected = free_grads[name] + (reg * model.params[name] if name.startswith("W") else 0)
        np.testing.assert_allclose(grad, expected, atol=1e-12, err_msg=name)


def test_the_courses_constructors_and_defaults():
    def shapes(model):
        return {name: array.shape for name, array in model.params.items()}

    for binary in (LogisticClassifier, SVM):
        assert shapes(binary()) == {"W1": (100, 1), "b1": (1,)}
        assert shapes(binary(20, 7)) == {"W1": (20, 7), "b1": (7,), "W2": (7, 1), "b2": (1,)}
    assert shapes(SoftmaxClassifier()) == {"W1": (784, 10), "b1": (10,)}
    assert shapes(SoftmaxClassifier(hidden_dim=5)) == {"W1": (784, 5), "b1": (5,), "W2": (5, 10), "b2": (10,)}
    plain = {"W1": (32, 1, 7, 7), "W2": (32 * 11 * 11, 100), "b2": (100,), "W3": (100, 10), "b3": (10,)}
    assert shapes(ConvNet()) == plain
    assert shapes(ConvNet(dropout=0.5)) == plain
    assert shapes(ConvNet(batchnorm=True)) == plain | {"gamma1": (32,), "beta1": (32,)}
    assert ConvNet().network.input_shape == (1, 28, 28)
    assert ConvNet().params["W2"].std() == pytest.approx(1e-3, rel=0.02)
    for model in (LogisticClassifier(), SVM(), SoftmaxClassifier(), ConvNet()):
        assert model.reg == 0.0
        assert {array.dtype for array in model.params.values()} == {np.dtype(np.float32)}


def test_the_convnet_is_the_homeworks_architecture():
    def kinds(model):
        return " ".join(type(spec).__name__ for spec in model.network.specs)

    head = "Flatten FullyConnected ReLU FullyConnected"
    assert kinds(convnet()) == f"Conv ReLU MaxPool {head}"
    assert kinds(convnet(batchnorm=True, dropout=0.8)) == f"Conv BatchNorm ReLU MaxPool Dropout {head}"
    assert convnet(dropout=0.8).network.specs[3].keep == 0.8


def test_torch_agrees_on_the_whole_convnet():
    model = convnet(batchnorm=True)
    X, y = batch(IMAGE, 4)
    loss, grads = model.loss(X, y)
    params = {name: torch.tensor(array, requires_grad=True) for name, array in model.params.items()}
    functional = torch.nn.functional
    h = functional.conv2d(torch.tensor(X), params["W1"])
    h = functional.batch_norm(h, None, None, params["gamma1"], params["beta1"], training=True)
    h = functional.max_pool2d(functional.relu(h), 2).flatten(1)
    h = functional.relu(h @ params["W2"] + params["b2"])
    torch_loss = functional.cross_entropy(h @ params["W3"] + params["b3"], torch.tensor(y))
    torch_loss = torch_loss + 0.3 / 2 * sum((params[name] ** 2).sum() for name in ("W1", "W2", "W3"))
    torch_loss.backward()
    assert loss == pytest.approx(torch_loss.item(), rel=1e-12)
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, params[name].grad, atol=1e-11, err_msg=name)


def test_tiny_weights_start_at_the_loss_of_a_guess():
    X, y = batch((5,), 3)
    assert LogisticClassifier(5, 4).loss(X, y % 2)[0] == pytest.approx(np.log(2), rel=1e-4)
    assert SVM(5, 4).loss(X, y % 2)[0] == pytest.approx(1.0, rel=1e-4)
    assert SoftmaxClassifier(5, 4, 3).loss(X, y)[0] == pytest.approx(np.log(3), rel=1e-4)


@every_model
def test_scoring_is_in_test_mode_and_in_chunks(make, shape, classes):
    model = make()
    model.loss(*batch(shape, classes))  # moves batch norm's statistics off their start
    state, generator = copy.deepcopy(model.state), model.network.rng.bit_generator.state
    X, _ = batch(shape, classes, n=2 * EXAMPLES_PER_CHUNK + 3)
    scores = model.loss(X)
    assert scores.shape == ((len(X),) if classes == 0 else (len(X), classes))
    np.testing.assert_allclose(scores, model.network.forward(X, "test"), atol=1e-12)
    np.testing.assert_array_equal(model.loss(X), scores)
    assert model.network.rng.bit_generator.state == generator
    for name, array in state.items():
        np.testing.assert_array_equal(model.state[name], array)
    assert model.loss(X[:0]).shape == scores[:0].shape


@every_model
def test_predictions_and_accuracy(make, shape, classes):
    model = make()
    X, y = batch(shape, classes, n=40)
    scores, predicted = model.loss(X), model.predict(X)
    for n, label in enumerate(predicted):
        assert label == (scores[n] > 0 if classes == 0 else max(range(classes), key=lambda k, n=n: scores[n, k]))
    expected = sum(p == label for p, label in zip(predicted, y, strict=True)) / len(y)
    assert model.accuracy(X, y) == expected
    assert model.correct(X, y).tolist() == [p == label for p, label in zip(predicted, y, strict=True)]
    assert model.accuracy(X, predicted) == 1.0
    if classes == 0:
        assert model.accuracy(X, 2 * y - 1) == expected
        assert model.accuracy(X, 1 - y) == pytest.approx(1 - expected)
        (loss, grads), (signed_loss, signed_grads) = model.loss(X, y), model.loss(X, 2 * y - 1)
        assert loss == signed_loss
        for name, grad in grads.items():
            np.testing.assert_array_equal(grad, signed_grads[name])


def test_training_moves_batch_norms_statistics_and_draws_new_masks():
    model = convnet(batchnorm=True, dropout=0.5)
    X, y = batch(IMAGE, 4)
    before = copy.deepcopy(model.state)
    first, _ = model.loss(X, y)
    second, _ = model.loss(X, y)
    assert first != second
    assert set(before) == {"running_mean1", "running_var1"}
    assert all((model.state[name] != before[name]).all() for name in before)
    assert not set(before) & set(model.params)


def test_params_and_state_may_be_rebound_from_outside():
    model, other = convnet(batchnorm=True), convnet(batchnorm=True, rng=2)
    X, y = batch(IMAGE, 4)
    other.loss(X, y)
    model.params, model.state = dict(other.params), dict(other.state)
    assert model.params is model.network.params
    np.testing.assert_array_equal(model.loss(X), other.loss(X))
    model.params["b3"] = model.params["b3"] + np.array([0.0, 100.0, 0.0, 0.0])
    assert (model.predict(X) == 1).all()


def test_examples_are_converted_to_the_models_dtype():
    model = SoftmaxClassifier(4, 3, 2)
    X = np.arange(8).reshape(2, 4)
    for other in (X.astype(np.uint8), X.astype(np.float64), X.tolist()):
        scores = model.loss(other)
        assert scores.dtype == np.float32
        np.testing.assert_array_equal(scores, model.loss(X.astype(np.float32)))


def test_wrong_arguments_are_named():
    for make in (LogisticClassifier, SVM, SoftmaxClassifier, ConvNet):
        with pytest.raises(ValueError, match="reg: expected a number of at least 0, got -1"):
            make(reg=-1)
        with pytest.raises(TypeError, match=r"rng: expected an int seed or a numpy\.random\.Generator, got None"):
            make(rng=None)
        with pytest.raises(ValueError, match="hidden_dim: expected a whole number of at least 1, got 0"):
            make(hidden_dim=0)
    with pytest.raises(ValueError, match=r"dropout: expected a probability of KEEPING in \(0, 1\], got 0"):
        ConvNet(dropout=0.0)
    with pytest.raises(ValueError, match=r"Layer 0, Conv\(filters=32, size=7\), cannot follow .* expected at most 5"):
        ConvNet((1, 5, 9))
    model = SoftmaxClassifier(4, num_classes=3)
    with pytest.raises(
        ValueError, match=r"X: expected shape \(2, 4\), got shape \(2, 5\)\. The network takes examples of"
    ):
        model.loss(np.ones((2, 5)))
    with pytest.raises(ValueError, match=r"y: expected class indices from 0 to 2, .* got labels from 0 to 3"):
        model.loss(np.ones((2, 4)), np.array([0, 3]))
    with pytest.raises(ValueError, match=r"y: expected class indices from 0 to 2, .* got labels from 0 to 3"):
        model.accuracy(np.ones((2, 4)), np.array([0, 3]))
    with pytest.raises(ValueError, match=r"^X: expected at least one example, got shape \(0, 4\)"):
        model.accuracy(np.ones((0, 4)), np.array([], int))
    with pytest.raises(ValueError, match="y: expected binary labels"):
        SVM(4).accuracy(np.ones((2, 4)), np.array([0, 3]))


@pytest.mark.parametrize("make", [LogisticClassifier, SVM, SoftmaxClassifier, ConvNet])
def test_the_seed_is_0_and_the_scale_a_thousandth_unless_they_are_given(make):
    default, zero, one = make(), make(weight_scale=1e-3, rng=0), make(rng=1)
    for name, array in zero.params.items():
        np.testing.assert_array_equal(default.params[name], array)
    assert any((zero.params[name] != one.params[name]).any() for name in zero.params)
