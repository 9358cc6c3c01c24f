"""A student's right answer works everywhere, whatever its cache, its helpers and its memory order.

Each set of functions below is right and differs from ours in its insides. The models that use it have to give the same
losses and gradients, and train to the same parameters. (That a memo leaves a trial's fingerprint as it was is tested in
tests/provenance/test_provenance_code.py; that batch norm's float32 dX at N = 2 is never judged, with the contract and
with the judge.)
"""

import numpy as np
import pytest

import nnlib
from nnlib import backend, layers
from nnlib.data import load_binary


def fc_course():
    """The course's own cache: (x, w, b)."""

    def forward(x, w, b):
        return x.reshape(len(x), -1).dot(w) + b, (x, w, b)

    def backward(dout, cache):
        x, w, _ = cache
        return dout.dot(w.T).reshape(x.shape), x.reshape(len(x), -1).T.dot(dout), np.sum(dout, axis=0)

    return {"fc_forward": forward, "fc_backward": backward}


def fc_dict():
    """A dict as cache, Fortran order everywhere, a list in place of a tuple as the result."""

    def forward(x, w, b):
        return np.asfortranarray(np.einsum("ni,ij->nj", x, w) + b), {"x": np.asfortranarray(x), "w": w}

    def backward(dout, cache):
        dx, dw = np.einsum("nj,ij->ni", dout, cache["w"]), np.einsum("ni,nj->ij", cache["x"], dout)
        return [np.asfortranarray(dx), np.asfortranarray(dw), np.add.reduce(dout)]

    return {"fc_forward": forward, "fc_backward": backward}


def fc_memo():
    """What backward needs stands in a memo of the module; the cache is its key."""
    memo = {}

    def forward(x, w, b):
        memo[len(memo)] = x, w
        return x @ w + b, len(memo) - 1

    def backward(dout, cache):
        x, w = memo.pop(cache)
        memo[cache] = None
        return dout @ w.T, x.T @ dout, dout.sum(axis=0)

    return {"fc_forward": forward, "fc_backward": backward}


def conv_loops():
    """Loops over the images, with a cache of lists."""

    def forward(x, w):
        out = [[sum(layers.conv_filt(c, k) for c, k in zip(image, kernel, strict=True)) for kernel in w] for image in x]
        return np.array(out, dtype=x.dtype), [x, w]

    def backward(dout, cache):
        x, w = cache
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for n, f in np.ndindex(dout.shape[:2]):
            for c in range(x.shape[1]):
                dx[n, c] += layers.conv_full(w[f, c], dout[n, f])
                dw[f, c] += layers.conv_filt(x[n, c], dout[n, f])
        return dx, dw

    return {"conv_forward": forward, "conv_backward": backward}


def conv_course():
    """The cache (x, w) and channels-last memory."""

    def forward(x, w):
        windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
        return np.einsum("ncpquv,fcuv->npqf", windows, w).transpose(0, 3, 1, 2), (x, w)

    def backward(dout, cache):
        x, w = cache
        windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
        kh, kw = w.shape[2:]
        padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
        spread = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))
        dx = np.einsum("nfijuv,fcuv->ncij", spread, w[:, :, ::-1, ::-1])
        return np.asfortranarray(dx), np.einsum("ncpquv,nfpq->fcuv", windows, dout)

    return {"conv_forward": forward, "conv_backward": backward}


