"""Tables about objects as measurements (numbers) and metadata (texts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from segue.formats.qupath_geojson.terms import MEASUREMENTS, METADATA, PREFIX
from segue.model.objects import unique_texts
from segue.model.tables import TYPES, Column, Table

NUMBERS = ("number", "integer", "boolean")
"""Types of columns that are measurements."""


@dataclass(frozen=True)
class Placed:
    """A column and the key it has in the file."""

    table: str
    column: Column
    key: str

    @property
    def is_number(self) -> bool:
        return self.column.type in NUMBERS


def placed(tables: Mapping[str, Table]) -> list[Placed]:
    """All columns of the tables, with keys that are unique among measurements and among metadata."""
    found = [(name, column) for name, table in tables.items() for column in table.columns]
    keys: dict[int, str] = {}
    for numbers in (True, False):
        mine = [nth for nth, (_, column) in enumerate(found) if (column.type in NUMBERS) == numbers]
        bases = ["_" + found[nth][1].name if found[nth][1].name.startswith(PREFIX) else found[nth][1].name for nth in mine]
        keys |= dict(zip(mine, unique_texts(pl.Series(bases, dtype=pl.Utf8)), strict=True))
    return [Placed(name, column, keys[nth]) for nth, (name, column) in enumerate(found)]


def fitted_tables(tables: Mapping[str, Table], count: int) -> dict[str, Table]:
    """Tables about objects, a row per object, numbers as float64 can hold them."""
    return {name: _fitted(table, count) for name, table in tables.items() if table.about == "objects"}


def _fitted(table: Table, count: int) -> Table:
    rows = pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int32, eager=True)})
    frame = rows.join(table.frame, on="row", how="left", maintain_order="left")
    values = {column.name: as_type(as_text_or_number(frame[column.name], column), column) for column in table.columns}
    return Table("objects", pl.DataFrame({"row": frame["row"], **values}), table.columns)


def as_text_or_number(values: pl.Series, column: Column) -> pl.Series:
    """What stands in the file: Float64 or Utf8."""
    plain = values.alias("")  # polars takes a name such as ^a$ for a pattern
    return plain.cast(pl.Float64) if column.type in NUMBERS else plain


def as_type(values: pl.Series, column: Column) -> pl.Series:
    """What stands in the file as the type that the column has; null for what cannot be."""
    values = values.alias("")
    if column.type == "boolean":
        return values.set(~values.is_in([0.0, 1.0]), None).cast(pl.Boolean)
    return values.cast(TYPES[column.type], strict=False)


def merged(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables of a bare list of features: one of all numbers, one of all texts; empty columns are left out."""
    found: dict[str, Table] = {}
    for name, numbers in ((MEASUREMENTS, True), (METADATA, False)):
        mine = [one for one in placed(tables) if one.is_number == numbers]
        series = {one.key: as_text_or_number(tables[one.table].frame[one.column.name], one.column) for one in mine}
        found |= native(name, {key: values for key, values in series.items() if values.null_count() < len(values)}, numbers=numbers)
    return found


def native(name: str, series: dict[str, pl.Series], *, numbers: bool) -> dict[str, Table]:
    """A table of columns of which nothing but the name is known; none if there are no columns."""
    if not series:
        return {}
    names = unique_texts(pl.Series(["row", *series], dtype=pl.Utf8))[1:]
    columns = tuple(Column(own, "number" if numbers else "text") for own in names)
    height = len(next(iter(series.values())))
    frame = {"row": pl.int_range(height, dtype=pl.Int32, eager=True), **dict(zip(names, series.values(), strict=True))}
    return {name: Table("objects", pl.DataFrame(frame), columns)}


def read_tables(
    described: dict[str, list[tuple[str, Column]]], measurements: dict[str, pl.Series], metadata: dict[str, pl.Series], count: int
) -> dict[str, Table]:
    """The tables that the file describes (name -> keys and columns), and the rest of its values as native tables."""
    used: tuple[set[str], set[str]] = (set(), set())
    found: dict[str, Table] = {}
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    for name, columns in described.items():
        frame = {"row": pl.int_range(count, dtype=pl.Int32, eager=True)}
        for key, column in columns:
            numbers = column.type in NUMBERS
            used[numbers].add(key)
            source = (measurements if numbers else metadata).get(key, empty)
            frame[column.name] = as_type(source.cast(pl.Float64 if numbers else pl.Utf8), column)
        found[name] = Table("objects", pl.DataFrame(frame), tuple(column for _, column in columns))
    others = {name: values for name, values in measurements.items() if name not in used[True]}
    texts = {name: values for name, values in metadata.items() if name not in used[False]}
    for name, series, numbers in ((MEASUREMENTS, others, True), (METADATA, texts, False)):
        own = next(iter(unique_texts(pl.Series([*found, name]))[len(found) :]))
        found |= native(own, series, numbers=numbers)
    return found
