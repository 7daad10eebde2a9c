"""The columns of a file: what segue writes, and where it looks for the same in files of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from segue.codecs.parquet_geometry import COLUMN as GEOMETRY
from segue.model.objects import unique_texts
from segue.model.tables import Column, Table

GEO, PANDAS = "geo", "pandas"
"""Keys of the metadata of GeoParquet and of pandas."""
CLASSIFICATION, POPULATIONS, KIND = "classification", "populations", "kind"
OBJECT = ("id", "label", "layer", "t", "track", "name", "colour", "locked")
SHAPE = ("z", "c", "role")
RESERVED = ("id", "label", "name", CLASSIFICATION, POPULATIONS, "layer", "t", "z", "c", "role", KIND, "track", "colour", "locked", GEOMETRY)
"""Every column with a meaning, in the order of the file."""


@dataclass(frozen=True)
class Placed:
    """A column of values and the name it has in the file."""

    table: str
    column: Column
    key: str


def placed(tables: Mapping[str, Table]) -> list[Placed]:
    """All columns of the tables, with names that are unique in the file."""
    found = [(name, column) for name, table in tables.items() for column in table.columns]
    keys = unique_texts(pl.Series([*RESERVED, *(column.name for _, column in found)], dtype=pl.Utf8))[len(RESERVED) :]
    return [Placed(name, column, key) for (name, column), key in zip(found, keys, strict=True)]
