"""What a file can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_text import dumps, loads
from segue.errors import Malformed
from segue.formats.annotation_files import fitted_tables
from segue.formats.labelme.options import Outlines, WriteOptions
from segue.formats.labelme.spec import FORMAT
from segue.formats.labelme.terms import KNOWN_TOP, NAME, VERSION
from segue.formats.options import Options
from segue.formats.outline_files import as_pixels, as_rings_or_masks, by_object, finite, is_kind
from segue.formats.shape_files import simplified
from segue.geometry import figures
from segue.geometry.rings import Rings as Measured
from segue.geometry.tidy import replaced
from segue.model.features import Feature
from segue.model.grid import Grid
from segue.model.image import Image
from segue.model.keep import keep
from segue.model.populations import Membership
from segue.model.rings import Rings
from segue.model.rules import ListRule
from segue.model.select import take_objects
from segue.model.shapes import PARAMETERS, RINGED, STYLE, ShapeKind, Shapes
from segue.model.study import ALIASES, EXTRAS, ImageSet, Study

K = ShapeKind
_KINDS = (K.POINT, K.MULTIPOINT, K.LINE, K.POLYLINE, K.RECTANGLE, K.ROTATED_RECTANGLE, *RINGED)
_ROUND = 1e-6
"""Relative difference of the sides up to which an oval is a circle."""


def fit(study: Study, options: Options) -> Study:
    """The first image set: objects with shapes, their first labels, values; its image only with ``embed``.

    Raises
    ------
    Incompatible
        An outline with holes covers more than 2**28 pixels.
    """
    assert isinstance(options, WriteOptions)
    kept = keep(study, set(FORMAT.keeps) - {Feature.RULES} - (set() if options.embed else {Feature.IMAGES}))
    s = kept.image_sets[0] if kept.image_sets else ImageSet("")
    s = replace(s, shapes=_shapes(s.shapes, s.grid, options.outlines), aliases=pl.DataFrame(schema=ALIASES), images=_images(s))
    there = np.unique(s.shapes.frame["object"].to_numpy())
    s = s if len(there) == len(s.objects) else take_objects(s, there)
    members = Membership.of(s.membership.frame.sort("object", "nth_of_object").select("population", "object"))
    s = replace(s, tables=fitted_tables(s.tables, len(s.objects)), membership=members, extras=_extras(s.extras))
    return Study((s,), tuple(replace(one, rule=ListRule()) for one in kept.populations))


def _images(s: ImageSet) -> tuple[Image, ...]:
    """The first image, if Labelme can show it."""
    for one in s.images[:1]:
        sizes = dict(zip(one.axes, one.pixels.shape, strict=True))
        shown = one.axes == "yx" or (one.axes == "cyx" and sizes["c"] in (2, 3, 4))
        if shown and one.pixels.dtype == np.uint8 and 0 not in one.pixels.shape and (s.grid.size("y"), s.grid.size("x")) == (sizes["y"], sizes["x"]):
            return (replace(one, name="image", channels=(), data_range=None, inverted=False),)
    return ()


def _shapes(shapes: Shapes, grid: Grid, outlines: Outlines) -> Shapes:
    shapes = finite(by_object(shapes))
    other = np.flatnonzero(is_kind(shapes, (K.OVAL,)) & ~_is_circle(shapes.rings) & (np.diff(shapes.rings.coord_start) == 2))
    if len(other):
        kind = pl.when(pl.int_range(pl.len()).is_in(other)).then(pl.lit("polygon")).otherwise(pl.col("kind").cast(pl.Utf8))
        shapes = Shapes(shapes.frame.with_columns(kind=kind), replaced(shapes.rings, other, figures.ovals(shapes.rings.take(other))))
    shapes = simplified(shapes, (*_KINDS, K.OVAL))
    if outlines == "mask":
        shapes = as_pixels(shapes, is_kind(shapes, (K.TRACED,)), grid)
    shapes = as_rings_or_masks(shapes, grid, masks=outlines != "polygon")
    width = pl.when(pl.Series(is_kind(shapes, (K.ROTATED_RECTANGLE,)))).then(pl.when(pl.col("width").is_finite()).then("width").otherwise(0.0).fill_null(0.0))
    shapes = shapes.with_columns(**{**dict.fromkeys([*PARAMETERS, *STYLE]), "width": width})
    boxes = np.flatnonzero(is_kind(shapes, (K.RECTANGLE,)))
    if len(boxes):
        corners = Measured.of(shapes.rings.take(boxes)).bounds().reshape(-1, 2)
        shapes = Shapes(shapes.frame, replaced(shapes.rings, boxes, Rings.simple(corners, np.arange(len(boxes) + 1) * 2)))
    kept = np.flatnonzero(np.diff(shapes.rings.coord_start) > 0)
    return shapes if len(kept) == len(shapes) else shapes.take(kept)


def _is_circle(rings: Rings) -> np.ndarray[Any, np.dtype[np.bool_]]:
    box = Measured.of(rings).bounds()
    width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    with np.errstate(invalid="ignore"):
        found: np.ndarray[Any, np.dtype[np.bool_]] = (np.abs(width - height) <= _ROUND * np.maximum(width, height)) & (np.diff(rings.coord_start) == 2)
    return found


def further(extras: pl.DataFrame) -> dict[str, Any]:
    """Members of the file that have no meaning here."""
    rows = extras.filter((pl.col("format") == NAME) & (pl.col("entity") == "image set"))
    try:
        value = loads((rows["payload"][0] or "null").encode()) if rows.height else {}
    except Malformed:
        return {}
    found = {name: one for name, one in value.items() if name not in KNOWN_TOP} if isinstance(value, dict) else {}
    return {name: one for name, one in sorted(found.items()) if (name, one) not in (("version", VERSION), ("flags", {}), ("flags", None))}


def _extras(extras: pl.DataFrame) -> pl.DataFrame:
    found = further(extras)
    rows = [{"format": NAME, "entity": "image set", "id": "", "payload": dumps(found).decode()}] if found else []
    return pl.DataFrame(rows, schema=EXTRAS)
