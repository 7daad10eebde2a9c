# mypy: disable-error-code="untyped-decorator, no-any-return"
"""Shapes as well-known text. Plain twin: ``segue.codecs.wkt_write_plain``.

Numbers off the decimal grid take their texts from ``slow`` (``segue.codecs.decimal_kernel``).
"""

from __future__ import annotations

import numpy as np

from segue.codecs.decimal_kernel import COMMA, Bytes, Doubles, Longs, copied, number
from segue.storage.compiled import njit

_POINT, _LINE = np.frombuffer(b"POINT ", np.uint8).copy(), np.frombuffer(b"LINESTRING ", np.uint8).copy()
_MULTI, _POLYGON = np.frombuffer(b"MULTI", np.uint8).copy(), np.frombuffer(b"POLYGON ", np.uint8).copy()
_SPACE, _OPEN, _CLOSE = 32, 40, 41


@njit(nogil=True, _nrt=False)
def _ring(out: Bytes, at: int, coords: Doubles, first: int, last: int, repeat: int, decimals: int, scale: float, slow: Bytes, cursor: Longs) -> int:
    """Write ``(x y, ...)``; with ``repeat`` the first place again at the end."""
    out[at] = _OPEN
    at += 1
    begin, end = at, at
    for row in range(first, last):
        if row > first:
            out[at] = COMMA
            out[at + 1] = _SPACE
            at += 2
        at = number(out, at, coords[row, 0], decimals, scale, slow, cursor)
        out[at] = _SPACE
        at = number(out, at + 1, coords[row, 1], decimals, scale, slow, cursor)
        if row == first:
            end = at
    if repeat:
        out[at] = COMMA
        out[at + 1] = _SPACE
        at = copied(out, at + 2, out, begin, end)
    out[at] = _CLOSE
    return at + 1


@njit(nogil=True, _nrt=False)
def _parts(
    out: Bytes, at: int, coords: Doubles, ring: Longs, part: Longs, first: int, last: int, decimals: int, scale: float, slow: Bytes, cursor: Longs
) -> int:
    """Write ``((ring), ...)``, several with commas between them."""
    for one in range(first, last):
        if one > first:
            out[at] = COMMA
            out[at + 1] = _SPACE
            at += 2
        out[at] = _OPEN
        at += 1
        for nth in range(part[one], part[one + 1]):
            if nth > part[one]:
                out[at] = COMMA
                out[at + 1] = _SPACE
                at += 2
            at = _ring(out, at, coords, ring[nth], ring[nth + 1], 1, decimals, scale, slow, cursor)
        out[at] = _CLOSE
        at += 1
    return at


@njit(nogil=True, _nrt=False)
def write(kinds: Bytes, coords: Doubles, ring: Longs, part: Longs, shape: Longs, decimals: int, slow: Bytes, cursor: Longs, separator: int, out: Bytes) -> int:
    """Write shapes with a separator between them; returns how many bytes.

    ``kinds`` (shapes,): 0 point, 1 line, 2 area; ``ring``, ``part`` and ``shape`` are where vertices, rings and parts begin, from 0.
    """
    scale = 10.0**decimals
    at = 0
    for row in range(kinds.size):
        if row:
            out[at] = separator
            at += 1
        first, last = shape[row], shape[row + 1]
        if kinds[row] < 2:
            at = copied(out, at, _LINE, 0, _LINE.size) if kinds[row] else copied(out, at, _POINT, 0, _POINT.size)
            one = part[first]
            at = _ring(out, at, coords, ring[one], ring[one + 1], 0, decimals, scale, slow, cursor)
        elif last - first == 1:
            at = copied(out, at, _POLYGON, 0, _POLYGON.size)
            at = _parts(out, at, coords, ring, part, first, last, decimals, scale, slow, cursor)
        else:
            at = copied(out, at, _MULTI, 0, _MULTI.size)
            at = copied(out, at, _POLYGON, 0, _POLYGON.size)
            out[at] = _OPEN
            at = _parts(out, at + 1, coords, ring, part, first, last, decimals, scale, slow, cursor)
            out[at] = _CLOSE
            at += 1
    return at
