"""`import nnlib` is light: measured in fresh interpreters."""

import json
import statistics
import subprocess
import sys

MEASURE = """
import json, sys, time
start = time.perf_counter()
import numpy
middle = time.perf_counter()
before = set(sys.modules)
import nnlib
end = time.perf_counter()
print(json.dumps({"numpy": middle - start, "nnlib": end - middle, "new": sorted(set(sys.modules) - before)}))
"""


def measure(code=MEASURE):
    return json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def test_it_brings_nothing_but_itself_and_the_standard_library():
    packages = {module.partition(".")[0] for module in measure()["new"]}
    assert "nnlib" in packages
    assert packages - {"nnlib"} <= set(sys.stdlib_module_names)  # no torch, matplotlib, ipywidgets, tqdm, ...


def test_the_lists_of_names_are_complete():
    import nnlib
    import nnlib.layers

    for module in (nnlib, nnlib.layers):
        assert all(hasattr(module, name) for name in module.__all__)
        assert len(set(module.__all__)) == len(module.__all__)
    assert set(nnlib.layers.__all__) <= set(nnlib.__all__)


def test_it_takes_little_beyond_numpys_own_import():
    """0.2 s is promised on a machine where NumPy takes about 0.1 s; a ratio holds on a busy one too."""
    runs = [measure() for _ in range(5)]
    assert statistics.median(run["nnlib"] / run["numpy"] for run in runs) < 2
