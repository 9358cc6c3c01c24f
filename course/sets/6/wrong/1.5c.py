"""1.5c convolutional layer, backward: wrong answers."""


# %% dW squares the image -> extra-factor
def conv_backward(dout, cache):
    x_shape, columns, w, _ = cache
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    return col2im(w.reshape(len(w), -1).T @ g, x_shape, w.shape[2:]), (g @ (columns**2).T).reshape(w.shape)


# %% dW of the mean gradient -> only-the-mean
def conv_backward(dout, cache):
    x_shape, columns, w, _ = cache
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    dw = (g.mean(1, keepdims=True) @ columns.sum(1)[None]).reshape(w.shape)
    return col2im(w.reshape(len(w), -1).T @ g, x_shape, w.shape[2:]), dw
