# mypy: disable-error-code="untyped-decorator, no-any-return"
"""Vertices as ``[{"x":1,"y":2},...]`` between texts that are given. Plain twin: ``segue.codecs.nimbus_write_plain``."""

from __future__ import annotations

import numpy as np

from segue.codecs.geojson_write_kernel import CLOSE, COMMA, OPEN, Bytes, Doubles, Longs, copied, number_text, steps
from segue.storage.compiled import njit

_X, _Y = np.frombuffer(b'{"x":', np.uint8).copy(), np.frombuffer(b',"y":', np.uint8).copy()
_BRACE = 125


@njit(nogil=True, _nrt=False)
def _coordinate(out: Bytes, at: int, value: float, decimals: int, scale: float, slow: Bytes, cursor: Longs) -> int:
    """Write one number; ``cursor`` (1,) says how much of ``slow`` is used."""
    count = steps(value, scale)
    if count >= 0:
        return number_text(out, at, value, count, decimals)
    k = cursor[0]
    while slow[k] != COMMA:
        out[at] = slow[k]
        at += 1
        k += 1
    cursor[0] = k + 1
    return at


@njit(nogil=True, _nrt=False)
def write(
    coords: Doubles,
    start: Longs,
    before: Bytes,
    before_end: Longs,
    after: Bytes,
    after_end: Longs,
    mark: Bytes,
    mark_end: Longs,
    decimals: int,
    slow: Bytes,
    cursor: Longs,
    out: Bytes,
) -> int:
    """Write annotations: the text before, the vertices, the text after. Returns how many bytes.

    ``start`` (annotations + 1,) counts from the first vertex; ``..._end`` (annotations,) are where each text ends; ``mark`` stands behind the y
    of every vertex of an annotation.
    """
    scale = 10.0**decimals
    at = 0
    for row in range(start.size - 1):
        at = copied(out, at, before, before_end[row - 1] if row else 0, before_end[row])
        out[at] = OPEN
        at += 1
        for vertex in range(start[row], start[row + 1]):
            at = copied(out, at, _X, 0, _X.size)
            at = _coordinate(out, at, coords[vertex, 0], decimals, scale, slow, cursor)
            at = copied(out, at, _Y, 0, _Y.size)
            at = _coordinate(out, at, coords[vertex, 1], decimals, scale, slow, cursor)
            at = copied(out, at, mark, mark_end[row - 1] if row else 0, mark_end[row])
            out[at] = _BRACE
            out[at + 1] = COMMA
            at += 2
        if start[row] < start[row + 1]:
            at -= 1
        out[at] = CLOSE
        at = copied(out, at + 1, after, after_end[row - 1] if row else 0, after_end[row])
    return at