def pool_masks():
    """A mask of the first maximum in each window, as a cache of bytes and shapes."""

    def forward(x, pool_param):
        size = pool_param["pool_height"]
        n, c, height, width = x.shape
        cut = x[:, :, : height // size * size, : width // size * size]
        blocks = cut.reshape(n, c, height // size, size, width // size, size).transpose(0, 1, 2, 4, 3, 5)
        flat = blocks.reshape(*blocks.shape[:4], -1)
        first = np.eye(size * size)[flat.argmax(-1)]
        return flat.max(-1), {"first": first, "shape": x.shape, "size": size}

    def backward(dout, cache):
        size, (n, c, height, width) = cache["size"], cache["shape"]
        spread = (dout[..., None] * cache["first"]).reshape(*dout.shape, size, size).transpose(0, 1, 2, 4, 3, 5)
        dx = np.zeros(cache["shape"], dout.dtype)
        part = spread.reshape(n, c, height // size * size, width // size * size)
        dx[:, :, : part.shape[2], : part.shape[3]] = part
        return dx

    return {"max_pool_forward": forward, "max_pool_backward": backward}


def norm_of_rows():
    """Batch norm without any helper of ours; it writes the running statistics, as the contract says, and no more."""

    def forward(x, gamma, beta, bn_param):
        if bn_param["mode"] == "train":
            mean, var = x.mean(0), x.var(0)
            m = bn_param.get("momentum", 0.9)
            bn_param["running_mean"] = m * bn_param.get("running_mean", 0 * mean) + (1 - m) * mean
            bn_param["running_var"] = m * bn_param.get("running_var", 0 * mean) + (1 - m) * var
        else:
            mean, var = bn_param["running_mean"], bn_param["running_var"]
        inverse = (var + bn_param.get("eps", 1e-5)) ** -0.5
        return np.asfortranarray(gamma * (x - mean) * inverse + beta), (x, mean, inverse, gamma, bn_param["mode"])

    def backward(dout, cache):
        x, mean, inverse, gamma, mode = cache
        x_hat = (x - mean) * inverse
        dgamma, dbeta = np.einsum("nd,nd->d", dout, x_hat), dout.sum(0)
        dx = gamma * inverse * (dout - (mode == "train") * (dout.mean(0) + x_hat * (dout * x_hat).mean(0)))
        return dx, dgamma, dbeta

    return {"batchnorm_forward": forward, "batchnorm_backward": backward}


def norm_of_images():
    """Spatial batch norm over the images' own axes, without a form for rows, and with a dict as cache."""

    def forward(x, gamma, beta, bn_param):
        channel = (1, -1, 1, 1)
        if bn_param["mode"] == "train":
            mean = np.einsum("nchw->c", x) / (x.size / x.shape[1])
            var = np.square(x - mean.reshape(channel)).mean((0, 2, 3))
            m = bn_param.get("momentum", 0.9)
            bn_param["running_mean"] = m * bn_param.get("running_mean", 0 * mean) + (1 - m) * mean
            bn_param["running_var"] = m * bn_param.get("running_var", 0 * mean) + (1 - m) * var
        else:
            mean, var = bn_param["running_mean"], bn_param["running_var"]
        scale = 1 / np.sqrt(var + bn_param.get("eps", 1e-5)).reshape(channel)
        x_hat = np.asfortranarray((x - mean.reshape(channel)) * scale)
        out = gamma.reshape(channel) * x_hat + beta.reshape(channel)
        return out, {"x_hat": x_hat, "factor": gamma.reshape(channel) * scale, "mode": bn_param["mode"]}

    def backward(dout, cache):
        x_hat, sums = cache["x_hat"], {"axis": (0, 2, 3), "keepdims": True}
        paths = dout.mean(**sums) + x_hat * (dout * x_hat).mean(**sums)
        dx = cache["factor"] * (dout - paths if cache["mode"] == "train" else dout)
        return dx, np.einsum("nchw,nchw->c", dout, x_hat), np.einsum("nchw->c", dout)

    return {"spatial_batchnorm_forward": forward, "spatial_batchnorm_backward": backward}


def relu_of_signs():
    """ReLU with its input as the cache."""
    return {
        "relu_forward": lambda x: ((x + np.abs(x)) / 2, x),
        "relu_backward": lambda dout, cache: np.where(cache > 0, dout, 0).astype(dout.dtype),
    }


def dropout_of_floats():
    """Dropout with the mask as floats and everything in one dict."""

    def forward(x, dropout_param):
        p = dropout_param["p"]
        if dropout_param["mode"] == "test":
            return x * p, {"mask": None, "p": p}
        if dropout_param.get("rng") is not None:
            u = dropout_param["rng"].random(x.shape, dtype=np.float32)
        else:
            u = np.random.RandomState(dropout_param["seed"]).rand(*x.shape)
        mask = np.asfortranarray((u < p).astype(x.dtype))
        return x * mask, {"mask": mask, "p": p}

    def backward(dout, cache):
        return dout * (cache["p"] if cache["mask"] is None else cache["mask"])

    return {"dropout_forward": forward, "dropout_backward": backward}


ANSWERS = [
    fc_course,
    fc_dict,
    fc_memo,
    conv_loops,
    conv_course,
    pool_masks,
    norm_of_rows,
    norm_of_images,
    relu_of_signs,
    dropout_of_floats,
]
answers = pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)


def install(monkeypatch, answer):
    """Replace functions as a student would, in the layer's own file and where the package hands it on."""
    for name, function in answer().items():
        defined_in = __import__("sys").modules[getattr(layers, name).__module__]
        monkeypatch.setattr(defined_in, name, function)
        monkeypatch.setattr(layers, name, function)


def models():
    """Fresh models that use every layer between them, plain, float64."""
    image = {"input_dim": (2, 7, 8), "num_filters": 3, "filter_size": 2, "hidden_dim": 6, "num_classes": 4}
    options = {"rng": 0, "dtype": np.float64, "weight_scale": None, "reg": 0.1}
    with backend.using("plain"):
        return {
            "logistic": (nnlib.LogisticClassifier(5, **options), (5,), 2),
            "svm": (nnlib.SVM(5, hidden_dim=4, **options), (5,), 2),
            "softmax": (nnlib.SoftmaxClassifier(5, hidden_dim=4, num_classes=3, **options), (5,), 3),
            "cnn": (nnlib.ConvNet(**image, **options), (2, 7, 8), 4),
            "cnn, batch norm, dropout": (
                nnlib.ConvNet(**image, **options, batchnorm=True, dropout=0.7),
                (2, 7, 8),
                4,
            ),
            "batch norm of vectors": (
                nnlib.Classifier(
                    nnlib.Sequential(
                        [nnlib.FullyConnected(4), nnlib.BatchNorm(), nnlib.ReLU(), nnlib.FullyConnected(3)],
                        (5,),
                        rng=0,
                        dtype=np.float64,
                    ),
                    nnlib.softmax_loss,
                ),
                (5,),
                3,
            ),
        }


def passes():
    """Return what three training steps and a test pass give in every model."""
    found = {}
    for name, (model, shape, classes) in models().items():
        rng = np.random.default_rng(1)
        X, y = rng.standard_normal((6, *shape)), np.arange(6) % classes
        for step in range(3):
            loss, grads = model.loss(X, y)
            found[name, step] = {"loss": np.array(loss), **grads, **model.state}
            model.params = {key: w - 0.1 * grads[key] for key, w in model.params.items()}
        found[name, "test"] = {"scores": model.loss(X)}
    return found


@answers
def test_every_model_trains_as_with_ours(answer, monkeypatch):
    expected = passes()
    install(monkeypatch, answer)
    for key, arrays in passes().items():
        for name, array in arrays.items():
            np.testing.assert_allclose(array, expected[key][name], rtol=1e-9, atol=1e-11, err_msg=f"{key}, {name}")


GRADED = {
    "fc_backward": ("logistic", "svm", "softmax", "cnn"),
    "conv_backward": ("cnn",),
    "relu_backward": ("softmax", "cnn"),
    "max_pool_backward": ("cnn",),
    "batchnorm_backward": ("cnn, batch norm, dropout", "batch norm of vectors"),
    "spatial_batchnorm_backward": ("cnn, batch norm, dropout",),
    "dropout_backward": ("cnn, batch norm, dropout",),
}


@pytest.mark.parametrize(("function", "model"), [(name, model) for name, used in GRADED.items() for model in used])
def test_a_mistake_in_a_graded_function_changes_every_model_that_has_the_layer(function, model, monkeypatch):
    """Models run the functions that are graded, all of them: linear ones fc_backward, ConvNet conv_backward."""
    expected = passes()[model, 0]
    right = getattr(layers, function)

    def wrong(dout, cache):
        result = right(dout, cache)
        return (*result[:-1], 2 * result[-1]) if isinstance(result, tuple) else 2 * result

    install(monkeypatch, lambda: {function: wrong})
    changed = passes()[model, 0]
    assert any(np.abs(changed[name] - array).max() > 1e-6 for name, array in expected.items())


def test_layers_are_computed_in_the_order_in_which_they_stand(monkeypatch):
    """ReLU before the max pool: a mistake in one is not hidden by the other's turn."""
    called = []
    for name in ("relu_forward", "max_pool_forward", "relu_backward", "max_pool_backward"):
        function = getattr(layers, name)
        monkeypatch.setattr(layers, name, lambda *args, f=function, n=name: (called.append(n), f(*args))[1])
    model, shape, _ = models()["cnn"]
    model.loss(np.zeros((2, *shape)), np.array([0, 1]))
    assert called == [
        *("relu_forward", "max_pool_forward", "relu_forward"),
        *("relu_backward", "max_pool_backward", "relu_backward"),
    ]


def test_batch_norm_that_stores_no_running_statistics_is_no_error_elsewhere(monkeypatch):
    """What is missing is the running statistics, not a key in another function."""

    def forward(x, gamma, beta, bn_param):
        x_hat = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)
        return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(x.var(0) + 1e-5), True)

    install(monkeypatch, lambda: {"batchnorm_forward": forward})
    model, shape, _ = models()["cnn, batch norm, dropout"]
    before = {name: array.copy() for name, array in model.state.items()}
    loss, _ = model.loss(np.random.default_rng(0).standard_normal((4, *shape)), np.arange(4))
    assert np.isfinite(loss)
    for name, array in model.state.items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("answer", [fc_course, fc_memo], ids=lambda answer: answer.__name__)
def test_the_solver_trains_with_it_to_the_same_parameters(answer, monkeypatch):
    def trained():
        with backend.using("plain"):
            model = nnlib.LogisticClassifier(20, hidden_dim=4, weight_scale=None, dtype=np.float64)
        nnlib.Solver(model, load_binary(), num_epochs=2, verbose=False).train()
        return model.params

    expected = trained()
    install(monkeypatch, answer)
    for name, array in trained().items():
        np.testing.assert_allclose(array, expected[name], rtol=1e-10, atol=1e-13)
