"""A server process on loopback, for tests of JupyterLab and `make app` with its own port, token and settings."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request

from nnlib.storage import REPOSITORY

START_SECONDS = 60


class Server:
    """A server process on a free loopback port; ready once constructed."""

    def __init__(self, folder, command, environment):
        self.token, self.log = secrets.token_hex(16), folder / "server.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command(self.port, self.token), env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=REPOSITORY
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def url(self, path, query=""):
        return f"http://127.0.0.1:{self.port}/{path}?token={self.token}{query}"

    def end_kernels(self):
        """End the kernels of JupyterLab's notebooks: one would go on with what an earlier test left in it."""
        deadline = time.monotonic() + START_SECONDS
        while sessions := self._sessions():
            assert time.monotonic() < deadline, self.log.read_text()
            for session in sessions:
                request = urllib.request.Request(self.url(f"api/sessions/{session['id']}"), method="DELETE")
                with contextlib.suppress(urllib.error.HTTPError):  # a kernel that is just being restarted
                    urllib.request.urlopen(request).close()
            time.sleep(0.1)

    def _sessions(self):
        with urllib.request.urlopen(self.url("api/sessions")) as answer:
            return json.load(answer)

    def _answers(self):
        try:
            with urllib.request.urlopen(self.url("")) as answer:
                return answer.status == 200
        except urllib.error.URLError:
            return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=START_SECONDS)
        finally:
            self.process.kill()


def clean_environment(folder):
    """Return an environment that keeps the user's own Jupyter settings and trial logs out of the tests."""
    own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    own |= {"IPYTHONDIR": "ipython", "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    own |= {"NNLIB_TRIAL_LOGS": "trial_logs"}
    paths = {name: str(folder / value) for name, value in own.items()}
    python_path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **paths, "PYTHONPATH": python_path, "JUPYTER_PREFER_ENV_PATH": "1"}
