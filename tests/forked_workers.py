"""Workers of nnlib.check, forked from a process that has NumPy and PyTorch already: to import them takes up to 5 s.

They run the same worker.py on the same files; only `python -I` and its imports are left out. Nothing of nnlib is
imported before the fork.
"""

import multiprocessing
import os
import runpy
import sys
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
# The last one is what an optimizer imports at its first step. What is not installed is passed over.
FORKS.set_forkserver_preload(["numpy", "torch", "torch._dynamo"])


class Forked:
    """A worker for the files below `root`, in the form that nnlib.check.process.Process expects of a Popen."""

    def __init__(self, root: Path):
        from nnlib.check.process import WORKER  # here: the fork imports this module

        requests, stdin = FORKS.Pipe(duplex=False)
        stdout, answers = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=_serve, args=(str(WORKER), str(root), requests, answers))
        self.process.start()
        requests.close()
        answers.close()
        self.stdin, self.stdout = stdin, stdout

    def kill(self) -> None:
        """End the worker."""
        self.process.kill()

    def wait(self) -> int:
        """Return the exit status once it has ended."""
        self.process.join()
        return self.process.exitcode

    def communicate(self) -> None:
        """Close the pipes and wait for its end."""
        self.stdin.close()
        self.stdout.close()
        self.wait()
        self.process.close()


def _serve(worker, root, requests, answers):
    """Do in the fork what `python -I worker.py ROOT` does."""
    os.environ["NNLIB_LAYERS"] = "plain"
    for number, file in enumerate((requests, answers)):
        os.dup2(file.fileno(), number)
        file.close()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.argv[:] = [worker, root]
    sys.path[:] = [folder for folder in sys.path if not os.path.isdir(os.path.join(folder, "nnlib"))]
    runpy.run_path(worker, run_name="__main__")
