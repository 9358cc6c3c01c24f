"""pyproject.toml, environment.yml, constraints.txt, the Makefile and pre-commit agree on what is installed."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ("3.11", "3.12", "3.13")

CONDA_NAMES = {"torch": "pytorch"}
"""Where conda-forge's name is not PyPI's; every other name is the same on both."""

CONDA_ONLY = {"pip": ""}
"""What a conda environment must name and a virtual environment brings along."""


def requirements():
    """All of pyproject.toml's requirements: the package's own and those of its extras."""
    extras = PROJECT["optional-dependencies"]
    return [Requirement(text) for text in (*PROJECT["dependencies"], *extras["vgg"], *extras["dev"])]


def constraints():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def expected_for_conda():
    bounds = {CONDA_NAMES.get(wanted.name, wanted.name): str(wanted.specifier) for wanted in requirements()}
    return {"python": PROJECT["requires-python"], **CONDA_ONLY, **bounds}


def parsed(lines):
    """Return {name: bounds} of conda's specs, each parsed strictly and holding nothing but a name and bounds."""
    specs = [MatchSpec(line, strict=True) for line in lines]
    for spec, line in zip(specs, lines, strict=True):
        parts = (spec.build, spec.build_number, spec.channel, spec.subdir, spec.md5, spec.sha256)
        assert all(part is None for part in parts), line
    names = [spec.name.normalized for spec in specs]
    assert len(set(names)) == len(names), "a package is named twice"
    return {name: spec.version or "" for name, spec in zip(names, specs, strict=True)}


def differences(expected, found):
    """Return the names that are missing, extra or bounded otherwise."""
    missing, extra = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    both = expected.keys() & found.keys()
    return missing, extra, sorted(name for name in both if SpecifierSet(expected[name]) != SpecifierSet(found[name]))


def conda_lines():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def test_environment_yml_equals_pyproject():
    assert differences(expected_for_conda(), parsed(conda_lines())) == ([], [], [])


def test_environment_yml_names_what_the_course_needs():
    needed = {"numpy", "jupyter", "matplotlib", "ipywidgets", "pytorch", "torchvision", "nbval"}
    assert needed <= parsed(conda_lines()).keys()


def test_environment_yml_uses_conda_forge_alone():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment.keys() == {"name", "channels", "dependencies"}
    assert environment["channels"] == ["conda-forge"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("numpy >=2.1", None, (["numpy"], [], [])),
        ("numpy >=2.1", "numpy >=2.0", ([], [], ["numpy"])),
        ("numpy >=2.1", "numpy", ([], [], ["numpy"])),
        ("pytorch >=2.14", "torch >=2.14", (["pytorch"], ["torch"], [])),
        ("python >=3.11,<3.14", "python >=3.11", ([], [], ["python"])),
    ],
)
def test_a_changed_environment_is_noticed(old, new, expected):
    lines = conda_lines()
    lines[lines.index(old) : lines.index(old) + 1] = [new] if new else []
    assert differences(expected_for_conda(), parsed(lines)) == expected


@pytest.mark.parametrize("python", PYTHONS)
def test_constraints_pin_every_requirement(python):
    environment = {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}
    applying = [pin for pin in constraints() if pin.marker is None or pin.marker.evaluate(environment)]
    pinned = {canonicalize_name(pin.name): pin.specifier for pin in applying}
    assert len(pinned) == len(applying), "a package is pinned twice"
    for wanted in requirements():
        (pin,) = pinned[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(Version(pin.version)), f"{wanted} against {pin}"


def test_constraints_are_plain_pins():
    for pin in constraints():
        assert pin.url is None
        assert not pin.extras
        assert [clause.operator for clause in pin.specifier] == ["=="], pin
        assert "*" not in str(pin.specifier), pin


def test_no_settings_file_names_a_registry():
    for name in ("constraints.txt", "environment.yml", "pyproject.toml", "Makefile", ".pre-commit-config.yaml"):
        assert not re.search(r"://|--hash|index-url|find-links", (ROOT / name).read_text(encoding="utf-8")), name


@pytest.mark.parametrize("folder", ["", "course/student"])
def test_makefile_accepts_the_pythons_of_pyproject(folder):
    makefile = (ROOT / folder / "Makefile").read_text(encoding="utf-8")
    low, high = re.search(r"not \((\d, \d+)\) <= sys.version_info\[:2\] < \((\d, \d+)\)", makefile).groups()
    bounds = f">={low.replace(', ', '.')},<{high.replace(', ', '.')}"
    assert SpecifierSet(bounds) == SpecifierSet(PROJECT["requires-python"])
    assert [python for python in ("3.10", *PYTHONS, "3.14") if SpecifierSet(bounds).contains(python)] == list(PYTHONS)


def test_the_student_copy_is_built_and_required_alike():
    student = tomllib.loads((ROOT / "course" / "student" / "pyproject.toml").read_text(encoding="utf-8"))
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = {key: value for key, value in ours["project"].items() if key != "optional-dependencies"}
    assert student["project"] | {"description": project["description"]} == project
    assert student["build-system"] == ours["build-system"]
    assert student["tool"]["setuptools"] == {"packages": ours["tool"]["setuptools"]["packages"]}


def test_pre_commit_runs_the_ruff_that_setup_installed():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    assert all(hook["entry"].startswith(".venv/bin/python -m ") for hook in hooks)
    assert {"ruff-check", "ruff-format"} <= {hook["id"] for hook in hooks}
