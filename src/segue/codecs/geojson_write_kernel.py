# mypy: disable-error-code="untyped-decorator, no-any-return, return-value"
"""Coordinates as GeoJSON text, between texts that are given. Plain twin: ``segue.codecs.geojson_write_plain``.

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
OPEN, CLOSE, COMMA, MINUS, POINT, ZERO = 91, 93, 44, 45, 46, 48


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
def number_text(out: Bytes, at: int, value: float, count: int, decimals: int) -> int:
    """Write ``count`` steps of ``decimals`` decimals; behind it."""
    if value < 0.0 and count > 0:
        out[at] = MINUS
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
            out[k] = POINT
        else:
            out[k] = ZERO + count % 10
            count //= 10
    return at + length


@njit(nogil=True, _nrt=False)
def copied(out: Bytes, at: int, text: Bytes, begin: int, end: int) -> int:
    for k in range(begin, end):
        out[at] = text[k]
        at += 1
    return at


@njit(nogil=True, _nrt=False)
def _position(out: Bytes, at: int, coords: Doubles, row: int, decimals: int, scale: float, slow: Bytes, cursor: Longs) -> int:
    """Write ``[x,y],``; ``cursor`` (1,) says how much of ``slow`` is used."""
    out[at] = OPEN
    at += 1
    for axis in range(2):
        value = coords[row, axis]
        count = steps(value, scale)
        if count >= 0:
            at = number_text(out, at, value, count, decimals)
        else:
            k = cursor[0]
            while slow[k] != COMMA:
                out[at] = slow[k]
                at += 1
                k += 1
            cursor[0] = k + 1
        out[at] = COMMA if axis == 0 else CLOSE
        at += 1
    out[at] = COMMA
    return at + 1


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
