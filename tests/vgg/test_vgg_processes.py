"""Two processes that share every minibatch train as one does."""

import os
import subprocess
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
import torch
from vgg_small import CPU, assert_same_state, checkpoints, dataset, small_recipe

from nnlib.data import DataError
from nnlib.vgg import checkpoint
from nnlib.vgg import trainer as trainers
from nnlib.vgg.loader import Augment
from nnlib.vgg.networks import VGG11
from nnlib.vgg.recipes import nesterov
from nnlib.vgg.trainer import Trainer, run

pytestmark = pytest.mark.xdist_group("two processes")  # one process runs them all: what they share is slow to make

TESTS = Path(__file__).resolve().parents[1]
# First the command, twice, as `torchrun -m nnlib.vgg` runs it, on a few images; then trainings of our own, in the
# process group that the command made.
SCRIPT = """
import runpy
import sys
from dataclasses import replace
from pathlib import Path

import torch
import test_vgg_processes as ours
from torch.nn.parallel import DistributedDataParallel

from nnlib.vgg import cifar10, recipes

folder = Path(sys.argv[1])
cifar10.load_cifar10 = lambda **options: ours.dataset(200)
recipes.PROFILES["quick"] = replace(recipes.PROFILES["quick"], flops=1.0)
sys.argv = ["vgg", "handout", "--profile", "quick", "--device", "cpu", "--folder", str(folder / "command")]
ended, destroy = [], torch.distributed.destroy_process_group
torch.distributed.destroy_process_group = lambda: ended.append("destroyed")
for _ in range(2):
    try:
        runpy.run_module("nnlib.vgg", run_name="__main__")
    except SystemExit as stop:
        ended.append(stop.code)
    torch.distributed.init_process_group = lambda backend: None

result = ours.shared_training().finish()
resumed, went_on_after = ours.resumed_training(folder / "checkpoint")
found = {
    "ended": ended,
    "gradients": ours.first_gradients(DistributedDataParallel),
    "net": result.net.state_dict(),
    "history": vars(result.history),
    "resumed": resumed.net.state_dict(),
    "went_on_after": went_on_after,
    "refused": ours.disagreement(),
    "locked_out": ours.locked_out(folder / "held"),
    "failing_disk": ours.failing_disk(folder / "full.pt"),
}
torch.save(found, folder / f"{torch.distributed.get_rank()}.pt")
destroy()
"""


def shared_recipe():
    """A training without batch norm, whose statistics are each process's own, and without Adam's roots."""
    return small_recipe(
        network=partial(VGG11, relu=True),
        optimizer=partial(nesterov, bias_factor=1, weight_decay=0.0),
        learning_rate=0.1,
        epochs=2,
        batch_size=3,  # the two parts of a batch differ in size as much as they can
        resolutions=(32,),
        augment=Augment(translate=2, flip=True, cutout=8),
    )


def shared_data():
    return dataset(45)


def shared_training():
    return Trainer(shared_recipe(), shared_data(), CPU)


def resumed_training(path):
    """Break off in the second epoch, go on from the checkpoint; return the result and after which epoch it went on."""
    broken = shared_training()
    steps = iter(range(len(broken.batches) + 2))

    def interrupt(*arguments):
        if next(steps, None) is None:
            raise KeyboardInterrupt

    broken.optimizer.register_step_post_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        broken.finish(path)
    again = shared_training()
    again.resume(path)
    went_on_after = again.history.epoch
    return again.finish(path), went_on_after


def disagreement():
    """Return the error of `run` where one process has another image."""
    data = shared_data()
    data["X_train"][0, 0, 0, 0] ^= trainers.processes()[0]
    try:
        run(shared_recipe(), data, device=CPU)
    except ValueError as error:
        return str(error)
    return "not refused"


def locked_out(path):
    """Return the error of a training whose checkpoint another one holds."""
    with checkpoint.checkpoint_lock(path) if trainers.processes()[0] == 0 else nullcontext():
        try:
            shared_training().finish(path)
        except DataError as error:
            return str(error)
    return "not refused"


