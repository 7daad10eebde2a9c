"""A table as its file holds it, whatever kind of file that is; and what becomes a study of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from segue.formats.table.roles import Role
from segue.model.tables import Column
from segue.notes import Note


@dataclass(frozen=True)
class Raw:
    """Columns of a file."""

    names: list[str]
    """Unique; in the order of the columns."""
    columns: list[pl.Series]
    """Text, or numbers and truth values where the file says so."""
    decimal: str = "."
    typed: bool = False
    """Whether the file says what is text: then text stays text."""
    own: bool = False
    """Whether segue wrote it."""
    row_numbers: bool | None = None
    """Whether the first column counts the rows: True as ImageJ does (from 1), False as pandas does, None = it does not."""
    facts: Mapping[str, Column] = field(default_factory=dict)
    """What the file says about its columns of values."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Units that stand below the names of columns."""
    table: str = "measurements"
    """Name of the table of values."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Parts:
    """A table taken apart."""

    roles: dict[str, pl.Series]
    """Role -> its column."""
    what: dict[str, Role]
    """Role -> what its column is."""
    values: list[tuple[Column, pl.Series]]
    """The columns of values, in order."""
    height: int
    table: str = "measurements"
    pixel_size: tuple[float, str | None] | None = None
    several: bool = True
    """Whether a cell of populations may hold several names."""
    numbered: bool = False
    """Whether the ids are row numbers, which are labels too."""
