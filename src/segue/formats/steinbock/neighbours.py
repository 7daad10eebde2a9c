"""``neighbors/NAME.csv``: pairs of objects, and how far apart they are."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from segue.errors import Malformed
from segue.formats.cell_files import cell_numbers, read_cells
from segue.formats.steinbock.layout import DISTANCE, NEIGHBOR, NEIGHBORS, OBJECT
from segue.model.connections import Connections
from segue.model.objects import Objects, unique_texts
from segue.model.study import ImageSet
from segue.model.tables import Column, Table
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_KINDS = ("link", "touches")
SCHEMA = {OBJECT: pl.UInt64, NEIGHBOR: pl.UInt64, DISTANCE: pl.Float64}


def read_neighbours(path: Path) -> tuple[pl.DataFrame, Notes]:
    """Pairs of object numbers and their distance.

    Raises
    ------
    SourceError
        It is no table of neighbours.
    """
    source = Source(path)
    found = read_cells(source, (OBJECT, NEIGHBOR, DISTANCE), OBJECT)
    if NEIGHBOR not in found.keys:
        raise Malformed(f"{path} has no column {NEIGHBOR}", path=path, position="header", expected=NEIGHBOR)
    ends = {name: cell_numbers(found.keys[name].alias(name), source) for name in (OBJECT, NEIGHBOR)}
    distance = found.keys.get(DISTANCE, pl.Series([None], dtype=pl.Float64).new_from_index(0, len(ends[OBJECT])))
    if not distance.dtype.is_numeric():
        raise Malformed(f"{path}: column {DISTANCE} holds something else than numbers", path=path, position=f"column {DISTANCE}")
    notes = Notes()
    if found.values:
        notes = Notes.of(Note(Kind.SKIPPED, "{count column} of a table of neighbours that steinbock does not have", where=path.name, count=len(found.values)))
    return pl.DataFrame({**ends, DISTANCE: distance.cast(pl.Float64)}), found.notes + notes


def connected(pairs: pl.DataFrame, objects: Objects) -> tuple[Connections, dict[str, Table]]:
    """Pairs as connections of objects that are there: links where there is a distance, else they touch; the distances as a table."""
    rows = objects.frame.select("label", row=pl.int_range(pl.len(), dtype=pl.Int32))
    for end, name in (("parent", OBJECT), ("child", NEIGHBOR)):
        pairs = pairs.join(rows.rename({"row": end}), left_on=name, right_on="label", how="left", maintain_order="left")
    distance = pairs[DISTANCE].fill_nan(None)
    ids = unique_texts(pairs.select(pl.concat_str(pl.col(OBJECT).cast(pl.Utf8), pl.lit("-"), pl.col(NEIGHBOR).cast(pl.Utf8)).alias("id"))["id"])
    kinds = pl.select(pl.when(distance.is_null()).then(pl.lit("touches")).otherwise(pl.lit("link"))).to_series()
    frame = pl.DataFrame({"id": ids, "kind": kinds, "parent": pairs["parent"], "child": pairs["child"]})
    if distance.null_count() == len(distance):
        return Connections(frame), {}
    values = pl.DataFrame({"row": pl.int_range(len(distance), dtype=pl.Int32, eager=True), DISTANCE: distance})
    return Connections(frame), {NEIGHBORS: Table("connections", values, (Column(DISTANCE, unit="pixel"),))}


def pairs_of(s: ImageSet) -> pl.DataFrame:
    """The connections that are neighbours, as the file has them."""
    frame = s.connections.frame.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int32)).filter(pl.col("kind").cast(pl.Utf8).is_in(_KINDS))
    label = s.objects.frame["label"]
    distance = _distances(s).rename({"value": DISTANCE})
    frame = frame.join(distance, on="row", how="left", maintain_order="left")
    return pl.DataFrame(
        {OBJECT: label.gather(frame["parent"]), NEIGHBOR: label.gather(frame["child"]), DISTANCE: frame[DISTANCE].fill_nan(None)}, schema=SCHEMA
    )


def _distances(s: ImageSet) -> pl.DataFrame:
    """(row of the connection, value) of the first column about connections that is called like a distance and holds numbers."""
    for table in s.tables.values():
        for column in table.columns if table.about == "connections" else ():
            if column.name.lower() == DISTANCE.lower() and column.type in ("number", "integer"):
                return table.frame.select("row", pl.col(column.name).cast(pl.Float64).alias("value"))
    return pl.DataFrame(schema={"row": pl.Int32, "value": pl.Float64})
