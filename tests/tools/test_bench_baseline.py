"""make bench --baseline and --layers: which code and layers each side takes, and what the exit status says."""

import json
import os
import re
import subprocess

import pytest

from nnlib.storage import REPOSITORY
from tools.bench import __main__ as bench
from tools.bench import models, report
from tools.bench.__main__ import Side

needs_git = pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="needs the git repository")

FAKE = """\
import numpy
class SoftmaxClassifier:
    def __init__(self, **options): self.params = {"W": numpy.zeros(1)}
    def loss(self, X, y=None): return 0.0, {"W": numpy.zeros(1)}
ConvNet = SoftmaxClassifier
class Solver:
    def __init__(self, model, data, update_rule): pass
    def update_rule(self, w, dw, config):
        open(%r, "a").write("x")
        return w, config
data = None
"""


@pytest.fixture
def stubbed(monkeypatch, tmp_path):
    """Replace the worker by given train-step times per side; return (main, the sides that were asked for)."""
    asked = []

    def prepare(**seconds):
        def work(side, budget):
            asked.append(side)
            times = zip(models.NETWORKS, seconds[side.name], strict=True)
            return [{"model": name, "batch_size": 100, "train": s, "forward": 2 * s} for name, s in times]

        monkeypatch.setattr(bench, "work", work)
        return asked

    return prepare


def main(tmp_path, *arguments):
    return bench.main([*arguments, "--rounds", "1", "--budget", "0", "--build", str(tmp_path)])


@needs_git
@pytest.mark.parametrize(
    ("new", "status", "verdicts"),
    [
        ([1.0, 1.0, 1.0, 1.0], 0, ["yes", "yes"]),
        ([0.5, 1.05, 1.0, 1.0], 0, ["yes", "yes"]),
        ([0.5, 1.06, 1.0, 1.0], 1, ["yes", "NO"]),
        ([1.01, 1.01, 1.0, 1.0], 1, ["NO", "yes"]),
    ],
)
def test_a_loss_of_speed_is_the_exit_status(stubbed, tmp_path, capsys, new, status, verdicts):
    asked = stubbed(old=[1.0] * 4, new=new)
    assert main(tmp_path, "--baseline", "HEAD") == status
    text = (tmp_path / "baseline.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out.strip() == text.strip()
    assert re.findall(r"^- (yes|NO): ", text, re.MULTILINE) == verdicts
    assert text.startswith("old: nnlib at git revision HEAD; new: the working tree.")
    assert f"| softmax, linear | 100 | 1e+03 ms | {1e3 * new[0]:.3g} ms | {1 / new[0]:.2f} | 2e+03 ms |" in text
    result = json.loads((tmp_path / "baseline.json").read_text(encoding="utf-8"))
    assert [row["train"]["new"] for row in result["steps"]] == new
    assert list(result["verdicts"].values()) == [word == "yes" for word in verdicts]
    old, _ = asked
    assert not old.source.exists(), "the old revision was not removed"


@needs_git
def test_each_side_has_its_own_code_and_layers(stubbed, tmp_path):
    asked = stubbed(old=[1.0] * 4, new=[1.0] * 4, plain=[3.0] * 4, fast=[1.0] * 4)
    main(tmp_path, "--baseline", "HEAD", "--layers", "plain")
    old, new = asked
    assert (new.source, new.layers) == (REPOSITORY, "plain")
    assert old.source != REPOSITORY
    asked.clear()
    assert main(tmp_path, "--layers", "plain") == 0
    assert asked == [Side("plain", layers="plain"), Side("fast")]
    assert "ratios at batch 100: **3.00**" in (tmp_path / "plain.md").read_text(encoding="utf-8")


def test_a_worker_takes_its_sides_nnlib_and_layers(tmp_path, monkeypatch):
    """The fake package holds all that a worker may use of an old revision."""
    (tmp_path / "nnlib").mkdir()
    (tmp_path / "nnlib" / "__init__.py").write_text(FAKE % str(tmp_path / "trained"), encoding="utf-8")
    monkeypatch.setenv("NNLIB_LAYERS", "neither")  # the user's own setting is not what is timed
    timed = bench.work(Side("old", source=tmp_path), 0)
    assert [row["model"] for row in timed] == list(models.NETWORKS)
    assert (tmp_path / "trained").exists()
    environments = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, env, **options: environments.append(env))
    with pytest.raises(TypeError):  # there is no process
        bench.work(Side("plain", layers="plain"), 0)
    assert environments[0]["NNLIB_LAYERS"] == "plain"


@needs_git
def test_a_real_comparison_with_the_last_commit(tmp_path):
    assert main(tmp_path, "--baseline", "HEAD") in (0, 1)
    result = json.loads((tmp_path / "baseline.json").read_text(encoding="utf-8"))
    assert [row["model"] for row in result["steps"]] == list(models.NETWORKS)
    assert (
        min(row[what][name] for row in result["steps"] for what in ("train", "forward") for name in ("old", "new")) > 0
    )
    assert report.geometric_mean(result["steps"]) > 0


@pytest.mark.parametrize("revision", ["no-such-revision", "HEAD:tools"])
def test_a_revision_without_nnlib_is_refused_before_anything_is_timed(stubbed, tmp_path, capsys, revision):
    asked = stubbed()
    with pytest.raises(SystemExit) as stopped:
        main(tmp_path, "--baseline", revision)
    assert stopped.value.code == 2
    assert f"--baseline: no nnlib at git revision {revision!r}: fatal: " in capsys.readouterr().err
    assert asked == []


def test_a_missing_git_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(ValueError, match=r"no nnlib at git revision 'HEAD': .*'git'"):
        bench.check_out("HEAD", tmp_path)


@needs_git
def test_the_old_revision_is_removed_after_ctrl_c(monkeypatch, tmp_path):
    seen = []

    def work(side, budget):
        seen.append((side.source, sorted(path.name for path in side.source.iterdir())))
        raise KeyboardInterrupt

    monkeypatch.setattr(bench, "work", work)
    with pytest.raises(KeyboardInterrupt):
        main(tmp_path, "--baseline", "HEAD")
    ((folder, names),) = seen
    assert names == ["nnlib"]
    assert not folder.exists()


def test_a_failing_worker_is_named(monkeypatch, tmp_path, capsys):
    def work(side, budget):
        raise subprocess.CalledProcessError(1, ["python", "-P", "-m", "tools.bench.worker", "compare", "0"])

    monkeypatch.setattr(bench, "work", work)
    assert main(tmp_path, "--layers", "plain") == 1
    assert "tools.bench.worker compare 0 failed; its error is above." in capsys.readouterr().err


def test_a_time_that_is_no_number_is_not_reported(stubbed, tmp_path):
    stubbed(plain=[float("nan")] * 4, fast=[1.0] * 4)
    with pytest.raises(ValueError, match="not JSON compliant"):
        main(tmp_path, "--layers", "plain")
    assert list(tmp_path.iterdir()) == []
