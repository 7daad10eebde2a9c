"""One image set of several: what ``--image-set`` means everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from segue.errors import InvalidOption
from segue.formats.format import Format, load
from segue.model.populations import Population
from segue.model.rules import ListRule, RegionRule
from segue.model.study import ImageSet, Study

OPTION = "image_set"
"""Readers of large projects have an option of this name, and read nothing else then."""


def number_of(sets: Sequence[ImageSet], wanted: str | int, where: str) -> int:
    """Which image set is meant, from 0: by its name, else by its number from 1.

    Raises
    ------
    InvalidOption
        There is none; the message names those that there are.
    """
    named = [number for number, s in enumerate(sets) if s.name == str(wanted)]
    if not named and str(wanted).isdecimal() and 1 <= int(wanted) <= len(sets):
        named = [int(wanted) - 1]
    if not named:
        shown = ", ".join(s.name or str(number) for number, s in enumerate(sets, 1))
        raise InvalidOption(f"{where} has no image set {wanted}; there are {shown}", option="image-set", given=str(wanted), allowed=shown)
    return named[0]


def only(study: Study, wanted: str | int | None, where: str = "the study") -> Study:
    """The study with one image set, and the populations that this one has members, regions or a word of.

    Parameters
    ----------
    study
        Any.
    wanted
        Name of an image set, or its number from 1; None = all stay.
    where
        What the message calls the study.

    Raises
    ------
    InvalidOption
        There is none of this name.
    """
    if wanted is None:
        return study
    s = study.image_sets[number_of(study.image_sets, wanted, where)]
    if len(study.image_sets) == 1:
        return study
    return replace(study, image_sets=(s,), populations=tuple(_here(one, s) for one in study.populations if _is_here(one, s)))


def reader_option(record: Format, wanted: str | int | None) -> dict[str, Any]:
    """The option with which a reader reads only what is wanted; empty where it has none."""
    if wanted is None or record.read_options is None or OPTION not in load(record.read_options).model_fields:
        return {}
    return {OPTION: str(wanted)}


def _is_here(one: Population, s: ImageSet) -> bool:
    if not isinstance(one.rule, ListRule | RegionRule):
        return True
    regions = one.rule.regions if isinstance(one.rule, RegionRule) else ()
    told = pl.concat([frame.filter(pl.col("entity") == "population")["id"] for frame in (s.extras, s.aliases)])
    return bool(
        (s.membership.frame["population"] == one.id).any() or s.objects.frame["id"].is_in(list(regions)).any() or (told == one.id).fill_null(value=False).any()
    )


def _here(one: Population, s: ImageSet) -> Population:
    """The population with those of its regions that are in this image set; with all, if none is."""
    if not isinstance(one.rule, RegionRule):
        return one
    ids = set(s.objects.frame["id"])
    mine = tuple(name for name in one.rule.regions if name in ids)
    return replace(one, rule=replace(one.rule, regions=mine)) if mine else one
