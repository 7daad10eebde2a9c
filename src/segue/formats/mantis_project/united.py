"""Populations of the same name are one population of the project: which row of which image set is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import msgspec

from segue.formats.mantis_files.colours import from_mantis, to_mantis, understood
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.to_model import definition
from segue.formats.mantis_project.parts import Project, SetParts
from segue.formats.mantis_project.settings import GLOBAL
from segue.model.populations import Population
from segue.model.rules import RegionRule

PLACE = "place"
"""Member of a payload: the place of a population in the list of an image set, where that is not the order of the study."""
Key = tuple[tuple[str, ...], str]


def shared(project: Project) -> list[list[str]]:
    """For every image set the ids of its rows in the study.

    Rows of different image sets are one population if they have the same name (and kind): those with the same id first, then in their order. Rows of one
    image set are never the same. A population has the id that it has where it comes first, made different where another has that id already.
    """
    known: dict[Key, list[tuple[str, str]]] = {}
    taken: set[str] = set()
    return [_of_set(one.rows, known, taken) for one in project.sets]


def _of_set(rows: Sequence[Row], known: dict[Key, list[tuple[str, str]]], taken: set[str]) -> list[str]:
    """``known``: name -> (Mantis' id where it came first, id in the study) of every population so far."""
    found: dict[int, str] = {}
    free = {key: list(known.get(key, ())) for key in {_key(row) for row in rows}}
    for same_id in (True, False):
        for nth, row in enumerate(rows):
            mine = free[_key(row)]
            match = next((one for one in mine if one[0] == row.id or not same_id), None) if nth not in found else None
            if match is not None:
                mine.remove(match)
                found[nth] = match[1]
    for nth, row in enumerate(rows):
        if nth not in found:
            found[nth] = _free(row.id, taken)
            known.setdefault(_key(row), []).append((row.id, found[nth]))
    return [found[nth] for nth in range(len(rows))]


def _key(row: Row) -> Key:
    return (tuple(row.side.path) if row.side.path is not None else (row.name,), row.side.kind)


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken.add(name)
    return name


@dataclass(frozen=True)
class Defined:
    """A population, and what predicts its rows."""

    population: Population
    order: int | None
    """``renderOrder`` of its rows; None = their place in the list."""


def definitions(project: Project, ids: Sequence[Sequence[str]], regions: Sequence[Mapping[str, str]]) -> dict[str, Defined]:
    """The populations, in the order in which they come first.

    Parameters
    ----------
    project
        All image sets.
    ids
        `shared`.
    regions
        For every image set: id of a population -> id of the object that is its region there.
    """
    firsts: dict[str, Row] = {}
    areas: dict[str, dict[str, None]] = {}
    for one, names, own in zip(project.sets, ids, regions, strict=True):
        for row, name in zip(one.rows, names, strict=True):
            firsts.setdefault(name, row)
            if name in own:
                areas.setdefault(name, {})[own[name]] = None
    told = project.settings.get(GLOBAL)
    return {name: _defined(row, name, tuple(areas.get(name, ())), told if isinstance(told, dict) else {}) for name, row in firsts.items()}


def _defined(row: Row, name: str, regions: tuple[str, ...], told: Mapping[str, Any]) -> Defined:
    found = definition(row, name, next(iter(regions), None))
    if isinstance(found.rule, RegionRule) and row.side.rule is None:
        found = replace(found, rule=RegionRule(regions, found.rule.by if row.outline is not None else "mantis-1.1"))
    everywhere = told.get(row.name)
    if isinstance(everywhere, dict):
        colour, visible = understood(everywhere.get("color")), everywhere.get("visible")
        found = replace(found, colour=found.colour if colour is None else from_mantis(colour), visible=visible if isinstance(visible, bool) else found.visible)
    return Defined(found, found.order if isinstance(row.side.order, msgspec.UnsetType) else None)


def payload_of(row: Row, one: Defined, nth: int) -> dict[str, Any]:
    """What a row says otherwise than its population."""
    predicted = nth + 1 if one.order is None else one.order
    found: dict[str, Any] = {} if row.order == predicted else {"renderOrder": row.order}
    if row.colour != to_mantis(one.population.colour):
        found["color"] = row.colour
    if row.visible != one.population.visible:
        found["visible"] = row.visible
    return found


def differently_ordered(one: SetParts, names: Sequence[str], order: Mapping[str, int]) -> bool:
    """Whether the rows of an image set stand in another order than the populations of the study."""
    places = [order[name] for name in names]
    return any(a > b for a, b in pairwise(places))
