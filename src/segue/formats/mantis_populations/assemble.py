"""Rows as a study: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

import polars as pl

from segue.formats.mantis_files.colours import from_mantis
from segue.formats.mantis_files.csv_study import LAYER
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.study import ImageSet, Study

SCHEMA = {"image": pl.Utf8, "label": pl.UInt64, "name": pl.Utf8, "colour": pl.UInt32}
"""The rows of a file: name of the image set ("" = not stated), number of the segment, name of the population, its colour as 0xRRGGBB (null = none)."""


def assembled(rows: pl.DataFrame) -> Study:
    """A study with one image set for each name, in the order in which they first occur; so are the populations. Of several colours the last counts.

    Parameters
    ----------
    rows
        As in ``SCHEMA``, nothing but colours missing, no pair of segment and population twice in an image set.
    """
    last = dict(rows.drop_nulls("colour").select("name", "colour").unique("name", keep="last").iter_rows())
    names = rows["name"].unique(maintain_order=True).to_list()
    populations = tuple(Population(name, (name,), colour=from_mantis(last.get(name))) for name in names)
    order = pl.DataFrame({"name": names, "place": range(len(names))}, schema={"name": pl.Utf8, "place": pl.Int64})
    ordered = rows.join(order, on="name", how="left", maintain_order="left")
    return Study(tuple(_image_set(one) for one in ordered.partition_by("image", maintain_order=True)) or (ImageSet(""),), populations)


def _image_set(rows: pl.DataFrame) -> ImageSet:
    labels = rows["label"].unique().sort()
    objects = Objects(pl.DataFrame({"id": labels.cast(pl.Utf8), "label": labels}).with_columns(layer=pl.lit(LAYER)))
    places = pl.DataFrame({"label": labels, "object": pl.int_range(len(labels), dtype=pl.Int32, eager=True)})
    pairs = rows.sort("place", maintain_order=True).join(places, on="label", how="left", maintain_order="left")
    return ImageSet(rows["image"][0], objects=objects, membership=Membership.of(pairs.select(population="name", object="object")))
