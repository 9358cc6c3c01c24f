"""5.1b max pooling, forward: wrong answers of set 11."""

from numpy.lib.stride_tricks import sliding_window_view

from nnlib.layers import arguments

# %% stride only along the rows -> stride-ignored


def max_pool_forward(x, pool_param):
    height, width, stride = sizes = arguments.max_pool(x, pool_param)
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride]
    flat = windows.reshape(*windows.shape[:4], -1)
    return flat.max(-1), (flat.argmax(-1), x.shape, sizes)


# %% windows are counted from the bottom right where a remainder is left -> none


def max_pool_forward(x, pool_param):
    height, width, stride = sizes = arguments.max_pool(x, pool_param)
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::-1, ::-1][:, :, ::stride, ::stride]
    flat = windows[:, :, ::-1, ::-1].reshape(*windows.shape[:4], -1)
    return flat.max(-1), (flat.argmax(-1), x.shape, sizes)
