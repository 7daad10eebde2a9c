# mypy: disable-error-code="untyped-decorator, no-any-return, return-value"
"""Coordinates as GeoJSON text, between texts that are given. Plain twin: ``segue.codecs.geojson_write_plain``.

Numbers off the decimal grid take their texts from ``slow`` (``segue.codecs.decimal_kernel``).
"""

from __future__ import annotations

from segue.codecs.decimal_kernel import COMMA, Bytes, Doubles, Longs, copied, number, steps
from segue.storage.compiled import njit

OPEN, CLOSE = 91, 93


@njit(nogil=True, _nrt=False)
def _position(out: Bytes, at: int, coords: Doubles, row: int, decimals: int, scale: float, slow: Bytes, cursor: Longs) -> int:
    """Write ``[x,y],``; ``cursor`` (1,) says how much of ``slow`` is used."""
    out[at] = OPEN
    at = number(out, at + 1, coords[row, 0], decimals, scale, slow, cursor)
    out[at] = COMMA
    at = number(out, at + 1, coords[row, 1], decimals, scale, slow, cursor)
    out[at] = CLOSE
    out[at + 1] = COMMA
    return at + 2


@njit(nogil=True, _nrt=False)
def _pass_over(coords: Doubles, first: int, last: int, scale: float, slow: Bytes, cursor: Longs) -> None:
    """Use up the texts of numbers that are not written."""
    for row in range(first, last):
        for axis in range(2):
            if steps(coords[row, axis], scale) < 0:
                while slow[cursor[0]] != COMMA:
                    cursor[0] += 1
                cursor[0] += 1


@njit(nogil=True, _nrt=False)
def _closed(out: Bytes, at: int) -> int:
    """End an array whose members each end in a comma."""
    if out[at - 1] == COMMA:
        at -= 1
    out[at] = CLOSE
    out[at + 1] = COMMA
    return at + 2


@njit(nogil=True, _nrt=False)
def _ring(out: Bytes, at: int, coords: Doubles, first: int, last: int, repeat: int, decimals: int, scale: float, slow: Bytes, cursor: Longs) -> int:
    """Write ``[[x,y],...],``; with ``repeat`` the first position again at the end."""
    out[at] = OPEN
    at += 1
    begin, end = at, at
    for row in range(first, last):
        at = _position(out, at, coords, row, decimals, scale, slow, cursor)
        if row == first:
            end = at
    if repeat:
        at = copied(out, at, out, begin, end)
    return _closed(out, at)


@njit(nogil=True, _nrt=False)
def write(
    kinds: Bytes,
    coords: Doubles,
    ring_start: Longs,
    part_start: Longs,
    shape_start: Longs,
    before: Bytes,
    before_end: Longs,
    after: Bytes,
    after_end: Longs,
    decimals: int,
    slow: Bytes,
    cursor: Longs,
    out: Bytes,
) -> int:
    """Write shapes: the text before it, its coordinates, the text after it. Returns how many bytes.

    ``kinds`` (shapes,): 0 nothing, else the place in ``geojson_features.TYPES`` from 1. ``shape_start``, ``part_start`` and ``ring_start``
    are absolute; ``before_end`` and ``after_end`` (shapes,) are where each text ends.
    """
    scale = 10.0**decimals
    at = 0
    for shape in range(kinds.size):
        at = copied(out, at, before, before_end[shape - 1] if shape else 0, before_end[shape])
        kind = kinds[shape]
        first_part, last_part = shape_start[shape], shape_start[shape + 1]
        first_ring, last_ring = part_start[first_part], part_start[last_part]
        first, last = ring_start[first_ring], ring_start[last_ring]
        if kind <= 1:
            if kind == 1:
                at = _position(out, at, coords, first, decimals, scale, slow, cursor)
            _pass_over(coords, first + kind, last, scale, slow, cursor)
        elif kind == 2 or kind == 3:
            at = _ring(out, at, coords, first, last, 0, decimals, scale, slow, cursor)
        elif kind == 4 or kind == 5:
            out[at] = OPEN
            at += 1
            for ring in range(first_ring, last_ring):
                at = _ring(out, at, coords, ring_start[ring], ring_start[ring + 1], kind == 5, decimals, scale, slow, cursor)
            at = _closed(out, at)
        elif kind == 6:
            out[at] = OPEN
            at += 1
            for part in range(first_part, last_part):
                out[at] = OPEN
                at += 1
                for ring in range(part_start[part], part_start[part + 1]):
                    at = _ring(out, at, coords, ring_start[ring], ring_start[ring + 1], 1, decimals, scale, slow, cursor)
                at = _closed(out, at)
            at = _closed(out, at)
        if kind != 0:
            at -= 1  # the comma
        at = copied(out, at, after, after_end[shape - 1] if shape else 0, after_end[shape])
    return at
