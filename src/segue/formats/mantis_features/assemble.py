"""Values of segments as a study: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from segue.formats.mantis_files.csv_study import LAYER
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table

TABLE = "measurements"


def assembled(images: pl.Series, labels: pl.Series, values: Sequence[pl.Series]) -> Study:
    """A study with one image set for each name, in the order in which they first occur.

    Rows without any value are left out, and so are in each image set the features of which it has no value.

    Parameters
    ----------
    images
        Name of the image set of each row ("" = not stated).
    labels
        UInt64, no number twice in an image set.
    values
        Float64, named, none twice; null = missing, no NaN.
    """
    frame = pl.DataFrame([images.alias("0"), labels.alias("1"), *(column.alias(str(nth + 2)) for nth, column in enumerate(values))])
    if values:
        frame = frame.filter(~pl.all_horizontal(pl.all().exclude("0", "1").is_null()))
    parts = frame.partition_by("0", maintain_order=True) if values and frame.height else []
    return Study(tuple(_image_set(part, [column.name for column in values]) for part in parts) or (ImageSet(""),))


def _image_set(part: pl.DataFrame, names: Sequence[str]) -> ImageSet:
    labels = part["1"]
    objects = Objects(pl.DataFrame({"id": labels.cast(pl.Utf8), "label": labels}).with_columns(layer=pl.lit(LAYER)))
    here = [(name, part[str(nth + 2)]) for nth, name in enumerate(names) if part[str(nth + 2)].null_count() < part.height]
    frame = pl.DataFrame({"row": pl.int_range(part.height, dtype=pl.Int32, eager=True)} | dict(here))
    return ImageSet(part["0"][0], objects=objects, tables={TABLE: Table("objects", frame, tuple(Column(name) for name, _ in here))})
