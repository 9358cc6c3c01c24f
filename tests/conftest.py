"""Settings of the tests under tests/; those of every process stand in the conftest.py of the repository's root."""

import os

import hypothesis
import matplotlib
import pytest

from nnlib import held_out

matplotlib.use("Agg")  # no test opens a window

# A deadline would be an assertion about how busy the machine is. CI draws the same examples every time, so that it
# never fails on a change which did not cause the failure; a developer's runs go on searching.
hypothesis.settings.register_profile("nnlib", deadline=None, derandomize="CI" in os.environ, print_blob=True)
hypothesis.settings.load_profile("nnlib")


@pytest.fixture(scope="module")
def no_worker_is_left():
    """After a file that sweeps on processes, none of joblib's is left."""
    yield
    from joblib.externals import loky

    loky.get_reusable_executor().shutdown(wait=True, kill_workers=True)


@pytest.fixture
def notes(tmp_path):
    """A folder in which a test's model factories note that they were called; see search_toy.py."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def counted_from_zero(monkeypatch):
    """What was done with held-out examples is counted from here; the sets that were loaded before stay known."""
    for name, start in (("opened", 0), ("trained_after", 0), ("mixed", set())):
        monkeypatch.setattr(held_out._seen, name, start)
