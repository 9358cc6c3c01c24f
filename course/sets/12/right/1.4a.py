"""1.4a batch norm, forward: right answers of set 12."""

import numpy as np

from nnlib.layers import arguments

# %% features are rows inside, float64, cast at the end


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    kind = np.result_type(x, gamma, beta)
    cols = np.ascontiguousarray(x.T, dtype=np.float64)
    if training:
        m = cols.sum(axis=1, keepdims=True) / cols.shape[1]
        v = np.einsum("dn,dn->d", cols - m, cols - m)[:, None] / cols.shape[1]
        for key, now in ("running_mean", m), ("running_var", v):
            before = bn_param.get(key)
            before = 0.0 if before is None else before
            bn_param[key] = (momentum * before + (1.0 - momentum) * now[:, 0]).astype(x.dtype)
    else:
        m = bn_param["running_mean"].astype(float)[:, None]
        v = bn_param["running_var"].astype(float)[:, None]
    s = (v + eps) ** 0.5
    z = (cols - m) / s
    out = (z * gamma[:, None] + beta[:, None]).T.astype(kind)
    return out, (z.T.astype(x.dtype), gamma, s[:, 0].astype(x.dtype), training)
