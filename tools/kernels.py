"""Execute a notebook's cells in a fresh kernel of this interpreter."""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from tools.notebook_files import clear_outputs


class CellFailure(Exception):
    """A cell raised an error, or its kernel died; the message names the cell and the cause, with colour codes."""

    def __init__(self, number: int, total: int, source: str, error: str) -> None:
        line = source.strip().partition("\n")[0]
        super().__init__(f"code cell {number} of {total}, which begins\n    {line}\n{error}")


async def execute(
    notebook: NotebookNode, folder: Path, *, variables: Mapping[str, str], executed: Callable = lambda: None
) -> None:
    """Execute every code cell in order, in a fresh kernel, and store the outputs in `notebook`, also when a cell fails.

    The kernel works in `folder`, with `variables` in its environment in addition to this process's; `executed` is
    called after each cell. A task that is cancelled, as asyncio.run does after Ctrl-C, stops its kernel.

    Raises:
        CellFailure: a cell raised an error or the kernel died; the cells after it hold no outputs.
    """
    clear_outputs(notebook)
    cells = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    # Saved outputs hold no progress bars, and figures go into the notebook.
    own = {"TQDM_DISABLE": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    # Of no folder: the kernel is this Python's, whichever one the user's own Jupyter has registered as `python3`.
    specs = KernelSpecManager(kernel_dirs=[])
    # Unless encrypted, newer kernels warn on stderr that other users of the machine could listen.
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs, transport_encryption="auto")
    client = NotebookClient(notebook, manager, coalesce_streams=True)
    # Not with the client's context manager: its signal handler would replace asyncio.run's. In the client's synchronous
    # methods Ctrl-C is raised wherever their event loop happens to be, possibly while the kernel is being stopped.
    try:
        await client.async_start_new_kernel(cwd=str(folder), env={**os.environ, **own, **variables})
        await client.async_start_new_kernel_client()
        for number, (index, cell) in enumerate(cells, start=1):
            try:
                await client.async_execute_cell(cell, index, execution_count=number)
            except CellExecutionError as error:
                lines = [line for output in cell.outputs for line in output.get("traceback", ())]
                cause = "\n".join(lines) or f"{error.ename}: {error.evalue}"
                raise CellFailure(number, len(cells), cell.source, cause) from None
            except DeadKernelError:
                if asyncio.current_task().cancelling():  # the client turns a cancellation into this error
                    raise asyncio.CancelledError from None
                cause = "The kernel died in this cell; the machine may have run out of memory."
                raise CellFailure(number, len(cells), cell.source, cause) from None
            executed()
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)
