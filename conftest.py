"""The environment of every test process, and through it of the kernels that run notebooks under test.

It lies at the root so that `pytest` (tests/) and `pytest --nbval notebooks` have the same. NumPy is not imported yet.
"""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

os.environ["TQDM_DISABLE"] = "1"  # a progress bar in an output would differ at every run
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    # The processes are the parallelism; `make flake` tries other numbers.
    os.environ[variable] = os.environ.get("NNLIB_TEST_THREADS", "1")
os.environ.pop("MPLBACKEND", None)  # kernels then draw into the notebook, whatever the user's shell says

# A script's background job is started with Ctrl-C ignored, and so would all processes be that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

os.environ["NNLIB_PROFILE"] = os.environ.get("NNLIB_PROFILE") or "quick"  # how much of Q6 is trained


def temporary_folder(name: str) -> tempfile.TemporaryDirectory:
    """Return a folder that is removed when this process ends, by the next run if it is killed."""
    for left in Path(tempfile.gettempdir()).glob(f"nnlib-{name}-*-*"):
        with contextlib.suppress(PermissionError, ValueError):  # another user's; not named by a process
            try:
                os.kill(int(left.name.split("-")[-2]), 0)  # sends nothing: it asks whether that process lives
            except ProcessLookupError:
                shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"nnlib-{name}-{os.getpid()}-")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Compare the rows of results that a notebook's cell shows with the stored ones; nbval leaves measured ones out."""
    result = yield
    if type(item).__name__ == "IPyNbCell":
        from rerun_results import differences, rows_of  # here: it imports NumPy

        found = differences(rows_of(item.cell.outputs), rows_of(item.test_outputs))
        assert not found, "\n".join(found)
    return result


# A sweep that finds its trials in a trial log does not train them, nor does Q6 what it finds in a checkpoint: tests
# start without. The full profile's checkpoints are the work of hours, and stay where they are.
# Workers of xdist share it all.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _trial_logs = temporary_folder("trial-logs")
    os.environ["NNLIB_TRIAL_LOGS"] = _trial_logs.name
    if os.environ["NNLIB_PROFILE"] != "full":
        _checkpoints = temporary_folder("checkpoints")
        os.environ["NNLIB_CHECKPOINTS"] = _checkpoints.name
    elif os.environ.get("NNLIB_CHECKPOINTS"):  # a relative folder is meant from here, and not from the notebooks'
        os.environ["NNLIB_CHECKPOINTS"] = os.path.abspath(os.path.expanduser(os.environ["NNLIB_CHECKPOINTS"]))


# nbval compares no pictures. Its kernels load an extension that compares every figure with what must be drawn, see
# tests/notebook_figures/watch.py; their settings lie in a folder of this run, so that the user's own change nothing.
WATCH = f"""
import sys
sys.path.append({str(Path(__file__).parent / "tests")!r})
get_config().InteractiveShellApp.extensions = ["notebook_figures.watch"]
"""


def pytest_configure(config):
    """Give the kernels of nbval a folder of settings."""
    if config.getoption("nbval", False) and not hasattr(config, "workerinput"):  # a worker has its starter's
        folder = temporary_folder("ipython")
        config.add_cleanup(folder.cleanup)
        profile = Path(folder.name, "profile_default")
        profile.mkdir()
        profile.joinpath("ipython_kernel_config.py").write_text(WATCH, encoding="utf-8")
        os.environ["IPYTHONDIR"] = folder.name


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Name the notebook to its kernel, which starts with the first cell."""
    if item.path.suffix == ".ipynb":
        os.environ["NNLIB_NOTEBOOK_UNDER_TEST"] = str(item.path)
