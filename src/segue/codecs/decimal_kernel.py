# mypy: disable-error-code="untyped-decorator, no-any-return, return-value"
"""Numbers as text, for every text that coordinates are written to.

A number on the decimal grid is written with as many decimals as it needs; one off the grid takes its text from ``slow``, where the
texts of all such numbers stand in order, each followed by a comma.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.storage.compiled import njit

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

LARGEST = 1e15
"""Below this every integer has a text of at most 15 digits, which is the shortest one that reads back equal."""
COMMA = 44
_MINUS, _POINT, _ZERO = 45, 46, 48


@njit(nogil=True, _nrt=False)
def steps(value: float, scale: float) -> int:
    """How many steps of 1 / scale a number is without its sign; -1 if it is off that grid."""
    value = abs(value)
    if not value * scale < LARGEST:
        return -1
    count = np.int64(value * scale + 0.5)
    return count if count / scale == value else -1


@njit(nogil=True, _nrt=False)
def off_grid(coords: Doubles, scale: float, found: Doubles) -> int:
    """Collect the numbers that are off the grid, in order; returns how many there are (as many as fit are written)."""
    count = 0
    for row in range(len(coords)):
        for axis in range(2):
            if steps(coords[row, axis], scale) < 0:
                if count < found.size:
                    found[count] = coords[row, axis]
                count += 1
    return count


@njit(nogil=True, _nrt=False)
def _on_grid(out: Bytes, at: int, value: float, count: int, decimals: int) -> int:
    """Write ``count`` steps of ``decimals`` decimals; behind it."""
    if value < 0.0 and count > 0:
        out[at] = _MINUS
        at += 1
    while decimals > 0 and count % 10 == 0:
        count //= 10
        decimals -= 1
    length = 1
    rest = count // 10
    while rest > 0:
        rest //= 10
        length += 1
    length = max(length, decimals + 1) + (decimals > 0)
    for k in range(at + length - 1, at - 1, -1):
        if decimals > 0 and k == at + length - 1 - decimals:
            out[k] = _POINT
        else:
            out[k] = _ZERO + count % 10
            count //= 10
    return at + length


@njit(nogil=True, _nrt=False)
def number(out: Bytes, at: int, value: float, decimals: int, scale: float, slow: Bytes, cursor: Longs) -> int:
    """Write one number; ``cursor`` (1,) says how much of ``slow`` is used."""
    count = steps(value, scale)
    if count >= 0:
        return _on_grid(out, at, value, count, decimals)
    k = cursor[0]
    while slow[k] != COMMA:
        out[at] = slow[k]
        at += 1
        k += 1
    cursor[0] = k + 1
    return at


@njit(nogil=True, _nrt=False)
def copied(out: Bytes, at: int, text: Bytes, begin: int, end: int) -> int:
    for k in range(begin, end):
        out[at] = text[k]
        at += 1
    return at


def off_grid_numbers(coords: Doubles, scale: float) -> Doubles:
    """The numbers of (n, 2) coordinates that are off the grid, in order."""
    found = np.empty(off_grid(coords, scale, np.empty(0)))
    off_grid(coords, scale, found)
    return found
