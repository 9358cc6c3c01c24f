"""On an accelerator, where PyTorch finds one: the same minibatches, gradients and trainings as on the CPU."""

from functools import partial

import pytest
import torch
from vgg_small import CPU, coloured, dataset, small_recipe

from nnlib.vgg import VGG11, Augment, Autocast, DataLoader, Trainer, WhitenedVGG, fast_bfloat16, pick_device, run

DEVICE = pick_device()
pytestmark = pytest.mark.skipif(DEVICE == CPU, reason="LEFT OUT, PyTorch finds no accelerator here")


@pytest.fixture(autouse=True)
def whole_float32():
    """Let convolutions use all bits of float32, for comparisons; matrix products do so by default."""
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


@pytest.mark.parametrize("side", [20, 32])
@pytest.mark.parametrize("augment", [Augment(), Augment(translate=3, flip=True, cutout=8)], ids=["plain", "varied"])
def test_the_same_minibatches(augment, side):
    passes = [
        DataLoader(*coloured(50), 20, device=device, seed=3, augment=augment, resolutions=(side,))
        for device in (CPU, DEVICE)
    ]
    for epoch in range(2):
        for batches in passes:
            batches.epoch = epoch
        for (images, labels), (others, their_labels) in zip(*passes, strict=True):
            assert (others.device.type, their_labels.device.type) == (DEVICE.type, DEVICE.type)
            assert others.is_contiguous(memory_format=torch.channels_last)
            torch.testing.assert_close(others.cpu(), images, rtol=0, atol=1e-5)
            assert torch.equal(their_labels.cpu(), labels)


def gradients(network, device, dtype):
    recipe = small_recipe(network=network, resolutions=(32,))
    training = Trainer(recipe, dataset(), device)
    images, labels = next(iter(training.batches))
    scores = Autocast(training.net, dtype)(images)
    torch.nn.functional.cross_entropy(scores, labels, label_smoothing=recipe.label_smoothing).backward()
    return torch.cat([p.grad.flatten().cpu() for p in training.net.parameters() if p.grad is not None])


FAST = torch.bfloat16 if fast_bfloat16(DEVICE) else torch.float32


@pytest.mark.parametrize("dtype", [torch.float32, FAST], ids=["float32", "fast"])
@pytest.mark.parametrize(
    "network", [partial(VGG11, relu=True, batch_norm=True), partial(WhitenedVGG, widths=(8, 16, 16))]
)
def test_the_same_gradients(network, dtype):
    expected = gradients(network, CPU, torch.float32)
    error = (gradients(network, DEVICE, dtype) - expected).norm() / expected.norm()
    assert error < (1e-3 if dtype == torch.float32 else 0.25)


def test_it_learns_and_goes_on_from_a_checkpoint(tmp_path):
    data, recipe = dataset(), small_recipe()
    stopped = Trainer(recipe, data, DEVICE)

    def interrupt(*arguments):
        if stopped.history.epoch == 2:
            raise KeyboardInterrupt

    stopped.optimizer.register_step_post_hook(interrupt)
    path = tmp_path / "one.pt"
    with pytest.raises(KeyboardInterrupt):
        stopped.finish(path)
    resumed = Trainer(recipe, data, DEVICE)
    resumed.resume(path)
    assert resumed.history.epoch == 2
    result, whole = resumed.finish(path), run(recipe, data, device=DEVICE)
    # Not bit for bit, unlike on the CPU: an accelerator may add in another order each time.
    torch.testing.assert_close(result.history.loss_history, whole.history.loss_history, rtol=0.05, atol=0.02)
    assert result.history.loss_history[-1] < result.history.loss_history[0]
    assert result.val_acc > 0.5  # of three classes
    assert result.scores(data["X_val"]).device == CPU


def test_a_checkpoint_of_an_accelerator_is_read_on_the_cpu(tmp_path):
    data, recipe = dataset(), small_recipe()
    there = run(recipe, data, device=DEVICE, folder=tmp_path)
    here = run(recipe, data, device=CPU, folder=tmp_path)
    assert (here.history, here.machine) == (there.history, there.machine)
    torch.testing.assert_close(here.scores(data["X_val"]), there.scores(data["X_val"]), rtol=1e-3, atol=1e-3)
