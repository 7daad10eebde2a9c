"""Populations as ROIs carry them: a list in the property ``segue.populations``, ImageJ's group number, QuPath's class name.

The list says everything. Where group or class differ from what the list implies, someone changed them in ImageJ or QuPath, and they win.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from segue.codecs.roi_properties import sealed, unsealed
from segue.model.populations import Membership, Population

MOST_GROUPS = 0xFFFF
CLASS_JOINT = ": "


def group_population(number: int) -> Population:
    """What a ROI group is where nothing else is said about it."""
    return Population(f"group {number}", (f"Group {number}",), "group", number=number, exclusive=True)


def class_population(text: str) -> Population:
    """What a QuPath class is where nothing else is said about it."""
    return Population(f"class {text}", tuple(text.split(CLASS_JOINT)), "class", exclusive=True)


def group_number(population: Population) -> int:
    """The ROI group that stands for the population; 0 = none."""
    number = population.number or 0
    return number if population.kind == "group" and 0 < number <= MOST_GROUPS else 0


def class_name(population: Population) -> str | None:
    """The QuPath class that stands for the population."""
    return CLASS_JOINT.join(population.name) if population.kind == "class" else None


def token(population: Population) -> str:
    """One entry of the list."""
    number = group_number(population)
    mark = f"=g{number}" if number else "=class" if population.kind == "class" else ""
    return sealed(population.id).replace(",", "%2C").replace("=", "%3D") + mark


def stated(membership: Membership, populations: tuple[Population, ...], objects: int) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Per object: the list, the group number (0 = none), and the class name; null where there is nothing to state."""
    known = {population.id: population for population in populations}
    grouped = membership.frame.sort("object", "nth_of_object").group_by("object", maintain_order=True).agg("population")
    rows, lists = grouped["object"], [tuple(one) for one in grouped["population"].to_list()]
    rendered = {one: _rendered([known[each] for each in one]) for one in set(lists)}
    found = [rendered[one] for one in lists]
    schema = {"object": pl.Int32, "list": pl.Utf8, "group": pl.Int32, "class": pl.Utf8}
    table = pl.DataFrame([(row, *one) for row, one in zip(rows, found, strict=True)], schema=schema, orient="row")
    every = pl.DataFrame({"object": pl.int_range(objects, dtype=pl.Int32, eager=True)}).join(table, on="object", how="left", maintain_order="left")
    return every["list"], every["group"].fill_null(0), every["class"]


def _rendered(populations: list[Population]) -> tuple[str | None, int, str | None]:
    number = next((number for one in populations if (number := group_number(one))), 0)
    name = next((name for one in populations if (name := class_name(one)) is not None), None)
    implied = ([group_population(number).id] if number else []) + ([class_population(name).id] if name is not None else [])
    text = None if [one.id for one in populations] == implied else ",".join(token(one) for one in populations)
    return text, number, name


@dataclass
class Found:
    """Memberships while a file is read: the populations it defines, and those that only its ROIs name."""

    populations: dict[str, Population]
    pairs: list[tuple[str, int]] = field(default_factory=list)

    def add(self, row: int, text: str | None, number: int, name: str | None) -> None:
        """The populations of the object of a row."""
        found = [self._of_token(one, name) for one in text.split(",")] if text is not None else []
        if number != next((own for one in found if (own := group_number(one))), 0):
            found = [one for one in found if not group_number(one)] + ([self._known(group_population(number))] if number > 0 else [])
        if name != next((label for one in found if (label := class_name(one)) is not None), None):
            found = [one for one in found if class_name(one) is None] + ([self._known(class_population(name))] if name is not None else [])
        self.pairs += [(one, row) for one in dict.fromkeys(population.id for population in found)]

    def membership(self) -> Membership:
        return Membership.of(pl.DataFrame(self.pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row"))

    def _of_token(self, one: str, name: str | None) -> Population:
        """The population of an entry of the list, as good as it is known."""
        text, _, mark = one.partition("=")
        own = unsealed(text)
        if mark[:1] == "g" and mark[1:].isdecimal() and len(mark) < 7:
            return self._known(replace(group_population(int(mark[1:])), id=own))
        return self._known(replace(class_population(name or own), id=own) if mark == "class" else Population(own, (own,)))

    def _known(self, population: Population) -> Population:
        return self.populations.setdefault(population.id, population)
