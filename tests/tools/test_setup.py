"""make setup: pip installs into .venv, whatever the user's pip settings are."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from nnlib.storage import REPOSITORY

# As pip, this prints its arguments; the real pip then parses them under the same settings.
STUB = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]), file=open(%r, 'w'))"
PARSE = """\
import json, sys
from pip._internal.commands import create_command
options, _ = create_command("install").parse_args(json.loads(sys.argv[1])[1:])
print(json.dumps(vars(options), default=str))"""

FOLDERS = dict.fromkeys(("target", "prefix", "root", "python"), "/elsewhere")  # in pip.conf, pip itself fails
SWITCHES = dict.fromkeys(("user", "no-deps", "dry-run", "require-hashes", "require-virtualenv"), "true")
KEPT = {"index-url": "https://mirror.example/simple", "proxy": "http://proxy.example:8080", "retries": "9"}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout with an environment whose pip is the stub."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(REPOSITORY / name, folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (packages,) = folder.glob(".venv/lib/python*/site-packages")
    (packages / "pip").mkdir()
    (packages / "pip" / "__init__.py").touch()
    (packages / "pip" / "__main__.py").write_text(STUB % str(folder / "called"), encoding="utf-8")
    return folder


def as_variables(settings):
    return {f"PIP_{key.upper().replace('-', '_')}": value for key, value in settings.items()}


@pytest.mark.parametrize("target", ["setup", "constraints"])
@pytest.mark.parametrize("form", ["variables", "pip.conf"])
def test_settings_that_install_elsewhere_or_nothing_are_ignored(checkout, tmp_path, target, form):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    settings = SWITCHES | KEPT
    if form == "variables":
        settings = as_variables(settings | FOLDERS)
    else:
        lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
        (tmp_path / "pip.conf").write_text(f"[global]\n{lines}[install]\nuser = true\n", encoding="utf-8")
        settings = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    for name in ("called", ".venv/.installed"):
        (checkout / name).unlink(missing_ok=True)
    command = ["make", target, f"PYTHON={sys.executable}"]
    subprocess.run(
        command, cwd=checkout, env=clean | settings, capture_output=True, check=target == "setup", timeout=60
    )
    arguments, environment = json.loads((checkout / "called").read_text(encoding="utf-8"))
    command = [sys.executable, "-c", PARSE, json.dumps(arguments)]
    options = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert options["target_dir"] == {"setup": None, "constraints": "build/uv"}[target]
    assert [options[name] for name in ("prefix_path", "root_path", "python")] == [None] * 3
    assert not any(options[name] for name in ("use_user_site", "ignore_dependencies", "dry_run", "require_hashes"))
    assert (options["index_url"], options["proxy"]) == (KEPT["index-url"], KEPT["proxy"])
    if target == "setup":
        assert options["editables"] == [".[vgg,dev]"]
        assert options["constraints"] == ["constraints.txt"]
