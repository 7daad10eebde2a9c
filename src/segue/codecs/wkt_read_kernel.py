# mypy: disable-error-code="untyped-decorator, no-any-return"
"""Well-known text as vertices and offsets. Plain twin: ``segue.codecs.wkt_read_plain``, which also takes what this one is not sure of.

Numbers are those of JSON (``.5``, ``5.``, ``+5`` and ``05`` are left to the twin), spaces those of ASCII.
"""

from __future__ import annotations

import numpy as np

from segue.codecs.decimal_kernel import COMMA, Bytes, Doubles, Longs
from segue.codecs.json_number_kernel import number_at
from segue.codecs.json_scan_kernel import number_end
from segue.storage.compiled import njit

PLACE = (1 << 51) - 1
"""The bits of a NaN that hold where a number stands that needs the slow way."""
_QUIET = 0x7FF8 << 48
_OPEN, _CLOSE, _SPACE = 40, 41, 32
_POINT, _LINE, _POLYGON, _MULTI = (np.frombuffer(word, np.uint8).copy() for word in (b"POINT", b"LINESTRING", b"POLYGON", b"MULTI"))


@njit(nogil=True, _nrt=False)
def _space(b: Bytes, i: int) -> int:
    """Behind spaces; the last byte of ``b`` is none."""
    while b[i] == _SPACE or 9 <= b[i] <= 13:
        i += 1
    return i


@njit(nogil=True, _nrt=False)
def _word(b: Bytes, i: int, word: Bytes) -> int:
    """Behind a word, whose capitals do not matter; -1 if it does not stand there."""
    if i + word.size >= b.size:
        return -1
    for k in range(word.size):
        if b[i + k] & 0xDF != word[k]:
            return -1
    return i + word.size


@njit(nogil=True, _nrt=False)
def _mark(b: Bytes, i: int, mark: int) -> int:
    """Behind a bracket and spaces around it; -1 if it does not stand there."""
    i = _space(b, i)
    return _space(b, i + 1) if b[i] == mark else -1


@njit(nogil=True, _nrt=False)
def _number(b: Bytes, i: int, axis: int, coords: Doubles, bits: Longs, row: int, fault: Longs) -> int:
    """Read one number; behind it, or -1."""
    end, value = number_at(b, i, fault)
    if end >= 0 and np.isnan(value):
        end = number_end(b, i, fault)
        bits[row, axis] = _QUIET | i
    elif end >= 0:
        coords[row, axis] = value
    return end


@njit(nogil=True, _nrt=False)
def _list(b: Bytes, i: int, coords: Doubles, bits: Longs, ring: Longs, size: Longs, fault: Longs) -> int:
    """Read ``(x y, ...)`` as a ring; behind it, or -1."""
    i = _mark(b, i, _OPEN)
    if i < 0:
        return -1
    while True:
        row = size[0]
        i = _number(b, i, 0, coords, bits, row, fault)
        if i < 0:
            return -1
        begin = i
        i = _space(b, i)
        if i == begin:
            return -1
        i = _number(b, i, 1, coords, bits, row, fault)
        if i < 0:
            return -1
        size[0] += 1
        i = _space(b, i)
        if b[i] == _CLOSE:
            size[1] += 1
            ring[size[1]] = size[0]
            return _space(b, i + 1)
        if b[i] != COMMA:
            return -1
        i = _space(b, i + 1)


@njit(nogil=True, _nrt=False)
def _polygon(b: Bytes, i: int, coords: Doubles, bits: Longs, ring: Longs, part: Longs, size: Longs, fault: Longs) -> int:
    """Read ``((x y, ...), ...)`` as a part; behind it, or -1."""
    i = _mark(b, i, _OPEN)
    while i >= 0:
        i = _list(b, i, coords, bits, ring, size, fault)
        if i >= 0 and b[i] == _CLOSE:
            size[2] += 1
            part[size[2]] = size[1]
            return _space(b, i + 1)
        if i >= 0:
            i = _mark(b, i, COMMA)
    return -1


@njit(nogil=True, _nrt=False)
def _single(b: Bytes, i: int, coords: Doubles, bits: Longs, ring: Longs, part: Longs, size: Longs, fault: Longs) -> int:
    """Read ``(x y, ...)`` as a part of one ring; behind it, or -1."""
    i = _list(b, i, coords, bits, ring, size, fault)
    if i >= 0:
        size[2] += 1
        part[size[2]] = size[1]
    return i


@njit(nogil=True, _nrt=False)
def _several(b: Bytes, i: int, coords: Doubles, bits: Longs, ring: Longs, part: Longs, size: Longs, fault: Longs) -> int:
    """Read ``(((x y, ...), ...), ...)``; behind it, or -1."""
    i = _mark(b, i, _OPEN)
    while i >= 0:
        i = _polygon(b, i, coords, bits, ring, part, size, fault)
        if i >= 0 and b[i] == _CLOSE:
            return _space(b, i + 1)
        if i >= 0:
            i = _mark(b, i, COMMA)
    return -1


@njit(nogil=True, _nrt=False)
def _shape(b: Bytes, i: int, row: int, kinds: Bytes, coords: Doubles, bits: Longs, ring: Longs, part: Longs, size: Longs, fault: Longs) -> int:
    """Read one shape; behind it, or -1."""
    i = _space(b, i)
    end = _word(b, i, _POINT)
    if end >= 0:
        kinds[row] = 0
        vertices = size[0]
        end = _single(b, end, coords, bits, ring, part, size, fault)
        return end if size[0] == vertices + 1 else -1
    end = _word(b, i, _LINE)
    if end >= 0:
        kinds[row] = 1
        return _single(b, end, coords, bits, ring, part, size, fault)
    end = _word(b, i, _POLYGON)
    if end >= 0:
        kinds[row] = 2
        return _polygon(b, end, coords, bits, ring, part, size, fault)
    end = _word(b, i, _MULTI)
    end = _word(b, end, _POLYGON) if end >= 0 else -1
    kinds[row] = 3
    return _several(b, end, coords, bits, ring, part, size, fault) if end >= 0 else -1


@njit(nogil=True, _nrt=False)
def read(b: Bytes, separator: int, kinds: Bytes, coords: Doubles, bits: Longs, ring: Longs, part: Longs, shape: Longs, size: Longs, fault: Longs) -> bool:
    """Read texts, each followed by a separator. False where it is not sure that all are shapes.

    ``coords`` (at least as many as brackets and commas, 2) and ``bits``, the same as int64; ``ring``, ``part``, ``shape``: where each begins,
    written behind the 0 that is there; ``size`` (3,): vertices, rings, parts so far.
    """
    i = 0
    for row in range(kinds.size):
        i = _shape(b, i, row, kinds, coords, bits, ring, part, size, fault)
        if i < 0 or b[i] != separator:
            return False
        i += 1
        shape[row + 1] = size[2]
    return i == b.size
