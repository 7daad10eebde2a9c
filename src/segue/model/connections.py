"""Connections between objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from segue.model.frames import conform

KINDS = ("link", "track", "part-of", "contains", "touches")
SCHEMA: dict[str, Any] = {"id": pl.Utf8, "kind": pl.Enum(KINDS), "parent": pl.Int32, "child": pl.Int32, "label": pl.Utf8, "tags": pl.List(pl.Utf8)}
COLUMNS = {
    "id": "text, unique in the image set",
    "kind": "link, track (parent is earlier), part-of (parent is part of child), contains, touches",
    "parent": "row of the first object",
    "child": "row of the second object",
    "label": "what people call it; null = no name",
    "tags": "free words, in order",
}


@dataclass(frozen=True, eq=False)
class Connections:
    """One row per connection."""

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        object.__setattr__(self, "frame", conform(self.frame, SCHEMA, "connections"))
        if self.frame["id"].null_count() or self.frame["id"].n_unique() != self.frame.height:
            raise ValueError("ids of connections are present and unique")

    def __len__(self) -> int:
        return self.frame.height

    @classmethod
    @cache
    def empty(cls) -> Connections:
        return cls(pl.DataFrame(schema=SCHEMA))
