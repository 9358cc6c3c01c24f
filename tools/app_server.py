"""The server of `make app`: Voila, within limits that keep one visitor from taking the machine from the others."""

from __future__ import annotations

import os
import resource
import socket
import sys
import uuid
from contextvars import ContextVar
from pathlib import Path

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from traitlets import Integer, default
from voila.app import Voila
from voila.tornado import kernel_websocket_handler

PROCESS_BYTES = 1 << 30
"""What the server and each kernel may allocate; Q5's explorer at its widest settings takes about a third."""

PAGE_BYTES = 320 << 20
"""What an open page takes on average, for the number of pages that fit the machine's memory."""

_address: ContextVar[str] = ContextVar("address")  # of the visitor whose request is being answered
_read_v1_header = kernel_websocket_handler.read_header_from_binary_message


class Kernels(AsyncMappingKernelManager):
    """One kernel per open page, as many as the machine's memory holds, a few per visitor's address.

    Closing a page ends its kernel; `cull_idle_timeout` is for browsers that could not say so.
    """

    cull_interval = Integer(30, config=True)
    cull_idle_timeout = Integer(120, config=True)
    most = Integer(config=True, help="How many pages may be open; by default as many as fit three quarters of memory.")
    per_address = Integer(8, config=True, help="How many pages one address may have open; more behind a shared one.")

    def __init__(self, **kwargs: object):
        super().__init__(**kwargs)
        self._visitors: dict[str, str] = {}  # address by kernel id, from before the kernel starts

    @default("most")
    def _most(self) -> int:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return max(1, memory * 3 // 4 // PAGE_BYTES)

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
        url = super().display_url
        if self.custom_display_url or self.ip not in ("", "0.0.0.0"):
            return url
        return url.replace(socket.gethostname(), own_address(), 1)


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

    Voila 0.5.13 reads every binary message as v1, also on a websocket without that subprotocol, whose messages start
    otherwise (Jupyter Server's documentation, "WebSocket kernel wire protocols"). It takes their first 8 bytes for a
    number of offsets near 2**56 and lists them, until memory ends. Only the header of an execute_input is looked for,
    which carries no buffers and so is binary in v1 alone. Not reported upstream as of 0.5.13.
    """
    offsets = int.from_bytes(message[:8], "little")
    return _read_v1_header(message) if 8 * (offsets + 1) <= len(message) else None


def main() -> None:
    """Limit the memory of this process, and so of the kernels that it starts; serve."""
    resource.setrlimit(resource.RLIMIT_DATA, (PROCESS_BYTES, PROCESS_BYTES))
    kernel_websocket_handler.read_header_from_binary_message = read_header
    AppServer.launch_instance(sys.argv[1:])


if __name__ == "__main__":
    main()
