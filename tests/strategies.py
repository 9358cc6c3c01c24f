"""Hypothesis strategies: what the layers and losses are fed. Sides are drawn one by one: few images are square."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

BOUND = 8.0  # of the values: large enough to saturate a sigmoid's float32, small enough for a tight comparison


def values(shape, *, bound=BOUND):
    """float64 arrays of one shape, zeros, ties and constant rows among them."""
    return arrays(np.float64, shape, elements=st.floats(-bound, bound, allow_subnormal=False))


def sides(low=1, high=4):
    return st.integers(low, high)


def generators():
    """Generators, for the tests that want many values rather than curious ones."""
    return st.integers(0, 2**32 - 1).map(np.random.default_rng)


@st.composite
def fc_inputs(draw):
    """x (N, Din), w (Din, Dout), b (Dout,), dout (N, Dout)."""
    n, fan_in, fan_out = draw(sides()), draw(sides()), draw(sides())
    return tuple(draw(values(shape)) for shape in ((n, fan_in), (fan_in, fan_out), (fan_out,), (n, fan_out)))


@st.composite
def same_shape(draw, count):
    """`count` arrays of one shape, of 1 to 4 axes."""
    shape = tuple(draw(st.lists(sides(), min_size=1, max_size=4)))
    return tuple(draw(values(shape)) for _ in range(count))


@st.composite
def batch_norm_inputs(draw, *, spatial=False):
    """x (N, D) or (N, C, H, W), gamma, beta, dout.

    x is in 64ths, so that the mean of a constant feature is exact: batch norm enlarges its rounding 1/sqrt(eps) times,
    and two right answers would differ.
    """
    shape = tuple(draw(sides(1, 3 if spatial else 5)) for _ in range(4 if spatial else 2))
    gamma, beta = (draw(values((shape[1],))) for _ in range(2))
    return np.round(64 * draw(values(shape))) / 64, gamma, beta, draw(values(shape))


@st.composite
def image_and_kernel(draw):
    """a (H, W) and b (H', W') that lies inside it."""
    kernel = draw(sides(1, 3)), draw(sides(1, 3))
    image = tuple(side + draw(sides(0, 3)) for side in kernel)
    return draw(values(image)), draw(values(kernel))


@st.composite
def conv_inputs(draw):
    """x (N, C, H, W), w (F, C, H', W'), dout (N, F, H-H'+1, W-W'+1)."""
    n, c, f = draw(sides(1, 3)), draw(sides(1, 3)), draw(sides(1, 3))
    kernel = draw(sides(1, 3)), draw(sides(1, 3))
    out = draw(sides(1, 3)), draw(sides(1, 3))
    image = tuple(o + k - 1 for o, k in zip(out, kernel, strict=True))
    return tuple(draw(values(shape)) for shape in ((n, c, *image), (f, c, *kernel), (n, f, *out)))


@st.composite
def pool_inputs(draw, *, ties=False):
    """x (N, C, H, W), pool_param, dout (N, C, P, Q); windows that overlap, touch, or leave gaps and borders."""
    n, c = draw(sides(1, 2)), draw(sides(1, 2))
    height, width, stride = draw(sides(1, 3)), draw(sides(1, 3)), draw(sides(1, 3))
    image = height + draw(sides(0, 4)), width + draw(sides(0, 4))
    out = (image[0] - height) // stride + 1, (image[1] - width) // stride + 1
    if ties:
        x = draw(arrays(np.float64, (n, c, *image), elements=st.sampled_from([-1.0, 0.0, 2.0])))
    else:
        x = draw(values((n, c, *image)))
    return x, {"pool_height": height, "pool_width": width, "stride": stride}, draw(values((n, c, *out)))


@st.composite
def binary_batches(draw, bound=BOUND):
    """Scores (N,) and labels (N,) in {0, 1}."""
    n = draw(sides(1, 8))
    return draw(values((n,), bound=bound)), draw(arrays(np.int64, (n,), elements=st.integers(0, 1)))


@st.composite
def class_batches(draw, bound=BOUND):
    """Scores (N, K) and labels (N,) in [0, K)."""
    n, k = draw(sides(1, 6)), draw(sides(1, 5))
    return draw(values((n, k), bound=bound)), draw(arrays(np.int64, (n,), elements=st.integers(0, k - 1)))


def other_layouts(array):
    """Yield the same values in other memory layouts: by columns, every second of a larger array, backwards."""
    yield np.asfortranarray(array)
    wide = np.full([2 * side for side in array.shape], 7, dtype=array.dtype)
    every_second = wide[tuple(slice(1, None, 2) for _ in array.shape)]
    every_second[...] = array
    yield every_second
    flip = (slice(None, None, -1),) * array.ndim
    yield array[flip].copy()[flip]
