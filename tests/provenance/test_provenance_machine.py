"""nnlib.provenance.machine: what a result says of the machine, on this one and on others."""

import importlib.metadata
import platform
import re
from pathlib import Path

import numpy as np
import pytest
import threadpoolctl

from nnlib.provenance import machine

CPUINFO = "processor : 0\nmodel name : A chip: fast\nmodel name : Another\n"


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    functions = (machine.processor, machine.machine, machine.versions)
    for function in functions:
        function.cache_clear()
    yield
    for function in functions:
        function.cache_clear()


@pytest.mark.parametrize(
    ("cpuinfo", "named", "expected"),
    [
        (CPUINFO, "unused", "A chip: fast"),
        ("processor : 0\n", "unused", "arm64"),
        (None, "a Mac", "a Mac"),
        (None, "", "arm64"),
    ],
)
def test_the_processor_is_named_as_the_system_knows_it(monkeypatch, cpuinfo, named, expected):
    def read_text(path, encoding):
        assert str(path) == "/proc/cpuinfo"
        if cpuinfo is None:
            raise OSError
        return cpuinfo

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(platform, "processor", lambda: named)
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert machine.processor() == expected


def test_the_machine_is_system_processor_and_every_blas(monkeypatch):
    monkeypatch.setattr(machine, "processor", lambda: "a chip")
    blas = {"user_api": "blas", "internal_api": "openblas", "version": "0.3", "architecture": "Zen"}
    found = [blas, blas, blas | {"version": None, "internal_api": "mkl"}, blas | {"user_api": "openmp", "version": "9"}]
    monkeypatch.setattr(threadpoolctl, "threadpool_info", lambda: found)
    here = f"{platform.system()} {platform.machine()}"
    assert machine.machine() == f"{here}, a chip, mkl ? Zen, openblas 0.3 Zen"


def test_versions_are_those_that_run(monkeypatch):
    names = {"numpy": np.__version__, "python": platform.python_version()}
    monkeypatch.setattr(importlib.metadata, "version", {"nnlib": "7"}.__getitem__)
    assert machine.versions() == {"nnlib": "7", **names}

    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    machine.versions.cache_clear()
    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert machine.versions() == {"nnlib": "not installed", **names}


def test_the_time_is_utc_to_the_second():
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", machine.utc_now())
