"""What is packed for Gradescope, with a small Python and a small repository in place of ours."""

import zipfile
from pathlib import PurePosixPath
from types import SimpleNamespace

import pytest

from course import autograder

SENT = {"course/a.py", "course/release/b.py", "course/key", "datasets/x.gz", "nnlib/c.py", "nnlib/sub/d.py"}
KEPT = {
    "course/key.lock",
    "course/wrong/1.1.py",
    "course/sets/7/right/1.1.py",
    "nnlib/__pycache__/c.pyc",
    "nnlib/e.pyc",
}


class Distribution:
    """An installed package; `a` needs `b`, and `c` on another system alone."""

    requires = ("b>=1", "c; sys_platform == 'other'", "b[x]; python_version >= '3'")

    def __init__(self, name, root):
        self.name, self.root = name, root
        self.requires = self.requires if name == "a" else None
        self.files = [PurePosixPath(each) for each in (f"{name}/x.py", f"{name}/tests/t.py", "../../bin/tool")]

    def locate_file(self, file):
        return self.root / file


@pytest.fixture
def packed(tmp_path, monkeypatch):
    for name in (*SENT - {"course/key"}, *KEPT, "python/bin/python", "python/lib/config-3.11/x.a", "a/x.py", "b/x.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "python" / "bin" / "python").chmod(0o755)
    (tmp_path / "release.json").write_text("{}")
    monkeypatch.setattr(autograder.storage, "REPOSITORY", tmp_path)
    monkeypatch.setattr(autograder.interpreter, "folder", lambda: tmp_path / "python")
    monkeypatch.setattr(autograder.ledger, "course_key", lambda: (tmp_path / "course" / "key").write_text("k"))
    monkeypatch.setattr(autograder, "metadata", SimpleNamespace(distribution=lambda name: Distribution(name, tmp_path)))
    monkeypatch.setattr(autograder, "PACKAGES", ("a",))
    size = autograder.build_autograder(tmp_path, tmp_path / "autograder.zip")
    assert size == (tmp_path / "autograder.zip").stat().st_size
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        yield archive


def test_it_holds_the_grader_its_key_and_what_it_needs_and_no_bank(packed):
    scripts = ["setup.sh", "run_autograder", "release.json"]
    needed = {"python/bin/python", "python/packages/a/x.py", "python/packages/b/x.py"}
    assert packed.namelist() == [*scripts, *sorted(SENT | needed)]


def test_it_is_the_same_whenever_it_is_packed_and_starts(packed):
    assert {each.date_time for each in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    runs = {each.filename for each in packed.infolist() if each.external_attr >> 16 & 0o111}
    assert runs == {"setup.sh", "run_autograder", "python/bin/python"}
