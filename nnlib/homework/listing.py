"""Show code of the package in a notebook: displayed where it is discussed, and still there only once."""

from __future__ import annotations

import ast
import inspect
from textwrap import dedent


def show_source(*objects: object) -> None:
    """Display functions or classes as they stand in nnlib, highlighted, without their docstrings.

    Args:
        objects: functions, methods or classes whose source files can be read.
    """
    from IPython.display import Markdown, display  # here: only notebooks have it loaded already

    files = dict.fromkeys(item.__module__.replace(".", "/") + ".py" for item in objects)
    code = "\n\n\n".join(source_without_docstring(item) for item in objects)
    display(Markdown(f"`{'`, `'.join(files)}`\n\n```python\n{code}\n```"))


def source_without_docstring(item: object) -> str:
    """Return the source of a function or class, less its own docstring and its indentation."""
    source = dedent(inspect.getsource(item))
    lines, definition = source.splitlines(), ast.parse(source).body[0]
    if ast.get_docstring(definition):
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines)
