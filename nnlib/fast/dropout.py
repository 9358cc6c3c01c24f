"""Dropout whose mask is compared with raw random bits, not with floats made of them.

What it saves: `dropout` in docs/bench.md.
"""

from __future__ import annotations

import math

import numpy as np

from nnlib.layers import arguments, dropout


def dropout_forward(x: np.ndarray, dropout_param: dict) -> tuple[np.ndarray, tuple]:
    """Drop or scale as `nnlib.layers.dropout_forward` does, with the same masks."""
    p, training = arguments.dropout(x, dropout_param)
    rng = dropout_param.get("rng")
    if not (training and isinstance(rng, np.random.Generator) and _two_halves_a_draw(rng, x.size)):
        return dropout.dropout_forward(x, dropout_param)
    # rng.random(dtype=np.float32) takes 32 bits per number, the lower half of a 64-bit draw first, and is their upper
    # 24 bits over 2**24. So u < p is bits < ceil(p * 2**24) * 2**8: no floats are made.
    bits = rng.integers(2**64, size=x.size // 2, dtype=np.uint64).view(np.uint32)
    highest = math.ceil(float(np.float32(p)) * 2**24) * 2**8 - 1  # of the bits of an element that is kept
    mask = np.empty_like(x, dtype=bool)  # in x's memory order, so that both are read in one order
    np.copyto(mask, (bits <= np.uint32(highest)).reshape(x.shape))  # booleans are the cheaper ones to put in order
    return x * mask, (mask, x.shape)


def _two_halves_a_draw(rng: np.random.Generator, size: int) -> bool:
    """Return whether `size` 32-bit numbers are whole 64-bit draws of PCG64 with no half left over from before."""
    return (
        size > 0
        and size % 2 == 0
        and isinstance(rng.bit_generator, np.random.PCG64)
        and np.little_endian
        and not rng.bit_generator.state["has_uint32"]
    )
