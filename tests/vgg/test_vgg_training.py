"""`train`, `train_epoch`, `test` and `predict` on a small problem, and what they change."""

import inspect

import numpy as np
import pytest
import torch
from torch import nn
from vgg_small import CPU, assert_same_state, coloured, images

from nnlib.vgg import training
from nnlib.vgg.loader import DataLoader
from nnlib.vgg.networks import VGG11
from nnlib.vgg.training import Autocast, DivergenceError, History, predict, test, train, train_epoch

CROSS_ENTROPY = nn.CrossEntropyLoss()


def network(seed=0, **options):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return VGG11(**options)


def normed():
    return network(relu=True, batch_norm=True)


def loader(count=100, batch_size=20, seed=1):
    return DataLoader(*coloured(count), batch_size, seed=seed)


def in_order(count=45, batch_size=20):
    return DataLoader(*coloured(count, seed=5), batch_size)


def adam(net, rate=3e-3):
    return torch.optim.Adam(net.parameters(), lr=rate)


def test_it_learns_what_can_be_learned():
    net, batches, held_out = normed(), loader(100), in_order(60)
    history = train(batches, net, CROSS_ENTROPY, adam(net), CPU, epochs=6, validate=lambda: test(held_out, net, CPU))
    losses = np.array(history.loss_history).reshape(6, 5).mean(1)
    assert losses[-1] < 0.5 * losses[0]
    assert history.train_acc_history[-1] > 0.8
    assert history.val_acc_history[-1] > 0.8
    assert history.best_val_acc == max(history.val_acc_history)


def test_what_is_recorded():
    net, batches = network(), loader()
    optimizer, calls = adam(net, 1e-3), []
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step))
    answers = iter([0.25, 0.5, 0.125])

    def validate():
        calls.append("validate")
        return next(answers)

    def after_epoch(history):
        calls.append(("after", history.epoch, len(history.val_acc_history), len(history.loss_history)))

    options = {"scheduler": scheduler, "validate": validate, "after_epoch": after_epoch}
    history = train(batches, net, CROSS_ENTROPY, optimizer, CPU, epochs=3, **options)
    assert history.learning_rates == pytest.approx([1e-3 / (1 + step) for step in range(15)])
    assert len(history.loss_history) == 15
    assert history.val_acc_history == [0.25, 0.5, 0.125]
    assert history.best_val_acc == 0.5
    assert len(history.train_acc_history) == len(history.seconds) == history.epoch == 3
    assert 0 < history.seconds[0] < history.seconds[1] < history.seconds[2]
    assert calls == ["validate", ("after", 1, 1, 5), "validate", ("after", 2, 2, 10), "validate", ("after", 3, 3, 15)]
    assert History(**vars(history)) == history


def test_the_mean_over_processes_is_the_whole_batchs_though_their_parts_differ_in_size():
    def one_epoch(**share):
        net = network(relu=True)
        batches = DataLoader(*coloured(60), 20, seed=1, **share)
        return train(batches, net, CROSS_ENTROPY, torch.optim.SGD(net.parameters(), lr=0.0), CPU, epochs=1)

    whole, parts = one_epoch(), [one_epoch(rank=rank, world=3) for rank in range(3)]  # of 6, 7 and 7 images
    for name in ("loss_history", "train_acc_history"):
        assert np.mean([getattr(part, name) for part in parts], axis=0) == pytest.approx(getattr(whole, name)), name
    assert len({*whole.train_acc_history, *(part.train_acc_history[0] for part in parts)}) > 1


