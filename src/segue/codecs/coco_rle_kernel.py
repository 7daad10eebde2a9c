# mypy: disable-error-code="untyped-decorator, no-any-return"
"""The texts of COCO masks, compiled. Plain twin: ``segue.codecs.coco_rle_plain``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.storage.compiled import njit

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@njit(nogil=True)
def decode(texts: Bytes, start: Ints, offsets: Ints, counts: Ints, fault: Ints) -> int:
    """Fill in ``offsets``, ``counts`` and ``fault``; returns the number of counts."""
    n = 0
    for mask in range(len(start) - 1):
        first, at = n, start[mask]
        while at < start[mask + 1]:
            value, shift, more = 0, 0, True
            while more and fault[mask] == 0:
                if at == start[mask + 1]:
                    fault[mask] = 2
                    break
                group = texts[at] - 48
                if group < 0 or group > 63 or shift > 50:
                    fault[mask] = 1
                    break
                value |= (group & 31) << shift
                shift += 5
                more = group & 32 != 0
                at += 1
                if not more and group & 16:
                    value -= 1 << shift
            if fault[mask]:
                n = first
                break
            if n - first > 2:
                value += counts[n - 2]
            counts[n] = value
            n += 1
        offsets[mask + 1] = n
    return n


@njit(nogil=True)
def encode(start: Ints, counts: Ints, out: Bytes, out_start: Ints) -> int:
    """Fill in ``out`` and ``out_start``; returns the number of characters."""
    n = 0
    for mask in range(len(start) - 1):
        for at in range(start[mask], start[mask + 1]):
            value = counts[at]
            if at - start[mask] > 2:
                value -= counts[at - 2]
            while True:
                group = value & 31
                value >>= 5
                done = value == (-1 if group & 16 else 0)
                out[n] = group + (48 if done else 80)
                n += 1
                if done:
                    break
        out_start[mask + 1] = n
    return n
