"""Repetition under other conditions: what differs, and that a test which depends on it is found."""

import os

import flake
import pytest

TOY = {  # each passes in the first round of two at most
    "order": "seen = []\ndef test_a(): assert not seen\n"
    + "".join(f"def test_{x}(): seen.append(1)\n" for x in "bcde"),
    "threads": "import os\ndef test(): assert os.environ['NNLIB_TEST_THREADS'] == '1'\n",
    "path": "import os\ndef test(): assert ' ' not in os.getcwd()\n",
    "data": "import os\ndef test(): assert 'NNLIB_DATA' not in os.environ\n",
    "hash": "import os\ndef test(): assert os.environ['PYTHONHASHSEED'] == '1'\n",
}


def test_ten_rounds_have_every_condition_at_least_twice():
    rounds = [flake.Conditions.of_round(number, oldest=True, data=True) for number in range(10)]
    for name in ("oldest", "with_data", "odd_path", "load"):
        values = [getattr(each, name) for each in rounds]
        assert values.count(True) >= 2
        assert values.count(False) >= 2
    assert [each.threads for each in rounds].count(2) == 5
    assert len({each.order for each in rounds}) == len({each.hash_seed for each in rounds}) == 10
    assert not any(each.oldest or each.with_data for each in (flake.Conditions.of_round(4, False, False),))


@pytest.fixture
def failed_in(tmp_path, monkeypatch):
    """Return a function that runs toy tests in a round and returns the modules of those that failed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # toys need none, which take seconds to load
    folder = tmp_path / flake.ODD
    (folder / "tests" / "reliability").mkdir(parents=True)
    plugin = flake.ROOT / "tests" / "reliability" / "shuffled.py"
    (folder / "tests" / "reliability" / "shuffled.py").write_text(plugin.read_text())

    def failed(toys, number):
        for kind, source in toys.items():
            (folder / f"test_{kind}.py").write_text(source)
        conditions = flake.Conditions(number, number, number, oldest=False, with_data=True, odd_path=True, load=False)
        return {name.partition("::")[0] for name in flake.run(conditions, folder, [], folder).failed}

    return failed


def test_a_test_that_depends_on_a_condition_is_found(failed_in):
    assert failed_in(TOY, 1).isdisjoint({"test_threads", "test_hash"})
    assert failed_in(TOY, 2) == {f"test_{kind}" for kind in TOY}


def test_a_module_that_cannot_be_imported_is_found(failed_in):
    assert failed_in({"missing": "import nothing_of_this_name\n"}, 1) == {""}


def test_the_load_ends_with_the_run(monkeypatch):
    started = []
    popen = flake.subprocess.Popen
    monkeypatch.setattr(flake.subprocess, "Popen", lambda command: started.append(popen(command)) or started[-1])
    with flake.busy(2):
        assert [process.poll() for process in started] == [None, None]
    assert all(process.returncode == -9 for process in started)
    assert not any(os.path.exists(f"/proc/{process.pid}") for process in started)
