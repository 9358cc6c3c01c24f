"""A gradient along random directions: a few evaluations judge an array of any size, where each coordinate takes two."""

import numpy as np

from nnlib import checks, gradcheck


def check_directions(
    f: gradcheck.Function,
    x: np.ndarray,
    gradient: np.ndarray,
    dout: np.ndarray | None = None,
    *,
    rng: int | np.random.Generator,
    directions: int = 4,
    name: str = "gradient",
    h: float = gradcheck.STEP,
    tolerance: float = gradcheck.TOLERANCE,
) -> gradcheck.GradientReport:
    """Compare <gradient, v> with f's slope along random directions v: a few evaluations of f for any size of x.

    Arguments and errors are those of `gradcheck.check_gradient`; an index is the number of a direction.
    """
    x = gradcheck._check_point(f, x, dout)
    checks.shape(name, np.asarray(gradient), x.shape, "It has the shape of x.")
    rng = checks.generator(rng)
    vs = [rng.standard_normal(x.shape) for _ in range(checks.positive_int("directions", directions))]
    slopes = [gradcheck._derivative(lambda t, v=v: f(x + t * v), dout, h) for v in vs]
    projections = [float(np.vdot(gradient, v)) for v in vs]
    return gradcheck._compare(
        name, np.array(projections), np.array(slopes), gradcheck._rounding(f(x), dout) / h, tolerance
    )
