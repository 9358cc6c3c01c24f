"""nnlib.backend: which layers a network takes, and who may say so."""

import pytest

import nnlib
from nnlib import backend, fast, layers
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
    assert {"plain": layers, "fast": fast} == backend.MODULES


def test_another_name_is_refused(monkeypatch):
    monkeypatch.setenv("NNLIB_LAYERS", "slow")
    with pytest.raises(ValueError, match="NNLIB_LAYERS: expected one of 'plain', 'fast', got 'slow'"):
        made()
    with pytest.raises(ValueError, match="layers: expected one of 'plain', 'fast', got 'slow'"), backend.using("slow"):
        pass


def test_only_the_fast_layers_pool_before_the_relu():
    specs = [ReLU(), MaxPool(2), ReLU(), ReLU(), MaxPool(2), MaxPool(2), FullyConnected(3)]
    assert backend.order(specs, "plain") == list(range(7))
    assert backend.order(specs, "fast") == [1, 0, 2, 4, 5, 3, 6]


def test_only_the_fast_layers_hold_blas_to_one_thread(monkeypatch):
    held = []
    monkeypatch.setattr(backend.runtime, "one_blas_thread", lambda: held.append(True))
    backend.blas_threads("plain")
    assert held == []
    backend.blas_threads("fast")
    assert held == [True]


def test_the_package_hands_on_the_plain_functions():
    for name in layers.__all__:
        assert getattr(nnlib, name) is getattr(layers, name)
