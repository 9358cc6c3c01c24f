"""`run`: an interrupted training ends as if it had never stopped, and a complete one is not trained again."""

import resource
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from vgg_small import CPU, assert_same_state, checkpoints, dataset, small_recipe

from nnlib.data import DataError
from nnlib.provenance.code import code_checksum
from nnlib.provenance.plain_json import checksum
from nnlib.vgg import checkpoint, run, trainer, training
from nnlib.vgg.loader import DataLoader
from nnlib.vgg.networks import WhitenedVGG
from nnlib.vgg.trainer import Trainer

STEPS = 3  # per epoch: 60 images in batches of 20


class Bar:
    """Replaces the progress bar, which is told of every step, and interrupts at one of them."""

    def __init__(self, stop=None):
        self.stop, self.steps = stop, 0

    def __call__(self, **options):
        self.options = options
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def update(self):
        self.steps += 1
        if self.steps == self.stop:
            raise KeyboardInterrupt

    def set_postfix(self, **values):
        pass


def watched(monkeypatch, stop=None):
    bar = Bar(stop)
    monkeypatch.setattr(training, "progress_bar", bar)
    return bar


def assert_same_run(found, expected):
    assert_same_state(found.net.state_dict(), expected.net.state_dict())
    lists, others = dict(vars(found.history)), dict(vars(expected.history))
    assert len(lists.pop("seconds")) == len(others.pop("seconds"))
    assert lists == others
    assert found.val_acc == expected.val_acc


@pytest.fixture(scope="module")
def uninterrupted():
    return run(small_recipe(), dataset(), device=CPU)


@pytest.mark.parametrize(("stop", "left"), [(2, 12), (STEPS + 1, 9), (3 * STEPS, 6), (4 * STEPS, 3)])
def test_interrupted_and_resumed_is_as_if_never_stopped(monkeypatch, tmp_path, uninterrupted, stop, left):
    data, recipe, expected = dataset(), small_recipe(), uninterrupted
    watched(monkeypatch, stop)
    with pytest.raises(KeyboardInterrupt):
        run(recipe, data, device=CPU, folder=tmp_path)
    bar = watched(monkeypatch)
    result = run(recipe, data, device=CPU, folder=tmp_path)
    assert bar.steps == left  # whole epochs are not trained twice
    # The bar estimates the remaining time from these.
    assert (bar.options["total"], bar.options["initial"]) == (4 * STEPS, 4 * STEPS - left)
    assert bar.options["hidden"] is False
    assert_same_run(result, expected)
    assert len(checkpoints(tmp_path)) == 1


def test_a_constant_rate_resumes_too(monkeypatch, tmp_path):
    data, recipe = dataset(), small_recipe(schedule=None, epochs=2)
    expected = run(recipe, data, device=CPU)
    watched(monkeypatch, STEPS + 1)
    with pytest.raises(KeyboardInterrupt):
        run(recipe, data, device=CPU, folder=tmp_path)
    watched(monkeypatch)
    assert_same_run(run(recipe, data, device=CPU, folder=tmp_path), expected)


def test_a_complete_training_is_read_and_not_repeated(monkeypatch, tmp_path):
    data, recipe, bar = dataset(), small_recipe(epochs=2), watched(monkeypatch)
    first = run(recipe, data, device=CPU, folder=tmp_path)
    (path,) = checkpoints(tmp_path)
    before = path.stat()
    monkeypatch.setattr(trainer, "machine", lambda device: "another machine")
    again = run(replace(recipe, name="other", tta_flip=True, tta_shift=1), data, device=CPU, folder=tmp_path)
    assert bar.steps == 2 * STEPS  # the first one's
    assert_same_state(again.net.state_dict(), first.net.state_dict())
    assert again.history == first.history
    assert (again.machine, again.seconds) == (first.machine, first.seconds)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize(("stop", "expected"), [(2, "second"), (STEPS + 1, "first; then second")])
def test_a_result_names_the_machines_that_trained(monkeypatch, tmp_path, stop, expected):
    data, recipe = dataset(), small_recipe(epochs=2)
    monkeypatch.setattr(trainer, "machine", lambda device: "first")
    watched(monkeypatch, stop)
    with pytest.raises(KeyboardInterrupt):
        run(recipe, data, device=CPU, folder=tmp_path)
    monkeypatch.setattr(trainer, "machine", lambda device: "second")
    watched(monkeypatch)
    assert run(recipe, data, device=CPU, folder=tmp_path).machine == expected


def test_a_full_disk_is_found_before_the_first_step(monkeypatch, tmp_path):
    bar, (soft, hard) = watched(monkeypatch), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(DataError, match=r"expected a disk with room for the checkpoint, got .*\. Make room"):
            run(small_recipe(), dataset(), device=CPU, folder=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (bar.steps, checkpoints(tmp_path)) == (0, [])


def test_a_folder_that_cannot_be_written_is_found_before_the_first_step(monkeypatch, tmp_path):
    bar = watched(monkeypatch)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="Use another folder"):
        run(small_recipe(), dataset(), device=CPU, folder=tmp_path / "file")
    assert bar.steps == 0


