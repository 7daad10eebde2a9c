"""Sets of pixels as objects: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

import polars as pl

from segue.formats.mantis_files.csv_study import LAYER
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study


def assembled(masks: Rings) -> Study:
    """A study with a segment for each mask, numbered from 1."""
    count = len(masks)
    labels = pl.int_range(1, count + 1, dtype=pl.UInt64, eager=True)
    objects = Objects(pl.DataFrame({"id": labels.cast(pl.Utf8), "label": labels}).with_columns(layer=pl.lit(LAYER)))
    frame = pl.DataFrame({"object": pl.int_range(count, dtype=pl.Int32, eager=True)}).with_columns(kind=pl.lit(str(ShapeKind.MASK)))
    return Study((ImageSet("", objects=objects, shapes=Shapes(frame, masks)),))
