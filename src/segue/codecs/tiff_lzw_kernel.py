"""LZW of TIFF, compiled. The plain twin is ``tiff_lzw._plain``."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.storage.compiled import njit

Array = np.ndarray[Any, np.dtype[Any]]


@njit(nogil=True)
def decode(data: Array, out: Array) -> int:
    """Decode uint8 into uint8; the number of bytes written, -1 where a code refers to nothing."""
    prefix = np.zeros(4096, np.int32)
    length = np.zeros(4096, np.int32)
    suffix = np.zeros(4096, np.uint8)
    for value in range(256):
        suffix[value] = value
        length[value] = 1
    written, entries, before, width = 0, 258, -1, 9
    first = suffix[0]
    held, bits, at = np.int64(0), 0, 0
    while written < out.size:
        while bits < width and at < data.size:
            held = (held << 8 | np.int64(data[at])) & 0xFFFFFFFF
            bits += 8
            at += 1
        if bits < width:
            break
        code = (held >> (bits - width)) & ((1 << width) - 1)
        bits -= width
        if code == 256:
            entries, before, width = 258, -1, 9
            continue
        if code == 257:
            break
        if code > entries or (code == entries and before < 0) or (before < 0 and code > 255):
            return -1
        known = code if code < entries else before
        count = length[known]
        walk = np.int64(known)
        for back in range(count - 1, -1, -1):
            if written + back < out.size:
                out[written + back] = suffix[walk]
            first = suffix[walk]
            walk = prefix[walk]
        if code == entries and written + count < out.size:
            out[written + count] = first
        written += count + (1 if code == entries else 0)
        if before >= 0 and entries < 4096:
            prefix[entries] = before
            suffix[entries] = first
            length[entries] = length[before] + 1
            entries += 1
        before = int(code)
        while width < 12 and entries >= (1 << width) - 1:
            width += 1
    return min(written, out.size)
