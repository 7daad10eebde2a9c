"""The features of a GeoJSON text as tables: what both readers return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.errors import TooLarge
from segue.model.rings import gather

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DataType = pl.DataType | type[pl.DataType]

TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
CLOSED = ("Polygon", "MultiPolygon")
"""Types whose rings repeat their first vertex at the end of the text, and do not in memory."""
TEXTS = ("id", "objectType", "name", "color", "classification", "isLocked")
"""Members and properties that QuPath knows and that are one value per feature."""
KNOWN = (*TEXTS[1:], "measurements", "metadata", "childObjects", "children")
"""All properties that have a place of their own."""
MOST_MEASUREMENTS = 5000

FRAME: dict[str, DataType] = {"parent": pl.Int32, **dict.fromkeys(TEXTS, pl.Utf8)}
SHAPES: dict[str, DataType] = {
    "feature": pl.Int32,
    "nucleus": pl.Boolean,
    "type": pl.Enum(TYPES),
    "c": pl.Int32,
    "z": pl.Int32,
    "t": pl.Int32,
    "ellipse": pl.Boolean,
    "stated": pl.Boolean,
}
ENTRIES: dict[str, DataType] = {"feature": pl.Int32, "key": pl.Utf8, "value": pl.Utf8}


@dataclass(frozen=True, eq=False)
class Features:
    """One row per feature, parents before their children, in the order of the text."""

    frame: pl.DataFrame
    """``parent``: row of the feature whose child it is, or null; the others: the JSON text of a value (texts with their quotes) or null."""
    shapes: pl.DataFrame
    """One row per geometry, ordered by feature, its nucleus after its geometry; ``c``, ``z``, ``t`` of its plane (-1, 0, 0 if it is not ``stated``)."""
    coords: Floats
    """(n, 2) float64: x, y as they stand in the text."""
    ring_start: Ints
    part_start: Ints
    """A multi-point is one ring; every line of a multi-line is a part."""
    shape_start: Ints
    """Offsets of rings, parts and shapes, each with a last entry for the end."""
    measurements: pl.DataFrame
    """One Float64 column per name, one row per feature; null = not there."""
    metadata: pl.DataFrame
    """``feature``, ``key``, ``value`` (JSON text) of every entry of ``metadata``."""
    properties: pl.DataFrame
    """The same of all properties that are not known, children excepted."""
    members: dict[str, Any] = field(default_factory=dict)
    """Members of the outermost feature collection that GeoJSON does not know."""


def collapsed(frame: pl.DataFrame, collections: Ints) -> tuple[pl.DataFrame, pl.Series]:
    """Take the rows that are feature collections out of a frame; their children belong to their parents.

    Returns the frame and, per old row, the new one.
    """
    keep = np.ones(frame.height, np.bool_)
    keep[collections] = False
    parent = frame["parent"].fill_null(-1).to_numpy().copy()
    for row in collections:  # outer ones first
        parent[parent == row] = parent[row]
    new = np.cumsum(keep) - 1
    parent = np.where(parent < 0, -1, new[parent])
    column = pl.Series("parent", parent, pl.Int32)
    return frame.with_columns(column.set(column < 0, None)).filter(pl.Series(keep)), pl.Series(new, dtype=pl.Int32)


def ordered(shapes: pl.DataFrame, coords: Floats, ring_start: Ints, part_start: Ints, shape_start: Ints) -> dict[str, Any]:
    """Geometries in the order of their features; of several for one role the last stays."""
    key = 2 * shapes["feature"].to_numpy().astype(np.int64) + shapes["nucleus"].to_numpy()
    if (np.diff(key) <= 0).any():
        order = np.argsort(key, kind="stable")
        order = order[np.append(np.diff(key[order]) != 0, True)]
        shape_start, parts = gather(shape_start, order)
        part_start, rings = gather(part_start, parts)
        ring_start, vertices = gather(ring_start, rings)
        coords, shapes = coords[vertices], shapes[order]
    return {"shapes": shapes, "coords": coords, "ring_start": ring_start, "part_start": part_start, "shape_start": shape_start}


def no_closing(coords: Floats, ring_start: Ints, closed: npt.NDArray[np.bool_]) -> tuple[Floats, Ints]:
    """Drop the last vertex of the given rings (rings,) where it repeats the first one."""
    first, last = ring_start[:-1], ring_start[1:] - 1
    drop = closed & (last > first) & (coords[first] == coords[last]).all(axis=1)
    keep = np.ones(len(coords), np.bool_)
    keep[last[drop]] = False
    return coords[keep], np.concatenate([[0], np.cumsum(np.diff(ring_start) - drop)]).astype(np.int64)


def closed_rings(types: pl.Series, part_start: Ints, shape_start: Ints) -> npt.NDArray[np.bool_]:
    """(rings,) bool: which belong to a type whose rings are closed."""
    closed = types.cast(pl.Utf8).is_in(CLOSED).to_numpy()
    return np.repeat(np.repeat(closed, np.diff(shape_start)), np.diff(part_start))


def enough(count: int) -> None:
    """Raise TooLarge for more names of measurements than any program makes."""
    if count > MOST_MEASUREMENTS:
        raise TooLarge(f"there are more than {MOST_MEASUREMENTS:,} different names of measurements", limit=MOST_MEASUREMENTS)