def test_each_step_uses_its_own_gradient_only():
    net, twin, batches = network(relu=True), network(relu=True), loader(40)
    train(batches, net, CROSS_ENTROPY, torch.optim.SGD(net.parameters(), lr=0.5), CPU, epochs=1)
    for X, y in batches:  # in the same order: it follows from seed and epoch
        gradients = torch.autograd.grad(CROSS_ENTROPY(twin(X), y), list(twin.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(twin.parameters(), gradients, strict=True):
                parameter -= 0.5 * gradient
    for found, expected in zip(net.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-7)


def test_losses_and_accuracy_are_those_of_the_minibatches():
    net, batches = network(relu=True), loader()
    frozen = torch.optim.SGD(net.parameters(), lr=0.0)
    history = train(batches, net, CROSS_ENTROPY, frozen, CPU, epochs=1)
    losses, right = [], 0
    with torch.no_grad():
        for X, y in batches:
            scores = net(X)
            losses.append(CROSS_ENTROPY(scores, y).item())
            right += (scores.argmax(1) == y).sum().item()
    np.testing.assert_allclose(history.loss_history, losses, rtol=1e-5)
    assert history.train_acc_history == [pytest.approx(right / 100)]


def test_a_history_is_continued():
    net, twin = normed(), normed()
    optimizer, batches = adam(net), loader()
    history = train(batches, net, CROSS_ENTROPY, optimizer, CPU, epochs=2)
    again = train(batches, net, CROSS_ENTROPY, optimizer, CPU, epochs=3, history=history)
    assert again is history
    assert (history.epoch, batches.epoch, len(history.loss_history)) == (3, 2, 15)
    whole = train(loader(), twin, CROSS_ENTROPY, adam(twin), CPU, epochs=3)
    assert whole.loss_history == history.loss_history
    assert_same_state(net.state_dict(), twin.state_dict())
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    train(batches, net, CROSS_ENTROPY, optimizer, CPU, epochs=3, history=history)  # nothing is left to do
    assert_same_state(net.state_dict(), before)


def students_epoch(trainloader, net, criterion, optimizer, device):
    """What a student may hand in: numbers taken step by step, other names, another order."""
    losses, right = [], []
    net.train()
    for X, y in trainloader:
        X, y = X.to(device), y.to(device)
        out = net(X)
        loss = criterion(out, y)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        right += (out.argmax(dim=1) == y).tolist()
        optimizer.step()
    return losses, float(np.float32(np.mean(right)))


def test_train_epoch_asks_for_nothing_but_the_courses_arguments(monkeypatch):
    assert list(inspect.signature(train_epoch).parameters) == ["trainloader", "net", "criterion", "optimizer", "device"]
    found = []
    for function in (train_epoch, students_epoch):
        monkeypatch.setattr(training, "train_epoch", function)
        net = normed()
        optimizer = adam(net)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step))
        found.append((train(loader(40), net, CROSS_ENTROPY, optimizer, CPU, epochs=2, scheduler=scheduler), net))
    (history, net), (students, other) = found
    assert (history.loss_history, history.learning_rates) == (students.loss_history, students.learning_rates)
    assert history.train_acc_history == students.train_acc_history
    assert_same_state(other.state_dict(), net.state_dict())


def test_a_train_epoch_without_a_step_is_named(monkeypatch):
    monkeypatch.setattr(training, "train_epoch", lambda *arguments: ([2.3, 2.3], 0.1))
    net = network()
    with pytest.raises(
        ValueError, match=r"^train_epoch: expected one optimizer\.step\(\) per loss, got 2 losses and 0"
    ):
        train(loader(40), net, CROSS_ENTROPY, adam(net), CPU, epochs=1)


def test_one_epoch_by_itself():
    net, plain = network(relu=True), nn.CrossEntropyLoss(label_smoothing=0.2)
    X, y = (torch.from_numpy(array) for array in coloured(40))
    pairs = [(X[:30].float() / 255, y[:30]), (X[30:].float() / 255, y[30:])]
    losses, accuracy = train_epoch(pairs, net, plain, torch.optim.SGD(net.parameters(), lr=0.0), CPU)
    with torch.no_grad():
        scores = [net(images) for images, _ in pairs]
        expected = [plain(part, labels).item() for part, (_, labels) in zip(scores, pairs, strict=True)]
    assert losses == pytest.approx(expected)
    of_all_images = (torch.cat(scores).argmax(1) == y).double().mean().item()  # not a mean over batches
    assert accuracy == pytest.approx(of_all_images)


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_nothing_is_left_on_the_optimizer(error):
    net = network()
    optimizer, calls = adam(net), []

    def after_epoch(history):
        calls.append(len(optimizer._optimizer_step_post_hooks))
        if error is not None:
            raise error

    try:
        train(loader(20), net, CROSS_ENTROPY, optimizer, CPU, epochs=1, after_epoch=after_epoch)
    except KeyboardInterrupt:
        assert error is not None
    assert (calls, len(optimizer._optimizer_step_post_hooks)) == ([1], 0)


