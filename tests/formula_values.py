"""What the names in the derivations' formulas stand for: what nnlib's functions compute on small random inputs."""

import itertools

import numpy as np

import nnlib
from nnlib.layers.conv import conv_filt, conv_full, conv_valid

FUNCTIONS = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "max": np.maximum,
    "sign": np.sign,
    "e": np.e,
    "*filt": conv_filt,
    "*full": conv_full,
    "*valid": conv_valid,
}
EPS = 1e-5


def slope(f, x, h=1e-6):
    """Return df/dx by centred differences, in the shape of x."""
    x, found = np.asarray(x, dtype=float), np.zeros(np.shape(x))
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        found[index] = (f(x + step) - f(x - step)) / (2 * h)
    return found[()]


def fully_connected():
    rng = np.random.default_rng(1)
    X, W, b, G = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=2), rng.normal(size=(3, 2))
    Y, cache = nnlib.fc_forward(X, W, b)
    dX, dW, db = nnlib.fc_backward(G, cache)
    values = {"X": X, "W": W, "b": b, "G": G, "Y": Y, "dX": dX, "dW": dW, "ones": np.ones(3)}
    return values | {"dL/dX": dX, "dL/dW": dW, "dL/db": db}, {"n": 3, "i": 4, "j": 2}


def relu():
    rng = np.random.default_rng(2)
    X, G = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    Y, cache = nnlib.relu_forward(X)
    return {"X": X, "Y": Y, "G": G, "dL/dY": G, "dL/dX": nnlib.relu_backward(G, cache)}, {}


def dropout(mode):
    rng = np.random.default_rng(3)
    X, G, p = rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), 0.6
    Y, cache = nnlib.dropout_forward(X, {"p": p, "mode": mode, "seed": 5})
    mask = np.random.RandomState(5).rand(3, 4) < p
    return {"X": X, "Y": Y, "G": G, "dL/dY": G, "M": mask, "p": p, "dL/dX": nnlib.dropout_backward(G, cache)}, {}


def batch_norm():
    """One feature of N = 5 examples."""
    rng = np.random.default_rng(4)
    X, G, gamma, beta = rng.normal(size=5), rng.normal(size=5), 1.7, -0.4
    Y, cache = nnlib.batchnorm_forward(X[:, None], np.array([gamma]), np.array([beta]), {"mode": "train", "eps": EPS})
    dX, dgamma, dbeta = nnlib.batchnorm_backward(G[:, None], cache)
    mu, var = X.mean(), X.var()
    sigma = np.sqrt(var + EPS)

    def loss(mu, sigma):
        return np.sum(G * (gamma * (X - mu) / sigma + beta))

    values = {"X": X, "G": G, "Y": Y[:, 0], "Xhat": (X - mu) / sigma, "gamma": gamma, "beta": beta, "N": 5, "eps": EPS}
    values |= {"mu": mu, "var": var, "sigma": sigma, "dL/dX": dX[:, 0], "dL/dgamma": dgamma[0], "dL/dbeta": dbeta[0]}
    values |= {"dmu/dX": slope(np.mean, X), "dvar/dX": slope(np.var, X)}
    values |= {"dsigma/dX": slope(lambda x: np.sqrt(x.var() + EPS), X)}
    values |= {"dL/dmu": slope(lambda m: loss(m, sigma), mu), "dL/dsigma": slope(lambda s: loss(mu, s), sigma)}
    return values, {"n": 5}


def spatial_batch_norm():
    rng = np.random.default_rng(5)
    X, G, gamma, beta = *rng.normal(size=(2, 2, 3, 4, 5)), rng.normal(size=3), rng.normal(size=3)
    _, cache = nnlib.spatial_batchnorm_forward(X, gamma, beta, {"mode": "train", "eps": EPS})
    dX, dgamma, dbeta = nnlib.spatial_batchnorm_backward(G, cache)
    mu, sigma = (part[None, :, None, None] for part in (X.mean((0, 2, 3)), np.sqrt(X.var((0, 2, 3)) + EPS)))
    values = {"X": X, "G": G, "Xhat": (X - mu) / sigma, "gamma": gamma, "sigma": sigma.ravel()}
    values |= {"N": 2, "H": 4, "W": 5, "NHW": 40, "dL/dX": dX, "dL/dgamma": dgamma, "dL/dbeta": dbeta}
    return values, {"n": 2, "c": 3, "i": 4, "j": 5}


def planes():
    """Two images a (4 x 5) and b (2 x 3), for the definitions of the three convolutions."""
    rng = np.random.default_rng(6)
    sizes = {"k": 5, "l": 6, "u": 2, "v": 3, "i": 3, "j": 3}
    return {"a": rng.normal(size=(4, 5)), "b": rng.normal(size=(2, 3)), "H'": 2, "W'": 3}, sizes


def conv():
    rng = np.random.default_rng(7)
    X, W = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(2, 3, 2, 3))
    Y, cache = nnlib.conv_forward(X, W)
    G = rng.normal(size=Y.shape)
    dX, dW = nnlib.conv_backward(G, cache)
    values = {"X": X, "W": W, "Y": Y, "G": G, "dL/dX": dX, "dL/dW": dW}
    return values, {"n": 2, "f": 2, "c": 3, "p": 4, "q": 4, "u": 2, "v": 3, "i": 5, "j": 6}


