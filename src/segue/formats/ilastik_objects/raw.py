"""An object table as its file holds it."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from segue.model.rings import Rings
from segue.notes import Notes


@dataclass(frozen=True)
class Crops:
    """The pixels of objects, one mask per object and plane."""

    row: list[int] = field(default_factory=list)
    """Row of the table."""
    z: list[int | None] = field(default_factory=list)
    rings: list[Rings] = field(default_factory=list)


@dataclass(frozen=True)
class Raw:
    """Columns by their names."""

    keys: dict[str, pl.Series]
    """Those that are no values; texts, or whole numbers."""
    values: list[pl.Series]
    crops: Crops = field(default_factory=Crops)
    notes: Notes = field(default_factory=Notes)
