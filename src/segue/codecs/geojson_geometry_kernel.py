"""One GeoJSON geometry object, with QuPath's ``plane`` and ``isEllipse``. Plain twin: ``segue.codecs.geojson_plain``."""

# mypy: disable-error-code="untyped-decorator, no-any-return"
from __future__ import annotations

import numpy as np

from segue.codecs.geojson_coordinates_kernel import ESCAPED, PARTS, SHAPE_START, SHAPES, Doubles, coordinates
from segue.codecs.json_member_kernel import member, next_member, quoted
from segue.codecs.json_number_kernel import number_at
from segue.codecs.json_scan_kernel import (
    MINUS,
    OBJECT_CLOSE,
    OBJECT_OPEN,
    SHALLOW,
    Bytes,
    Longs,
    fail,
    has_escape,
    is_text,
    value_end,
)
from segue.storage.compiled import njit

GEOMETRY, COORDINATES = 9, 10
"""Codes of faults: a geometry with a known type; its coordinates."""
POINT, MULTIPOINT, LINE, MULTILINE, POLYGON, MULTIPOLYGON, COLLECTION = range(1, 8)
ROW, ROLE, KIND, C, Z, T, ELLIPSE, STATED = range(8)
"""Columns of ``shapes`` (shapes, 8) int64; the role is 0 for the geometry of a feature and 1 for its nucleus, STATED is 1 if it has a plane."""


_TYPE, _COORDINATES, _PLANE, _ELLIPSE = quoted("type"), quoted("coordinates"), quoted("plane"), quoted("isEllipse")
_POINT, _MULTIPOINT, _LINE, _MULTILINE = quoted("Point"), quoted("MultiPoint"), quoted("LineString"), quoted("MultiLineString")
_POLYGON, _MULTIPOLYGON, _COLLECTION = quoted("Polygon"), quoted("MultiPolygon"), quoted("GeometryCollection")
_CLOSED = (False, False, False, False, False, True, True, False)
_NESTING = (0, 1, 2, 2, 3, 3, 4, 0)


@njit(nogil=True, _nrt=False)
def geometry_kind(b: Bytes, i: int) -> int:
    """The kind that the text at i names; 0 for anything else."""
    if is_text(b, i, _POLYGON):
        return POLYGON
    if is_text(b, i, _MULTIPOLYGON):
        return MULTIPOLYGON
    if is_text(b, i, _POINT):
        return POINT
    if is_text(b, i, _LINE):
        return LINE
    if is_text(b, i, _MULTIPOINT):
        return MULTIPOINT
    if is_text(b, i, _MULTILINE):
        return MULTILINE
    return COLLECTION if is_text(b, i, _COLLECTION) else 0


@njit(nogil=True, _nrt=False)
def _plane(b: Bytes, i: int, depth: int, shape: int, shapes: Longs, stack: Bytes, fault: Longs) -> int:
    """Read ``{"c": -1, "z": 0, "t": 3}`` into a row of ``shapes``; other names and values are passed over."""
    if b[i] != OBJECT_OPEN:
        return value_end(b, i, depth, stack, fault)
    if depth >= stack.size:
        return fail(fault, i, SHALLOW)
    shapes[shape, STATED] = 1
    first = True
    i += 1
    while True:
        name = next_member(b, i, first, fault)
        if name < 0 or b[name] == OBJECT_CLOSE:
            return name + 1 if name >= 0 else -1
        first = False
        end, i = member(b, name, fault)
        if i < 0:
            return -1
        if end - name == 3 and (b[i] == MINUS or 48 <= b[i] <= 57):
            i, value = number_at(b, i, fault)
            if -1.0 <= value < 2147483648.0 and i >= 0:
                if b[name + 1] == 99:
                    shapes[shape, C] = np.int64(value)
                elif b[name + 1] == 122:
                    shapes[shape, Z] = np.int64(value)
                elif b[name + 1] == 116:
                    shapes[shape, T] = np.int64(value)
        else:
            i = value_end(b, i, depth + 1, stack, fault)
        if i < 0:
            return -1


@njit(nogil=True, _nrt=False)
def geometry(b: Bytes, i: int, depth: int, feature: int, role: int, shapes: Longs, starts: Longs, coords: Doubles, state: Longs, stack: Bytes) -> int:
    """Read the geometry object at i, ``depth`` brackets deep, and append it."""
    begin = i
    if b[i] != OBJECT_OPEN:
        return fail(state, i, GEOMETRY)
    if depth >= stack.size:
        return fail(state, i, SHALLOW)
    shape = state[SHAPES]
    for column in range(8):
        shapes[shape, column] = 0
    shapes[shape, ROW] = feature
    shapes[shape, ROLE] = role
    shapes[shape, C] = -1
    kind, at, done, first = 0, -1, False, True
    i += 1
    while True:
        name = next_member(b, i, first, state)
        if name < 0:
            return -1
        if b[name] == OBJECT_CLOSE:
            i = name + 1
            break
        first = False
        end, i = member(b, name, state)
        if i < 0:
            return -1
        if is_text(b, name, _TYPE):
            kind = geometry_kind(b, i)
            if kind == 0:
                return fail(state, i, GEOMETRY)
            i = value_end(b, i, depth + 1, stack, state)
        elif is_text(b, name, _COORDINATES):
            at = i
            if kind != 0 and kind != COLLECTION and not done:
                i = coordinates(b, i, _NESTING[kind], _CLOSED[kind], kind == MULTILINE, stack.size - depth - 1, starts, coords, state)
                done = True
            else:
                i = value_end(b, i, depth + 1, stack, state)
        elif is_text(b, name, _PLANE):
            i = _plane(b, i, depth + 1, shape, shapes, stack, state)
        elif is_text(b, name, _ELLIPSE):
            shapes[shape, ELLIPSE] = 1 if b[i] == 116 else 0
            i = value_end(b, i, depth + 1, stack, state)
        else:
            if has_escape(b, name, end):
                state[ESCAPED] = 1
            i = value_end(b, i, depth + 1, stack, state)
        if i < 0:
            return -1
    if kind == 0:
        return fail(state, begin, GEOMETRY)
    if kind != COLLECTION and at < 0:
        return fail(state, begin, COORDINATES)
    if (
        kind != COLLECTION
        and not done
        and coordinates(b, at, _NESTING[kind], _CLOSED[kind], kind == MULTILINE, stack.size - depth - 1, starts, coords, state) < 0
    ):
        return -1
    shapes[shape, KIND] = kind
    state[SHAPES] = shape + 1
    starts[SHAPE_START, shape + 1] = state[PARTS]
    return i
