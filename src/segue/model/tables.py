"""Tables of values about objects, connections, image sets, or objects on planes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from segue.model.frames import Schema, all_different, conform

ABOUT = ("objects", "connections", "image set", "objects on planes")
KEYS = {
    "objects": {"row": pl.Int32},
    "connections": {"row": pl.Int32},
    "image set": {},
    "objects on planes": {"row": pl.Int32, "t": pl.Int32, "c": pl.Int32, "z": pl.Int32},
}
TYPES = {"number": pl.Float64, "integer": pl.Int64, "text": pl.Utf8, "boolean": pl.Boolean, "json": pl.Utf8}


@dataclass(frozen=True)
class Column:
    """What the values of one column mean."""

    name: str
    """Its name in the table; unique there."""
    type: Literal["number", "integer", "text", "boolean", "json"] = "number"
    property: str | None = None
    """The property of the study that it is a value of; None = none."""
    path: tuple[str, ...] = ()
    """Names of nested parts of that property."""
    unit: str | None = None
    measurement: str | None = None
    """The measurement of segue's catalogue that made it; None = not known."""
    channel: str | None = None
    layer: str | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """Values, one row per thing. Missing is null; NaN is a number."""

    about: Literal["objects", "connections", "image set", "objects on planes"]
    frame: pl.DataFrame
    """The key columns (``row`` = row of the object or connection, then t, c, z) and one column per ``columns``."""
    columns: tuple[Column, ...] = field(default=())
    stale: pl.Series = field(default_factory=lambda: pl.Series("row", [], pl.Int32))
    """Rows (as in ``row``, ascending) of the objects or connections that changed after their values were made; int32."""

    def __post_init__(self) -> None:
        expected: Schema = {**KEYS[self.about], **{column.name: TYPES[column.type] for column in self.columns}}
        if self.frame.columns != list(expected) or len(expected) != len(self.columns) + len(KEYS[self.about]):
            raise ValueError(f"a table about {self.about} has the columns {list(expected)}, each once, not {self.frame.columns}")
        object.__setattr__(self, "frame", conform(self.frame, expected, f"tables about {self.about}"))
        if self.keys and not (all_different(self.frame["row"]) if self.keys == ["row"] else not self.frame.select(self.keys).is_duplicated().any()):
            raise ValueError(f"a table about {self.about} has one row per thing")
        if len(self.stale):
            object.__setattr__(self, "stale", self.stale.cast(pl.Int32).unique().sort().alias("row"))
            if "row" not in self.keys or not self.stale.is_in(self.frame["row"].implode()).all():
                raise ValueError("what is stale stands in the table")

    @property
    def keys(self) -> list[str]:
        return list(KEYS[self.about])

    def __len__(self) -> int:
        return self.frame.height
