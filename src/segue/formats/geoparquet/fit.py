"""What a file can hold of a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.formats.geoparquet.spec import FORMAT
from segue.formats.options import Options
from segue.formats.shape_files import simplified
from segue.model.keep import keep
from segue.model.populations import Membership
from segue.model.rings import Bools, Rings
from segue.model.shapes import PARAMETERS, RINGED, ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Table

NATIVE = (ShapeKind.POINT, ShapeKind.MULTIPOINT, ShapeKind.LINE, ShapeKind.POLYLINE, *RINGED)


def fit(study: Study, options: Options) -> Study:
    """The first image set without pixels: objects, their shapes as geometries, values and populations."""
    kept = keep(study, FORMAT.keeps)
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    tables = {name: _per_object(table, len(s.objects)) for name, table in s.tables.items() if table.about == "objects"}
    members = s.membership.frame.sort("object", "nth_of_object").select("population", "object")
    s = replace(s, shapes=_geometries(s.shapes), tables=tables, membership=Membership.of(members))
    return Study((s,), kept.populations)


def _geometries(shapes: Shapes) -> Shapes:
    """Shapes of native kinds without parameters, in the order of their objects; those that are no geometry are left out."""
    shapes = simplified(shapes, NATIVE).with_columns(**dict.fromkeys(PARAMETERS))
    order = np.argsort(shapes.frame["object"].to_numpy(), kind="stable")
    order = order[sound(shapes)[order]]
    return shapes if np.array_equal(order, np.arange(len(shapes))) else shapes.take(order.astype(np.int64))


def sound(shapes: Shapes) -> Bools:
    """(shapes,) whether a shape is a geometry: all vertices are numbers, and there are as many as its kind needs."""
    rings = shapes.rings
    kind = shapes.frame["kind"].cast(pl.Utf8)
    vertices = np.diff(rings.coord_start)
    fewest = kind.replace_strict({"point": 1, "multipoint": 1, "line": 2, "polyline": 2}, default=3, return_dtype=pl.Int64).to_numpy()
    good: Bools = vertices >= fewest
    good &= ~((kind == "point").to_numpy() & (vertices > 1)) & ~((kind == "line").to_numpy() & (vertices > 2))
    wrong = np.flatnonzero(~np.isfinite(rings.coords).all(axis=1))
    good[np.searchsorted(rings.coord_start, wrong, side="right") - 1] = False
    good &= _areas(rings) | ~kind.is_in([str(one) for one in RINGED]).to_numpy()
    return good


def _areas(rings: Rings) -> Bools:
    """(shapes,) whether every part has rings, and every ring three vertices."""
    bad_part = np.diff(rings.part_start) == 0
    bad_part[np.searchsorted(rings.part_start, np.flatnonzero(np.diff(rings.ring_start) < 3), side="right") - 1] = True
    whole: Bools = np.ones(len(rings), np.bool_)
    whole[np.searchsorted(rings.shape_start, np.flatnonzero(bad_part), side="right") - 1] = False
    return whole


def _per_object(table: Table, count: int) -> Table:
    """The table with a row for every object."""
    rows = pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int32, eager=True)})
    return Table("objects", rows.join(table.frame, on="row", how="left", maintain_order="left"), table.columns)
