"""What a project says, file by file: between the files and the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_project.database import SEGMENT, Features
from segue.formats.mantis_project.settings import Settings
from segue.model.grid import Grid
from segue.model.image import Image, LabelImage


@dataclass(frozen=True, eq=False)
class SetParts:
    """One image set."""

    folder: str
    """Its folder, by which the database knows it."""
    name: str
    group: str | None = None
    position: tuple[tuple[str, int], ...] = ()
    grid: Grid = field(default_factory=Grid)
    images: tuple[Image, ...] = ()
    labels: tuple[LabelImage, ...] = ()
    layer: str = ""
    """Of its segments."""
    features: Features = field(default_factory=Features)
    generated: bool = False
    """Whether Mantis computed the features."""
    rows: Sequence[Row] = ()
    """Its populations, in order."""
    segments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEGMENT))
    """What segue knows about its segments."""
    settings: str = ""
    """Text of its ``.mantisImageSettings``."""
    drawable: bool = True
    """Whether numbers of pixels mean pixels of its grid: Mantis counts those of a smaller copy of large images."""


@dataclass(frozen=True)
class Project:
    """All of them."""

    sets: Sequence[SetParts]
    settings: Settings = field(default_factory=dict)
    """Name -> value."""


def whole(value: Any) -> int | None:
    """A whole number, if it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None
