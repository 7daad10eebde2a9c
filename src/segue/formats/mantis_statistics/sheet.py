"""Statistics as columns: what stands between a study and a file."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

SEGMENT, X, Y, POPULATIONS = "Segment ID", "Centroid X", "Centroid Y", "Populations"
"""The headings of Mantis Viewer; the first column, the last but two, the last but one, and the last."""
JOINT = ","


@dataclass(frozen=True)
class Sheet:
    """The rows of a table, ascending by label."""

    labels: pl.Series
    """UInt64."""
    values: tuple[pl.Series, ...]
    """Float64, each called as its heading; names are unique."""
    x: pl.Series
    y: pl.Series
    """Number of the pixel from 0, Int64; null = no position."""
    populations: pl.Series
    """Names with a comma between them; null = in none."""
