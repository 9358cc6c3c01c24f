"""A progress bar that can be silenced."""

from __future__ import annotations

import os


def progress_bar(*, hidden: bool = False, **options: object):
    """Return a tqdm bar, which shows nothing if `hidden` or under TQDM_DISABLE=1; `options` are tqdm's."""
    from tqdm.auto import tqdm  # here, so that `import nnlib` does not pay for it

    silent = os.environ.get("TQDM_DISABLE", "") not in ("", "0")  # tqdm's notebook bar ignores this variable
    return tqdm(disable=hidden or silent, **options)
