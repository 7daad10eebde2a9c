"""Populations: every tool's named set of objects (Mantis population, NimbusImage tag, QuPath class, ImageJ group, gate)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
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
        names = pairs["population"].cast(pl.Utf8)
        owners = {"nth_in_population": codes(names, names.unique().to_list()), "nth_of_object": pairs["object"].cast(pl.Int32)}
        return cls(pairs.with_columns(pl.Series(name, _places(owner.to_numpy())) for name, owner in owners.items()))


def codes(names: pl.Series, known: Sequence[str]) -> pl.Series:
    """The place of each name in ``known``, which holds all of them, each once: whole numbers are many times faster and smaller than texts."""
    return names.cast(pl.Enum(known)).to_physical()


def _places(owner: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """The place of each among those of its owner, from 0."""
    order = np.argsort(owner, kind="stable")
    ordered = owner[order]
    first = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    start = np.zeros(len(owner), np.int32)
    start[first] = np.diff(first, prepend=0)
    found = np.empty(len(owner), np.int32)
    found[order] = np.arange(len(owner), dtype=np.int32) - np.cumsum(start, dtype=np.int32)
    return found


def members(ids: Sequence[str], membership: Membership) -> Iterator[tuple[int, npt.NDArray[np.int32]]]:
    """Per population that has members: its place in ``ids``, and the rows of its objects in their order; other populations are left out."""
    known = list(dict.fromkeys([*ids, *membership.frame["population"].unique()]))
    own = codes(membership.frame["population"], known).to_numpy()
    rows = membership.frame["object"].to_numpy()
    order = np.argsort(own, kind="stable")
    ends = np.cumsum(np.bincount(own, minlength=len(known)))[: len(ids)].tolist()
    for nth, (first, last) in enumerate(pairwise([0, *ends])):
        if last > first:
            yield nth, rows[order[first:last]]


def _pairs(frame: pl.DataFrame) -> pl.Series:
    """A number per pair of population and object."""
    return codes(frame["population"], frame["population"].unique().to_list()).cast(pl.Int64) * 2**32 + frame["object"].cast(pl.Int64)
