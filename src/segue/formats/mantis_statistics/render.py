"""A study as the columns of a table of statistics."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.formats.cell_files import usable
from segue.formats.mantis_statistics.names import in_bytes, in_utf16
from segue.formats.mantis_statistics.options import WriteOptions
from segue.formats.mantis_statistics.populations import cells
from segue.formats.mantis_statistics.sheet import Sheet, X, Y
from segue.formats.value_files import held
from segue.model.shapes import ShapeKind
from segue.model.study import ImageSet, Study

_FARTHEST = 2.0**53


def rendered(study: Study, options: WriteOptions) -> Sheet:
    """The rows of the first image set: objects with a label, ascending; columns of numbers and truth values, by name."""
    s = study.image_sets[0] if study.image_sets else ImageSet("")
    ordered = s.objects.frame.select("label").with_row_index("row").drop_nulls("label").sort("label")
    rows = ordered["row"]
    x, y = _positions(s)
    return Sheet(ordered["label"], _values(s, rows, options), x.gather(rows), y.gather(rows), cells(s.membership, study.populations, rows))


def _values(s: ImageSet, rows: pl.Series, options: WriteOptions) -> tuple[pl.Series, ...]:
    found = [one for one in held([s]) if one.column.type in ("number", "integer", "boolean")]
    names = usable([one.column.name for one in found], ())
    columns = [one.series.gather(rows).cast(pl.Float64).alias(name) for one, name in zip(found, names, strict=True)]
    key = in_bytes if options.version == "1.1" else in_utf16
    return tuple(sorted(columns, key=lambda column: key(column.name)))


def _positions(s: ImageSet) -> tuple[pl.Series, pl.Series]:
    """The pixel in which the first point of each object is."""
    points = s.shapes.of_kinds((ShapeKind.POINT,))
    filled = np.flatnonzero(np.diff(points.rings.coord_start) == 1)
    owner, first = np.unique(points.frame["object"].to_numpy()[filled], return_index=True)
    coords = points.rings.coords[points.rings.coord_start[:-1][filled[first]]]
    near = (np.abs(coords) < _FARTHEST).all(axis=1)
    placed = np.trunc(coords[near] - 0.5).astype(np.int64)
    return _placed(X, owner[near], placed[:, 0], len(s.objects)), _placed(Y, owner[near], placed[:, 1], len(s.objects))


def _placed(name: str, owner: np.ndarray[tuple[int], np.dtype[np.int32]], values: np.ndarray[tuple[int], np.dtype[np.int64]], count: int) -> pl.Series:
    places = np.full(count, -1, np.int64)
    places[owner] = np.arange(len(owner))
    at = pl.Series(places, dtype=pl.Int64)
    return pl.Series(name, values, dtype=pl.Int64).gather(at.set(at < 0, None))
