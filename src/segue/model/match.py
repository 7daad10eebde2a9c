"""Which object of one image set is which of another: the ground on which two are compared."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from segue.model.objects import Objects, default_ids
from segue.model.study import ImageSet

PAIRS = {"a": pl.Int32, "b": pl.Int32}


def implied(labelled: ImageSet, other: ImageSet) -> Objects:
    """The objects of an image set that has label images but no table of objects.

    They are the labels of the other one's objects, with the facts that a bare label has; one that persists over time is a track.
    Whether the pixels of those labels are really there is the comparison of the label images.
    """
    if len(labelled.objects) or not labelled.labels:
        return labelled.objects
    lasting = _texts(image.name for image in labelled.labels if image.persists)
    itself = pl.col("layer").is_in(lasting) & (pl.col("track") == pl.col("label").cast(pl.Int64, strict=False))
    frame = other.objects.frame.filter(pl.col("label").is_not_null()).select("layer", "label", "t", track=pl.when(itself).then("track"))
    mine, theirs = ({image.name for image in one.labels} for one in (labelled, other))
    if mine & theirs:  # what lies in a label image that is gone is not there
        frame = frame.filter(~pl.col("layer").is_in(_texts(theirs - mine)).fill_null(value=False))
    if not other.labels and len(labelled.labels) == 1:
        frame = frame.with_columns(layer=pl.lit(labelled.labels[0].name))
    frame = frame.unique(maintain_order=True)
    return Objects(frame.with_columns(default_ids(frame)))


def _texts(names: Iterable[str]) -> list[str]:
    """The names that a column can hold: not those with half a character (a surrogate)."""
    return [name for name in names if name.encode(errors="ignore").decode() == name]


def match(a: Objects, b: Objects, *, bare: bool = False) -> pl.DataFrame:
    """Pairs of row numbers (a, b), ordered by a: the same object in both.

    First by ids that both sides were given or both sides made of labels (an id made of a label may by chance be the id that another
    object was given); then by layer, time and label, by time and label, by label; then by any id; then, where equally many are left
    on both sides, by order. Ids are left out where one side is ``bare`` labels.
    """
    if not bare and a.frame["id"].equals(b.frame["id"]):
        rows = pl.int_range(len(a), dtype=pl.Int32, eager=True)
        return pl.DataFrame({"a": rows, "b": rows}, schema=PAIRS)
    left, right = _keys(a, "a"), _keys(b, "b")
    found = []
    labels = [["layer", "t", "label"], ["t", "label"], ["label"]]
    for keys in labels if bare else [["made", "id"], *labels, ["id"]]:
        pairs = _unique_pairs(left, right, keys)
        found.append(pairs)
        left, right = left.join(pairs, on="a", how="anti", maintain_order="left"), right.join(pairs, on="b", how="anti", maintain_order="left")
        if left.is_empty() or right.is_empty():
            break
    if left.height == right.height and not bare:
        found.append(pl.DataFrame({"a": left["a"], "b": right["b"]}, schema=PAIRS))
    return pl.concat(found).sort("a")


def _keys(objects: Objects, row: str) -> pl.DataFrame:
    """By what objects are matched; ``made`` says that the id is the one an object gets where its source gave it none."""
    frame = objects.frame.select("id", "layer", "t", "label")
    rows = pl.int_range(len(objects), dtype=pl.Int32, eager=True)
    return frame.with_columns(rows.alias(row), (frame["id"] == default_ids(frame)).alias("made"))


def _unique_pairs(left: pl.DataFrame, right: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    key = keys[-1]
    sides = [side.filter(pl.col(key).is_not_null()).unique(keys, keep="none", maintain_order=True) for side in (left, right)]
    return sides[0].join(sides[1], on=keys, how="inner", nulls_equal=True).select("a", "b")
