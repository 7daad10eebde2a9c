"""Regions that come with populations of another file: objects that select segments, not segments themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from segue.model.objects import Objects, unique_texts
from segue.model.populations import Population
from segue.model.rules import REGIONS, ListRule, RegionRule
from segue.model.select import take_objects
from segue.model.shapes import joined
from segue.model.study import ImageSet


def split(s: ImageSet) -> tuple[ImageSet, ImageSet]:
    """The segments of an image set, and its regions."""
    regions = (s.objects.frame["label"].is_null() & s.objects.frame["layer"].is_in([REGIONS]).fill_null(value=False)).to_numpy()
    if not regions.any():
        return s, ImageSet(s.name)
    segments, own = (take_objects(s, np.flatnonzero(which).astype(np.int64)) for which in (~regions, regions))
    return segments, own


def with_regions(s: ImageSet, regions: ImageSet) -> tuple[ImageSet, dict[str, str]]:
    """The image set with the regions of another, and which id each of them has here."""
    if not len(regions.objects):
        return s, {}
    theirs = regions.objects.frame["id"]
    ids = unique_texts(pl.concat([s.objects.frame["id"], theirs])).tail(len(theirs))
    frame = pl.concat([s.objects.frame, regions.objects.frame.with_columns(id=ids)])
    moved = regions.shapes.with_columns(object=pl.col("object") + len(s.objects))
    return replace(s, objects=Objects(frame), shapes=joined([s.shapes, moved])), dict(zip(theirs, ids, strict=True))


def renamed(population: Population, ids: Mapping[str, str]) -> Population:
    """The population with the regions that came along; without any its members are a list."""
    if not isinstance(population.rule, RegionRule):
        return population
    regions = tuple(ids[name] for name in population.rule.regions if name in ids)
    return replace(population, rule=replace(population.rule, regions=regions) if regions else ListRule())


def both(one: Population, other: Population) -> Population:
    """A population that selects by the regions of two, which are one population of several images."""
    if not isinstance(other.rule, RegionRule):
        return one
    before = one.rule.regions if isinstance(one.rule, RegionRule) else ()
    return replace(one, rule=replace(other.rule, regions=tuple(dict.fromkeys((*before, *other.rule.regions)))))
