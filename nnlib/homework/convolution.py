"""The products whose sum is one element of a convolution, and matrices typed as text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nnlib import checks, conv_filt, conv_full, conv_valid
from nnlib.homework.arguments import checked

FUNCTIONS = {"valid": conv_valid, "full": conv_full, "filt": conv_filt}

FORMULAS = {
    "valid": "out[i, j] = Σ a[k, l] · b[i−k+H′, j−l+W′]",
    "full": "out[i, j] = Σ a[k, l] · b[i−k+1, j−l+1]",
    "filt": "out[i, j] = Σ a[i+u−1, j+v−1] · b[u, v]",
}
"""The handout's definitions; indices start at 1."""


class Term(NamedTuple):
    """One product: the indices (row, column), from 0, of its two factors in a and b."""

    in_a: tuple[int, int]
    in_b: tuple[int, int]


@checked
def terms(kind: str, a_shape: tuple[int, int], b_shape: tuple[int, int], i: int, j: int) -> list[Term]:
    """Return the products whose sum is element (i, j) of the output, in row-major order of a's elements.

    Args:
        kind: 'valid', 'full' or 'filt'.
        a_shape: (H, W).
        b_shape: (H', W').
        i: row of the output, from 0.
        j: column of the output, from 0.
    """
    checks.choice("kind", kind, tuple(FUNCTIONS))
    (height, width), found = b_shape, []
    for row, col in np.ndindex(a_shape):
        # FORMULAS solved for the index of b that meets a[row, col], with indices from 0
        u, v = {
            "valid": (i - row + height - 1, j - col + width - 1),
            "full": (i - row, j - col),
            "filt": (row - i, col - j),
        }[kind]
        if 0 <= u < height and 0 <= v < width:
            found.append(Term((row, col), (u, v)))
    return found


@checked
def parse_matrix(name: str, text: str, max_side: int) -> np.ndarray:
    """Parse a matrix: numbers separated by spaces or commas, rows by line breaks or semicolons.

    Args:
        name: of the matrix, for error messages.
        text: what was typed.
        max_side: the most rows and the most columns allowed.

    Returns:
        float64, (rows, columns).

    Raises:
        ValueError: the text is not a matrix of finite numbers, or the matrix is too large.
    """
    lines = [line.replace(",", " ").split() for line in text.replace(";", "\n").splitlines()]
    rows = [line for line in lines if line]
    todo = "Write one row per line, such as 1 2 3."
    checks.require(len(rows) > 0, name, "a matrix", "no numbers", todo)
    lengths = sorted({len(row) for row in rows})
    checks.require(
        len(lengths) == 1, name, "rows of equal length", f"rows of {lengths[0]} and {lengths[-1]} numbers", todo
    )
    largest = max(len(rows), lengths[0])
    checks.require(largest <= max_side, name, f"at most {max_side} rows and columns", f"{len(rows)} x {lengths[0]}")
    try:
        matrix = np.array(rows, dtype=float)
    except ValueError:
        wrong = next(word for row in rows for word in row if not _is_number(word))
        raise ValueError(f"{name}: expected numbers, got {wrong!r}. {todo}") from None
    checks.require(bool(np.isfinite(matrix).all()), name, "finite numbers", "NaN or infinity")
    return matrix


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
