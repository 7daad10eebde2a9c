"""Whether the objects of the tables are those of a label image: numbers and centres of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.errors import SegueError
from segue.formats.cellprofiler.terms import ROLE
from segue.model.features import Feature
from segue.model.image import Pixels
from segue.model.objects import Objects
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes

_NEAR = 1.0
"""Pixels by which a centre may lie beside that of its label."""


def compared(s: ImageSet, pixels: Pixels, one: str) -> tuple[ImageSet, Notes]:
    """Numbers of objects against the labels in the image, and their centres against its centres."""
    try:
        centres = _centres(np.asarray(pixels.read((slice(None), slice(None)))))
    except SegueError as error:
        return replace(s, labels=s.labels[:-1]), Notes.of(Note(Kind.SKIPPED, f"not taken as a label image: {error}", Feature.LABELS))
    mine = (
        s.objects.frame.with_row_index("object")
        .filter((pl.col("layer") == pl.lit(one)) & pl.col("label").is_not_null())
        .select(pl.col("object").cast(pl.Int32), "label")
    )
    points = s.shapes.frame.with_row_index("shape").filter((pl.col("role") == ROLE) & (pl.col("kind") == "point"))
    coords = s.shapes.rings.coords[s.shapes.rings.coord_start[points["shape"].to_numpy()]] if len(points) else np.empty((0, 2))
    placed = points.select("object").with_columns(x=pl.Series(coords[:, 0]), y=pl.Series(coords[:, 1]))
    found = mine.join(placed, on="object", how="left", maintain_order="left").join(centres, on="label", how="left", maintain_order="left", suffix="_there")
    near = ((pl.col("x") - pl.col("x_there")) ** 2 + (pl.col("y") - pl.col("y_there")) ** 2) <= _NEAR**2
    located, right = found.filter(pl.col("x").is_not_null()).height, found.filter(near).height
    if 2 * right < located:
        return _renumbered(s, found, centres)
    wrong = found.filter(~near)
    notes = Notes()
    for count, what in (
        (found["x_there"].null_count(), "{count object} of " + one + " without pixels of their number in it"),
        (centres.height - (found.height - found["x_there"].null_count()), "{count label} in it without a row in the table of " + one),
        (wrong.height, "{count object} of " + one + " whose centre is not that of the label of their number"),
    ):
        if count:
            notes += Notes.of(Note(Kind.ASSUMED, f"numbers of objects are taken for labels: {what}", Feature.OBJECT_LABEL, count=count))
    return s, notes


def _centres(labels: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> pl.DataFrame:
    """``label``, ``x``, ``y`` of every label: the mean of its pixels, from the corner of the first one."""
    y, x = np.nonzero(labels)
    values, index, count = np.unique(labels[y, x], return_inverse=True, return_counts=True)
    means = [np.bincount(index, place, minlength=len(values)) / np.maximum(count, 1) + 0.5 for place in (x, y)]
    good = values > 0
    return pl.DataFrame({"label": values[good].astype(np.uint64), "x": means[0][good], "y": means[1][good]})


def _renumbered(s: ImageSet, found: pl.DataFrame, centres: pl.DataFrame) -> tuple[ImageSet, Notes]:
    """Objects that are numbered otherwise than the image get the label whose centre is theirs, where all have one; else their label is not believed."""

    def keys(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(kx=(pl.col("x") * 1000).round().cast(pl.Int64, strict=False), ky=(pl.col("y") * 1000).round().cast(pl.Int64, strict=False))

    matched = keys(found.select("object", "x", "y")).join(
        keys(centres).select("kx", "ky", "label").unique(["kx", "ky"], keep="none"), on=["kx", "ky"], how="inner"
    )
    whole = matched.height == len(found["x"].drop_nulls()) and matched["label"].n_unique() == matched.height
    fresh = matched.select("object", fresh="label") if whole else matched.select("object", fresh="label").clear()
    frame = s.objects.frame.with_columns(object=pl.int_range(pl.len(), dtype=pl.Int32)).join(fresh, on="object", how="left", maintain_order="left")
    mine = pl.col("object").is_in(found["object"].implode())
    frame = frame.with_columns(label=pl.when(mine).then("fresh").otherwise("label")).drop("object", "fresh")
    said = (
        "objects are numbered otherwise than the label image; they are matched by their centres"
        if whole
        else "objects are numbered otherwise than the label image, and cannot be matched by their centres; their labels are left out"
    )
    return replace(s, objects=Objects(frame)), Notes.of(Note(Kind.CHANGED, said, Feature.OBJECT_LABEL, count=found.height))
