"""Serve the homework's explorers as pages without code, for a lecture hall: what `make app` does.

A page is a small notebook with the same explorers as the homework's; Voila runs it in a separate kernel for each
visitor (`tools.app_server`). The command line's arguments go to Voila.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from nnlib.storage import REPOSITORY
from tools.notebook_files import METADATA, write

TEMPLATES = REPOSITORY / "tools" / "jupyter"

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


def write_pages(folder: Path) -> list[Path]:
    """Write a notebook for each page to `folder`, named by its title; return their paths."""
    paths = []
    for title, explorers in PAGES.items():
        cells = [new_markdown_cell(f"# {title}", id="title")]
        for number, (heading, name) in enumerate(explorers.items()):
            module, _, function = name.partition(":")
            code = f"from nnlib.homework.{module} import {function}\n\n{function}()"
            cells += [
                new_markdown_cell(f"## {heading}", id=f"heading{number}"),
                new_code_cell(code, id=f"code{number}"),
            ]
        paths.append(folder / f"{title}.ipynb")
        write(new_notebook(cells=cells, metadata=METADATA), paths[-1])
    return paths


def environment() -> dict[str, str]:
    """Return the server's environment, in which Jupyter finds this repository's page template."""
    return {**os.environ, "JUPYTER_PATH": os.pathsep.join([str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")])}


def command(folder: Path, arguments: list[str]) -> list[str]:
    """Return the command line that serves `folder`."""
    options = [
        "--template=homework",
        "--classic-tree",  # the other one fails to find a kernel
        "--VoilaConfiguration.extension_denylist=@jupyter-notebook/lab-extension",  # fails outside of Notebook
        "--VoilaExecutor.cell_error_instruction=The terminal of make app says why.",  # visitors see no traceback
        "--PasswordIdentityProvider.allow_password_change=False",  # or the login page offers to set a password
    ]
    return [sys.executable, "-m", "tools.app_server", str(folder), *options, *arguments]


def main() -> None:
    """Write the pages, then become the server."""
    folder = REPOSITORY / "build" / "app"
    write_pages(folder)
    arguments = command(folder, sys.argv[1:])
    os.execve(arguments[0], arguments, environment())  # not a child process: Ctrl-C and signals reach Voila


if __name__ == "__main__":
    main()
