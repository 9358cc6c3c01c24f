"""What a measurement was made on: processor, BLAS, versions. No host name, no user, no path."""

from __future__ import annotations

import importlib.metadata
import platform
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np


@cache
def processor() -> str:
    """Return the processor's name where the system knows it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


@cache
def machine() -> str:
    """Return what decides how a sum is rounded: system, processor, and BLAS with the kernels that it uses."""
    from threadpoolctl import threadpool_info

    blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
    names = {" ".join(str(b.get(key) or "?") for key in ("internal_api", "version", "architecture")) for b in blas}
    return ", ".join([f"{platform.system()} {platform.machine()}", processor(), *sorted(names)])


@cache
def versions() -> dict[str, str]:
    """Return the versions of nnlib, NumPy and Python."""
    try:
        own = importlib.metadata.version("nnlib")
    except importlib.metadata.PackageNotFoundError:  # run from its sources, not installed
        own = "not installed"
    return {"nnlib": own, "numpy": np.__version__, "python": platform.python_version()}


def utc_now() -> str:
    """Return the time, UTC, in ISO format to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
