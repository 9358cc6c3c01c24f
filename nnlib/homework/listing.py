"""Show the package's code in a notebook without copying it there."""

from __future__ import annotations

import ast
import inspect
from textwrap import dedent

from nnlib import checks


def show_source(*objects: object) -> None:
    """Display the source of functions or classes, highlighted, each docstring cut to its first line.

    Args:
        objects: functions, methods or classes of nnlib.
    """
    from IPython.display import Markdown, display  # here: only a notebook has it loaded

    for item in objects:
        own = str(getattr(item, "__module__", "")).startswith("nnlib.")
        checks.require(own, "objects", "functions or classes of nnlib", repr(item)[:60])
    files = dict.fromkeys(item.__module__.replace(".", "/") + ".py" for item in objects)
    code = "\n\n\n".join(shown_source(item) for item in objects)
    display(Markdown(f"`{'`, `'.join(files)}`\n\n```python\n{code}\n```"))


def shown_source(item: object) -> str:
    """Return the source of a function or class, dedented, with the first line of its docstring alone.

    The decorator `checked`, which is not the subject, is left out.
    """
    lines = [line for line in dedent(inspect.getsource(item)).splitlines() if line.strip() != "@checked"]
    definition = ast.parse("\n".join(lines)).body[0]
    if ast.get_docstring(definition):
        docstring = definition.body[0]
        if docstring.end_lineno > docstring.lineno:
            lines[docstring.lineno - 1 : docstring.end_lineno] = [lines[docstring.lineno - 1] + '"""']
    return "\n".join(lines)
