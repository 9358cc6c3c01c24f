"""What models and networks refuse, in which words: never a raw error from inside, and nothing wrong in silence."""

import functools
import re

import numpy as np
import pytest

from nnlib import (
    SVM,
    BatchNorm,
    Classifier,
    ConvNet,
    Dropout,
    Flatten,
    FullyConnected,
    LogisticClassifier,
    ReLU,
    Sequential,
    SoftmaxClassifier,
    Squeeze,
    backend,
    softmax_loss,
)
from nnlib.checks import NotFiniteError

CLASSIFIERS = (LogisticClassifier, SVM, SoftmaxClassifier, ConvNet)
X = np.ones((4, 5), np.float32)
SHAPE = "expected a tuple of whole numbers such as (20,) or (1, 28, 28), got "
SIZE = "expected a whole number of at least 1, got "
KEEPING = "expected a probability of KEEPING in (0, 1], got "
SCALE = "weight_scale: expected a number of at least 0, got "
DTYPES = "dtype: expected one of 'float16', 'float32', 'float64', got "
REAL = "X: expected an array of real numbers, got "


LAYER = FullyConnected(3)


def network(specs=(LAYER,), shape=(5,), **kwargs):
    return Sequential(specs, shape, **{"rng": 0} | kwargs)


def softmax():
    return Classifier(network(), softmax_loss)


@pytest.mark.parametrize("make", CLASSIFIERS)
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"dtype": int}, ValueError, DTYPES + "'int64'."),
        ({"dtype": complex}, ValueError, DTYPES + "'complex128'."),
        ({"dtype": "x"}, ValueError, DTYPES + "'x'."),
        ({"dtype": 3}, ValueError, DTYPES + "3."),
        ({"weight_scale": -1}, ValueError, SCALE + "-1. None stands for He initialisation."),
        ({"weight_scale": np.inf}, ValueError, SCALE + "inf."),
        ({"weight_scale": np.nan}, ValueError, SCALE + "nan."),
        ({"weight_scale": "he"}, TypeError, SCALE + "'he'. None stands for He initialisation."),
        ({"weight_scale": True}, TypeError, SCALE + "True."),
        ({"reg": None}, TypeError, "reg: expected a number of at least 0, got None."),
        ({"reg": "0"}, TypeError, "reg: expected a number of at least 0, got '0'."),
        ({"reg": np.nan}, ValueError, "reg: expected a number of at least 0, got nan."),
        ({"reg": np.inf}, ValueError, "reg: expected a number of at least 0, got inf."),
        ({"rng": "0"}, TypeError, "rng: expected an int seed or a numpy.random.Generator, got '0'."),
        ({"hidden_dim": "a"}, ValueError, f"hidden_dim: {SIZE}'a'."),
    ],
)
def test_every_classifier_refuses(make, options, error, message):
    with pytest.raises(error, match="^" + re.escape(message)):
        make(**options)


