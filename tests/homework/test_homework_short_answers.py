"""The experiments of Q7 beside depth, masks and descent: gains, signs, means, cures."""

import numpy as np
import pytest

from nnlib import ReLU, softmax_loss
from nnlib.homework.cures import CASES, CURES, LimitedClassifier, smoothed, train_case, verdict
from nnlib.homework.depth import ACTIVATIONS, Sigmoid, Tanh, propagate
from nnlib.homework.descent import tanh_classifier
from nnlib.homework.gains import factor_per_layer, factors_per_layer, train_deep
from nnlib.homework.means import (
    accuracy_and_loss,
    at_test_time,
    chances,
    dropout_classifier,
    every_mask,
    masked_probabilities,
    paired_loss,
    pooled,
    softmax,
)
from nnlib.homework.signs import TARGET, inputs_of, path

RNG = np.random.default_rng(0)
EXAMPLES = RNG.normal(size=(12, 784)), RNG.integers(0, 10, size=12)
DATA = {"X_train": EXAMPLES[0], "y_train": EXAMPLES[1], "X_val": EXAMPLES[0][:4], "y_val": EXAMPLES[1][:4]}


def test_slope_times_gain_is_the_factor_per_layer():
    factors = factors_per_layer(EXAMPLES, (1.0, 5.0), depth=6)
    for index, gain in enumerate((1.0, 5.0)):
        trace = propagate(EXAMPLES, depth=6, activation="sigmoid", gain=gain)
        norms = [np.linalg.norm(grad) for grad in trace.grad_inputs]
        assert factor_per_layer(trace) == pytest.approx((norms[0] / norms[-1]) ** (1 / 4))
        assert factors.product[index] == pytest.approx(factor_per_layer(trace))
        slopes = trace.outputs * (1 - trace.outputs)
        assert factors.saturated[index] == np.mean(slopes < 0.05)
    assert factors.saturated[0] < factors.saturated[1]
    assert factors.weight_gains.tolist() == [1, 5]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_batch_norm_keeps_the_gradients_size(activation):
    trace = propagate(EXAMPLES, depth=10, activation=activation, batch_norm=True)
    assert 0.8 < factor_per_layer(trace) < 1.4
    assert trace.outputs.shape == (9, 12, 100)


def test_train_deep_passes_its_options_on():
    solver = train_deep(DATA, [ReLU()], gain=2.0, update_rule="adam", learning_rate=0.01, num_epochs=2, depth=3)
    assert (len(solver.loss_history), len(solver.val_acc_history)) == (2, 2)
    assert [name for name in solver.model.params if name.startswith("W")] == ["W1", "W2", "W3"]
    assert solver.learning_rate == 0.01


def test_a_path_is_descent_one_example_per_step():
    inputs = inputs_of(Sigmoid(), examples=30, seed=3)
    assert (inputs > 0).all()
    assert (inputs_of(Tanh(), examples=30, seed=3) < 0).any()
    w, rate = np.zeros(2), 1 / np.mean(np.sum(inputs**2, axis=1))
    expected = [w]
    for a in inputs[:20]:
        w = w - rate * a * (a @ w - a @ TARGET)
        expected.append(w)
    assert path(inputs, steps=20) == pytest.approx(np.array(expected))


def test_all_masks_with_their_chances():
    masks = every_mask(3)
    assert sorted(map(tuple, masks)) == sorted({(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)})
    assert chances(masks, 0.2).sum() == pytest.approx(1)
    assert chances(masks, 0.2)[masks.sum(axis=1) == 2] == pytest.approx(np.full(3, 0.2**2 * 0.8))


def test_probabilities_and_what_is_measured_of_them():
    P = softmax(np.array([[0.0, np.log(3)], [1e4, 0]]))
    assert pytest.approx(np.array([[0.25, 0.75], [1, 0]])) == P
    accuracy, loss = accuracy_and_loss(P, np.array([1, 1]))
    assert (accuracy, loss) == (0.5, pytest.approx(-(np.log(0.75) + np.log(1e-12)) / 2))
    half = np.full((2, 2), 0.5)  # the losses differ by log 2 and by log 4
    excess = paired_loss(half, np.array([[0, 1.0], [0, 2]]), np.array([1, 1]))
    assert excess == pytest.approx((1.5 * np.log(2), np.log(2) / 2))


def test_masked_probabilities_are_the_networks_own_in_train_mode():
    model, X = dropout_classifier(keep=1.0), RNG.uniform(size=(3, 1, 28, 28))
    assert pooled(model, X).shape == (3, 32, 11, 11)
    same = at_test_time(model, X, keep=1.0)
    assert same == pytest.approx(softmax(model.loss(X)))
    assert masked_probabilities(model, X, keep=1.0, masks=2, rng=0) == pytest.approx(np.stack([same, same]), abs=1e-6)
    some = masked_probabilities(model, X, keep=0.5, masks=2, rng=0)
    assert not np.allclose(some[0], some[1])
    assert not np.allclose(at_test_time(model, X, keep=0.5), same)


def test_gradients_are_clipped_and_warmed_up():
    network = tanh_classifier(width=5).network
    free = LimitedClassifier(network, softmax_loss, clip=np.inf, warm_up=1)
    _, grads = free.loss(*EXAMPLES)
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads.values()))
    clipped = LimitedClassifier(network, softmax_loss, clip=norm / 4, warm_up=2)
    for factor in (1 / 8, 1 / 4, 1 / 4):
        _, got = clipped.loss(*EXAMPLES)
        assert all(got[name] == pytest.approx(factor * grad) for name, grad in grads.items())
    assert np.array_equal(clipped.loss(EXAMPLES[0]), free.loss(EXAMPLES[0]))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_cure_changes_one_thing(case):
    plain = train_case(case, DATA, num_epochs=3)
    assert len(plain) == 3
    assert np.array_equal(train_case(case, DATA, num_epochs=3, momentum=case.momentum), plain)
    for cure, options in CURES.items():
        losses = train_case(case, DATA, **{**options, "num_epochs": 3})
        larger = "batch_size" in options  # 12 examples are one batch either way
        assert losses[0] == plain[0]
        assert np.array_equal(losses, plain) == (cure == "as it is" or larger), cure


def test_verdicts():
    falling = np.concatenate([np.full(20, 2.5), np.full(40, 0.1)])
    rising = np.concatenate([falling, np.full(20, 30.0)])
    assert smoothed(np.arange(12.0)) == pytest.approx([4.5, 5.5, 6.5])
    assert verdict([falling, falling]) == "cured"
    assert verdict([rising, rising]) == "explodes"
    assert verdict([falling, rising]) == "no cure"
    assert verdict([np.full(20, 1.0)]) == "no cure"
    spike = falling.copy()
    spike[35] = 20  # one loss of 20 is 2 in the mean
    assert verdict([spike]) == "cured"
