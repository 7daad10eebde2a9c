"""Definitions that two studies share: equal ones are one, different ones of the same id get ids of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from segue.model.objects import unique_texts
from segue.model.populations import Population
from segue.model.rules import ListRule
from segue.model.study import Property


@dataclass(frozen=True)
class Properties:
    """The properties of a study with those that come."""

    all: tuple[Property, ...]
    ids: dict[str, str]
    """Id where it came from -> id in the study."""
    same: int
    """How many were there already."""


def join_properties(known: Sequence[Property], coming: Sequence[Property]) -> Properties:
    """Properties of equal name, kind and settings are one, whatever their ids."""
    found = {(one.name, one.kind, one.settings): one.id for one in known}
    joined, ids, same = list(known), {}, 0
    for one in coming:
        key = (one.name, one.kind, one.settings)
        if key in found:
            same += 1
        else:
            found[key] = _free(one.id, [other.id for other in joined])
            joined.append(replace(one, id=found[key]))
        ids[one.id] = found[key]
    return Properties(tuple(joined), ids, same)


@dataclass(frozen=True)
class Populations:
    """Populations that come."""

    new: tuple[Population, ...]
    ids: dict[str, str]
    """Id where it came from -> id in the study."""


def join_populations(known: Sequence[Population], coming: Sequence[Population]) -> Populations:
    """Populations of equal name and kind are one; of several, that of the same id, else the first. The study's colour and rule stay.

    What comes with a rule that is about its own study (regions, other populations) comes as a list of its members.
    """
    new: list[Population] = []
    ids: dict[str, str] = {}
    for one in coming:
        alike = [other for other in known if (other.name, other.kind) == (one.name, one.kind)]
        meant = next((other for other in alike if other.id == one.id), alike[0] if alike else None)
        if meant is None:
            taken = [other.id for other in (*known, *new)]
            meant = replace(one, id=_free(one.id, taken), rule=ListRule())
            new.append(meant)
        ids[one.id] = meant.id
    return Populations(tuple(new), ids)


def _free(wanted: str, taken: list[str]) -> str:
    return str(unique_texts(pl.Series([*taken, wanted], dtype=pl.Utf8))[-1])
