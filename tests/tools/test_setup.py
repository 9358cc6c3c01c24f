"""make setup: pip installs into .venv, whatever the user's pip settings are."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from nnlib.storage import REPOSITORY

pytestmark = pytest.mark.xdist_group("setup")  # one process runs them all: what they share is slow to make

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
# By Makefile: a target that calls pip twice, what has failed then, the folder of the second call, the project's extras.
MAKEFILES = {
    "Makefile": ("constraints", "build/uv/bin/uv", "build/uv", "[vgg,dev]"),
    "course/student/Makefile": ("setup-q6", "", None, ""),
}
KEPT = {"index-url": "https://mirror.example/simple", "proxy": "http://proxy.example:8080", "retries": "9"}


@pytest.fixture(scope="module", params=MAKEFILES)
def checkout(request, tmp_path_factory):
    """A checkout, or a student copy, with an environment whose pip is the stub; and what its Makefile does."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in (request.param, "pyproject.toml", "constraints.txt"):
        shutil.copy(REPOSITORY / name, folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (packages,) = folder.glob(".venv/lib/python*/site-packages")
    (packages / "pip").mkdir()
    (packages / "pip" / "__init__.py").touch()
    (packages / "pip" / "__main__.py").write_text(STUB % str(folder / "called"), encoding="utf-8")
    return folder, MAKEFILES[request.param]


@pytest.mark.parametrize("form", ["variables", "pip.conf"])
def test_settings_that_install_elsewhere_or_nothing_are_ignored(checkout, tmp_path, form):
    folder, (target, missing, second_folder, extras) = checkout
    settings = SWITCHES | KEPT
    if form == "variables":
        settings = {f"PIP_{key.upper().replace('-', '_')}": value for key, value in (settings | FOLDERS).items()}
    else:
        lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
        (tmp_path / "pip.conf").write_text(f"[global]\n{lines}[install]\nuser = true\n", encoding="utf-8")
        settings = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    for name in ("called", ".venv/.installed"):
        (folder / name).unlink(missing_ok=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))}
    command = ["make", target, f"PYTHON={sys.executable}"]
    ended = subprocess.run(command, cwd=folder, env=clean | settings, capture_output=True, text=True, timeout=60)
    assert (bool(ended.returncode), missing in ended.stderr) == (bool(missing), True)  # the stub has not installed it
    parsed = subprocess.run(
        [sys.executable, "-c", PARSE, folder / "called"], check=True, capture_output=True, text=True
    )
    first, second = json.loads(parsed.stdout)
    for options in (first, second):
        assert [options[name] for name in ("prefix_path", "root_path", "python")] == [None] * 3
        assert not any(options[name] for name in ("use_user_site", "ignore_dependencies", "dry_run", "require_hashes"))
        assert (options["index_url"], options["proxy"]) == (KEPT["index-url"], KEPT["proxy"])
    assert (first["target_dir"], second["target_dir"]) == (None, second_folder)
    assert (first["editables"], first["constraints"]) == ([f".{extras}"], ["constraints.txt"])
