"""A results table as its cells: what stands between a study and a file."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Sheet:
    """The cells of a table as texts; null = empty."""

    height: int
    names: tuple[str, ...] = ()
    """Headings of the columns that are neither numbers of rows nor labels."""
    columns: tuple[pl.Series, ...] = ()
    labels: pl.Series | None = None
    """The column Label."""
    numbers: pl.Series | None = None
    """The numbers of the rows."""
    decimal: str = field(default=".")

    @property
    def first(self) -> int:
        """How many columns stand in front of the others."""
        return (self.numbers is not None) + (self.labels is not None)
