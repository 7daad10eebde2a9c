"""LZW as TIFF uses it (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first."""

from __future__ import annotations

import numpy as np

SMALL = 1 << 16
"""Decoded bytes up to which plain Python is faster than loading the compiled kernel."""
CLEAR, END, FIRST, MOST = 256, 257, 258, 4096


def lzw_decode(data: bytes, size: int) -> bytes:
    """At most ``size`` bytes.

    Raises
    ------
    ValueError
        A code refers to nothing.
    """
    if size <= SMALL:
        return _plain(data, size)
    from segue.codecs.tiff_lzw_kernel import decode

    out = np.empty(size, np.uint8)
    count = decode(np.frombuffer(data, np.uint8), out)
    if count < 0:
        raise ValueError("LZW code that refers to nothing")
    return out[:count].tobytes()


def _plain(data: bytes, size: int) -> bytes:
    table = [bytes([value]) for value in range(256)] + [b"", b""]
    out = bytearray()
    before = b""
    width, at = 9, 0
    total = len(data) * 8
    while at + width <= total and len(out) < size:
        window = int.from_bytes(data[at >> 3 : (at >> 3) + 3].ljust(3, b"\0"), "big")
        code = window >> (24 - width - (at & 7)) & ((1 << width) - 1)
        at += width
        if code == CLEAR:
            del table[FIRST:]
            width, before = 9, b""
            continue
        if code == END:
            break
        if code > len(table) or (code == len(table) and not before) or (not before and code > 255):
            raise ValueError("LZW code that refers to nothing")
        text = table[code] if code < len(table) else before + before[:1]
        out += text
        if before and len(table) < MOST:
            table.append(before + text[:1])
        before = text
        width = _width(len(table))
    return bytes(out[:size])


def _width(entries: int) -> int:
    """Bits of the next code: one more as soon as the last code but one of that width is taken."""
    return min(max((entries + 1).bit_length(), 9), 12)
