"""make setup: pip installs into .venv, whatever the user's pip settings are."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from nnlib.storage import REPOSITORY

# In place of pip, this notes its arguments and variables; the real pip then parses them.
STUB = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]), file=open(%r, 'a'))"
PARSE = """\
import json, os, sys
from pip._internal.commands import create_command
found = []
for line in open(sys.argv[1]):
    arguments, environment = json.loads(line)
    os.environ.clear()
    os.environ.update(environment)
    found.append(vars(create_command("install").parse_args(arguments[1:])[0]))
print(json.dumps(found, default=str))"""

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


@pytest.mark.parametrize("form", ["variables", "pip.conf"])
def test_settings_that_install_elsewhere_or_nothing_are_ignored(checkout, tmp_path, form):
    """`make constraints` calls pip twice: for setup, and for uv."""
    settings = SWITCHES | KEPT
    if form == "variables":
        settings = {f"PIP_{key.upper().replace('-', '_')}": value for key, value in (settings | FOLDERS).items()}
    else:
        lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
        (tmp_path / "pip.conf").write_text(f"[global]\n{lines}[install]\nuser = true\n", encoding="utf-8")
        settings = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    for name in ("called", ".venv/.installed"):
        (checkout / name).unlink(missing_ok=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    command = ["make", "constraints", f"PYTHON={sys.executable}"]
    ended = subprocess.run(command, cwd=checkout, env=clean | settings, capture_output=True, text=True, timeout=60)
    assert "build/uv/bin/uv" in ended.stderr  # which the stub has not installed
    parsed = subprocess.run(
        [sys.executable, "-c", PARSE, checkout / "called"], check=True, capture_output=True, text=True
    )
    setup, uv = json.loads(parsed.stdout)
    for options in (setup, uv):
        assert [options[name] for name in ("prefix_path", "root_path", "python")] == [None] * 3
        assert not any(options[name] for name in ("use_user_site", "ignore_dependencies", "dry_run", "require_hashes"))
        assert (options["index_url"], options["proxy"]) == (KEPT["index-url"], KEPT["proxy"])
    assert (setup["target_dir"], uv["target_dir"]) == (None, "build/uv")
    assert (setup["editables"], setup["constraints"]) == ([".[vgg,dev]"], ["constraints.txt"])
