"""Snappy, unpacked. Every byte is checked for being there.

Source: https://github.com/google/snappy/blob/main/format_description.txt
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.codecs.varint_kernel import varint
from segue.storage.compiled import njit

Array = np.ndarray[Any, np.dtype[Any]]


@njit(nogil=True)
def unpack(data: Array, out: Array) -> bool:
    """Unpack (n,) uint8 into ``out``, all of it; False = it is damaged, or of another length."""
    done, size, total = 0, len(data), len(out)
    length: Any
    back: Any
    stated, at = varint(data, 0, 5)
    if at < 0 or stated != total:
        return False
    while at < size:
        tag = np.int64(data[at])
        at += 1
        kind = tag & 3
        if kind == 0:
            length = (tag >> 2) + 1
            if length > 60:
                more = length - 60
                if more > size - at:
                    return False
                length = 1
                for nth in range(more):
                    length += np.int64(data[at]) << (8 * nth)
                    at += 1
            if length > size - at or length > total - done:
                return False
            out[done : done + length] = data[at : at + length]
            at += length
        else:
            more = 1 if kind == 1 else 2 if kind == 2 else 4
            if more > size - at:
                return False
            back = (tag >> 5) << 8 if kind == 1 else 0
            length = ((tag >> 2) & 7) + 4 if kind == 1 else (tag >> 2) + 1
            for nth in range(more):
                back |= np.int64(data[at]) << (8 * nth)
                at += 1
            if back == 0 or back > done or length > total - done:
                return False
            for nth in range(done, done + length):
                out[nth] = out[nth - back]
        done += length
    return done == total
