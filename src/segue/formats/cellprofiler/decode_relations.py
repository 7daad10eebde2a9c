"""Relationships between objects as connections within image sets."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import polars as pl

from segue.formats.cellprofiler import relations
from segue.formats.cellprofiler.decode_objects import Sheet
from segue.formats.cellprofiler.images import Images
from segue.formats.cellprofiler.sheets import Texts
from segue.formats.cellprofiler.terms import PARENT
from segue.model.features import Feature
from segue.notes import Kind, Note, Notes

Parents = Literal["link", "part-of", "contains"]
_KEYS: dict[str, Any] = {"sheet": pl.Utf8, "image": pl.Int64, "number": pl.Int64}


def connections_of(said: Texts | None, types: list[Sheet], offsets: list[Any], images: Images, parents: Parents) -> tuple[dict[int, pl.DataFrame], Notes]:
    """Place of an image set -> the frame of its connections."""
    if not types:
        return {}, Notes()
    rows = _rows(types, offsets)
    if said is not None:
        place = {str(number): nth for nth, number in enumerate(images.numbers)}
        frame = relations.kinds(said)
        for end in ("First", "Second"):
            image = said[f"{end} Image Number"].replace_strict(place, default=None, return_dtype=pl.Int64)
            frame = frame.with_columns(
                said[f"{end} Object Name"].alias(f"{end}.sheet"),
                image.alias(f"{end}.image"),
                said[f"{end} Object Number"].cast(pl.Int64).alias(f"{end}.number"),
            )
    else:
        frame = _parents(types, parents)
    for end, column in (("First", "first"), ("Second", "second")):
        keys = [f"{end}.sheet", f"{end}.image", f"{end}.number"]
        frame = frame.join(rows.rename({"row": column}), left_on=keys, right_on=["sheet", "image", "number"], how="left", maintain_order="left")
    whole = frame.filter(pl.col("first").is_not_null() & pl.col("second").is_not_null())
    within = whole.filter(pl.col("First.image") == pl.col("Second.image"))
    notes = Notes()
    if whole.height > within.height:
        what = "{count relationship} between objects of two images left out; where they are tracks, objects keep their track numbers"
        notes += Notes.of(Note(Kind.SKIPPED, what, Feature.CONNECTIONS, count=whole.height - within.height))
    if frame.height > whole.height:
        notes += Notes.of(
            Note(Kind.SKIPPED, "{count relationship} of objects that are in no table left out", Feature.CONNECTIONS, count=frame.height - whole.height)
        )
    found = within.partition_by("First.image", as_dict=True, maintain_order=True)
    return {int(key[0]): relations.connections(part) for key, part in found.items()}, notes


def _rows(types: list[Sheet], offsets: list[Any]) -> pl.DataFrame:
    """``sheet``, ``image``, ``number`` of every object, and its ``row`` in its image set."""
    before = np.zeros(len(offsets[0]) - 1, np.int64)
    found = []
    for one, at in zip(types, offsets, strict=True):
        image = one.things["image"].to_numpy()
        row = np.arange(len(image)) - at[:-1][image] + before[image]
        found.append(one.things.select("image", "number").with_columns(sheet=pl.lit(one.name), row=pl.Series(row)))
        before = before + np.diff(at)
    return pl.concat(found)


def _parents(types: list[Sheet], meaning: Parents) -> pl.DataFrame:
    """Relationships that only the columns ``Parent_`` state."""
    schema = {"kind": pl.Utf8, "turned": pl.Boolean, "label": pl.Utf8}
    found = [pl.DataFrame(schema={**schema, **{f"{end}.{key}": kind for end in ("First", "Second") for key, kind in _KEYS.items()}})]
    known = {one.name for one in types}
    for one in types:
        for column in one.parents.columns:
            name = column.removeprefix(PARENT)
            if name not in known:
                continue
            keys = one.things.select("image", "number").with_columns(parent=one.parents[column]).filter(pl.col("parent").is_finite() & (pl.col("parent") > 0))
            found.append(
                keys.select(
                    kind=pl.lit(meaning),
                    turned=pl.lit(meaning == "part-of"),
                    label=pl.lit("Parent" if meaning == "link" else None, pl.Utf8),
                    **{"First.sheet": pl.lit(name), "First.image": pl.col("image"), "First.number": pl.col("parent").cast(pl.Int64, strict=False)},
                    **{"Second.sheet": pl.lit(one.name), "Second.image": pl.col("image"), "Second.number": pl.col("number")},
                )
            )
    return pl.concat(found)
