"""Checks in a notebook: each says at once whether it passed and why not, and the last cell counts them by item.

    checks = start("q1")                            # in the first cell
    with checks("1.2") as check:                    # one cell per item
        out, cache = relu_forward(x)
        check.equal("forward by hand", out, [0.0, 3.0])
    checks.tally()                                  # in the last cell

A cell that needs what is not written yet says "waits for 1.2" in place of a traceback.
"""

from nnlib.check.record import Checks
from nnlib.check.session import start

__all__ = ["Checks", "start"]
