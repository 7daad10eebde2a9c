"""The features of a large GeoJSON text, by kernels: arrays of places and numbers, never one Python object per feature.

Plain twin: ``segue.codecs.geojson_plain``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs import geojson_coordinates_kernel as coordinates
from segue.codecs import geojson_geometry_kernel as geometry
from segue.codecs import geojson_scan_kernel as kernel
from segue.codecs.geojson_entries import measurements, others
from segue.codecs.geojson_features import FRAME, KNOWN, SHAPES, TEXTS, TYPES, Features, Floats, Ints, closed_rings, collapsed, no_closing, ordered
from segue.codecs.json_scan_kernel import EXPECTED
from segue.codecs.json_spans import few_texts, floats, texts
from segue.codecs.json_text import DEEPEST, loads, malformed

Bytes = npt.NDArray[np.uint8]

FAULTS = {
    **EXPECTED,
    coordinates.POSITION: "a position [x, y]",
    geometry.GEOMETRY: 'a geometry with a "type" that GeoJSON knows',
    geometry.COORDINATES: '"coordinates"',
    kernel.FEATURE: "a feature or a list of features",
    kernel.TYPE: '"type": "Feature", "FeatureCollection" or a geometry',
    kernel.END: "nothing after the last bracket",
}
_SPANS = {"id": kernel.ID, "objectType": kernel.OBJECT_TYPE, "name": kernel.NAME, "color": kernel.COLOUR}
_DISTINCT = ("id", "name")
"""Columns in which most texts differ."""
_SPANS |= {"classification": kernel.CLASSIFICATION, "isLocked": kernel.LOCKED}


class _Room:
    """Arrays that are large enough for whatever a text of this many brackets can hold; untouched memory costs nothing."""

    def __init__(self, b: Bytes) -> None:
        arrays, objects = kernel.count_brackets(b)
        features = min(objects, b.size // 18 + DEEPEST) + 1
        vertices = min(arrays, b.size // 6) + 1
        self.rows = np.empty((features, 3), np.int64)
        self.spans = np.empty((features, 10, 2), np.int64)
        self.members = np.empty((kernel.MEMBER_LIMIT, 4), np.int64)
        self.shapes = np.empty((features, 8), np.int64)
        self.starts = np.empty((3, max(features, vertices) + 1), np.int64)
        self.starts[:, 0] = 0
        self.coords = np.empty((vertices, 2))
        self.copy = np.empty(b.size, np.uint8)
        self.state = np.zeros(11, np.int64)

    def scan(self, b: Bytes) -> int:
        frames, stack = np.zeros((DEEPEST, 3), np.int64), np.zeros(DEEPEST, np.uint8)
        result: int = kernel.scan(b, self.rows, self.spans, self.members, self.shapes, self.starts, self.coords, self.copy, self.state, frames, stack)
        return result

    @property
    def kept(self) -> Bytes:
        """What the kernel copied; not to be written to, like the text, or the kernels would be compiled twice."""
        copied = self.copy.view()
        copied.flags.writeable = False
        return copied

    def offsets(self, which: int, counted: int) -> Ints:
        return self.starts[which, : self.state[counted] + 1].copy()


def read(b: Bytes, path: Path | str = "") -> Features | None:
    """All features of a text (n,) uint8 without space at its ends; None if names are escaped, which only the twin understands.

    Raises
    ------
    Malformed
    """
    if b.size == 0 or b[-1] not in (ord("]"), ord("}")):
        malformed(path, int(b.size), "the rest of it (it is cut off)" if b.size else "JSON, not an empty file", None)
    b = b.view()
    b.flags.writeable = False  # always the same type, or the kernels are compiled twice
    room = _Room(b)
    if room.scan(b) < 0:
        malformed(path, int(room.state[0]), FAULTS[int(room.state[1])], None)
    if room.state[coordinates.ESCAPED]:
        return None
    return _features(b, room, path)


def _features(b: Bytes, room: _Room, path: Path | str) -> Features:
    count = int(room.state[coordinates.ROWS])
    rows, spans = room.rows[:count], room.spans[:count]
    collections = np.flatnonzero(rows[:, kernel.KIND] == kernel.IS_COLLECTION)
    parent = pl.Series("parent", rows[:, kernel.PARENT]).to_frame()
    parent, new = collapsed(parent, collections)
    keep = _all_but(collections, count)
    spans = spans[keep]
    columns = {name: (texts if name in _DISTINCT else few_texts)(room.kept, spans[:, at]) for name, at in _SPANS.items()}
    frame = parent.with_columns(**columns).cast(pl.Schema(FRAME)).with_columns(pl.when(pl.col(TEXTS) != "null").then(pl.col(TEXTS)))
    return Features(
        frame=frame,
        measurements=measurements(b, np.ascontiguousarray(spans[:, kernel.MEASUREMENTS])),
        metadata=others(b, np.ascontiguousarray(spans[:, kernel.METADATA])),
        properties=_foreign(b, spans, rows[keep, kernel.FOREIGN]),
        members=_members(b, room) if len(collections) and collections[0] == 0 else {},
        **_geometry(b, room, new, path),
    )


def _all_but(rows: Ints, count: int) -> Ints | slice:
    """The other ones of ``count`` rows; where the given ones are the first, a slice, which copies nothing."""
    if len(rows) == 0 or rows[-1] == len(rows) - 1:
        return slice(len(rows), count)
    others = np.ones(count, np.bool_)
    others[rows] = False
    return np.flatnonzero(others)


def _foreign(b: Bytes, spans: Ints, foreign: Ints) -> pl.DataFrame:
    """Entries of ``properties`` that are not known, of the features that have any."""
    where = spans[:, kernel.PROPERTIES].copy()
    where[(foreign & kernel.FOREIGN_PROPERTY) == 0] = -1
    return others(b, where).filter(~pl.col("key").is_in(KNOWN))


def _members(b: Bytes, room: _Room) -> dict[str, Any]:
    found = {}
    for name, name_end, value, end in room.members[: room.state[coordinates.MEMBERS]]:
        found[loads(b[name:name_end].tobytes())] = loads(b[value:end].tobytes())
    return found


def _geometry(b: Bytes, room: _Room, new: pl.Series, path: Path | str) -> dict[str, Any]:
    """The geometry part of the features: slow numbers read, shapes in the order of their features."""
    state = room.state
    coords = room.coords[: state[coordinates.VERTICES]]
    ring_start = room.offsets(coordinates.RING_START, coordinates.RINGS)
    part_start = room.offsets(coordinates.PART_START, coordinates.PARTS)
    shape_start = room.offsets(coordinates.SHAPE_START, coordinates.SHAPES)
    shapes = shape_frame(room.shapes[: state[coordinates.SHAPES]], new)
    if state[coordinates.SLOW]:
        coords, ring_start = _slow(b, coords, ring_start, closed_rings(shapes["type"], part_start, shape_start))
    if not np.isfinite(coords).all():
        malformed(path, 0, "coordinates that a float64 can hold", None)
    return ordered(shapes, coords, ring_start, part_start, shape_start)


def shape_frame(shapes: Ints, new: pl.Series) -> pl.DataFrame:
    """The table of the geometries from the columns that the kernel writes."""
    feature = new.gather(shapes[:, geometry.ROW])
    kind = pl.Series(TYPES).gather(shapes[:, geometry.KIND] - 1)
    numbers = {name: shapes[:, at] for name, at in (("c", geometry.C), ("z", geometry.Z), ("t", geometry.T))}
    flags = {name: shapes[:, at] == 1 for name, at in (("nucleus", geometry.ROLE), ("ellipse", geometry.ELLIPSE), ("stated", geometry.STATED))}
    columns = {"feature": feature, "type": kind, **numbers, **flags}
    return pl.DataFrame({name: columns[name] for name in SHAPES}, schema_overrides=SHAPES)


def _slow(b: Bytes, coords: Floats, ring_start: Ints, closed: npt.NDArray[np.bool_]) -> tuple[Floats, Ints]:
    """Read the numbers that the kernel left, and drop vertices that only now turn out to repeat the first one of their ring."""
    late: npt.NDArray[np.bool_] = np.isnan(coords)
    begin = (coords.view(np.uint64)[late] & np.uint64((1 << 51) - 1)).astype(np.int64)
    coords[late] = floats(b, begin)
    touched = late[:, 0] | late[:, 1]
    return no_closing(coords, ring_start, closed & (touched[ring_start[:-1]] | touched[ring_start[1:] - 1]))
