"""A fitted study on its way to OME-XML: everything is numbered before the first text is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from segue.formats.description_files import Described
from segue.formats.ome_files import extras
from segue.formats.ome_files.hints_write import shape_notes
from segue.formats.ome_files.holes import Holed, Holes, holed
from segue.formats.ome_files.values import keyed
from segue.model.populations import Population
from segue.model.study import ImageSet, Study

CHUNK = 20_000
"""Objects whose text is in memory at a time."""


@dataclass(frozen=True)
class Part:
    """One image set, and what is known before its text is made."""

    s: ImageSet
    nth: int
    first: int
    """The number of its first ROI."""
    holed: Holed
    notes: pl.Series
    """Per shape the ID of its note; null = none."""
    columns: Described
    details: dict[int, dict[str, Any]]
    image: dict[str, Any]

    @property
    def id(self) -> str:
        return f"Image:{self.nth}"


@dataclass(frozen=True)
class Plan:
    """A fitted study on its way to text."""

    parts: list[Part]
    populations: dict[str, Population]
    """ID of a tag -> population."""
    shared: list[str]
    """The notes of shapes."""


def planned(study: Study, holes: Holes) -> Plan:
    """Number everything: ROIs over all image sets, and equal notes of shapes once."""
    parts: list[Part] = []
    shared: dict[str, str] = {}
    first = 0
    for nth, s in enumerate(study.image_sets):
        found = holed(s.shapes, holes)
        texts = shape_notes(s.shapes, s.objects.frame["colour"].gather(s.shapes.frame["object"]), found)
        for text in texts.drop_nulls().unique(maintain_order=True):
            shared.setdefault(text, f"Annotation:shape:{len(shared)}")
        ids = texts.replace_strict(shared, default=None, return_dtype=pl.Utf8) if shared else texts
        details, image = extras.stated(s.extras, s.objects)
        parts.append(Part(s, nth, first, found, ids, keyed(s.tables), details, image))
        first += len(s.objects)
    return Plan(parts, {f"Annotation:population:{nth}": one for nth, one in enumerate(study.populations)}, list(shared))
