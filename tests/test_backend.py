"""nnlib.backend: which layers a network takes, and who may say so."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import numpy as np
import pytest
from search_toy import SOLVER, make, toy_data

import nnlib
from nnlib import backend, blas, fast, layers, losses, torch_layers
from nnlib.search import replay, sweep
from nnlib.specs import FullyConnected, MaxPool, ReLU


def made():
    return nnlib.LogisticClassifier(4).network.layers


def test_fast_unless_plain_is_asked_for(monkeypatch):
    monkeypatch.delenv("NNLIB_LAYERS", raising=False)
    assert made() == backend.current() == "fast"
    monkeypatch.setenv("NNLIB_LAYERS", "plain")
    assert made() == "plain"
    with backend.using("fast"):
        assert made() == "fast"
        with backend.using("plain"):
            assert made() == "plain"
        assert made() == "fast"
    assert made() == "plain"
    assert {"plain": layers, "fast": fast, "torch": torch_layers} == backend.MODULES


@pytest.mark.parametrize("block", [lambda: backend.using("torch"), blas.one_thread], ids=["layers", "threads"])
def test_what_is_set_for_a_block_ends_with_it_whatever_happens_there(block, monkeypatch):
    monkeypatch.setattr(blas, "_blas_threads", lambda: 3)
    before = backend.current(), blas.threads()

    @block()
    def fail():
        assert (backend.current(), blas.threads()) != before
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (backend.current(), blas.threads()) == before


def test_another_name_is_refused(monkeypatch):
    monkeypatch.setenv("NNLIB_LAYERS", "slow")
    with pytest.raises(ValueError, match="NNLIB_LAYERS: expected one of 'plain', 'torch', 'fast', got 'slow'"):
        made()
    with pytest.raises(ValueError, match="layers: expected one of 'plain', 'torch', 'fast', got 'slow'"):
        backend.check("layers", "slow")
    with pytest.raises(ValueError, match=r"layers, after \+torch:: expected one of 'fc', 'relu', .* got 'convolution'"):
        backend.check("layers", "plain+torch:conv,convolution")
    with pytest.raises(ValueError, match="got ''"):
        backend.check("layers", "plain+torch:")


def test_only_the_fast_layers_pool_before_the_relu():
    specs = [ReLU(), MaxPool(2), ReLU(), ReLU(), MaxPool(2), MaxPool(2), FullyConnected(3)]
    assert backend.order(specs, "plain") == list(range(7))
    assert backend.order(specs, "fast") == [1, 0, 2, 4, 5, 3, 6]


def test_only_the_fast_layers_hold_blas_to_one_thread(monkeypatch):
    held = []
    monkeypatch.setattr(blas, "one_blas_thread", lambda: held.append(True))
    backend.blas_threads("plain")
    assert held == []
    backend.blas_threads("fast")
    assert held == [True]


def test_the_package_hands_on_the_plain_functions():
    for name in layers.__all__:
        assert getattr(nnlib, name) is getattr(layers, name)


@pytest.fixture
def plain(monkeypatch):
    """A process of a student, who has plain layers."""
    monkeypatch.setenv("NNLIB_LAYERS", "plain")


def unwritten(*arguments):
    raise NotImplementedError("1.5c is not written")


@pytest.mark.usefixtures("plain")
def test_pytorch_stands_in_for_some_kinds_and_says_so(monkeypatch, capsys):
    backend.stand_in("max_pool", "conv", "max_pool")
    assert capsys.readouterr().out == "Networks made from now on: plain layers, with PyTorch for conv, max_pool.\n"
    assert made() == "plain+torch:conv,max_pool"
    mixed = vars(backend.functions())
    for name in layers.__all__:
        by_torch = name in ("conv_forward", "conv_backward", "max_pool_forward", "max_pool_backward")
        assert mixed[name] is getattr(torch_layers if by_torch else layers, name)
    monkeypatch.setattr(layers, "fc_forward", unwritten)  # as autoreload does: seen at the next call
    assert backend.functions().fc_forward is unwritten
    backend.stand_in("batchnorm")  # in place of the earlier ones
    assert capsys.readouterr().out == "Networks made from now on: plain layers, with PyTorch for batchnorm.\n"
    assert backend.functions().spatial_batchnorm_backward is torch_layers.spatial_batchnorm_backward
    assert backend.functions().conv_backward is layers.conv_backward
    with pytest.raises(ValueError, match=r"kinds: expected one of 'fc', .*, got 'pool'"):
        backend.stand_in("conv", "pool")
    assert made() == "plain+torch:batchnorm"
    backend.stand_in()
    assert capsys.readouterr().out == "Networks made from now on: plain layers.\n"
    assert made() == "plain"


@pytest.mark.usefixtures("plain")
def test_a_network_trains_with_what_stands_in_for_unwritten_functions(monkeypatch):
    def trained():
        model = nnlib.ConvNet((1, 8, 8), 3, 3, 5, weight_scale=None, batchnorm=True, dtype=np.float64)
        rng = np.random.default_rng(0)
        data = {"X_train": rng.standard_normal((12, 1, 8, 8)), "X_val": rng.standard_normal((4, 1, 8, 8))}
        data |= {"y_train": np.arange(12) % 10, "y_val": np.arange(4)}
        nnlib.Solver(model, data, batch_size=5, num_epochs=3, verbose=False).train()
        return {**model.params, **model.state}

    expected = trained()
    for name in ("conv_forward", "conv_backward", "spatial_batchnorm_backward"):
        monkeypatch.setattr(layers, name, unwritten)
    with pytest.raises(NotImplementedError, match=r"1\.5c"):
        trained()
    with backend.using("plain+torch:conv,batchnorm"):
        arrays = trained()
    for name, array in arrays.items():
        np.testing.assert_allclose(array, expected[name], rtol=1e-9, atol=1e-11, err_msg=name)


def test_a_loss_is_replaced_where_it_stands_in_and_no_other_function_is():
    assert backend.loss(losses.softmax_loss, "plain+torch:conv,softmax_loss") is torch_layers.softmax_loss
    assert backend.loss(losses.softmax_loss, "torch") is torch_layers.softmax_loss
    for name in ("plain", "fast", "plain+torch:conv"):
        assert backend.loss(losses.softmax_loss, name) is losses.softmax_loss
    assert backend.loss(unwritten, "torch") is unwritten

    def softmax_loss(x, y):
        return 0.0, x

    assert backend.loss(softmax_loss, "torch") is softmax_loss  # somebody's own, by chance of that name


def test_a_model_computes_its_loss_with_what_stands_in(monkeypatch):
    monkeypatch.setattr(losses.softmax_loss, "__code__", unwritten.__code__)
    X, y = np.ones((3, 4)), np.arange(3)
    with backend.using("plain"):
        model = nnlib.SoftmaxClassifier(4)
    with pytest.raises(NotImplementedError):
        model.loss(X, y)
    with backend.using("plain+torch:softmax_loss"):
        model = nnlib.SoftmaxClassifier(4)
    assert np.isfinite(model.loss(X, y)[0])


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_trials_and_their_rows_know_what_stands_in(n_jobs, no_worker_is_left):
    with backend.using("plain+torch:fc"):
        # one trial, and so one worker that imports PyTorch
        (row,) = sweep(make, toy_data(), {"hidden_dim": (2,)}, solver=SOLVER, n_jobs=n_jobs, verbose=False)
    assert (row.status, row.layers) == ("done", "plain+torch:fc")
    again = replay(row, make, toy_data())
    assert again.equal
    assert again.row.layers == "plain+torch:fc"


WITHOUT_FAST = """
import importlib, pkgutil, sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "__editable__" not in getattr(finder, "__module__", "")]
import numpy as np
import nnlib
from nnlib import backend
for module in pkgutil.walk_packages(nnlib.__path__, "nnlib."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
assert sorted(backend.MODULES) == ["plain", "torch"]
assert backend.current() == "plain"
model = nnlib.ConvNet((1, 8, 8), 3, 3, 5, dropout=0.5, batchnorm=True)
rng = np.random.default_rng(0)
images = {name: rng.standard_normal((n, 1, 8, 8)) for name, n in (("X_train", 12), ("X_val", 4))}
data = {**images, "y_train": np.arange(12) % 10, "y_val": np.arange(4)}
from nnlib.search import sweep
rows = sweep(nnlib.ConvNet, data, [{"input_dim": [1, 8, 8], "filter_size": 3}], solver={"num_epochs": 1}, n_jobs=1)
print([row.status for row in rows])
nnlib.Sequential([], (1,), rng=0, layers="fast")
"""


def test_everything_works_where_there_are_no_fast_layers(tmp_path):
    """As in a student's copy: every module loads, a network trains, and "fast" is refused."""
    # with its bytecode, so that nothing is compiled again
    copytree(Path(nnlib.__file__).parent, tmp_path / "nnlib", ignore=ignore_patterns("fast"))
    environment = {"PYTHONPATH": str(tmp_path), "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", WITHOUT_FAST], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1:] == ["['done']"], done.stderr
    assert done.stderr.splitlines()[-1] == "ValueError: layers: expected one of 'plain', 'torch', got 'fast'."


def test_one_place_says_which_update_rules_go_with_which_layers():
    assert backend.rules("fast") is backend.RULES["fast"]
    for name in ("plain", "torch", "plain+torch:conv", "fast+torch:conv", "thick", None, 3, ["fast"]):
        assert backend.rules(name) is backend.RULES["plain"]
