"""Which item an exception waits for: a function that is not written raises NotImplementedError("1.4 ...")."""

from __future__ import annotations

import re

ITEM = r"\d\.\d[a-z]?"
PYTORCH = "PyTorch: make setup-q6"


def item_in(error: BaseException) -> str:
    """Return the item that `error` says is not written, PyTorch if it is not installed, or an empty string.

    A worker's or a sweep's error holds the exception's text: "... NotImplementedError: 1.4 batch norm ...".
    """
    if isinstance(error, ModuleNotFoundError) and error.name in ("torch", "torchvision"):
        return PYTORCH
    if isinstance(error, NotImplementedError) and (found := re.match(ITEM, str(error))):
        return found[0]
    found = re.search(rf"NotImplementedError: ({ITEM})\b", str(error))
    return found[1] if found else ""