def conv_as_matrices():
    """The layer with every window as a column: Y = W im2col(X)."""
    values, sizes = conv()
    X, W, Y, G, (F, C, H, V) = *(values[name] for name in "XWYG"), values["W"].shape
    P, Q = Y.shape[2:]

    def columns(images):
        windows = np.lib.stride_tricks.sliding_window_view(images, (H, V), axis=(2, 3))  # (N, C, P, Q, H', W')
        return windows.transpose(1, 4, 5, 0, 2, 3).reshape(C * H * V, -1)

    def images(matrix):
        parts, found = matrix.reshape(C, H, V, len(X), P, Q), np.zeros(X.shape)
        for u, v in itertools.product(range(H), range(V)):
            found[:, :, u : u + P, v : v + Q] += parts[:, u, v].transpose(1, 0, 2, 3)
        return found

    flat = {"W": W.reshape(F, -1), "X": X, "Y": Y.swapaxes(0, 1).reshape(F, -1), "G": G.swapaxes(0, 1).reshape(F, -1)}
    flat |= {"im2col": columns, "col2im": images, "dX": values["dL/dX"], "dW": values["dL/dW"].reshape(F, -1)}
    return flat | {"Wbold": flat["W"], "Xbold": columns(X), "Ybold": flat["Y"]}, sizes


def binary_loss(loss):
    rng = np.random.default_rng(8)
    x, y = rng.normal(scale=2, size=6), np.array([0, 1, 1, 0, 1, 0])
    value, gradient = loss(x, y)
    signs = 2 * y - 1
    values = {"x": x, "s": signs, "t": signs, "y": y, "m": signs * x, "N": 6, "L": value, "dL/dx": gradient}
    return values, {"n": 6}


def of_scores(loss):
    """The notebooks' names: s are the scores, t the signs, and sigma is the sigmoid."""
    values, sizes = binary_loss(loss)
    return values | {"s": values["x"], "dL/ds": values["dL/dx"], "sigma": lambda z: 1 / (1 + np.exp(-z))}, sizes


def softmax():
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(4, 3)), np.array([0, 2, 1, 2])
    value, gradient = nnlib.softmax_loss(x, y)
    P = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    values = {"x": x, "P": P, "y": y + 1, "N": 4, "L": value, "dL/dx": gradient, "dL/ds": gradient, "delta": np.eye(3)}
    return values, {"n": 4, "k": 3, "j": 3}


def svm_strength():
    """Four examples on a line, of which two are taken away: 3.2's example, by SVM's own gradient."""
    model = nnlib.SVM(1, reg=0.0, dtype=np.float64)
    model.params = {"W1": np.array([[0.5]]), "b1": np.array([0.0])}

    def strength(X, y):
        return -float(model.loss(X, y)[1]["W1"][0, 0]) / 0.5

    X, y = np.array([[-5.0], [-1.0], [1.0], [5.0]]), np.array([0, 0, 1, 1])
    return {"lambda": strength(X, y), "lambda'": strength(X[1:3], y[1:3]), "N": 4, "N'": 2}, {}


def positive_inputs():
    """The gradient of a layer's weights for one example whose inputs are positive."""
    values, _ = fully_connected()
    _, dW, _ = nnlib.fc_backward(
        values["G"][:1], nnlib.fc_forward(np.abs(values["X"][:1]), values["W"], values["b"])[1]
    )
    return {"G": values["G"][0], "dL/dW": dW}, {"i": 4, "j": 2}


def dropped_inputs():
    """A linear layer on dropped inputs: its test mode, and mean, variance and probabilities over all masks."""
    rng = np.random.default_rng(10)
    x, W, b, p = rng.normal(size=3), rng.normal(size=(3, 2)), rng.normal(size=2), 0.7
    test, _ = nnlib.dropout_forward(x[None], {"p": p, "mode": "test"})
    masks = np.array(list(itertools.product((0, 1), repeat=3)))
    weights = np.prod(np.where(masks == 1, p, 1 - p), axis=1)
    outputs = (masks * x) @ W + b
    mean = weights @ outputs
    logs = weights @ (outputs - np.log(np.exp(outputs).sum(axis=1, keepdims=True)))
    values = {"x": x, "W": W, "b": b, "p": p, "Y": nnlib.fc_forward(test, W, b)[0][0], "meanY": mean}
    values |= {"varY": weights @ (outputs - mean) ** 2, "renormalisedgeometricmean": np.exp(logs) / np.exp(logs).sum()}
    return values | {"softmax": lambda s: np.exp(s) / np.exp(s).sum()}, {"i": 3, "j": 2}


def updates(rule):
    """What an update rule is given, and the weights that it returns."""
    rng = np.random.default_rng(11)
    w, dw, average, square = rng.normal(size=(4, 5))
    square, config = square**2, dict(nnlib.optim.DEFAULTS[rule]) | {"learning_rate": 0.1}
    config |= {"epsilon": 0.1} if "epsilon" in config else {}  # large enough to be seen
    if rule == "adam":
        kept = {"m": average, "v": square, "t": 2}
        given = kept | {"t": 3}
    else:
        kept = {"velocity": average} if rule == "sgd_momentum" else {"cache": square}
        given = {"v": average, "cache": square}
    return {"w": w, "dw": dw, **config, **given}, getattr(nnlib.optim, rule)(w, dw, config | kept)[0]


def shrinks(rule, rate, curvature, momentum):
    """Return whether an update rule takes w to the minimum of curvature w^2 / 2."""
    w, config = np.array([1.0]), {"learning_rate": rate} | ({"momentum": momentum} if rule == "sgd_momentum" else {})
    for _ in range(3000):
        w, config = getattr(nnlib.optim, rule)(w, curvature * w, config)
        if abs(w[0]) > 1e6:
            return False
    return abs(w[0]) < 1e-3
