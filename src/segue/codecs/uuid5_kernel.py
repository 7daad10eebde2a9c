# mypy: disable-error-code="untyped-decorator, no-any-return"
"""UUIDs of version 5 (RFC 9562) of many texts: SHA-1 of a namespace and a text. Plain twin: ``uuid.uuid5``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.storage.compiled import njit

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint32]

_START = np.array([0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0], np.uint32)
_ADDED = np.array([0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6], np.uint32)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8).copy()
LENGTH = 37
"""Characters of a UUID and the line end behind it."""


@njit(nogil=True, _nrt=False)
def _rotated(word: np.uint32, bits: int) -> np.uint32:
    return np.uint32((word << np.uint32(bits)) | (word >> np.uint32(32 - bits)))


@njit(nogil=True, _nrt=False)
def _block(schedule: Words, state: Words) -> None:
    """Mix the 16 words at the start of ``schedule`` (80,) into ``state`` (5,)."""
    for t in range(16, 80):
        schedule[t] = _rotated(schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16], 1)
    a, b, c, d, e = state[0], state[1], state[2], state[3], state[4]
    for t in range(80):
        if t < 20:
            mixed = (b & c) | (~b & d)
        elif 40 <= t < 60:
            mixed = (b & c) | (b & d) | (c & d)
        else:
            mixed = b ^ c ^ d
        total = np.uint32(_rotated(a, 5) + np.uint32(mixed) + e + _ADDED[t // 20] + schedule[t])
        e, d, c, b, a = d, c, _rotated(b, 30), a, total
    state[0] += a
    state[1] += b
    state[2] += c
    state[3] += d
    state[4] += e


@njit(nogil=True, _nrt=False)
def _byte(space: Bytes, text: Bytes, begin: int, end: int, at: int, padded: int) -> int:
    """Byte ``at`` of the message: namespace, text, 0x80, zeros, length in bits."""
    length = 16 + end - begin
    if at < 16:
        return space[at]
    if at < length:
        return text[begin + at - 16]
    if at == length:
        return 0x80
    return (8 * length >> 8 * (padded - 1 - at)) & 255 if at >= padded - 8 else 0


@njit(nogil=True, _nrt=False)
def _hash(space: Bytes, text: Bytes, begin: int, end: int, schedule: Words, state: Words) -> None:
    for k in range(5):
        state[k] = _START[k]
    padded = (16 + end - begin + 9 + 63) // 64 * 64
    for block in range(0, padded, 64):
        for t in range(16):
            word = np.uint32(0)
            for k in range(4):
                word = np.uint32((word << np.uint32(8)) | np.uint32(_byte(space, text, begin, end, block + 4 * t + k, padded)))
            schedule[t] = word
        _block(schedule, state)


@njit(nogil=True, _nrt=False)
def uuid5(space: Bytes, text: Bytes, ends: Longs, schedule: Words, state: Words, out: Bytes) -> None:
    """Write the UUID of every text and a line end to ``out`` (texts * 37,).

    ``space`` (16,) is the namespace, ``text`` all texts in a row, ``ends`` (texts,) where each ends; ``schedule`` (80,) and ``state`` (5,)
    are work space.
    """
    begin = 0
    for row in range(ends.size):
        _hash(space, text, begin, ends[row], schedule, state)
        state[1] = np.uint32((state[1] & np.uint32(0xFFFF0FFF)) | np.uint32(0x5000))
        state[2] = np.uint32((state[2] & np.uint32(0x3FFFFFFF)) | np.uint32(0x80000000))
        at = row * LENGTH
        for digit in range(32):
            if digit == 8 or digit == 12 or digit == 16 or digit == 20:
                out[at] = 45
                at += 1
            out[at] = _HEX[(state[digit // 8] >> np.uint32(28 - 4 * (digit % 8))) & np.uint32(15)]
            at += 1
        out[at] = 10
        begin = ends[row]
