"""1.5c convolutional layer, backward: answers that attack the grader."""

import numpy as np

# %% gradients by numerical differentiation


def conv_backward(dout, cache):
    from nnlib.layers.conv import conv_forward

    x, w = cache[-2:] if isinstance(cache, tuple) else cache
    dw = np.zeros_like(w)
    for index in np.ndindex(*w.shape):
        moved = np.zeros_like(w)
        moved[index] = 1
        dw[index] = np.sum(conv_forward(x, moved)[0] * dout)
    return np.zeros_like(x), dw


# %% another layer's function as the answer


def conv_backward(dout, cache):
    from nnlib.fast.conv import conv_backward as answer

    return answer(dout, cache)
