"""The native geometry columns of GeoParquet 1.1 (GeoArrow, separated coordinates): nested lists of records of x and y."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs.wkb_read import Geometries, sound
from segue.codecs.wkb_walk import EMPTY, LINE, MULTILINE, MULTIPOINT, MULTIPOLYGON, POINT, POLYGON
from segue.model.rings import Ints, Rings

ENCODINGS = {
    "point": (POINT, 0),
    "linestring": (LINE, 1),
    "polygon": (POLYGON, 2),
    "multipoint": (MULTIPOINT, 1),
    "multilinestring": (MULTILINE, 2),
    "multipolygon": (MULTIPOLYGON, 3),
}
"""What each encoding is in ``wkb_walk``, and how many lists lie around a vertex."""


def read_native(column: pl.Series, encoding: str) -> Geometries:
    """The geometries of a column of one of the ``ENCODINGS``; the same flat form as that of WKB.

    Raises
    ------
    ValueError
        The column is of another type, or a list or vertex in it is null.
    """
    code, depth = ENCODINGS[encoding]
    column = column.alias("")  # polars takes a name such as ^a$ for a pattern
    rows = np.flatnonzero(column.is_not_null().to_numpy()).astype(np.int64)
    level, starts = column.drop_nulls(), []
    for _ in range(depth):
        if not isinstance(level.dtype, pl.List):
            raise ValueError(f"it holds {level.dtype} where a list should be")
        if level.null_count():
            raise ValueError("a part is null")
        lengths = level.list.len()
        starts.append(_offsets(lengths.to_numpy()))
        level = level.filter(lengths > 0).explode()
    if not isinstance(level.dtype, pl.Struct) or not {"x", "y"} <= {field.name for field in level.dtype.fields}:
        raise ValueError(f"it holds {level.dtype} where x and y should be")
    xy = [level.struct.field(name).cast(pl.Float64) for name in "xy"]
    if level.null_count() or any(one.null_count() for one in xy):
        raise ValueError("a vertex is null")
    coords = np.column_stack([one.to_numpy() for one in xy])
    rings, owner = _arranged(coords, starts, code, len(rows))
    kind = np.full(len(rings), code, np.uint8)
    codes = np.full(len(column), EMPTY, np.uint8)
    codes[rows[owner]] = code
    return sound(rings, kind, rows[owner], codes, deep=len(level.dtype.fields) > 2)


def _arranged(coords: np.ndarray[tuple[int, int], np.dtype[np.float64]], starts: list[Ints], code: int, count: int) -> tuple[Rings, Ints]:
    """Rings, and the value that each shape is of: all, but for several lines."""
    each = np.arange(count + 1, dtype=np.int64)
    if code == POINT:
        return Rings(coords, each, each, each), each[:-1]
    if code == MULTIPOLYGON:
        return Rings(coords, starts[2], starts[1], starts[0]), each[:-1]
    if code == POLYGON:
        return Rings(coords, starts[1], starts[0], each), each[:-1]
    if code == MULTILINE:
        line = np.arange(len(starts[1]), dtype=np.int64)
        return Rings(coords, starts[1], line, line), np.repeat(each[:-1], np.diff(starts[0]))
    return Rings(coords, starts[0], each, each), each[:-1]


def _offsets(lengths: Ints) -> Ints:
    start = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=start[1:])
    return start
