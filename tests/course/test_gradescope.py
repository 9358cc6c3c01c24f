"""course.gradescope: results.json is valid from the first moment on, and the archive grades without a network."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from course_grades import check, grade, item

from course import autograder, gradescope, ledger, marks
from course.gradescope import BEGUN, FAILED
from nnlib.storage import REPOSITORY

IN_TIME = {"seconds": 0.0, "factor": 1.0}
WHOLE = {"score", "execution_time", "output", "output_format", "stdout_visibility", "extra_data", "tests"}
TEST = {"score", "max_score", "status", "name", "number", "output", "output_format", "visibility"}
VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")


def validate(found):
    """Assert what Gradescope's specification asks of results.json."""
    assert found.keys() <= WHOLE
    assert found["stdout_visibility"] == "hidden"  # the grader prints what it found, hidden inputs too
    assert isinstance(found["output"], str)
    formats = {each.get("output_format") for each in (found, *found["tests"]) if "output" in each}
    assert formats == {"text"}  # what students write is no HTML
    assert "score" in found or any("score" in test for test in found["tests"])
    for test in found["tests"]:
        assert test.keys() <= TEST
        assert test["visibility"] in VISIBILITIES
        assert test.get("status", "passed") in ("passed", "failed")
        assert all(isinstance(test.get(name, ""), str) for name in ("name", "number", "output", "output_format"))
        assert test.get("score", 0) <= test.get("max_score", 0)
    return found


def results(*graded, late=IN_TIME, note="", **changes):
    return validate(gradescope.results(marks.settle(grade(*graded, **changes), {}, {}, late), note))


def test_each_check_is_a_test_and_hidden_ones_wait_for_publication():
    checks = [
        check(message_grader="SECRET"),
        check("economy", "timeout", 0, 2, visibility="hidden", message_grader="SECRET"),
    ]
    found = results(item(checks=checks))
    value, economy = found["tests"]
    assert (value["number"], value["name"], value["score"], value["max_score"]) == ("1.1", "value", 4, 4)
    assert (value["status"], value["visibility"]) == ("passed", "visible")
    assert (economy["status"], economy["visibility"]) == ("failed", "after_published")
    assert (economy["score"], economy["max_score"], economy["output"]) == (0, 2, "timeout")
    assert "score" not in found  # it would tell the points of hidden tests
    assert found["extra_data"]["isolation"] == "bwrap"
    assert "SECRET" not in json.dumps(found)


def test_what_we_could_not_run_has_no_points():
    human = check("figure", "human", None, message_student="far off")
    ours, left, passed = results(item(checks=[check("value", "ours", None), human, check("mode")]))["tests"]
    assert not {"score", "max_score", "status"} & (ours.keys() | left.keys())
    assert left["output"] == "far off"
    assert ours["output"] == gradescope.OURS
    assert passed["score"] == 4
    assert results(item(checks=[check("value", "ours", None)]))["score"] == 0


def test_a_submission_that_cannot_be_read_has_a_reason():
    found = results(error="no file of nnlib is in it", items=[])
    assert found["score"] == 0
    assert "The submission cannot be read: no file of nnlib is in it" in found["output"]


@pytest.mark.parametrize("isolation", ["none", "uid", "bwrap"])
def test_a_run_without_isolation_says_so(isolation):
    graded = marks.settle(grade(item()) | {"isolation": isolation}, {}, {}, IN_TIME)
    assert ("without isolation" in gradescope.results(graded)["output"]) == (isolation == "none")


def test_the_time_is_that_of_all_checks():
    found = results(item(checks=[check(seconds=1.5), check(seconds=2.5)]), item(checks=[check(seconds=3)]))
    assert found["execution_time"] == 7
    assert results(items=[])["execution_time"] == 0


@pytest.mark.parametrize(("said", "status"), [(FAILED, 1), ("", 0), (BEGUN, 0)])
def test_the_command_fails_where_the_grader_did(said, status, monkeypatch):
    asked = []
    monkeypatch.setattr(gradescope, "run", lambda *given: asked.append(given) or {"output": said})
    monkeypatch.setattr("sys.argv", ["gradescope", "/autograder"])
    assert gradescope.main() == status
    assert asked == [(Path("/autograder"), gradescope.grading.grade)]


def test_lateness_is_a_test_of_its_own_that_tells_nothing_before_publication():
    late = results(item(checks=[check(), check("mode")]), late={"seconds": 5400.0, "factor": 0.9})["tests"][-1]
    assert (late["name"], late["score"], late["visibility"]) == ("handed in 1.5 hours late", -0.8, "after_published")


@pytest.fixture
def folder(tmp_path):
    """Gradescope's folder with a submission."""
    (tmp_path / "results").mkdir()
    layers = tmp_path / "submission" / "nnlib" / "layers"
    layers.mkdir(parents=True)
    shutil.copy(REPOSITORY / "nnlib" / "layers" / "relu.py", layers)
    return tmp_path


def read(folder):
    return validate(json.loads((folder / "results" / "results.json").read_text()))


