"""Populations: every tool's named set of objects (Mantis population, NimbusImage tag, QuPath class, ImageJ group, gate)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import polars as pl

from segue.model.frames import conform
from segue.model.rules import ListRule, Rule

SCHEMA = {"population": pl.Utf8, "object": pl.Int32, "nth_in_population": pl.Int32, "nth_of_object": pl.Int32, "labels": pl.Utf8}
COLUMNS = {
    "population": "id of the population",
    "object": "row of the object",
    "nth_in_population": "place of the object in the population, from 0",
    "nth_of_object": "place of the population among those of the object, from 0",
    "labels": "fingerprint of the label image it was made on; null = not known",
}


@dataclass(frozen=True)
class Population:
    """The definition, shared by all image sets of a study."""

    id: str
    """Unique in the study."""
    name: tuple[str, ...]
    """Path from the outermost to the innermost name; names need not be unique."""
    kind: str = "population"
    """population, class, group, tag, gate, ..."""
    colour: int | None = None
    """0xRRGGBBAA; None = none."""
    visible: bool = True
    order: int | None = None
    """Place in the list of the tool it comes from."""
    number: int | None = None
    """The number some tools know it by (ImageJ's group)."""
    exclusive: bool = False
    """Whether an object is in one population of this kind at most."""
    rule: Rule = field(default_factory=ListRule)


@dataclass(frozen=True, eq=False)
class Membership:
    """Which objects of an image set are in which populations, one row per pair."""

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        object.__setattr__(self, "frame", conform(self.frame, SCHEMA, "memberships"))
        if len(self.frame) and _pairs(self.frame).n_unique() < len(self.frame):
            raise ValueError("an object is in a population once")

    def __len__(self) -> int:
        return self.frame.height

    @classmethod
    @cache
    def empty(cls) -> Membership:
        return cls(pl.DataFrame(schema=SCHEMA))

    @classmethod
    def of(cls, pairs: pl.DataFrame) -> Membership:
        """From pairs (population, object) in the order of the populations' members; the places are counted."""
        return cls(
            pairs.with_columns(
                nth_in_population=pl.int_range(pl.len(), dtype=pl.Int32).over("population"),
                nth_of_object=pl.int_range(pl.len(), dtype=pl.Int32).over("object"),
            )
        )


def _pairs(frame: pl.DataFrame) -> pl.Series:
    """A number per pair of population and object: equal numbers are found many times faster than equal texts."""
    names = frame["population"].unique()
    code = frame["population"].replace_strict(names, pl.Series(range(len(names)), dtype=pl.Int64), return_dtype=pl.Int64)
    return code * 2**32 + frame["object"].cast(pl.Int64)
