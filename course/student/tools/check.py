"""Checks what is written: python -m tools.check [Q], with Q as in `make check Q=1.4`.

`python -m nnlib.check` would import all layers first, and stop at a syntax error in one of them.
"""

import runpy

runpy.run_module("nnlib.check", run_name="__main__", alter_sys=True)
