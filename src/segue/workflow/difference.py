"""What differs between two results, or between two recipes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segue.errors import InvalidRecipe
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.study import ImageSet, Study
from segue.workflow.compare import like
from segue.workflow.opening import open_path
from segue.workflow.recipe import Recipe, read_recipe
from segue.workflow.roles import as_labels


@dataclass(frozen=True)
class Difference:
    """Counts of what differs between two results, or the settings that differ between two recipes."""

    counts: dict[Feature, int]
    settings: dict[str, tuple[Any, Any]]

    @property
    def equal(self) -> bool:
        return not self.counts and not self.settings


def difference(a: Path, b: Path, from_a: str | None = None, from_b: str | None = None) -> Difference:
    """Compare two files, in whatever formats they are.

    A mask and a set of outlines are compared as what they mean: outlines are drawn where the other one has labels, and the other way round.

    Raises
    ------
    SourceError, UsageError
    """
    recipes = [_recipe(path) for path in (a, b)]
    if recipes[0] is not None and recipes[1] is not None:
        one, other = (recipe.model_dump(mode="json", by_alias=True) for recipe in recipes if recipe)
        return Difference({}, {name: (one.get(name), other.get(name)) for name in {**one, **other} if one.get(name) != other.get(name)})
    with open_path(a, from_a).study as first, open_path(b, from_b).study as second:
        one_study, other_study = _same_roles(first, second)
        return Difference(diff(one_study, like(other_study, one_study)), {})


def _recipe(path: Path) -> Recipe | None:
    if path.suffix.lower() != ".json":
        return None
    try:
        return read_recipe(path)
    except InvalidRecipe:
        return None


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
