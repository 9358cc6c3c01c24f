"""Small data files in the forms that the loaders read."""

import io
import struct
import tarfile
from pathlib import Path

import pytest

from nnlib.data.files import DataError
from nnlib.data.safe_pickle import load_pickled_arrays


def idx_bytes(values):
    """Return an IDX file's content for an array of unsigned bytes."""
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def packed(members):
    """Return a tar's bytes for {name: content}."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def python2_pickle(array):
    """Return a text-protocol pickle as Python 2 and NumPy 1 wrote it, the form of the course's file."""
    dtype, shape = array.dtype.str, "".join(f"I{length}\n" for length in array.shape)
    data = "".join(f"\\x{byte:02x}" for byte in array.tobytes())
    return (
        "(cnumpy.core.multiarray\n_reconstruct\np1\n(cnumpy\nndarray\np2\n(I0\ntS'b'\ntRp3\n"
        f"(I1\n({shape}tcnumpy\ndtype\np4\n(S'{dtype[1:]}'\nI0\nI1\ntRp5\n(I3\nS'{dtype[0]}'\nNNNI-1\nI-1\nI0\ntb"
        f"I00\nS'{data}'\ntbt."
    ).encode()


def load_pickle(content, count=1):
    return load_pickled_arrays(Path("folder/data.pkl"), content, count, "Copy it again.")


def assert_pickle_refused(content, match=".", count=1):
    """Assert that the error names the file, what was expected, what came, and what to do."""
    with pytest.raises(DataError, match=match) as caught:
        load_pickle(content, count)
    for part in ("data.pkl: expected a pickled tuple of", ", got ", "Copy it again."):
        assert part in str(caught.value)
    assert len(str(caught.value)) < 600
