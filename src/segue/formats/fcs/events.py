"""Events as a file holds them, on their way in or out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.fcs.facts import Facts
from segue.model.tables import Column

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Events:
    """One row per object; a column per channel."""

    names: list[str]
    """``$PnN``."""
    stains: list[str]
    """``$PnS``; empty = none."""
    columns: list[Array]
    """One number per event."""
    facts: Facts | None = None
    """What segue says about them; None = a file of another program, or its dialect."""
    sample: str = ""
    """What the image set is called where there are no such facts; empty = not stated."""

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0


@dataclass(frozen=True)
class Value:
    """A column of values about all events."""

    table: str
    column: Column
    series: pl.Series
    images: frozenset[int] | None = None
    """Numbers of the image sets that have it; None = all."""


@dataclass(frozen=True)
class Parts:
    """Events taken apart."""

    roles: dict[str, pl.Series]
    """label, layer, t, track, id, name (of objects), z: one value per event, null = none; no other roles."""
    points: npt.NDArray[np.float64] | None
    """(x, y) of every event; NaN = no position. Pixels from the corner."""
    image: npt.NDArray[np.int64] | None
    """Number of the image set of every event; None = there is one."""
    values: list[Value]
    populations: list[tuple[str, Array]]
    """(id, a number for each event: members have one above 0)."""
