"""Columns of any type as values of the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import polars as pl

from segue.formats.description_files import Described
from segue.model.objects import unique_texts
from segue.model.tables import TYPES, Column, Table

TABLE = "values"
"""What the table of columns is called of which nothing but the name is known."""
Type = Literal["number", "integer", "text", "boolean", "json"]


def tables(described: Described, series: Mapping[str, pl.Series], count: int) -> dict[str, Table]:
    """The tables that the file describes, and one of all other columns; ``series``: column -> a value per object."""
    rows = pl.int_range(count, dtype=pl.Int32, eager=True).alias("row")
    found: dict[str, Table] = {}
    used = set()
    for name, columns in described.items():
        values = {"row": rows}
        for key, column in columns:
            used.add(key)
            given = series.get(key)
            values[column.name] = _as_type(given, column.type, count)
        found[name] = Table("objects", pl.DataFrame(values), tuple(column for _, column in columns))
    others = {name: plain(values) for name, values in series.items() if name not in used}
    if others:
        names = unique_texts(pl.Series(["row", *others], dtype=pl.Utf8))[1:].to_list()
        own = unique_texts(pl.Series([*found, TABLE], dtype=pl.Utf8))[-1]
        columns_ = tuple(Column(name, kind) for name, (kind, _) in zip(names, others.values(), strict=True))
        frame = pl.DataFrame({"row": rows} | dict(zip(names, (values for _, values in others.values()), strict=True)))
        found[own] = Table("objects", frame, columns_)
    return found


def _as_type(values: pl.Series | None, kind: Type, count: int) -> pl.Series:
    """Values as the type that the file says they are; null for what cannot be."""
    if values is None:
        return pl.Series([None], dtype=TYPES[kind]).new_from_index(0, count)
    _, found = plain(values)
    return found.cast(TYPES[kind], strict=False)


def plain(values: pl.Series) -> tuple[Type, pl.Series]:
    """Values of any type as one of the five of the model, exactly; what is no scalar becomes JSON."""
    dtype, name = values.dtype, values.name
    values = values.alias("")
    if dtype == pl.Boolean:
        return "boolean", values.alias(name)
    if dtype.is_integer():
        whole = values.cast(pl.Int64, strict=False)
        return ("integer", whole.alias(name)) if whole.null_count() == values.null_count() else ("text", values.cast(pl.Utf8).alias(name))
    if dtype.is_float() or dtype.is_decimal():
        return "number", values.cast(pl.Float64).alias(name)
    if dtype == pl.Utf8 or dtype in (pl.Categorical, pl.Enum, pl.Null):
        return "text", values.cast(pl.Utf8).alias(name)
    if dtype.is_temporal():
        return "text", pl.Series(name, [None if one is None else str(one) for one in values.to_list()], dtype=pl.Utf8)
    return "json", pl.Series(name, [None if one is None else json.dumps(one, default=_other) for one in values.to_list()], dtype=pl.Utf8)


def _other(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.to_list() if isinstance(value, pl.Series) else str(value)
