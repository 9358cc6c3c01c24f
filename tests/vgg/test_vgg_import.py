"""PyTorch stays inside nnlib.vgg: nothing else imports it."""

import ast
import subprocess
import sys
from pathlib import Path

import nnlib

PACKAGE = Path(nnlib.__file__).parent
HEAVY = {"torch", "torchvision"}


def test_the_rest_of_nnlib_imports_without_pytorch():
    code = "import sys, nnlib.data, nnlib.search, nnlib.plots; print('torch' in sys.modules)"
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert found.stdout.strip() == "False", found.stderr


def imports(path):
    """Return the top-level packages that a file imports anywhere in it."""
    packages = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            packages |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            packages.add(node.module.partition(".")[0])
    return packages


def test_only_the_files_of_vgg_and_the_stand_in_name_pytorch():
    files = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if imports(path) & HEAVY}
    assert Path("vgg/training.py") in files
    assert {path.parts[0] for path in files} == {"vgg", "torch_layers.py"}
