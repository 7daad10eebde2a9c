"""Tables of connections, and of objects with their tracks, as studies."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from segue.formats.nimbus_files.tables.assemble import objects_of, whole
from segue.formats.nimbus_files.tables.datasets import by_position
from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.headings import BETWEEN, DATASET, LINEAGES, NUMBERS
from segue.model.connections import KINDS, Connections
from segue.model.objects import unique_texts
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table


def connections_of(flat: Flat) -> Study:
    """Objects of which only the ids are known, in the order in which they are named, and their connections."""
    frame = (
        pl.DataFrame(dict(zip(flat.names, flat.columns, strict=True)))
        .with_columns(xy=whole(flat.columns[flat.names.index("XY")] - 1))
        .rename({DATASET: "dataset"}, strict=False)
    )
    return Study(tuple(_connected(rows, s) for rows, s in by_position(frame)))


def _connected(rows: pl.DataFrame, s: ImageSet) -> ImageSet:
    ends = rows.select(pl.concat_list("Parent", "Child").alias("id"))["id"].explode() if len(rows) else pl.Series("id", [], pl.Utf8)
    names = ends.unique(maintain_order=True)
    objects = objects_of(pl.DataFrame({"id": names, "t": pl.Series([None], dtype=pl.Int32).new_from_index(0, len(names))}))
    number = pl.DataFrame({"id": names, "row": pl.int_range(len(names), dtype=pl.Int32, eager=True)})
    parent, child = (rows.select(id=name).join(number, on="id", how="left", maintain_order="left")["row"] for name in ("Parent", "Child"))
    kind = pl.when(pl.col("Kind").is_in(KINDS)).then("Kind").otherwise(pl.lit("link"))
    frame = rows.select(
        unique_texts(rows["Id"]).alias("id"),
        kind.cast(pl.Enum(KINDS)).alias("kind"),
        parent.alias("parent"),
        child.alias("child"),
        pl.when(pl.col("Label") != "").then("Label").alias("label"),
        pl.when(pl.col("Tags") == "").then(pl.lit([], pl.List(pl.Utf8))).otherwise(pl.col("Tags").str.split(BETWEEN)).alias("tags"),
    )
    return replace(s, objects=objects, connections=Connections(frame))


def tracks_of(flat: Flat) -> Study:
    """Objects with their track, what is known of its lineage, and connections along it."""
    frame = pl.DataFrame(dict(zip(flat.names, flat.columns, strict=True)))
    frame = frame.with_columns(id=pl.col("Id"), xy=whole(frame["XY"] - 1), t=whole(frame["Time"] - 1), track=pl.col("Track")).rename(
        {DATASET: "dataset"}, strict=False
    )
    return Study(tuple(_tracked(rows, s) for rows, s in by_position(frame)))


def _tracked(rows: pl.DataFrame, s: ImageSet) -> ImageSet:
    row = pl.int_range(len(rows), dtype=pl.Int32, eager=True).alias("row")
    cells = {name: rows[name].cast(pl.Float64) for name in NUMBERS}
    table = Table("objects", pl.DataFrame({"row": row, **cells}), tuple(Column(name) for name in NUMBERS))
    return replace(s, objects=objects_of(rows), tables={LINEAGES: table}, connections=_along(rows))


def _along(rows: pl.DataFrame) -> Connections:
    """From each object to the next of its track, and from the last of a track to the first of those that came from it."""
    ordered = rows.select("t", "track", pl.col("Parent").alias("from"), row=pl.int_range(pl.len(), dtype=pl.Int32)).sort("track", "t", "row")
    before = ordered.with_columns(before=pl.col("row").shift(1).over("track"))
    last = ordered.group_by("track").agg(pl.col("row").last().alias("mother"), pl.col("t").last().alias("end"))
    found = before.join(last, left_on="from", right_on="track", how="left", maintain_order="left")
    mother = pl.when(pl.col("end") < pl.col("t")).then("mother")
    found = found.select(parent=pl.coalesce("before", mother), child="row").drop_nulls().sort("child")
    ids = pl.concat_str(pl.lit("#"), (pl.int_range(pl.len()) + 1).cast(pl.Utf8))
    return Connections(
        found.select(
            ids.alias("id"),
            pl.lit("track", pl.Enum(KINDS)).alias("kind"),
            "parent",
            "child",
            pl.lit(None, pl.Utf8).alias("label"),
            pl.lit([], pl.List(pl.Utf8)).alias("tags"),
        )
    )
