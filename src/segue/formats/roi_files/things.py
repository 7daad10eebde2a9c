"""The objects that ROIs are shapes of."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from segue.formats.roi_files.contents import Contents
from segue.formats.roi_files.keys import NO_LAYER, opened
from segue.model.features import Feature
from segue.model.objects import Objects, repeated_labels, unique_texts
from segue.model.rings import Ints
from segue.notes import Kind, Note, Notes


@dataclass(frozen=True, eq=False)
class Things:
    """The objects of the ROIs that are read."""

    objects: Objects
    of_row: pl.Series
    """Row of the object of each ROI that is read."""
    first_row: pl.Series
    """The first ROI of each object: the one that states its facts."""


def read_things(found: Contents, keys: pl.DataFrame, t: pl.Series, rows: Ints) -> tuple[Things, Notes]:
    """Objects in the order of their first ROIs. ROIs with the same ``segue.id`` at the same time point are one object."""
    names = pl.Series("name", found.rois.names, dtype=pl.Utf8)
    labels = pl.Series(found.labels, dtype=pl.Utf8)
    own = names if found.single else pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(names))
    no_layer = (keys["segue.layer"] == NO_LAYER).fill_null(False)
    every = pl.DataFrame(
        {
            "row": pl.int_range(len(names), dtype=pl.Int64, eager=True),
            "ours": keys["segue.id"],
            "id": _first(keys["segue.id"], keys["qupath.object.id"], own, labels),
            "layer": opened(keys["segue.layer"].set(no_layer, None)),
            "no_layer": no_layer,
            "label": keys["segue.label"].cast(pl.UInt64, strict=False),
            "t": t,
            "track": keys["segue.track"].cast(pl.Int64, strict=False),
            "name": names,
            "colour": keys["segue.colour"].str.to_integer(base=16, strict=False).cast(pl.UInt32, strict=False),
            "locked": (keys["segue.locked"] == "yes").fill_null(False),
        }
    )[rows]
    nameless = every["name"].is_null() & every["ours"].is_null()
    if found.named:
        every = every.with_columns(name=pl.when(nameless).then(labels[rows]).otherwise("name"))
    key = ["alone", "ours", "t"]
    every = every.with_columns(alone=pl.when(pl.col("ours").is_null()).then("row"))
    first = every.unique(key, keep="first", maintain_order=True)
    numbered = first.select(*key, object=pl.int_range(pl.len(), dtype=pl.Int32))
    of_row = every.select(key).join(numbered, on=key, how="left", nulls_equal=True, maintain_order="left")["object"]
    frame = first.drop("row", "ours", "alone").with_columns(unique_texts(first["id"]))
    usual = pl.when(pl.col("label").is_not_null() & ~pl.col("no_layer")).then(pl.lit("labels"))
    frame = frame.with_columns(layer=pl.coalesce("layer", usual)).drop("no_layer")
    repeated = repeated_labels(frame)
    objects = Objects(frame.with_columns(label=pl.when(~repeated).then("label")))
    count = int(repeated.sum())
    notes = Notes.of(Note(Kind.REPAIRED, "a label that an earlier ROI has, too, was dropped", Feature.OBJECT_LABEL, count=count)) if count else Notes()
    return Things(objects, of_row, first["row"]), notes


def _first(*columns: pl.Series) -> pl.Series:
    """Of each row the first text that is there."""
    return pl.select(pl.coalesce(*(pl.lit(column) for column in columns))).to_series()
