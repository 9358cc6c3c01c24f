"""Serve the homework's explorers as pages without code, for a lecture hall: what `make app` does.

A page is a small notebook with the same explorers as the homework's; Voila runs it in a separate kernel for each
visitor, within limits that keep one visitor from taking the machine from the others.
"""

import os
import resource
import socket
import sys
import uuid
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tornado.web import HTTPError
from traitlets import Dict, Integer
from voila.app import Voila
from voila.tornado import kernel_websocket_handler

from nnlib.storage import REPOSITORY
from tools.notebook_files import METADATA, write

PAGES = {
    "Q1 Layers": {
        "Convolution, step by step": "stepper:ConvolutionStepper",
        "Batch norm": "playgrounds:batch_norm_playground",
        "Dropout": "playgrounds:dropout_playground",
    },
    "Q2 Logistic regression": {"Hidden units": "explorers:q2_explorer"},
    "Q3 Support vector machine": {"Hidden units": "explorers:q3_explorer"},
    "Q4 Softmax on MNIST": {"Hidden units": "explorers:q4_explorer"},
    "Q5 Convolutional network on MNIST": {"Filter size, hidden units, dropout": "explorers:q5_explorer"},
    "Q7 Short answers": {
        "The gradient in a deep network": "playgrounds:gradient_norm_playground",
        "Dropout in training and in testing": "playgrounds:train_test_playground",
        "A learning rate that is too high": "playgrounds:learning_rate_playground",
    },
}
"""By title: the explorers of a page by heading, each as module:function of nnlib.homework."""

PROCESS_BYTES = 1 << 30  # that the server and each kernel may allocate; Q5's explorer at its widest takes a third
PAGE_BYTES = 320 << 20  # that an open page takes on average
MACHINE_BYTES = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
TEMPLATES = REPOSITORY / "tools" / "jupyter"
OPTIONS = (
    "--template=homework",
    "--classic-tree",  # the other one fails to find a kernel
    "--VoilaConfiguration.extension_denylist=@jupyter-notebook/lab-extension",  # fails outside of Notebook
    "--VoilaExecutor.cell_error_instruction=The terminal of make app says why.",  # visitors see no traceback
    "--PasswordIdentityProvider.allow_password_change=False",  # or the login page offers to set a password
)

_address: ContextVar[str] = ContextVar("address")  # of the visitor whose request is being answered
_read_v1_header = kernel_websocket_handler.read_header_from_binary_message


def write_pages(folder: Path) -> list[Path]:
    """Write a notebook for each page to `folder`, named by its title; return their paths."""
    paths = []
    for title, explorers in PAGES.items():
        cells = [new_markdown_cell(f"# {title}", id="title")]
        for number, (heading, name) in enumerate(explorers.items()):
            module, _, function = name.partition(":")
            code = f"from nnlib.homework.{module} import {function}\n\n{function}()"
            cells.append(new_markdown_cell(f"## {heading}", id=f"heading{number}"))
            cells.append(new_code_cell(code, id=f"code{number}"))
        paths.append(folder / f"{title}.ipynb")
        write(new_notebook(cells=cells, metadata=METADATA), paths[-1])
    return paths


class Kernels(AsyncMappingKernelManager):
    """One kernel per open page, as many as the machine's memory holds, a few per visitor's address.

    Closing a page ends its kernel; `cull_idle_timeout` is for browsers that could not say so.
    """

    cull_interval = Integer(30, config=True)
    cull_idle_timeout = Integer(120, config=True)
    most = Integer(max(1, MACHINE_BYTES * 3 // 4 // PAGE_BYTES), config=True, help="How many pages may be open.")
    per_address = Integer(8, config=True, help="Pages that one address may have open; more where visitors share one.")

    _visitors = Dict()  # address by kernel id, from before the kernel starts

    async def start_kernel(self, *, env: dict[str, str], **kwargs: object) -> str:
        """Start the kernel of a page, with its own folder for trial logs; 503 or 429 at the limits."""
        address, kernel_id = _address.get(), str(uuid.uuid4())
        if len(self._visitors) >= self.most:
            raise HTTPError(503, reason=f"All {self.most} pages that fit this machine are open. Please try again later")
        if list(self._visitors.values()).count(address) >= self.per_address:
            raise HTTPError(429, reason=f"You have {self.per_address} pages open. Please close one and reload this one")
        self._visitors[kernel_id] = address
        env = {**env, "NNLIB_TRIAL_LOGS": str(Path(self.connection_dir) / f"trial_logs-{kernel_id}")}
        try:
            return await super().start_kernel(kernel_id=kernel_id, env=env, **kwargs)
        except BaseException:
            self._visitors.pop(kernel_id, None)
            raise

    def remove_kernel(self, kernel_id: str) -> None:
        """Forget a kernel that has ended."""
        self._visitors.pop(kernel_id, None)
        super().remove_kernel(kernel_id)


class AppServer(Voila):
    """Voila with `Kernels`, that prints an address which phones can open."""

    def initialize(self, argv: list[str] | None = None) -> None:
        """Read the command line and set the kernels' limits."""
        super().initialize(argv)
        # Otherwise closing a page does not end its kernel: https://github.com/voila-dashboards/voila/issues/1458
        self.tornado_settings = {"disable_check_xsrf": True, **self.tornado_settings}
        self.voila_configuration.multi_kernel_manager_class = Kernels
        self.voila_configuration.prelaunch_hook = lambda request, **_: _address.set(request.request.remote_ip) and None

    @property
    def display_url(self) -> str:
        """The link to print; where the server listens on all addresses, by number: phones cannot resolve its name."""
        url, anywhere = super().display_url, self.ip in ("", "0.0.0.0") and not self.custom_display_url
        return url.replace(socket.gethostname(), own_address(), 1) if anywhere else url


def own_address() -> str:
    """Return this machine's IPv4 address in its network, its name without one; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that RFC 5737 reserves for documentation
        except OSError:
            return socket.gethostname()
        return probe.getsockname()[0]


def read_header(message: bytes) -> dict | None:
    """Return the header of a binary message to a browser, None if it is not of the protocol v1.

    Voila 0.5.13 reads every binary message as v1, also on a websocket without that subprotocol ("WebSocket kernel wire
    protocols" in Jupyter Server's documentation): it takes the first 8 bytes for a number of offsets near 2**56 and
    lists them, until memory ends. What it looks for is the header of an execute_input, which is binary in v1 alone.
    """
    offsets = int.from_bytes(message[:8], "little")
    return _read_v1_header(message) if 8 * (offsets + 1) <= len(message) else None


def serve(arguments: Sequence[str]) -> None:
    """Serve a folder, the first of Voila's arguments; limit the memory of this process and so of its kernels."""
    resource.setrlimit(resource.RLIMIT_DATA, (PROCESS_BYTES, PROCESS_BYTES))
    kernel_websocket_handler.read_header_from_binary_message = read_header
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")])
    Path(jupyter_data_dir()).mkdir(parents=True, exist_ok=True)  # nbformat 5.10 keeps its key there and makes no folder
    AppServer.launch_instance([*OPTIONS, *arguments])


if __name__ == "__main__":
    write_pages(REPOSITORY / "build" / "app")
    serve([str(REPOSITORY / "build" / "app"), *sys.argv[1:]])
