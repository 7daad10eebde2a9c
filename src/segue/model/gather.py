"""One study of many: the image sets of all, and the definitions that they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import polars as pl

from segue.model.populations import Membership, Population
from segue.model.study import EXTRAS, ImageSet, Study

T = TypeVar("T")


def gathered(studies: Sequence[Study]) -> Study:
    """The image sets of all studies, in order; rows stay with their image.

    A population that several studies have under the same id and name is one; of the same id and another name it gets an id of its own.
    """
    known: dict[str, Population] = {}
    sets: list[ImageSet] = []
    for study in studies:
        renamed = {one.id: _id(one, known) for one in study.populations}
        known |= {renamed[one.id]: known.get(renamed[one.id], replace(one, id=renamed[one.id])) for one in study.populations}
        sets += [replace(s, membership=_renamed(s.membership, renamed)) for s in study.image_sets]
    properties = _unique((one.id, one) for study in studies for one in study.properties)
    displays = _unique((one.name, one) for study in studies for one in study.displays)
    extras = pl.concat([study.extras for study in studies]).unique(maintain_order=True) if studies else pl.DataFrame(schema=EXTRAS)
    return Study(tuple(sets), tuple(known.values()), properties, displays, extras)


def _id(one: Population, known: dict[str, Population]) -> str:
    candidate, number = one.id, 1
    while candidate in known and known[candidate].name != one.name:
        number += 1
        candidate = f"{one.id}-{number}"
    return candidate


def _renamed(membership: Membership, ids: dict[str, str]) -> Membership:
    changed = {old: new for old, new in ids.items() if old != new}
    return Membership(membership.frame.with_columns(pl.col("population").replace(changed))) if changed else membership


def _unique(pairs: Iterable[tuple[str, T]]) -> tuple[T, ...]:
    found: dict[str, T] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return tuple(found.values())
