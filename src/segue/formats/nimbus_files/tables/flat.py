"""A table as it stands in a file: names, and columns of values in their own types."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Flat:
    """The columns of a file."""

    names: list[str]
    """The header, in order; names of properties may be repeated."""
    columns: list[pl.Series]
    """As many; null = missing."""
    fixed: int
    """How many columns at the beginning are no properties."""

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def head(self, rows: int) -> Flat:
        """The first rows."""
        return Flat(self.names, [column.head(rows) for column in self.columns], self.fixed)
