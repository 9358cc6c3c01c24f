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
from nnlib.vgg.loader import Augment
from nnlib.vgg.networks import VGG11
from nnlib.vgg.recipes import nesterov
from nnlib.vgg.trainer import Trainer, run
from nnlib.vgg.training import loss_of

TESTS = Path(__file__).resolve().parents[1]
SCRIPT = """
import sys
from pathlib import Path

import torch
from test_vgg_processes import disagreement, first_gradients, locked_out, resumed_training, shared_training
from torch.nn.parallel import DistributedDataParallel

torch.distributed.init_process_group("gloo")
rank, world = torch.distributed.get_rank(), torch.distributed.get_world_size()
gradients = first_gradients(rank, world, DistributedDataParallel)
result = shared_training(rank, world).finish()
resumed, went_on_after = resumed_training(rank, world, Path(sys.argv[1], "checkpoint"))
found = {
    "world": world,
    "gradients": gradients,
    "net": result.net.state_dict(),
    "history": result.history.to_dict(),
    "resumed": resumed.net.state_dict(),
    "went_on_after": went_on_after,
    "refused": disagreement(rank, world),
    "locked_out": locked_out(rank, world, Path(sys.argv[1], "held")),
}
torch.save(found, f"{sys.argv[1]}/{rank}.pt")
torch.distributed.destroy_process_group()
"""


def shared_recipe():
    """A training without batch norm, whose averages would be of each process's own images, and without Adam's roots."""
    return small_recipe(
        network=partial(VGG11, relu=True),
        optimizer=partial(nesterov, bias_factor=1, weight_decay=0.0),
        learning_rate=0.1,
        epochs=2,
        batch_size=3,  # the two parts of a batch differ in size, and as much as they can
        resolutions=(32,),
        augment=Augment(translate=2, flip=True, cutout=8),
    )


def shared_training(rank=0, world=1):
    return Trainer(shared_recipe(), dataset(80), CPU, rank, world)


def resumed_training(rank, world, path):
    """Break off in the second epoch, go on from the checkpoint; return the result and after which epoch it went on."""
    broken = shared_training(rank, world)
    steps = iter(range(len(broken.batches) + 2))

    def interrupt(*arguments):
        if next(steps, None) is None:
            raise KeyboardInterrupt

    broken.optimizer.register_step_post_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        broken.finish(path)
    again = shared_training(rank, world)
    again.resume(path)
    went_on_after = again.history.epoch
    return again.finish(path), went_on_after


def disagreement(rank, world):
    """Return what `run` says where one process has another image."""
    data = dataset(80)
    data["X_train"][0, 0, 0, 0] ^= rank
    try:
        run(shared_recipe(), data, device=CPU, rank=rank, world=world)
    except ValueError as error:
        return str(error)
    return "not refused"


def locked_out(rank, world, path):
    """Return what a training says where another one holds its checkpoint."""
    with checkpoint.checkpoint_lock(path) if rank == 0 else nullcontext():
        try:
            shared_training(rank, world).finish(path)
        except DataError as error:
            return str(error)
    return "not refused"


def first_gradients(rank=0, world=1, wrap=lambda net: net):
    """Return the gradient of every parameter in the first step, on this process's share of the batch."""
    training = shared_training(rank, world)
    X, y = next(iter(training.batches))
    net = wrap(training.net)  # kept: without its wrapper a network no longer averages
    loss, _ = loss_of(net, training.recipe.criterion(), X, y)
    (training.batches.weight * loss).backward()
    return {name: parameter.grad.clone() for name, parameter in training.net.named_parameters()}


def torchrun(*arguments):
    """Run two processes on this machine; return what they print."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1"]
    path = os.pathsep.join([str(TESTS.parent), str(TESTS), str(TESTS / "vgg"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1", "PYTHONPATH": path}
    environment.pop("NNLIB_DATA", None)
    done = subprocess.run(
        [*command, "--nproc-per-node", "2", *map(str, arguments)],
        env=environment,
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What each of two processes found."""
    folder = tmp_path_factory.mktemp("processes")
    script = folder / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    torchrun(script, folder)
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in (0, 1)]


def gap(found, expected, scale=None):
    """Return how far apart two tensors are, as a fraction of the size of `scale`."""
    return ((found - expected).norm() / (expected if scale is None else scale).norm()).item()


def test_the_averaged_gradients_are_those_of_the_whole_batch(both):
    expected = first_gradients()
    share = first_gradients(0, 2)
    assert [found["world"] for found in both] == [2, 2]
    for name, gradient in expected.items():
        assert gradient.norm() > 0
        assert gap(share[name], gradient) > 0.01, name  # half of the batch has another gradient
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
        assert history["train_acc_history"] == pytest.approx(result.history.train_acc_history, abs=0.02)
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


def test_the_command_on_two_processes(tmp_path):
    command = ["-m", "nnlib.vgg", "handout", "--profile", "quick", "--folder", tmp_path, "--device", "cpu"]
    first = torchrun(*command)
    assert "trained on cpu, 2 processes" in first
    (line,) = (line for line in first.splitlines() if line.startswith("handout"))
    (path,) = checkpoints(tmp_path)
    before = path.stat()
    assert line in torchrun(*command).splitlines()  # the seconds too: they were read, not taken
    assert checkpoints(tmp_path) == [path]
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
