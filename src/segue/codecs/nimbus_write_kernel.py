# mypy: disable-error-code="untyped-decorator, no-any-return"
"""Vertices as ``[{"x":1,"y":2},...]`` between texts that are given. Plain twin: ``segue.codecs.nimbus_write_plain``."""

from __future__ import annotations

import numpy as np

from segue.codecs.decimal_kernel import COMMA, Bytes, Doubles, Longs, copied, number
from segue.storage.compiled import njit

_X, _Y = np.frombuffer(b'{"x":', np.uint8).copy(), np.frombuffer(b',"y":', np.uint8).copy()
_OPEN, _CLOSE, _BRACE = 91, 93, 125


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
        out[at] = _OPEN
        at += 1
        for vertex in range(start[row], start[row + 1]):
            at = copied(out, at, _X, 0, _X.size)
            at = number(out, at, coords[vertex, 0], decimals, scale, slow, cursor)
            at = copied(out, at, _Y, 0, _Y.size)
            at = number(out, at, coords[vertex, 1], decimals, scale, slow, cursor)
            at = copied(out, at, mark, mark_end[row - 1] if row else 0, mark_end[row])
            out[at] = _BRACE
            out[at + 1] = COMMA
            at += 2
        if start[row] < start[row + 1]:
            at -= 1
        out[at] = _CLOSE
        at = copied(out, at + 1, after, after_end[row - 1] if row else 0, after_end[row])
    return at