def test_a_second_training_of_the_same_is_refused_while_the_first_is_at_work(tmp_path):
    data, recipe = dataset(), small_recipe(epochs=2)
    first = Trainer(recipe, data, CPU)
    refused = []

    def begin_another(*arguments):
        if len(first.history.loss_history) == STEPS:  # in the second epoch, with a checkpoint to go on from
            with pytest.raises(DataError, match="no other training that writes this checkpoint") as caught:
                run(recipe, data, device=CPU, folder=tmp_path)
            refused.append(str(caught.value))
            if len(refused) == 1:
                run(replace(recipe, seed=1, epochs=1), data, device=CPU, folder=tmp_path)  # another one may begin

    first.optimizer.register_step_post_hook(begin_another)
    path = tmp_path / f"{checksum(first.identity)}.pt"
    result = first.finish(path)
    assert len(refused) == STEPS
    assert refused[0].startswith(f"{path}: expected no other training that writes this checkpoint, got one at work. ")
    assert len(checkpoints(tmp_path)) == 2
    assert_same_run(run(recipe, data, device=CPU, folder=tmp_path), result)


def test_what_another_training_finishes_meanwhile_is_not_trained_again(monkeypatch, tmp_path):
    data, recipe, checkpoint_lock, ended = dataset(), small_recipe(epochs=1), checkpoint.checkpoint_lock, []

    def a_moment_later(path):
        with monkeypatch.context() as patch:
            patch.setattr(checkpoint, "checkpoint_lock", checkpoint_lock)
            ended.append(run(recipe, data, device=CPU, folder=tmp_path))
        return checkpoint_lock(path)

    monkeypatch.setattr(checkpoint, "checkpoint_lock", a_moment_later)
    bar = watched(monkeypatch)
    result = run(recipe, data, device=CPU, folder=tmp_path)
    assert bar.steps == STEPS  # the other one's
    assert_same_run(result, ended[0])
    assert result.history.seconds == ended[0].history.seconds


def test_reading_a_complete_training_writes_nothing(tmp_path):
    data, recipe = dataset(), small_recipe(epochs=1)
    result = run(recipe, data, device=CPU, folder=tmp_path)
    for path in tmp_path.glob("*.lock"):
        path.unlink()
    assert_same_run(run(recipe, data, device=CPU, folder=tmp_path), result)
    assert list(tmp_path.iterdir()) == checkpoints(tmp_path)


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLIB_CHECKPOINTS", str(tmp_path / "default"))
    run(small_recipe(epochs=1), dataset(), device=CPU)
    assert list(tmp_path.iterdir()) == []


def other_forward(self, images):
    return self.fc(self.conv(self.whitening(images)).amax((2, 3))) / 8


def test_each_thing_that_decides_the_weights_has_its_own_checkpoint(monkeypatch, tmp_path):
    data, recipe = dataset(), small_recipe(epochs=1)
    flipped = data["X_train"].copy()
    flipped[0, 0, 0, 0] ^= 1
    runs = [(recipe, data), (replace(recipe, learning_rate=0.04), data), (recipe, {**data, "X_train": flipped})]
    runs.append((recipe, {**data, "y_val": (data["y_val"] + 1) % 3}))
    for number, (changed, images) in enumerate(runs):
        bar = watched(monkeypatch)
        run(changed, images, device=CPU, folder=tmp_path)
        assert (bar.steps, len(checkpoints(tmp_path))) == (STEPS, number + 1)
    monkeypatch.setattr(WhitenedVGG, "forward", other_forward)
    bar = watched(monkeypatch)
    run(recipe, data, device=CPU, folder=tmp_path)
    assert (bar.steps, len(checkpoints(tmp_path))) == (STEPS, len(runs) + 1)


def test_a_used_optimizer_is_still_the_same_code():
    class Fresh(torch.optim.SGD):
        def step(self, closure=None):
            return super().step(closure)

    before = code_checksum(Fresh)
    Fresh([torch.zeros(1)])
    assert Fresh.step.hooked  # by PyTorch, for its profiler
    assert code_checksum(Fresh) == before


def test_the_processes_and_the_precision_are_part_of_it(monkeypatch):
    def identity():
        return Trainer(small_recipe(precision="bfloat16"), dataset(), CPU).identity

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_bf16": True})
    fast = identity()
    with monkeypatch.context() as patch:
        patch.setattr(trainer, "processes", lambda: (0, 2))
        assert identity() != fast
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict)
    assert identity() != fast


def test_a_result_is_tested_as_its_recipe_says():
    result = run(small_recipe(epochs=1, tta_flip=True, tta_shift=1), dataset(), device=CPU)
    X, y = dataset()["X_val"], dataset()["y_val"]
    expected = training.predict(DataLoader(X, y, 10), result.net, CPU, flip=True, shift=1)
    torch.testing.assert_close(result.scores(X), expected, rtol=1e-4, atol=1e-5)
    assert not torch.equal(training.predict(DataLoader(X, y, 10), result.net, CPU), expected)
    assert result.accuracy(X, y) == result.val_acc == np.mean(result.scores(X).argmax(1).numpy() == y)


def test_a_trainings_seconds_are_those_after_its_last_epoch():
    assert trainer.TrainResult.seconds.fget(SimpleNamespace(history=SimpleNamespace(seconds=[1.0, 3.0, 7.0]))) == 7.0
