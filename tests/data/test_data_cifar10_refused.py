"""CIFAR-10's JPEG copy: every wrong archive is refused, by the name of what is wrong, before harm is done."""

import lzma
import tarfile
import tracemalloc
import warnings

import pytest
from cifar10_archive import FIRST, archive_writer, member, packed, picture, refused, right_members

from nnlib.data import cifar10, load_jpeg_archive


@pytest.fixture
def write(tmp_path, monkeypatch):
    return archive_writer(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "name",
    [
        "/cifar10-images/train/cat/0009.jpg",
        "../cifar10-images/train/cat/0009.jpg",
        "cifar10-images/train/cat/../../../0009.jpg",
        "cifar10-images/train/cat/x/0009.jpg",
        "cifar10-images/train/cat/0009.jpg\n",
        "cifar10-images/train/cat/0009.png",
        "cifar10-images/train/cat/00099.jpg",
        "cifar10-images/train/cat/٠٠٠٩.jpg",
        "cifar10-images/val/cat/0009.jpg",
        "cifar10-images/train/lion/0009.jpg",
        "other/train/cat/0009.jpg",
        "README",
    ],
)
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE])
def test_other_names(write, name, kind):
    path = write(more=[member(name, type=kind)])
    refused(path, "only members cifar10-images/{train,test}/<class>/NNNN.jpg, got the name " + repr(name))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (tarfile.SYMTYPE, "a symbolic link"),
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "a pipe"),
        (tarfile.DIRTYPE, "a folder"),
        (tarfile.CONTTYPE, "a special file"),
    ],
)
def test_members_that_are_no_plain_files(write, kind, told):
    members = right_members()
    members.pop(FIRST)
    path = write(members, [member(FIRST, type=kind, linkname="/etc/passwd")])
    refused(path, f"expected {FIRST!r} to be a plain file, got {told}.")


def test_a_sparse_file(write):
    members = right_members()
    info, content = member(FIRST, members.pop(FIRST))
    info.pax_headers = {"GNU.sparse.map": f"0,{len(content)}", "GNU.sparse.size": str(len(content))}
    refused(write(members, [(info, content)]), f"expected {FIRST!r} to be a plain file, got a special file.")


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE])
def test_a_folders_name_for_something_else(write, kind):
    path = write(more=[member("cifar10-images/train/cat", type=kind, linkname="/etc")])
    told = "a plain file" if kind == tarfile.REGTYPE else "a symbolic link"
    refused(path, f"expected 'cifar10-images/train/cat' to be a folder, got {told}.")


def test_the_same_name_twice(write):
    refused(write(more=[member(FIRST, picture())]), f"expected {FIRST!r} once, got it twice.")


def test_a_member_of_many_bytes(write):
    content = picture()
    exactly = {**right_members(), FIRST: content + bytes(2**16 - len(content))}
    load_jpeg_archive(write(exactly))
    exactly[FIRST] += b"\0"
    refused(write(exactly), f"expected at most 65536 bytes in {FIRST!r}, got 65537.")


HUGE = picture().replace(b"\x00\x20\x00\x20\x03", b"\xff\xff\xff\xff\x03")  # 65,535 x 65,535
LARGE = picture().replace(b"\x00\x20\x00\x20\x03", b"\x27\x10\x27\x10\x03")  # 10,000 x 10,000


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (picture("PNG"), "a file that cannot be read as that (UnidentifiedImageError"),
        (picture("GIF", mode="P"), "a file that cannot be read as that (UnidentifiedImageError"),
        (picture(size=(33, 32)), "a JPEG of 33 x 32 in RGB."),
        (picture(size=(32, 31)), "a JPEG of 32 x 31 in RGB."),
        (picture(mode="L"), "a JPEG of 32 x 32 in L."),
        (picture(mode="CMYK"), "a JPEG of 32 x 32 in CMYK."),
        (picture()[:-200], "a file that cannot be read as that (OSError: "),
        (picture()[:30], "a file that cannot be read as that ("),
        (b"", "a file that cannot be read as that (UnidentifiedImageError"),
        (HUGE, "a file that cannot be read as that (DecompressionBombError"),
        (
            HUGE.replace(b"\xff\xff\xff\xff\x03", b"\x27\x10\x27\x10\x03"),
            "a file that cannot be read as that (DecompressionBombWarning",
        ),
    ],
)
def test_files_that_are_no_such_image(write, content, told):
    path = write({**right_members(), FIRST: content})
    refused(path, f"{path}: {FIRST}: expected a JPEG image of 32 x 32 pixels in RGB, got {told}")