@pytest.mark.parametrize("make", [LogisticClassifier, SVM, SoftmaxClassifier])
@pytest.mark.parametrize("input_dim", [20.0, (20,), "20", None, 0, True])
def test_the_number_of_features_is_a_whole_number(make, input_dim):
    with pytest.raises(ValueError, match=f"^input_dim: {re.escape(SIZE + repr(input_dim))}"):
        make(input_dim)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: ConvNet(batchnorm="no"), TypeError, "batchnorm: expected True or False, got 'no'."),
        (lambda: ConvNet(batchnorm=None), TypeError, "batchnorm: expected True or False, got None."),
        (lambda: ConvNet(28), TypeError, "input_dim: expected a tuple of whole numbers such as (1, 28, 28), got 28."),
        (lambda: ConvNet((1, 28.0, 28)), ValueError, f"input_dim[1]: {SIZE}28.0."),
        (lambda: ConvNet((28, 28)), ValueError, "Layer 0, Conv(filters=32, size=7), cannot follow"),
        (lambda: ConvNet(dropout="a"), TypeError, "dropout: " + KEEPING + "'a'."),
        (lambda: ConvNet(num_filters=None), ValueError, f"num_filters: {SIZE}None."),
        (lambda: ConvNet(filter_size=2.5), ValueError, f"filter_size: {SIZE}2.5."),
        (lambda: ConvNet(num_classes=0), ValueError, f"num_classes: {SIZE}0."),
        (lambda: SoftmaxClassifier(num_classes="10"), ValueError, f"num_classes: {SIZE}'10'."),
        (lambda: Dropout("a"), TypeError, "keep: " + KEEPING + "'a'."),
        (lambda: Dropout(True), TypeError, "keep: " + KEEPING + "True."),
        (lambda: Dropout(np.nan), ValueError, "keep: " + KEEPING + "nan."),
        (lambda: BatchNorm(momentum="a"), TypeError, "momentum: expected a number in [0, 1), got 'a'."),
        (lambda: BatchNorm(eps=None), TypeError, "eps: expected a number above 0, got None."),
        (lambda: BatchNorm(eps=np.inf), ValueError, "eps: expected a number above 0, got inf."),
        (
            lambda: network(ReLU()),
            TypeError,
            "specs: expected a list of layers, got ReLU(). For a single one write [Re",
        ),
        (lambda: network(None), TypeError, "specs: expected a list of layers, got None."),
        (lambda: network("ab"), TypeError, "Layer 0: expected a layer, got 'a'."),
        (lambda: network(shape=5), TypeError, f"input_shape: {SHAPE}5."),
        (lambda: network(shape="ab"), TypeError, f"input_shape: {SHAPE}'ab'."),
        (lambda: network(shape=None), TypeError, f"input_shape: {SHAPE}None."),
        (lambda: network(shape=(5.5,)), ValueError, f"input_shape[0]: {SIZE}5.5."),
        (lambda: network(shape=(0,)), ValueError, f"input_shape[0]: {SIZE}0."),
        (lambda: network(layers=3), ValueError, "layers: expected one of 'plain'"),
        (
            lambda: Classifier(network(), "softmax"),
            TypeError,
            "data_loss: expected a function (scores, labels) -> (loss",
        ),
        (lambda: Classifier(network(), None), TypeError, "data_loss: expected a function"),
        (lambda: Classifier("net", softmax_loss), TypeError, "network: expected a Sequential, got 'net'. Write Sequ"),
        (lambda: Classifier(network(), softmax_loss, "a"), TypeError, "reg: expected a number of at least 0, got 'a'."),
    ],
)
def test_what_cannot_be_built_is_named(make, error, message):
    with pytest.raises(error, match="^" + re.escape(message)):
        make()


def test_what_is_allowed_stays_so():
    assert network(shape=[5]).input_shape == (5,)
    assert network([ReLU()], ()).output_shape == ()
    assert network(iter([LAYER])).output_shape == (3,)
    assert not network(weight_scale=0).params["W1"].any()
    assert {network(dtype=dtype).params["W1"].dtype for dtype in ("float64", np.float64)} == {np.dtype(np.float64)}
    assert "gamma1" in ConvNet(batchnorm=np.True_).params
    assert LogisticClassifier(np.int64(20), reg=np.float32(0.5)).params["W1"].shape == (20, 1)


@pytest.mark.parametrize(
    ("examples", "error", "message"),
    [
        (None, TypeError, REAL + "None."),
        ("a", TypeError, REAL + "'a'."),
        (np.array(["a"]), TypeError, REAL + "dtype <U1."),
        ({"a": 1}, TypeError, REAL + "{'a': 1}."),
        (X.astype(complex), TypeError, REAL + "dtype complex128."),
        (X.astype(object), TypeError, REAL + "dtype object."),
        ([[1, 2], [3]], ValueError, "X: expected an array, got lists of different lengths."),
        (3, ValueError, "X: expected one example per row, got a single number."),
        (np.ones((4, 6)), ValueError, "X: expected shape (4, 5), got shape (4, 6)."),
        (np.ones(4), ValueError, "X: expected shape (4, 5), got shape (4,)."),
        (np.ones((4, 1, 5)), ValueError, "X: expected shape (4, 5), got shape (4, 1, 5)."),
    ],
)
def test_examples_that_are_no_real_numbers_are_refused_everywhere(examples, error, message):
    model, y = softmax(), np.zeros(4, int)
    calls = (model.loss, model.predict, lambda X: model.loss(X, y), lambda X: model.correct(X, y))
    for call in (*calls, lambda X: model.accuracy(X, y)):
        with pytest.raises(error, match="^" + re.escape(message)):
            call(examples)


