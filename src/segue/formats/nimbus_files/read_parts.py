"""What annotations that are holes or further parts of another one add to tags and connections is not of the study."""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl

from segue.formats.nimbus_files.terms import PART

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


def own_tags(tags: pl.Series, side: pl.DataFrame | None, owner: Ints) -> pl.Series:
    """The tags (JSON texts) without those of holes, and without the tag that marks parts."""
    if side is None:
        return tags
    hole = (side["hole"] > 0).fill_null(value=False) & pl.Series(owner != np.arange(len(owner)))
    if hole.any():
        tags = tags.set(hole, None)
    marked = side["marked"].fill_null(value=False)
    if not marked.any():
        return tags
    distinct = tags.filter(marked).drop_nulls().unique()
    table = pl.DataFrame({"tags": distinct, "plain": pl.Series([_unmarked(text) for text in distinct], dtype=pl.Utf8)})
    frame = pl.DataFrame({"tags": tags, "marked": marked}).join(table, on="tags", how="left", maintain_order="left")
    return frame.select(pl.when("marked").then("plain").otherwise("tags").alias("tags"))["tags"]


def _unmarked(text: str) -> str:
    found = msgspec.json.decode(text)
    return msgspec.json.encode(found[:-1]).decode() if isinstance(found, list) and found[-1:] == [PART] else text


def are_joints(side: pl.Series, parent: Ints, child: Ints, owner: Ints) -> Bools:
    """Which connections only say that two annotations are of one object: those made for it that still lead from one to the other."""
    found: Bools = side.str.contains('"made":true', literal=True).fill_null(value=False).to_numpy().copy()
    rows = np.flatnonzero(found)
    good = (parent[rows] >= 0) & (child[rows] >= 0)
    good[good] = owner[parent[rows][good]] == owner[child[rows][good]]
    found[rows[~good]] = False
    return found