def test_accuracy_and_scores_by_hand():
    net, batches = normed(), in_order()
    train(loader(40), net, CROSS_ENTROPY, adam(net), CPU, epochs=1)
    assert net.training
    X, _ = coloured(45, seed=5)
    scores = predict(batches, net, CPU)
    assert not any(layer.training for layer in net.modules())
    with torch.no_grad():
        expected = net(torch.from_numpy(X).float() / 127.5 - 1)
    torch.testing.assert_close(scores, expected, rtol=1e-4, atol=1e-5)
    y = expected.argmax(1).numpy()
    y[::3] = (y[::3] + 1) % 10
    net.train()
    assert test(DataLoader(X, y, 20), net, CPU) == pytest.approx(30 / 45)
    assert not net.training


def test_scores_averaged_over_an_image_and_its_mirror_image():
    net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 10))
    X, y = images(30), np.zeros(30, int)
    plain, mirrored = predict(DataLoader(X, y, 20), net, CPU), predict(DataLoader(X[:, :, :, ::-1], y, 20), net, CPU)
    assert (plain - mirrored).abs().max() > 0.01
    both = predict(DataLoader(X, y, 20), net, CPU, flip=True)
    torch.testing.assert_close(both, (plain + mirrored) / 2, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("flip", [False, True])
def test_half_of_the_score_may_come_from_shifted_images(flip):
    net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 10))
    X, y = images(30), np.zeros(30, int)
    padded = np.pad(X, ((0, 0), (0, 0), (2, 2), (2, 2)), mode="reflect")
    views = X, padded[:, :, :32, :32], padded[:, :, 4:, 4:]
    plain, there, back = (predict(DataLoader(view, y, 20), net, CPU, flip=flip) for view in views)
    assert (plain - there).abs().max() > 0.01
    found = predict(DataLoader(X, y, 20), net, CPU, flip=flip, shift=2)
    torch.testing.assert_close(found, plain / 2 + (there + back) / 4, rtol=1e-5, atol=1e-6)


def test_predicting_keeps_the_averages_of_batch_norm():
    net = normed()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    test(in_order(), net, CPU, flip=True)
    assert_same_state(net.state_dict(), before)


@pytest.mark.parametrize(("steps_before", "step"), [(0, 2), (5, 7)])
def test_divergence_names_the_step_and_the_rate(steps_before, step):
    net, before = network(), History(loss_history=[2.0] * steps_before, seconds=[1.0] * (steps_before // 5))
    optimizer = torch.optim.SGD(net.parameters(), lr=1e30)
    match = rf"the loss is (nan|inf) in step {step}, at learning rate 1e\+30\. Lower the rate\."
    with pytest.raises(DivergenceError, match=match):
        train(loader(), net, CROSS_ENTROPY, optimizer, CPU, epochs=3, history=before, after_epoch=lambda _: 1 / 0)
    assert before == History(loss_history=[2.0] * steps_before, seconds=[1.0] * (steps_before // 5))


def test_bfloat16_is_for_convolutions_and_matrix_products_only():
    net, seen = normed(), set()
    net.conv[0].register_forward_hook(lambda layer, inputs, output: seen.add(output.dtype))
    fast = Autocast(net, torch.bfloat16)
    assert list(fast.parameters()) == list(net.parameters())
    history = train(loader(40), fast, CROSS_ENTROPY, adam(net), CPU, epochs=1)
    assert np.isfinite(history.loss_history).all()
    assert {parameter.dtype for parameter in net.parameters()} == {torch.float32}
    assert {parameter.grad.dtype for parameter in net.parameters()} == {torch.float32}
    scores = predict(in_order(), fast, CPU)
    assert scores.dtype == torch.float32
    assert seen == {torch.bfloat16}
    exact = predict(in_order(), net, CPU)
    assert seen == {torch.bfloat16, torch.float32}
    assert 0 < (scores - exact).abs().max() < 0.2 * exact.abs().max()
