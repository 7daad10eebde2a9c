# mypy: disable-error-code="untyped-decorator, no-any-return, return-value"
"""Whole numbers in seven bits a byte, the lowest first; every byte is checked for being there."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.storage.compiled import njit

Array = np.ndarray[Any, np.dtype[Any]]


@njit(nogil=True)
def varint(data: Array, at: int, longest: int) -> tuple[int, int]:
    """The number at a byte of (n,) uint8, and the byte behind it: -1 if it is cut off, or has more bytes than the longest has."""
    value = np.int64(0)
    for nth in range(longest):
        if at >= len(data):
            return value, -1
        byte = np.int64(data[at])
        at += 1
        value |= (byte & 127) << (7 * nth)
        if byte < 128:
            return value, at
    return value, -1