def test_results_are_valid_from_the_first_moment_and_grow(folder):
    seen = []

    def grader(submission, isolation, progress):
        assert submission.error == ""
        assert list(submission.files) == ["nnlib/layers/relu.py"]
        seen.append(read(folder))
        for done in (1, 2):
            progress(grade(items=[item(4, id=f"1.{number}") for number in range(done)]))
            seen.append(read(folder))
        return grade(items=[item(4, id=f"1.{number}") for number in range(3)])

    found = gradescope.run(folder, grader)
    assert found == read(folder)
    assert [len(each["tests"]) for each in [*seen, found]] == [0, 1, 2, 3]
    assert seen[0]["score"] == 0
    assert all(each["output"].startswith(BEGUN) for each in seen)
    assert BEGUN not in found["output"]
    assert [path.name for path in (folder / "results").iterdir()] == ["results.json"]


def test_a_failure_of_ours_says_so_and_keeps_what_is_known(folder, capsys):
    def grader(submission, isolation, progress):
        progress(grade(items=[item(4)]))
        raise KeyError("ours")

    gradescope.run(folder, grader)
    assert read(folder)["output"] == FAILED
    assert len(read(folder)["tests"]) == 1
    assert "KeyError: 'ours'" in capsys.readouterr().err


def metadata(folder, **changes):
    made = {"created_at": "2027-02-14T06:59:00-05:00", "assignment": {"due_date": "2027-02-13T23:59:00.000000-05:00"}}
    made["users"] = [{"email": "ada@x.edu"}, {"email": "bob@x.edu"}]
    (folder / "submission_metadata.json").write_text(json.dumps(made | changes))


def test_metadata_tell_who_and_how_late(folder):
    metadata(folder)
    submission, late = gradescope._submission(folder)
    assert submission.student == "ada@x.edu, bob@x.edu"
    assert submission.submitted.isoformat() == "2027-02-14T06:59:00-05:00"
    assert late["seconds"] == 7 * 3600


def test_an_extension_counts(folder):
    metadata(folder, users=[{"email": "ada@x.edu", "assignment": {"due_date": "2027-02-20T23:59:00-05:00"}}])
    assert gradescope._submission(folder)[1] == IN_TIME


@pytest.mark.usefixtures("capsys")
@pytest.mark.parametrize("changes", [{"created_at": "2027-02-14T06:59:00"}, {"created_at": None}, {"users": 3}])
def test_other_metadata_are_a_failure_of_ours(folder, changes):
    metadata(folder, **changes)
    gradescope.run(folder, lambda *_: pytest.fail("graded"))
    assert read(folder)["output"] == FAILED


shares_the_archive = pytest.mark.xdist_group("archive")  # one process makes it


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    made = tmp_path_factory.mktemp("release")
    (made / "release.json").write_text("{}")
    autograder.build_autograder(made, made / "autograder.zip")
    with zipfile.ZipFile(made / "autograder.zip") as packed:
        yield packed


@shares_the_archive
def test_the_archive_has_its_scripts_at_its_root_and_no_bank(archive):
    names = archive.namelist()
    assert {"setup.sh", "run_autograder", "release.json", "course/exercises.toml", "nnlib/check/worker.py"} <= {*names}
    assert archive.getinfo("run_autograder").external_attr >> 16 & 0o777 == 0o755
    assert not [name for name in names if name.startswith("/") or ".." in name.split("/")]
    assert not [name for name in names if name.startswith(("course/wrong", "course/right", "course/hostile"))]
    assert sum(info.compress_size for info in archive.infolist()) < 100e6  # what Gradescope takes


def test_a_release_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(OSError, match=r"release\.json"):
        autograder.build_autograder(tmp_path, tmp_path / "autograder.zip")
    assert not (tmp_path / "autograder.zip").exists()


@shares_the_archive
@pytest.mark.skipif(os.geteuid() != 0, reason="in Gradescope's container the grader is root")
def test_the_archive_grades_in_a_container_without_network(archive, folder):
    """As at Gradescope: root without CAP_SYS_ADMIN, no bubblewrap, nothing of this repository, none of its Python."""
    archive.extractall(folder / "source")
    shutil.copy(folder / "source" / "run_autograder", folder)
    capabilities = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID", "SETPCAP", "SYS_CHROOT")
    command = "bwrap --unshare-pid --unshare-net --unshare-ipc --die-with-parent --clearenv --setenv PATH /usr/bin:/bin"
    command += " --proc /proc --dev /dev --tmpfs /tmp --chdir /autograder" + "".join(
        f" --cap-add CAP_{name}" for name in capabilities
    )
    for system in filter(Path.exists, map(Path, ("/usr", "/lib", "/lib64", "/bin"))):
        command += f" --ro-bind {system} {system}"
    for bubblewrap in filter(Path.exists, map(Path, ("/usr/bin/bwrap", "/bin/bwrap"))):
        command += f" --ro-bind /dev/null {bubblewrap}"
    arguments = [*command.split(), "--bind", str(folder), "/autograder"]
    script = "bash source/setup.sh && bash /autograder/run_autograder"
    done = subprocess.run([*arguments, "bash", "-c", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "source" / "course" / "key").stat().st_mode & 0o777 == 0o600
    found = read(folder)
    assert (found["extra_data"]["isolation"], found["extra_data"]["release"]) == ("uid", ledger.engine_hash())
    own = [test for test in found["tests"] if test["number"] == "1.2"]
    assert [test["status"] for test in own] == ["passed"] * 5
    others = [test for test in found["tests"] if test["number"] != "1.2"]
    assert {test.get("score", 0) for test in others} == {0}
    assert {test["name"] for test in others if "score" not in test} == {"figure"}  # no notebook: a human's
