"""Execute a notebook's cells in a fresh kernel of this interpreter."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from traitlets import default

from tools.notebook_files import clear_outputs, code_cells


class CellFailure(Exception):
    """A cell raised an error, or its kernel died; the message names the cell and the cause, with colour codes."""

    def __init__(self, number: int, total: int, source: str, error: str) -> None:
        line = source.strip().partition("\n")[0]
        super().__init__(f"code cell {number} of {total}, which begins\n    {line}\n{error}")


class ThisInterpreter(AsyncKernelManager):
    """Starts kernels of the running Python, whichever kernel the user's own Jupyter has registered as `python3`."""

    @default("transport_encryption")
    def _encrypt_where_supported(self) -> str:
        return "auto"  # otherwise newer kernels warn on stderr that other users of the machine could listen

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernel specification of `sys.executable`."""
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


def execute(
    notebook: NotebookNode, folder: Path, on_cell: Callable[[int, int], None], *, variables: Mapping[str, str]
) -> None:
    """Execute every code cell in order, in a fresh kernel, and store the outputs in `notebook` in place of its own.

    Args:
        notebook: changed in place, also when a cell fails.
        folder: the kernel's working directory.
        on_cell: called before each code cell with its number, from 1, and the number of code cells.
        variables: set in the kernel's environment, in addition to this process's.

    Raises:
        CellFailure: a cell raised an error or the kernel died; the cells after it hold no outputs.
    """
    # Ctrl-C cancels the task that asyncio.run runs. In the client's own synchronous methods it is raised wherever their
    # event loop happens to be, possibly while the kernel is being stopped, which is then left running.
    # Saved outputs hold no progress bars, and figures go into the notebook.
    own = {"TQDM_DISABLE": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    asyncio.run(_execute(notebook, folder, on_cell, {**os.environ, **own, **variables}))


async def _execute(
    notebook: NotebookNode, folder: Path, on_cell: Callable[[int, int], None], environment: Mapping[str, str]
) -> None:
    clear_outputs(notebook)
    total, number = len(code_cells(notebook)), 0
    client = NotebookClient(notebook, kernel_manager_class=ThisInterpreter, coalesce_streams=True)
    manager = client.km = client.create_kernel_manager()
    # Not with the client's context manager: its signal handler would replace asyncio.run's.
    try:
        await client.async_start_new_kernel(cwd=str(folder), env=environment)
        await client.async_start_new_kernel_client()
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            number += 1
            on_cell(number, total)
            try:
                await client.async_execute_cell(cell, index, execution_count=number)
            except CellExecutionError as error:
                raise CellFailure(number, total, cell.source, _traceback(cell, error)) from None
            except DeadKernelError:
                if asyncio.current_task().cancelling():  # the client turns a cancellation into this error
                    raise asyncio.CancelledError from None
                message = "The kernel died in this cell; the machine may have run out of memory."
                raise CellFailure(number, total, cell.source, message) from None
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)


def _traceback(cell: NotebookNode, error: CellExecutionError) -> str:
    lines = [line for output in cell.outputs if output.output_type == "error" for line in output.traceback]
    return "\n".join(lines) or f"{error.ename}: {error.evalue}"
