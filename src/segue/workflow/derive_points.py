"""Outlines and labels -> one point per object, for writers that hold positions and no outlines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from segue.formats.shape_files import area_rings, area_rows, centre_points
from segue.geometry.centres import centroids
from segue.measure.segments import segments
from segue.model.image import size_of
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes, joined
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes
from segue.workflow.derive import with_new_objects

_KEYS = {"layer": pl.Utf8, "t": pl.Int32, "label": pl.UInt64}


def points_from_shapes(s: ImageSet) -> tuple[ImageSet, Notes]:
    """Give every object one point: its own, else the centre of gravity of its areas, of its pixels, or the middle of its vertices.

    Areas count by their size, holes and parts included, through all planes. Objects that the table does not name yet are added in the order of
    their labels. Label images stay; other shapes do not.

    Returns
    -------
    The image set with points as its only shapes, and a note about how many there are that the source does not hold.
    """
    if not s.labels and _placed_already(s.shapes):
        return s, Notes()
    pixels = _of_labels(s)
    objects = with_new_objects(s.objects, pixels)
    own = _first(s.shapes.of_kinds((ShapeKind.POINT,)))
    areas = _of_areas(_without(s.shapes, [own]))
    figures = _first(centre_points(_without(s.shapes, [own, areas])))
    labelled = _without(_placed(objects, pixels), [own, areas, figures])
    points = joined([own, areas, figures, labelled])
    order = np.argsort(points.frame["object"].to_numpy(), kind="stable").astype(np.int64)
    made = len(areas) + len(figures) + len(labelled)
    notes = Notes.of(Note(Kind.ASSUMED, "{count object} placed at the centre of gravity", count=made)) if made else Notes()
    return replace(s, objects=objects, shapes=points.take(order)), notes


def _placed_already(shapes: Shapes) -> bool:
    return not len(shapes) or (bool((shapes.frame["kind"] == str(ShapeKind.POINT)).all()) and bool(shapes.frame["object"].is_first_distinct().all()))


def _first(points: Shapes) -> Shapes:
    """One point per object."""
    rows = np.flatnonzero(points.frame["object"].is_first_distinct().to_numpy()).astype(np.int64)
    return points if len(rows) == len(points) else points.take(rows)


def _without(shapes: Shapes, placed: list[Shapes]) -> Shapes:
    """The shapes of objects that are not placed yet."""
    done = pl.concat([one.frame["object"] for one in placed])
    if not len(done):
        return shapes
    return shapes.take(np.flatnonzero(~shapes.frame["object"].is_in(done.implode()).to_numpy()).astype(np.int64))


def _of_areas(shapes: Shapes) -> Shapes:
    """The centre of gravity of all areas of an object together."""
    areas = shapes.take(area_rows(shapes))
    if not len(areas):
        return Shapes.empty()
    owner = areas.frame["object"].to_numpy()
    order = np.argsort(owner, kind="stable").astype(np.int64)
    rings = area_rings(areas).take(order)
    begin = np.flatnonzero(np.diff(owner[order], prepend=-1)).astype(np.int64)
    together = Rings(rings.coords, rings.ring_start, rings.part_start, rings.shape_start[np.append(begin, len(order))])
    planes_of = areas.frame[order].group_by("object", maintain_order=True).agg(*(_only(name) for name in ("z", "c")))
    return _points(planes_of, centroids(together))


def _only(name: str) -> pl.Expr:
    """The plane that all shapes of an object are on; null where there are several."""
    return pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(name)


def _points(frame: pl.DataFrame, coords: np.ndarray[Any, np.dtype[np.float64]]) -> Shapes:
    ones = np.arange(frame.height + 1, dtype=np.int64)
    return Shapes(frame.with_columns(kind=pl.lit(str(ShapeKind.POINT))), Rings(np.ascontiguousarray(coords), ones, ones, ones))


def _of_labels(s: ImageSet) -> pl.DataFrame:
    """(layer, t, label, x, y, z) of every label; z is its plane, null where it is on several or there is one only. Images are read rows by rows."""
    found = [pl.DataFrame(schema={**_KEYS, "x": pl.Float64, "y": pl.Float64, "z": pl.Int32})]
    for image in s.labels:
        timed, deep = (size_of(image.pixels, image.axes, name) > 1 for name in "tz")
        for t, one in enumerate(segments(image)):
            single = deep & (one.high[:, 0] - one.low[:, 0] == 1)
            columns = {"label": one.label, "x": one.centroid[:, 2], "y": one.centroid[:, 1], "z": one.low[:, 0].astype(np.int32)}
            frame = pl.DataFrame(columns).with_columns(layer=pl.lit(image.name, pl.Utf8), t=pl.lit(t if timed else None, pl.Int32))
            found.append(frame.with_columns(z=pl.when(pl.Series(single)).then("z")).select(*found[0].columns))
    return pl.concat(found)


def _placed(objects: Objects, found: pl.DataFrame) -> Shapes:
    """The points of labels, at their objects."""
    numbered = objects.frame.select(*_KEYS, object=pl.int_range(pl.len(), dtype=pl.Int32))
    rows = found.join(numbered, on=list(_KEYS), how="inner", nulls_equal=True, maintain_order="left")
    coords = rows.select("x", "y").to_numpy()
    return _points(rows.select("object", "z"), coords) if rows.height else Shapes.empty()
