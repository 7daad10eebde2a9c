"""Flat arrays with offsets as list columns, and back: how geometry of any structure is kept bit by bit in a table.

The vertices of a shape are two lists, ``x`` and ``y``; ``ring`` holds the number of vertices of each of its rings, ``part`` the number
of rings of each of its parts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from segue.model.rings import Ints, Rings

Values = np.ndarray[tuple[int], np.dtype[Any]]

COLUMNS = {"x": pl.List(pl.Float64), "y": pl.List(pl.Float64), "ring": pl.List(pl.Int64), "part": pl.List(pl.Int64)}


def list_columns(rings: Rings) -> dict[str, pl.Series]:
    """The four columns, one row per shape."""
    coord_start, rings_start = rings.coord_start, rings.part_start[rings.shape_start]
    return {
        "x": lists(rings.coords[:, 0], coord_start),
        "y": lists(rings.coords[:, 1], coord_start),
        "ring": lists(np.diff(rings.ring_start), rings_start),
        "part": lists(np.diff(rings.part_start), rings.shape_start),
    }


def rings_of(frame: pl.DataFrame) -> Rings:
    """The geometry of a table with the four columns.

    Raises
    ------
    ValueError
        The lists do not fit together.
    """
    if any(frame[name].null_count() for name in COLUMNS):
        raise ValueError("a shape without lists of vertices")
    (x, x_start), (y, y_start), (ring, ring_of), (part, part_of) = (flat(frame[name]) for name in COLUMNS)
    if not np.array_equal(x_start, y_start) or (ring < 0).any() or (part < 0).any():
        raise ValueError("lists of vertices of different lengths")
    ring_start, part_start = _summed(ring), _summed(part)
    if part_start[-1] != len(ring) or ring_start[-1] != len(x):
        raise ValueError("rings that do not hold the vertices")
    if not np.array_equal(ring_start[ring_of], x_start) or not np.array_equal(part_start[part_of], ring_of):
        raise ValueError("rings that run over the end of their shape")
    return Rings(np.column_stack([x, y]), ring_start, part_start, part_of)


def lists(values: Values, start: Ints) -> pl.Series:
    """(rows,) lists from flat values and (rows + 1,) offsets."""
    length = np.diff(start)
    filled = np.flatnonzero(length > 0)
    owner = np.repeat(np.arange(len(filled), dtype=np.int64), length[filled])
    grouped = pl.DataFrame({"owner": pl.Series(owner).set_sorted(), "value": values}).group_by("owner", maintain_order=True).agg("value")["value"]
    if len(filled) == len(length):
        return grouped
    place = np.full(len(length), -1, np.int64)
    place[filled] = np.arange(len(filled))
    index = pl.Series(place).replace(-1, None)
    return grouped.gather(index).fill_null(pl.Series([[]], dtype=grouped.dtype)) if len(filled) else _empty(grouped.dtype, len(length))


def flat(column: pl.Series) -> tuple[Values, Ints]:
    """The values of all lists in a row, and (rows + 1,) offsets.

    Raises
    ------
    ValueError
        A list holds a null.
    """
    length = column.list.len().to_numpy().astype(np.int64)
    values = column.filter(pl.Series(length > 0)).explode()
    if values.null_count():
        raise ValueError("a list with a gap")
    return values.to_numpy(), _summed(length)


def _summed(length: Values) -> Ints:
    start = np.zeros(len(length) + 1, np.int64)
    np.cumsum(length, out=start[1:])
    return start


def _empty(dtype: pl.DataType, count: int) -> pl.Series:
    return pl.Series([[]] * count, dtype=dtype)
