"""What an action may need of an image set, or of the study that it is in. No pixel is read to find out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from segue.formats.shape_files import area_rows
from segue.model.populations import Population
from segue.model.rules import REGIONS, GateRule, Range
from segue.model.study import ImageSet, Study


@dataclass(frozen=True)
class Need:
    """Something that has to be there."""

    what: str
    """With its article: ``a segmentation``."""
    there: Callable[[Study, ImageSet], bool]


def _segmented(study: Study, s: ImageSet) -> bool:
    return bool(s.labels) or bool((_layers_of_areas(s) != REGIONS).any())


def _listed(study: Study, s: ImageSet) -> bool:
    """Whether there are segments, though perhaps without their pixels."""
    return _segmented(study, s) or bool((s.objects.frame["layer"].fill_null("") != REGIONS).any())


def _layers_of_areas(s: ImageSet) -> pl.Series:
    """The layer of each shape that encloses pixels; an empty text where it has none."""
    rows = area_rows(s.shapes)
    return s.objects.frame["layer"].gather(s.shapes.frame["object"].gather(rows)).fill_null("") if len(rows) else pl.Series([], dtype=pl.Utf8)


def _valued(study: Study, s: ImageSet) -> bool:
    return any(column.type in ("number", "integer") for table in s.tables.values() if table.about == "objects" for column in table.columns)


def _gated(study: Study, s: ImageSet) -> bool:
    known = {one.id: one for one in study.populations}
    return any(_ranged(one, known) for one in study.populations)


def _ranged(population: Population, known: Mapping[str, Population]) -> bool:
    """Whether ranges alone define it, as gates are written: its own, and those of the gates that it is a part of."""
    one: Population | None = population
    seen: set[str] = set()
    count = 0
    while one is not None and one.id not in seen and isinstance(one.rule, GateRule) and all(isinstance(term, Range) for term in one.rule.terms):
        seen.add(one.id)
        count += len(one.rule.terms)
        if one.rule.parent is None:
            return count > 0
        one = known.get(one.rule.parent)
    return False


def _seen(study: Study, s: ImageSet) -> bool:
    return bool(s.images or s.labels or len(s.shapes))


SEGMENTATION = Need("a segmentation", _segmented)
SEGMENTS = Need("a segmentation", _listed)
"""Or the list of its segments, as a table has it."""
IMAGE = Need("an image", lambda study, s: bool(s.images))
PIXELS = Need("an image or a label image", lambda study, s: bool(s.images or s.labels))
DRAWABLE = Need("an image, a segmentation or a region", lambda study, s: bool(s.images or s.labels or len(area_rows(s.shapes))))
PICTURE = Need("an image, a segmentation or a drawing", _seen)
REGION = Need("a region", lambda study, s: bool((_layers_of_areas(s) == REGIONS).any()))
POPULATION = Need("a population", lambda study, s: bool(study.populations))
TWO = Need("two populations", lambda study, s: len(study.populations) > 1)
MEMBERS = Need("a population with members", lambda study, s: bool(len(s.membership)))
NAMED = Need("a region or a population", lambda study, s: bool(study.populations) or REGION.there(study, s))
VALUES = Need("measured values", _valued)
MEASURABLE = Need("measured values or an image", lambda study, s: bool(s.images) or _valued(study, s))
GATE = Need("a population that ranges of values define", _gated)
CONNECTIONS = Need("a connection", lambda study, s: bool(len(s.connections)))
OBJECTS = Need("an object", lambda study, s: bool(len(s.objects) or s.labels))
DISPLAY = Need("a setting of channels", lambda study, s: bool(study.displays) or s.display is not None)
