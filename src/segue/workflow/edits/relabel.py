"""Other label numbers: for one object, or for all."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.errors import UsageError
from segue.model.edited_pixels import NUMBERS, Painted, Renumbered, type_for
from segue.model.image import LabelImage
from segue.notes import Kind, Note, Notes
from segue.workflow.edits.pixels import labels_in, runs_of
from segue.workflow.edits.records import Relabel, RelabelAll
from segue.workflow.edits.scope import Scope


def relabel(scope: Scope, edit: Relabel) -> Notes:
    """One object gets another number, in the table and in its label image.

    Raises
    ------
    UsageError
        Several objects are named, or the number is taken.
    """
    if len(scope.rows) != 1:
        raise UsageError(f"{len(scope.rows)} objects cannot have one number; name one object, or number all anew (--relabel-all)")
    row = scope.frame[scope.rows].row(0, named=True)
    if row["label"] == edit.label:
        return Notes.of(Note(Kind.SKIPPED, f"it has the number {edit.label} already"))
    taken = scope.frame.filter(pl.col("layer").eq_missing(pl.lit(row["layer"], pl.Utf8)) & (pl.col("label") == edit.label))
    here = pl.lit(True) if row["t"] is None else pl.col("t").is_null() | (pl.col("t") == row["t"])
    if taken.filter(here).height:
        raise UsageError(f"the number {edit.label} is taken by object {taken['id'][0]!r}; choose another, or join the two (--merge)", label=edit.label)
    for image in scope.s.labels:
        if image.name == row["layer"]:
            _paint(scope, image, row["label"], row["t"], edit.label)
    if not scope.virtual:
        frame = scope.draft.keyed("objects", scope.rows)
        scope.draft.change("objects", scope.rows, frame.with_columns(label=pl.lit(edit.label, pl.UInt64)))
    return Notes.of(Note(Kind.DONE, f"{{count object}} numbered {edit.label}"))


def _paint(scope: Scope, image: LabelImage, old: int | None, t: int | None, new: int) -> None:
    wanted = pl.DataFrame({"label": [old, new], "t": [t, t]}, schema={"label": pl.UInt64, "t": pl.Int32}).filter(pl.col("label").is_not_null())
    runs = runs_of(image, wanted)
    if (runs["old"] == new).any():
        raise UsageError(f"the number {new} is taken: layer {image.name!r} has pixels of it; choose another", label=new)
    if runs.height:
        scope.draft.paint(image, Painted(runs.with_columns(new=pl.lit(new, pl.UInt64))), type_for(image.pixels.dtype, new))


def relabel_all(scope: Scope, edit: RelabelAll) -> Notes:
    """The labels of each layer become 1, 2, 3, ... in their order; those of an image that no object has, too."""
    images = {image.name: image for image in scope.s.labels}
    layers = {layer: None for layer in [*images, *scope.frame["layer"].unique(maintain_order=True)] if edit.layer in (None, layer)}
    tables = [_numbers(scope, layer, images.get(layer)) for layer in layers]
    numbers = pl.concat(tables) if tables else pl.DataFrame(schema={**NUMBERS, "layer": pl.Utf8})
    if not scope.virtual:
        frame = scope.frame.join(numbers, left_on=["layer", "label"], right_on=["layer", "old"], how="left", nulls_equal=True, maintain_order="left")
        rows = frame["new"].is_not_null().arg_true().to_numpy().astype(np.int64)
        scope.draft.change("objects", rows, scope.draft.keyed("objects", rows).with_columns(label=frame["new"].gather(rows)))
    return Notes.of(Note(Kind.DONE, "{count label} numbered anew", count=numbers.height))


def _numbers(scope: Scope, layer: str | None, image: LabelImage | None) -> pl.DataFrame:
    """What changes in a layer: the old and the new number."""
    labels = scope.frame.filter(pl.col("layer").eq_missing(pl.lit(layer, pl.Utf8)))["label"].drop_nulls()
    if image is not None:
        labels = pl.concat([labels, labels_in(image)["label"]])
    frame = pl.DataFrame({"old": labels.unique().sort()}, schema={"old": pl.UInt64})
    frame = frame.with_columns(new=pl.int_range(1, pl.len() + 1, dtype=pl.UInt64)).filter(pl.col("old") != pl.col("new"))
    if image is not None and frame.height:
        scope.draft.paint(image, Renumbered(frame), type_for(image.pixels.dtype, int(frame["new"].to_numpy().max())))
    return frame.with_columns(layer=pl.lit(layer, pl.Utf8))