@pytest.mark.parametrize(
    ("y", "message"),
    [("a", "y: expected shape (4,)"), ([[0], [1, 2]], "y: expected an array, got lists of different lengths.")],
)
def test_labels_that_are_none_are_refused(y, message):
    for call in (softmax().loss, softmax().accuracy):
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            call(X, y)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("make", [lambda: LogisticClassifier(5), lambda: SVM(5), softmax])
@np.errstate(all="ignore")
def test_no_label_follows_from_scores_that_are_not_finite(make, wrong):
    """NaN would count as class 0, and 0 is what many labels are."""
    bad_X, bad_model, y = X.copy(), make(), np.zeros(4, int)
    bad_X[2, 1] = wrong
    bad_model.params["W1"][0, 0] = wrong
    for model, examples, first in ((make(), bad_X, r"\(2"), (bad_model, X, r"\(0")):
        for call in (model.predict, lambda X, m=model: m.correct(X, y), lambda X, m=model: m.accuracy(X, y)):
            message = rf"^scores: expected finite numbers, got \d+ NaN or infinite, the first at index {first}.*Look"
            with pytest.raises(NotFiniteError, match=message):
                call(examples)
        assert model.loss(examples).shape[:1] == (4,)  # the scores themselves can be looked at
    assert make().accuracy(X, make().predict(X)) == 1.0


def test_scores_whose_sum_is_too_large_are_finite():
    model = softmax()
    model.params["W1"] = np.full((5, 3), 1e38, np.float32) * np.array([0.1, 0.4, 0.2], np.float32)
    assert model.predict(X).tolist() == [1] * 4


@pytest.mark.parametrize("name", backend.MODULES)
@pytest.mark.parametrize("specs", [(FullyConnected(3),), (FullyConnected(1), Squeeze()), (ReLU(), Flatten())])
def test_a_network_takes_arrays_alone(name, specs):
    net = network(specs, layers=name)
    for wrong in ([[1.0] * 5], None, 3.0, np.float64(3), X.astype(int)):
        with pytest.raises(TypeError, match=r"^X: expected a (NumPy|floating-point) array, got "):
            net.forward(wrong, "train")
    for wrong in (np.ones(()), np.ones(5), np.ones((4, 6))):
        with pytest.raises(ValueError, match=r"^X: expected shape \(.*5,?\), got shape .* examples of shape \(5,\)"):
            net.forward(wrong, "train")
    with pytest.raises(ValueError, match=r"^mode: expected one of 'train', 'test', got array"):
        net.forward(X, X)
    out = net.forward(X, "train")
    for wrong in (out.tolist(), None, 1.0, np.ones(out.shape, int)):
        with pytest.raises(TypeError, match=r"^dout: expected a (NumPy|floating-point) array, got "):
            net.backward(wrong)
    for wrong in (np.ones((*out.shape, 1)), out[:-1], np.ones(())):
        with pytest.raises(ValueError, match=r"^dout: expected shape \(4.*\), got shape"):
            net.backward(wrong)
    net.backward(np.ones_like(out))  # the pass is not used up by a refusal


def test_a_loss_without_a_name_is_shown_by_its_kind():
    model = Classifier(network(), functools.partial(softmax_loss))
    assert repr(model).startswith("Classifier, partial, L2 0\n")
    assert model.loss(X, np.zeros(4, int))[0] > 0


@pytest.mark.parametrize("path", [None, 3, 2.5])
def test_a_path_that_is_none_is_refused(path):
    model = softmax()
    for call in (model.save, model.load):
        with pytest.raises(TypeError, match=f"^path: expected a string or a Path, got {path}. Name a file"):
            call(path)


def test_a_folder_is_no_file_to_save_in(tmp_path):
    with pytest.raises(IsADirectoryError, match=re.escape(f"got the folder {tmp_path}. Name a file in it.")):
        softmax().save(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not list(tmp_path.parent.glob("*.new"))
