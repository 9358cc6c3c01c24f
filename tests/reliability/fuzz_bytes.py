"""Damaged and hostile bytes made from whole files: bits, lengths, pieces, repetitions, nesting."""

import random
from collections.abc import Callable

OPENERS = (b"(", b"[", b"{", b'{"a":', b"-", b"]", b"\x85", b"N", b"\0", b" ", b"9", b"a.")
NUMBERS = (b"99999999999", b"-1", b"1e999", b"NaN", b"true", b"null", b'"x"', b"0x7f", b"1" * 5000)


def mutated(seeds: list[bytes], rng: random.Random) -> bytes:
    """Return one of the files after one to three changes; it may come out unchanged."""
    data = rng.choice(seeds)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = rng.choice(CHANGES)(data, seeds, rng)
    return data


def _cut(data: bytes, rng: random.Random) -> tuple[int, int]:
    """Return the bounds of a piece, a short one in most cases."""
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 2, 4, 8, 16, rng.randrange(len(data) + 1))))


def flip(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Flip one bit."""
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def overwrite(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Put random bytes in place of others, or between them."""
    start, end = _cut(data, rng)
    return data[:start] + rng.randbytes(min(end - start, 64)) + data[start if rng.random() < 0.3 else end :]


def truncate(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Cut the end or the beginning off."""
    at = rng.randrange(len(data) + 1)
    return data[:at] if rng.random() < 0.8 else data[at:]


def remove(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Take a piece out."""
    start, end = _cut(data, rng)
    return data[:start] + data[end:]


def repeat(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Write a piece several times; the result stays below 64 KiB."""
    start, end = _cut(data, rng)
    times = min(rng.choice((2, 2, 3, 10, 300)), 2 + (1 << 16) // max(1, end - start))
    return data[:start] + data[start:end] * times + data[end:]


def splice(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Put a piece of another file in place of one."""
    (start, end), other = _cut(data, rng), rng.choice(seeds)
    begin, stop = _cut(other, rng)
    return data[:start] + other[begin:stop] + data[end:]


def length_field(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Write an integer of 1, 2, 4 or 8 bytes that no length should have, or one that is nearly the right one."""
    size = rng.choice((1, 2, 4, 4, 8))
    top = 1 << 8 * size
    value = rng.choice((0, 1, top - 1, top // 2, top // 2 - 1, len(data) % top, (len(data) + 1) % top, top // 16))
    at = rng.randrange(len(data) + 1)
    return data[:at] + value.to_bytes(size, rng.choice(("little", "big"))) + data[at + size :]


def number(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Write a number, or what is none, in place of a run of digits."""
    digits = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if not digits:
        return data
    start = end = rng.choice(digits)
    while end < len(data) and 48 <= data[end] <= 57:
        end += 1
    return data[:start] + rng.choice(NUMBERS) + data[end:]


def nest(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """Write something that opens a level, hundreds or thousands of times."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(OPENERS) * rng.choice((10, 300, 300, 5000)) + data[at:]


CHANGES: list[Callable[[bytes, list[bytes], random.Random], bytes]] = [
    flip,
    flip,
    overwrite,
    truncate,
    remove,
    repeat,
    splice,
    length_field,
    number,
    nest,
]
