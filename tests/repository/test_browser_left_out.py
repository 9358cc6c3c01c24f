"""Without Chromium the browser tests are skipped with a notice, or fail where they are required."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("required", "status"), [("0", 0), ("1", 1)])
def test_without_chromium(tmp_path, required, status):
    environment = {**os.environ, "PATH": str(tmp_path), "NNLIB_REQUIRE_BROWSER": required}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # xdist alone: the others take seconds to load
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/browser", "-k", "stepper"]
    # As in `make test`: the tests run in another process than the notice.
    command += ["-p", "xdist", "-n", "1", "--dist", "loadgroup"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == status, result.stdout
    if status == 0:
        assert result.stdout.count("BROWSER TESTS LEFT OUT") == 2
        assert "test_the_stepper_steps[lab]" in result.stdout.split("BROWSER TESTS LEFT OUT")[1]
        assert "passed" not in result.stdout
    else:
        assert "NNLIB_REQUIRE_BROWSER is set and there is no Chromium" in result.stdout
        assert "skipped" not in result.stdout
