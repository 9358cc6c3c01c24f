"""A kernel on a copy of nnlib, which a test may edit as a student edits the original."""

import contextlib
import os
import shutil
from pathlib import Path

import nnlib

ROOT = Path(nnlib.__file__).parents[1]


class Kernel:
    """Runs cells in one kernel.

    Attributes:
        package: the copy's folder nnlib/.
    """

    def __init__(self, client, package):
        self.client, self.package, self.writes = client, package, 0

    def run(self, source):
        """Run a cell and return what it prints or shows as text, and an error's name."""
        printed = []

        def keep(message):
            content = message["content"]
            printed.append(
                content.get("text") or content.get("data", {}).get("text/plain", "") or content.get("ename", "")
            )

        self.client.execute_interactive(source, output_hook=keep, timeout=600)
        return "".join(printed).strip()

    @contextlib.contextmanager
    def edited(self, name, change):
        """Change a file of the copy by a function from text to text, and change it back at the end."""
        path = self.package / name
        text = path.read_text(encoding="utf-8")
        self._write(path, change(text))
        try:
            yield
        finally:
            self._write(path, text)

    def _write(self, path, text):
        self.writes += 1
        path.write_text(text, encoding="utf-8")
        later = path.stat().st_mtime + 2 * self.writes  # a file system may be too coarse to tell two writes apart
        os.utime(path, (later, later))


@contextlib.contextmanager
def kernel_on_a_copy(folder, **variables):
    """Yield a Kernel whose nnlib is a copy in `folder`, where its trial logs go too; `variables` are its own."""
    from jupyter_client.manager import start_new_kernel

    shutil.copytree(ROOT / "nnlib", folder / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("course", "datasets"):
        (folder / name).symlink_to(ROOT / name)
    environment = {**os.environ, "PYTHONPATH": str(folder), "NNLIB_TRIAL_LOGS": str(folder / "logs"), **variables}
    manager, client = start_new_kernel(kernel_name="python3", cwd=folder, env=environment)
    try:
        yield Kernel(client, folder / "nnlib")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
