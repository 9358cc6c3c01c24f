"""Checks in a notebook: each says at once whether it passed and why not, and the last cell counts them by item.

    checks = start("q1")                            # in the first cell
    with checks("1.2") as check:                    # one cell per item
        out, cache = relu_forward(x)
        check.equal("forward by hand", out, [0.0, 3.0])
    checks.tally()                                  # in the last cell

    check("1.4", hint=1)                            # anywhere: the code on disk, judged in a process of its own
    compare("1.4b", dx_hat=..., dsigma=...)         # a backward pass in stages, on the inputs of stage_inputs("1.4b")

A cell that needs what is not written yet says "waits for 1.2" in place of a traceback.
"""

from nnlib.check.record import Checks
from nnlib.check.report import check
from nnlib.check.session import start
from nnlib.check.stages import compare, stage_inputs

__all__ = ["Checks", "check", "compare", "stage_inputs", "start"]