def failing_disk(path):
    """Return the error, and the number of finished epochs, of a training whose disk is full after the first."""
    training = shared_training()
    saved, save = iter([False, True]), checkpoint.save

    def save_once(path, state):
        if next(saved):
            raise DataError("no room")
        save(path, state)

    checkpoint.save = save_once
    try:
        training.finish(path)
    except DataError as error:
        return str(error), training.history.epoch
    finally:
        checkpoint.save = save
    return "not refused"


def first_gradients(wrap=lambda net: net):
    """Return the gradient of every parameter in the first step, on the current process's part of the batch."""
    training = shared_training()
    X, y = next(iter(training.batches))
    net = wrap(training.net)  # kept: without its wrapper a network no longer averages
    loss = torch.nn.functional.cross_entropy(net(X), y, label_smoothing=training.recipe.label_smoothing)
    (training.batches.weight * loss).backward()
    return {name: parameter.grad.clone() for name, parameter in training.net.named_parameters()}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run the script in two processes; return its folder and what was printed."""
    folder = tmp_path_factory.mktemp("processes")
    script = folder / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"]
    path = os.pathsep.join([str(TESTS.parent), str(TESTS), str(TESTS / "vgg"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1", "PYTHONPATH": path}
    environment.pop("NNLIB_DATA", None)
    done = subprocess.run(
        [*command, "--nproc-per-node", "2", str(script), str(folder)],
        env=environment,
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return folder, done.stdout


@pytest.fixture(scope="module")
def both(ran):
    """What each of the two processes found."""
    return [torch.load(ran[0] / f"{rank}.pt", weights_only=True) for rank in (0, 1)]


def gap(found, expected, scale=None):
    """Return how far apart two tensors are, as a fraction of the size of `scale`."""
    return ((found - expected).norm() / (expected if scale is None else scale).norm()).item()


def test_the_averaged_gradients_are_those_of_the_whole_batch(both, monkeypatch):
    expected = first_gradients()
    monkeypatch.setattr(trainers, "processes", lambda: (0, 2))
    part = first_gradients()
    for name, gradient in expected.items():
        assert gradient.norm() > 0
        assert gap(part[name], gradient) > 0.01, name  # a part of the batch has another gradient
        for found in both:
            assert gap(found["gradients"][name], gradient) < 1e-3, name
            torch.testing.assert_close(found["gradients"][name], gradient, rtol=1e-4, atol=1e-6)


def test_the_weights_are_the_same_on_both_and_those_of_one_process(both):
    training = shared_training()
    initial = {name: tensor.clone() for name, tensor in training.net.state_dict().items()}
    result = training.finish()
    for name, tensor in result.net.state_dict().items():
        first, second = (found["net"][name] for found in both)
        assert torch.equal(first, second), name
        assert not torch.equal(tensor, initial[name]), name
        assert gap(first, tensor, tensor - initial[name]) < 1e-3, name
    for found in both:
        history = found["history"]
        assert history["loss_history"] == pytest.approx(result.history.loss_history, rel=1e-4)
        assert history["learning_rates"] == result.history.learning_rates
        assert history["train_acc_history"] == pytest.approx(result.history.train_acc_history, abs=0.03)
        assert history["val_acc_history"] == pytest.approx(result.history.val_acc_history, abs=0.04)


def test_resumed_by_both_it_ends_at_the_same_weights(both):
    assert [found["went_on_after"] for found in both] == [1, 1]
    for found in both:
        assert_same_state(found["resumed"], both[0]["net"])


def test_processes_that_would_not_train_the_same_are_refused(both):
    for found in both:
        assert found["refused"].startswith("identity: expected the same training in every process")
        assert "Give every machine the same data, code and kind of processor." in found["refused"]


def test_where_another_training_writes_all_processes_are_refused(both):
    for found in both:
        assert "held: expected no other training that writes this checkpoint, got one at work" in found["locked_out"]


def test_a_checkpoint_that_cannot_be_written_stops_all_processes(both):
    assert [found["failing_disk"] for found in both] == [("no room", 1)] * 2


def test_the_command_on_two_processes(ran, both):
    folder, printed = ran
    assert [found["ended"] for found in both] == [["destroyed", 0, "destroyed", 0]] * 2
    lines = printed.splitlines()
    assert lines.count("trained on cpu, 2 processes") == 2
    first, second = (line for line in lines if line.startswith("handout"))
    assert first == second  # the seconds too: they are read, not measured again
    assert len(checkpoints(folder / "command")) == 1
