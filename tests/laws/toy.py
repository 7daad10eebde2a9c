"""A format in a few lines, honest or lying: what shows that each law catches whoever breaks it."""

from __future__ import annotations

import itertools
import json
import sys
from types import ModuleType

import numpy as np
import polars as pl

from segue.errors import Malformed
from segue.formats.format import Evidence, Format, Limit, Reference, exact
from segue.model.features import Feature as F
from segue.model.keep import keep
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Notes

KEEPS = {
    F.OBJECTS: exact("one point per object", limit=Limit(at_most=1)),
    F.OBJECT_ID: exact(),
    F.OBJECT_NAME: exact(),
    F.OBJECT_ORDER: exact(),
    F.POINT: exact(limit=Limit(grid=0.5, lowest=0, highest=100)),
}
_number = itertools.count()


def detect(source):
    return Evidence(100 if source.head(1) == b"[" else 0, "begins with [")


def fit(study, options):
    study = keep(study, set(KEEPS))
    return study.map(lambda s: with_shapes(s, first_shapes(s.shapes)))


def first_shapes(shapes):
    """The first shape of each object, its point moved onto the grid that this format has."""
    shapes = shapes.take(np.flatnonzero(shapes.frame["object"].is_first_distinct().to_numpy()))
    return Shapes(shapes.frame, shapes.rings.with_coords(np.clip(np.round(shapes.rings.coords * 2) / 2, 0, 100)))


def with_shapes(image_set, shapes):
    return ImageSet(**{**vars(image_set), "shapes": shapes})


def write(study, sink, options):
    with sink.open() as file:
        file.write(json.dumps([rows_of(s) for s in study.image_sets]).encode())


def rows_of(image_set):
    points = dict(zip(image_set.shapes.frame["object"], image_set.shapes.rings.coords.tolist(), strict=True))
    return [[*row, points.get(nth)] for nth, row in enumerate(image_set.objects.frame.select("id", "name").rows())]


def read(source, options):
    try:
        content = json.loads(source.read_bytes(1 << 20))
        return Study(tuple(image_set_of(rows) for rows in content)), Notes()
    except (ValueError, TypeError, pl.exceptions.PolarsError) as error:
        raise Malformed(f"{source.path} is no toy: {error}", path=source.path) from error


def image_set_of(rows):
    objects = Objects(pl.DataFrame({"id": [str(row[0]) for row in rows], "name": [row[1] for row in rows]}, schema={"id": pl.Utf8, "name": pl.Utf8}))
    points = [(nth, row[2]) for nth, row in enumerate(rows) if row[2] is not None]
    coords = np.array([point for _, point in points], np.float64).reshape(-1, 2)
    frame = pl.DataFrame({"object": [nth for nth, _ in points], "kind": ["point"] * len(points)}, schema={"object": pl.Int32, "kind": pl.Utf8})
    return ImageSet("", objects=objects, shapes=Shapes(frame, Rings.simple(coords, np.arange(len(points) + 1))))


def toy(*, keeps=KEEPS, **parts):
    """The record of the toy; ``parts`` (fit, write, read) replace its honest ones."""
    name = f"toy_format_{next(_number)}"
    module = ModuleType(name)
    vars(module).update({"detect": detect, "fit": fit, "write": write, "read": read, **parts})
    sys.modules[name] = module
    return Format(
        name="toy",
        title="Toy",
        suffixes=(".toy",),
        summary="a toy",
        specification=Reference("this file", "1", "2026-11-20"),
        detect=f"{name}:detect",
        reader=f"{name}:read",
        fit=f"{name}:fit",
        writer=f"{name}:write",
        keeps=keeps,
    )
