"""Runs of small numbers as Parquet packs them (RLE and bit-packed, mixed), each replaced by what it stands for. Every byte is checked for being there.

Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/ (RLE = 3).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.codecs.varint_kernel import varint
from segue.storage.compiled import njit

Array = np.ndarray[Any, np.dtype[Any]]


@njit(nogil=True)
def look_up(data: Array, width: int, table: Array, out: Array) -> bool:
    """Fill ``out`` with the members of ``table`` that (n,) uint8 of numbers of ``width`` bits (0 to 32) name; False = they do not."""
    at, done, count, size = 0, 0, len(out), len(data)
    mask = np.uint64((np.int64(1) << width) - 1)
    while done < count:
        head, at = varint(data, at, 6)
        if at < 0:
            return False
        length = head >> 1
        if length == 0:
            return False
        if head & 1:
            taken = min(length * 8, count - done)
            if (taken * width + 7) // 8 > size - at:
                return False
            kept, bits, place = np.uint64(0), 0, at
            for _ in range(taken):
                while bits < width:
                    kept |= np.uint64(data[place]) << np.uint64(bits)
                    place += 1
                    bits += 8
                value = np.int64(kept & mask)
                kept >>= np.uint64(width)
                bits -= width
                if value >= len(table):
                    return False
                out[done] = table[value]
                done += 1
            at += length * width
        else:
            value = np.int64(0)
            if (width + 7) // 8 > size - at:
                return False
            for nth in range((width + 7) // 8):
                value |= np.int64(data[at]) << (8 * nth)
                at += 1
            if value >= len(table):
                return False
            end = min(done + length, count)
            out[done:end] = table[value]
            done = end
    return True
