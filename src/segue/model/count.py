"""Counting what the image sets of a study have, and which lack it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from segue.model.rules import REGIONS
from segue.model.study import ImageSet, Study


@dataclass(frozen=True)
class Count:
    """One kind of thing in the image sets of a study."""

    what: str
    """``images``, ``segmentations``, ``features``, ``populations``, ``regions``."""
    count: int
    """How many there are: of features and populations by their names, of others in all image sets together."""
    image_sets: int
    """How many image sets have any."""
    missing: tuple[str, ...]
    """Names of the image sets that have none."""

    def __str__(self) -> str:
        """As a line: where some image sets have none, the first of these are named."""
        total = self.image_sets + len(self.missing)
        if not self.count or not self.missing:
            return f"{self.count:,}" if not self.count else f"{self.count:,} in all {total:,} image sets"
        names = ", ".join(self.missing[:5]) + (f" and {len(self.missing) - 5:,} more" if len(self.missing) > 5 else "")
        return f"{self.count:,} in {self.image_sets:,} of {total:,} image sets; none in {names}"

    def to_json(self) -> dict[str, Any]:
        return {"what": self.what, "count": self.count, "image_sets": self.image_sets, "missing": list(self.missing)}


def counts(study: Study) -> list[Count]:
    """What there is in how many image sets; pixels are not read. Image sets without a name are called by their number."""
    sets = study.image_sets
    regions = [s.objects.frame.filter(layer=REGIONS).height for s in sets]
    return [
        _numbered("images", sets, [len(s.images) for s in sets]),
        _numbered("segmentations", sets, [len(s.labels) for s in sets]),
        _named("features", sets, [_features(s) for s in sets]),
        _named("populations", sets, [set(s.membership.frame["population"].unique()) | _told(s) for s in sets]),
        _numbered("regions", sets, regions),
    ]


def _features(s: ImageSet) -> set[str]:
    return {column.name for table in s.tables.values() if table.about == "objects" for column in table.columns}


def _told(s: ImageSet) -> set[str]:
    """Populations that exist there without members."""
    return set(s.extras.filter(s.extras["entity"] == "population")["id"].drop_nulls())


def _numbered(what: str, sets: Iterable[ImageSet], found: list[int]) -> Count:
    return Count(what, sum(found), sum(number > 0 for number in found), _missing(sets, [number > 0 for number in found]))


def _named(what: str, sets: Iterable[ImageSet], found: list[set[str]]) -> Count:
    return Count(what, len(set().union(*found)), sum(map(bool, found)), _missing(sets, [bool(names) for names in found]))


def _missing(sets: Iterable[ImageSet], there: list[bool]) -> tuple[str, ...]:
    return tuple(s.name or str(number) for number, (s, has) in enumerate(zip(sets, there, strict=True), 1) if not has)
