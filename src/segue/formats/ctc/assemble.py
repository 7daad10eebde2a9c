"""What is in each frame, and who comes from whom, as objects and connections."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from segue.model.connections import SCHEMA as CONNECTION
from segue.model.connections import Connections
from segue.model.image import LabelImage, size_of
from segue.model.objects import SCHEMA, Objects, default_ids
from segue.model.study import ImageSet

PARENTS = {"track": pl.Int64, "parent": pl.Int64}
"""One row for each track that has a parent: both have objects, the parent in an earlier frame than the first of the track."""


def with_objects(s: ImageSet, image: LabelImage, present: pl.DataFrame, parents: pl.DataFrame) -> ImageSet:
    """The image set with one label image, an object for each label in each frame, and a connection from each parent to its children.

    Parameters
    ----------
    s
        Without objects.
    image
        If its labels persist, they are the tracks.
    present
        Columns t and label, sorted.
    parents
        As ``PARENTS``.
    """
    several = size_of(image.pixels, image.axes, "t") > 1
    frame = pl.DataFrame({name: pl.Series(name, [None], dtype=dtype).new_from_index(0, present.height) for name, dtype in SCHEMA.items()})
    frame = frame.with_columns(label=present["label"], layer=pl.lit(image.name))
    if several:
        frame = frame.with_columns(t=present["t"])
    if image.persists:
        frame = frame.with_columns(track=present["label"].cast(pl.Int64, strict=False))
    objects = Objects(frame.with_columns(default_ids(frame).alias("id")))
    return replace(s, labels=(image,), objects=objects, connections=_connections(present, parents))


def _connections(present: pl.DataFrame, parents: pl.DataFrame) -> Connections:
    """From the last object of the parent before the track begins to the first object of the track."""
    rows = present.select(track=pl.col("label").cast(pl.Int64, strict=False), t="t", row=pl.int_range(pl.len(), dtype=pl.Int32))
    first = rows.unique("track", keep="first", maintain_order=True)
    found = parents.join(first.select("track", child="row", begin="t"), on="track", how="inner").sort("child")
    earlier = rows.select(parent="track", last="row", t="t").filter(pl.col("parent").is_in(found["parent"].unique().implode()))
    found = found.sort("begin").with_columns(before=pl.col("begin") - 1)
    found = found.join_asof(earlier.sort("t"), left_on="before", right_on="t", by="parent", strategy="backward", check_sortedness=False)
    found = found.drop_nulls("last").sort("child")
    frame = found.select(
        id=pl.concat_str(pl.col("parent"), pl.lit("-"), pl.col("track")),
        kind=pl.lit("track").cast(CONNECTION["kind"]),
        parent="last",
        child="child",
        label=pl.lit(None, pl.Utf8),
        tags=pl.lit([], pl.List(pl.Utf8)),
    )
    return Connections(frame)


def with_steps(s: ImageSet) -> ImageSet:
    """The image set with a connection from each object of a track to its next one, besides those from parents to children."""
    rows = s.objects.frame.select("t", "track", row=pl.int_range(pl.len(), dtype=pl.Int32)).drop_nulls("track").sort("track", "t")
    same = (rows["track"] == rows["track"].shift()).fill_null(value=False)
    steps = rows.with_columns(before=pl.col("row").shift()).filter(same)
    frame = steps.select(
        id=pl.concat_str(pl.col("track"), pl.lit("@"), pl.col("t")),
        kind=pl.lit("track").cast(CONNECTION["kind"]),
        parent="before",
        child="row",
        label=pl.lit(None, pl.Utf8),
        tags=pl.lit([], pl.List(pl.Utf8)),
    )
    return replace(s, connections=Connections(pl.concat([s.connections.frame, frame]).sort("child")))
