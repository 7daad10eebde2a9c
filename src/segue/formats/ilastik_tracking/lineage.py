"""Divisions: the first object of a track names the track of its parent."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from segue.formats.ilastik_tracking.terms import FIRST_TRACK, FRAME, PARENT, TRACK
from segue.model.connections import SCHEMA, Connections
from segue.model.features import Feature
from segue.model.objects import unique_texts
from segue.notes import Kind, Note


def connections(keys: Mapping[str, pl.Series]) -> tuple[Connections, list[Note]]:
    """From the last object of the parent before, to the object that names it.

    Parameters
    ----------
    keys
        Column -> Int64, one value for each object.
    """
    if PARENT not in keys:
        return Connections.empty(), []
    rows = pl.DataFrame({"t": keys[FRAME], "track": keys[TRACK], "parent_track": keys[PARENT]}).with_row_index("row").with_columns(pl.col("row").cast(pl.Int32))
    asked = rows.filter(pl.col("parent_track") >= FIRST_TRACK).select(child="row", before=pl.col("t") - 1, track="track", parent_track="parent_track")
    parents = rows.filter(pl.col("track") >= FIRST_TRACK).select(parent_track="track", t="t", parent="row").sort("t")
    found = asked.sort("before").join_asof(parents, left_on="before", right_on="t", by="parent_track", strategy="backward", check_sortedness=False)
    lost = found["parent"].null_count()
    found = found.drop_nulls("parent").sort("child")
    notes = [Note(Kind.SKIPPED, "{count object} with a parent track not seen before", Feature.CONNECTIONS, count=lost)] if lost else []
    earlier = int((found["t"] < found["before"]).sum())
    if earlier:
        notes.append(Note(Kind.ASSUMED, "{count object} with a parent that ends earlier than in the frame before", count=earlier))
    names = found.select(pl.concat_str("parent_track", pl.lit("-"), pl.col("track"))).to_series().alias("id")
    frame = found.select("parent", "child", kind=pl.lit("track").cast(SCHEMA["kind"]), label=pl.lit(None, pl.Utf8), tags=pl.lit([], pl.List(pl.Utf8)))
    return Connections(frame.with_columns(unique_texts(names)).select(*SCHEMA)), notes