def test_a_warning_of_pillows_is_an_error_whatever_the_callers_filters(write):
    path = write({**right_members(), FIRST: LARGE})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refused(path, "(DecompressionBombWarning")


def test_the_size_is_looked_at_before_anything_is_decoded(write, monkeypatch):
    path = write({**right_members(), FIRST: picture(size=(1000, 1000))})
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("it was decoded"))
    refused(path, "got a JPEG of 1000 x 1000 in RGB.")


def test_missing_and_surplus_images(write):
    members = right_members()
    del members["cifar10-images/train/cat/0001.jpg"], members["cifar10-images/test/dog/0000.jpg"]
    members["cifar10-images/train/ship/0007.jpg"] = picture()
    expected = "expected 2 train and 1 test images of each class, got "
    refused(write(members), expected + "1 in train/cat, 3 in train/ship, 0 in test/dog.")
    refused(write({}), expected + "0 in train/airplane, ")


def test_truncated_at_any_place(write):
    path = write()
    content = path.read_bytes()
    for length in [0, 1, 6, 12, 50, len(content) // 2, len(content) - 1]:
        path.write_bytes(content[:length])
        refused(path, "expected one whole xz stream, got a truncated file.")


def test_bytes_that_are_no_such_archive(write):
    path = write()
    content = path.read_bytes()
    path.write_bytes(content + b"more")
    refused(path, "expected one whole xz stream, got more bytes after it.")
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    refused(path, "expected one whole xz stream, got corrupt data (")
    path.write_bytes(packed(right_members()))
    refused(path, "expected one whole xz stream, got corrupt data (")
    path.write_bytes(lzma.compress(b"no tar" * 1000))
    refused(path, "expected a tar archive, got a file that cannot be read as that (ReadError")
    path.write_bytes(lzma.compress(packed(right_members())[:-15_000]))
    refused(path, "expected ")


REAL_DECOMPRESSOR = lzma.LZMADecompressor


def without_limit(form, memlimit):
    return REAL_DECOMPRESSOR(form)


def test_bombs(write, monkeypatch):
    path = write(more=[member("cifar10-images/test", type=tarfile.DIRTYPE)])
    size = len(lzma.decompress(path.read_bytes()))
    monkeypatch.setattr(cifar10, "_MAX_UNPACKED", size)
    monkeypatch.setattr(cifar10.lzma, "LZMADecompressor", without_limit)
    load_jpeg_archive(path)
    monkeypatch.setattr(cifar10, "_MAX_UNPACKED", size - 1)
    refused(path, f"expected at most {size - 1} bytes when unpacked, got more.")
    monkeypatch.setattr(cifar10, "_MAX_BYTES", path.stat().st_size - 1)
    refused(path, "got a longer file.")


def test_a_bomb_takes_little_memory(write, monkeypatch):
    path = write()
    path.write_bytes(lzma.compress(bytes(2**26), preset=0))
    monkeypatch.setattr(cifar10, "_MAX_BYTES", 2**20)  # room for that many is made before the file is read
    monkeypatch.setattr(cifar10, "_MAX_UNPACKED", 2**20)
    monkeypatch.setattr(cifar10.lzma, "LZMADecompressor", without_limit)
    tracemalloc.start()
    try:
        refused(path, "expected at most 1048576 bytes when unpacked, got more.")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**24


def test_an_xz_that_asks_for_much_memory(write, monkeypatch):
    path = write()
    monkeypatch.setattr(cifar10, "_MAX_UNPACKED", 2**20)
    refused(path, "got corrupt data (Memory usage limit exceeded)")


def test_no_such_file(tmp_path):
    refused(tmp_path / cifar10.ARCHIVE, "expected a readable file, got No such file or directory.")
