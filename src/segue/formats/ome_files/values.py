"""Tables of values about objects, as keys and values of map annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from segue.codecs.xml_write import holdable, holdable_texts
from segue.errors import TooLarge
from segue.formats.description_files import Described
from segue.formats.ome_files import terms
from segue.model.objects import unique_texts
from segue.model.tables import TYPES, Column, Table

FOREIGN = "annotations"
"""Name of the table of values that others annotated."""
MOST_CELLS = 1 << 27
_JOINT = "; "


def keyed(tables: Mapping[str, Table]) -> Described:
    """The columns of all tables with keys that are unique, that XML can hold, and that are none of segue's own words."""
    places = [(name, column) for name, table in tables.items() for column in table.columns]
    bases = ["_" + column.name if column.name.startswith(("_", terms.PREFIX)) else column.name for _, column in places]
    keys = unique_texts(pl.Series([holdable(base) for base in bases], dtype=pl.Utf8)).to_list()
    found: Described = {name: [] for name in tables}
    for key, (name, column) in zip(keys, places, strict=True):
        found[name].append((key, column))
    return found


def fitted_tables(tables: Mapping[str, Table], count: int) -> dict[str, Table]:
    """Tables about objects, a row per object, texts as XML can hold them; nothing is marked as stale."""
    return {name: _fitted(table, count) for name, table in tables.items() if table.about == "objects"}


def _fitted(table: Table, count: int) -> Table:
    rows = pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int32, eager=True)})
    frame = rows.join(table.frame, on="row", how="left", maintain_order="left")
    values = {column.name: as_values(as_texts(frame[column.name], column), column) for column in table.columns}
    return Table("objects", pl.DataFrame({"row": frame["row"], **values}), table.columns)


def as_texts(values: pl.Series, column: Column) -> pl.Series:
    """Values as they stand in the file."""
    values = values.alias("value")
    if column.type == "number":
        return values.cast(pl.Utf8).str.strip_suffix(".0")
    if column.type in ("text", "json"):
        return values.to_frame().select(holdable_texts(pl.col("value"))).to_series()
    return values.cast(pl.Utf8)


def as_values(texts: pl.Series, column: Column) -> pl.Series:
    """Texts of the file as the type that a column has; null for what cannot be."""
    texts = texts.alias("value")
    if column.type == "boolean":
        return pl.select(pl.when(texts.is_in(["true", "false"])).then(texts == "true")).to_series()
    return texts.cast(TYPES[column.type], strict=False)


def read_tables(described: Described, noted: pl.DataFrame, foreign: pl.DataFrame, rois: pl.Series) -> dict[str, Table]:
    """The tables of one image set.

    Parameters
    ----------
    described
        What segue says about its columns.
    noted, foreign
        ``roi``, ``key``, ``value`` of segue's annotations and of others.
    rois
        The ROI of each object.

    Raises
    ------
    TooLarge
        There are so many different keys that a table of them would not fit into memory.
    """
    found = {name: _table(noted, columns, rois) for name, columns in described.items()}
    used = {key for columns in described.values() for key, _ in columns}
    others = pl.concat([noted.filter(~pl.col("key").is_in(list(used)) & ~pl.col("key").str.starts_with(terms.PREFIX)), foreign])
    mine = others.filter(pl.col("roi").is_in(rois.implode()))
    keys = mine["key"].unique(maintain_order=True).to_list()
    if len(keys) * len(rois) > MOST_CELLS:
        raise TooLarge(f"its annotations have {len(keys):,} different keys for {len(rois):,} ROIs, more than a table can have columns")
    if keys:
        name = unique_texts(pl.Series([*found, FOREIGN], dtype=pl.Utf8))[-1]
        found[name] = _table(mine, _guessed(mine, keys), rois)
    return found


def _guessed(values: pl.DataFrame, keys: list[str]) -> list[tuple[str, Column]]:
    """A column per key: of numbers if all its values are."""
    columns = []
    for key, name in zip(keys, unique_texts(pl.Series(["row", *keys], dtype=pl.Utf8))[1:].to_list(), strict=True):
        texts = values.filter(pl.col("key") == pl.lit(key))["value"]
        numbers = texts.cast(pl.Float64, strict=False).is_not_null().all()
        columns.append((key, Column(name, "number" if numbers else "text")))
    return columns


def _table(values: pl.DataFrame, columns: list[tuple[str, Column]], rois: pl.Series) -> Table:
    """A row per object; several values of one key are joined."""
    left = pl.DataFrame({"roi": rois})
    frame: dict[str, Any] = {"row": pl.int_range(len(rois), dtype=pl.Int32, eager=True)}
    parts = values.partition_by("key", as_dict=True) if values.height else {}
    for key, column in columns:
        mine = parts.get((key,), values.clear())
        if mine["roi"].n_unique() < mine.height:
            mine = mine.group_by("roi", maintain_order=True).agg(pl.col("value").str.join(_JOINT))
        frame[column.name] = as_values(left.join(mine.select("roi", "value"), on="roi", how="left", maintain_order="left")["value"], column)
    return Table("objects", pl.DataFrame(frame), tuple(column for _, column in columns))
