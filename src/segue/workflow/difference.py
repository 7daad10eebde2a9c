"""What differs between two results, or between two recipes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.study import ImageSet, Study
from segue.workflow.compare import like
from segue.workflow.judging import with_judgement
from segue.workflow.opening import open_path
from segue.workflow.recipe_of import changed_settings, recipe_file, recipe_of
from segue.workflow.roles import as_labels
from segue.workflow.same_segments import Rows, same_segments


@dataclass(frozen=True)
class Difference:
    """What differs between two results, and between the settings that made them."""

    counts: dict[Feature, int]
    """How many of what each feature counts."""
    settings: dict[str, tuple[Any, Any]]
    """Name -> (in A, in B); of two results only where both say how they were made."""
    rows: Rows | None = None
    """The segments of both, paired by their pixels, shapes or values; None = of two recipes, or where there is nothing to pair by."""

    @property
    def equal(self) -> bool:
        return not self.counts and not self.settings


def difference(a: Path, b: Path, from_a: str | None = None, from_b: str | None = None) -> Difference:
    """Compare two files, in whatever formats they are.

    A mask and a set of outlines are compared as what they mean: outlines are drawn where the other one has labels, and the other way round. Results that
    say with which recipe they were made (``recipe_of``) are compared with their settings; where files lie is no setting.

    Raises
    ------
    SourceError, UsageError
    """
    one, other = recipe_file(a), recipe_file(b)
    if one is not None and other is not None:
        return Difference({}, changed_settings(one, other, places=True))
    made = [recipe_of(path) for path in (a, b)]
    settings = changed_settings(made[0], made[1]) if made[0] is not None and made[1] is not None else {}
    with with_judgement(open_path(a, from_a)).study as first, with_judgement(open_path(b, from_b)).study as second:
        one_study, other_study = _same_roles(first, second)
        alike = like(other_study, one_study)
        return Difference(diff(one_study, alike), settings, same_segments(one_study, alike))


def _same_roles(a: Study, b: Study) -> tuple[Study, Study]:
    """Images of one side become label images where the other side has objects."""
    if _has_objects(a) == _has_objects(b):
        return a, b
    return (a, _as_objects(b)) if _has_objects(a) else (_as_objects(a), b)


def _has_objects(study: Study) -> bool:
    return any(s.labels or len(s.shapes) for s in study.image_sets)


def _as_objects(study: Study) -> Study:
    return study.map(_labelled)


def _labelled(s: ImageSet) -> ImageSet:
    if len(s.images) != 1:
        return s
    return replace(s, images=(), labels=(as_labels(s.images[0], components=0, where=s.name or "the image")[0],))
