"""What an OME-Zarr says about single labels: their colours and properties, as objects and a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from segue.codecs.json_text import dumps
from segue.codecs.ngff_read import label_rows
from segue.model.objects import Objects, default_ids
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table

NAME = "properties"
"""What the table is called."""


@dataclass(frozen=True)
class Described:
    """A label image about whose labels something is said."""

    layer: str
    colours: dict[int, int]
    rows: list[tuple[int, dict[str, Any]]]


def described(ome: dict[str, Any], layer: str) -> Described | None:
    """What is said about the labels of a label image; None if nothing."""
    colours, rows = label_rows(ome)
    return Described(layer, colours, rows) if colours or rows else None


def with_objects(s: ImageSet, about: list[Described]) -> ImageSet:
    """The image set with an object for every label of which something is said."""
    if not about:
        return s
    pairs = [(one, label) for one in about for label in dict.fromkeys([*sorted(one.colours), *(label for label, _ in one.rows)])]
    frame = pl.DataFrame(
        {
            "layer": pl.Series([one.layer for one, _ in pairs], dtype=pl.Utf8),
            "label": pl.Series([label for _, label in pairs], dtype=pl.UInt64),
            "t": pl.Series([None] * len(pairs), dtype=pl.Int32),
            "colour": pl.Series([one.colours.get(label) for one, label in pairs], dtype=pl.UInt32),
        }
    )
    objects = Objects(frame.with_columns(default_ids(frame)))
    row_of = {(one.layer, label): row for row, (one, label) in enumerate(pairs)}
    rows = [(row_of[one.layer, label], values) for one in about for label, values in one.rows]
    tables = {NAME: _table(rows)} if any(values for _, values in rows) else {}
    return replace(s, objects=objects, tables=tables)


def _table(rows: list[tuple[int, dict[str, Any]]]) -> Table:
    names = [name for name in dict.fromkeys(name for _, values in rows for name in values) if name != "row"]
    columns, data = [], {"row": pl.Series([row for row, _ in rows], dtype=pl.Int32)}
    for name in names:
        values = [one.get(name) for _, one in rows]
        kind = _kind(values)
        texts = [None if value is None else dumps(value).decode() for value in values] if kind == "json" else values
        data[name] = pl.Series(name, texts, dtype=TYPES[kind])
        columns.append(Column(name, kind))
    return Table("objects", pl.DataFrame(data), tuple(columns))


def _kind(values: list[Any]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int} and all(value is None or -(2**63) <= value < 2**63 for value in values):
        return "integer"
    if kinds and kinds <= {int, float} and all(not isinstance(value, int) or abs(value) <= 2**53 for value in values):
        return "number"
    return "text" if kinds == {str} else "json"
