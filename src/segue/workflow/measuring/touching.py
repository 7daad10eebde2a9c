"""Segments that touch, as connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from segue.measure.neighbours import contacts
from segue.model.connections import Connections
from segue.model.image import LabelImage, size_of
from segue.model.objects import unique_texts
from segue.model.study import ImageSet
from segue.model.tables import Column, Table
from segue.workflow.measuring.layers import dimensions
from segue.workflow.measuring.units import physical_size

TABLE = "contacts"
"""The table about connections that holds how long each contact is."""


def with_neighbours(s: ImageSet, labels: Sequence[LabelImage], *, physical: bool, where: str) -> ImageSet:
    """The image set with a connection ``touches`` for each pair of segments that share a side of a pixel (in volumes a face).

    The parent is the object of the smaller label. Connections of this kind that were there are replaced; others stay. The table ``contacts`` holds
    the column ``contact_length`` (in volumes ``contact_area``): pixel sides, or in units.
    """
    found = [_of(s, image, t, physical=physical, where=where) for image in labels for t in range(size_of(image.pixels, image.axes, "t"))]
    kept = s.connections.frame.with_row_index("old").filter(pl.col("kind") != "touches")
    touching = pl.concat([frame for frame, _ in found]) if found else pl.DataFrame(schema={"parent": pl.Int32, "child": pl.Int32, "length": pl.Float64})
    names = s.objects.frame["id"]
    ids = pl.concat([kept["id"], names.gather(touching["parent"]) + "-" + names.gather(touching["child"])])
    frame = pl.concat([kept.drop("old"), touching.select("parent", "child", kind=pl.lit("touches"))], how="diagonal_relaxed")
    frame = frame.with_columns(unique_texts(ids).alias("id"))
    rows = pl.int_range(kept.height, frame.height, dtype=pl.Int32, eager=True)
    column = found[0][1] if found else Column("contact_length", unit="px")
    lengths = {TABLE: Table("connections", pl.DataFrame({"row": rows, column.name: touching["length"]}), (column,))} if len(rows) else {}
    return replace(s, connections=Connections(frame), tables={**_moved(s, kept["old"]), **lengths})


def _moved(s: ImageSet, old: pl.Series) -> dict[str, Table]:
    """The tables, those about connections with the rows of the connections that stayed."""
    from segue.model.frames import remapped

    moved = {}
    for name, table in s.tables.items():
        if table.about != "connections":
            moved[name] = table
        elif name != TABLE:
            kept = old.cast(pl.Int32)
            stale = remapped(table.stale.to_frame(), ("row",), kept)["row"]
            moved[name] = replace(table, frame=remapped(table.frame, ("row",), kept), stale=stale)
    return moved


def _of(s: ImageSet, image: LabelImage, t: int, *, physical: bool, where: str) -> tuple[pl.DataFrame, Column]:
    """(parent, child, length) of the contacts at one time."""
    found, dims = contacts(image, t), dimensions(image)
    size, unit = physical_size(s.grid, dims, where) if physical else (None, "px")
    time = t if size_of(image.pixels, image.axes, "t") > 1 else None
    numbered = s.objects.frame.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int32)).filter(pl.col("layer").eq_missing(image.name))
    rows = numbered.filter(pl.col("t").eq_missing(pl.lit(time, pl.Int32))).select("label", "row")
    frame = pl.DataFrame({"first": found.first, "second": found.second, "length": found.length(size)})
    for end, name in (("parent", "first"), ("child", "second")):
        frame = frame.join(rows.rename({"row": end}), left_on=name, right_on="label", how="left", maintain_order="left")
    column = Column("contact_area", unit=f"{unit}^2") if dims == 3 else Column("contact_length", unit=unit)
    return frame.select("parent", "child", "length"), column
