"""The properties of all ROIs of a study, as texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.roi_properties import escaped, rendered, sealed
from segue.formats.roi_files import qupath
from segue.formats.roi_files.active import ACTIVE
from segue.formats.roi_files.keys import NO_LAYER, closed, lines, put
from segue.model.rings import Bools
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet

_COMPOSED = [str(ShapeKind.FREEHAND), str(ShapeKind.TRACED)]


@dataclass(frozen=True, eq=False)
class Facts:
    """What the properties are made of."""

    s: ImageSet
    shapes: Shapes
    """One per ROI."""
    listed: pl.Series
    """Per object: its populations, as in ``segue.populations``; null = nothing to say."""
    classes: pl.Series
    """Per object: the name of its QuPath class."""
    stack: str | None
    """The axis that plane numbers count."""
    merged: Bools
    """ROIs whose points are on several planes."""
    lines: pl.Series
    """Per ROI: what ``segue.line`` says."""
    about: bytes
    """What the first ROI says about the image."""
    qupath: bool
    extras: dict[int, dict[str, Any]]
    """Per row of an object: what it had that segue has no word for."""


def property_texts(facts: Facts) -> pl.Series:
    """(shapes,) The text of each ROI's properties."""
    shapes, objects = facts.shapes.frame, facts.s.objects.frame
    of_object = pl.select(pl.concat_str(_object_lines(facts, objects))).to_series() if len(objects) else pl.Series([], dtype=pl.Utf8)
    parts = [pl.lit(of_object[shapes["object"]]), *_shape_lines(facts, shapes, objects)]
    texts = pl.select(pl.concat_str(parts)).to_series() if len(shapes) else pl.Series([], dtype=pl.Utf8)
    if facts.about and len(texts):
        texts = put(texts, [0], [texts[0] + f"segue.about: {sealed(facts.about.decode())}\n"])
    return texts


def _object_lines(facts: Facts, objects: pl.DataFrame) -> list[pl.Expr]:
    usual = objects["layer"].eq_missing(pl.select(pl.when(objects["label"].is_not_null()).then(pl.lit("labels"))).to_series())
    colour = pl.Series([None if one is None else f"{one:08x}" for one in objects["colour"]], dtype=pl.Utf8) if objects["colour"].count() else None
    columns = {
        "segue.id": closed(objects["id"]),
        "segue.label": objects["label"].cast(pl.Utf8),
        "segue.layer": closed(objects["layer"]).fill_null(NO_LAYER).set(usual, None),
        "segue.track": objects["track"].cast(pl.Utf8),
        "segue.colour": colour,
        "segue.locked": _only(objects["locked"], "yes"),
        "segue.populations": facts.listed,
        "segue.active": _active(facts, len(objects)),
    }
    ours = [lines(key, column) for key, column in columns.items() if column is not None and column.null_count() < len(column)]
    return [pl.lit(_foreign(facts, objects)), *ours]


def _active(facts: Facts, count: int) -> pl.Series:
    said = {number: word for word, number in ACTIVE.items()}
    return pl.Series([said.get(facts.extras.get(row, {}).get("active", 0)) for row in range(count)] if facts.extras else [None] * count, dtype=pl.Utf8)


def _foreign(facts: Facts, objects: pl.DataFrame) -> pl.Series:
    """Unknown properties, then QuPath's."""
    stated = {row: payload.get("properties", {}) for row, payload in facts.extras.items()}
    columns = {
        qupath.CLASS: facts.classes,
        qupath.ID: qupath.uuids(objects["id"], every=facts.qupath),
        qupath.NAME: objects["name"] if facts.qupath else objects["name"].clear(len(objects)),
    }
    texts = pl.Series(["" if row not in stated else rendered(stated[row]) for row in range(len(objects))], dtype=pl.Utf8)
    for key, column in columns.items():
        known = [row for row, properties in stated.items() if key in properties]
        values = put(column, known, [None] * len(known))
        rows = values.is_not_null().arg_true()
        values = put(values, rows, [escaped(value) for value in values[rows]])
        texts = pl.select(pl.concat_str(pl.lit(texts), lines(key, values))).to_series() if len(rows) else texts
    return texts


def _shape_lines(facts: Facts, shapes: pl.DataFrame, objects: pl.DataFrame) -> list[pl.Expr]:
    rings = facts.shapes.rings
    count, vertices = np.diff(rings.part_start[rings.shape_start]), np.diff(rings.coord_start)
    kind = shapes["kind"].cast(pl.Utf8)
    composed = pl.Series((count != 1) | (vertices > 0xFFFF)) & kind.is_in(_COMPOSED)
    composed |= pl.Series(vertices == 1) & (kind == str(ShapeKind.MULTIPOINT))
    counted = pl.Series([facts.stack], dtype=pl.Utf8).new_from_index(0, len(shapes)).set(pl.Series(facts.merged), None)
    own = (shapes["stroke"] == objects["colour"][shapes["object"]]).fill_null(False)
    columns = {
        "segue.role": closed(shapes["role"].set(shapes["role"] == "outline", None)),
        "segue.kind": kind.set(~composed, None),
        "segue.stroke": _only(own, "own"),
        "segue.stack": counted if facts.stack in ("c", "t") else None,
        "segue.line": facts.lines,
    }
    return [lines(key, column) for key, column in columns.items() if column is not None and column.null_count() < len(column)]


def _only(flags: pl.Series, text: str) -> pl.Series:
    """The text where the flag is set."""
    return pl.select(pl.when(flags).then(pl.lit(text))).to_series()
