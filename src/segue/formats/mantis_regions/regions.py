"""The regions of a study: which objects they are, what they are called, and what number each has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.javascript_numbers import trim
from segue.formats.mantis_files.csv_study import different
from segue.formats.mantis_files.names import imported
from segue.formats.mantis_files.region_pixels import pixels_of_objects
from segue.formats.mantis_files.terms import JOINT, REGIONS
from segue.formats.mantis_regions.assemble import Region
from segue.formats.shape_files import area_rows
from segue.model.populations import Population
from segue.model.rules import RegionRule
from segue.model.study import ImageSet

HIGHEST = 2**32 - 1
Numbers = np.ndarray[Any, np.dtype[Any]]


def regions_of(s: ImageSet, populations: Sequence[Population], height: int, width: int) -> list[Region]:
    """The regions that have pixels in the image: one for each population that regions select, then those that no population has.

    Where nothing is called a region, everything without a label that encloses an area is one.
    """
    chosen, names, numbers = _chosen(s, populations)
    pixels = pixels_of_objects(s, sorted({row for rows in chosen for row in rows}), height, width)
    united = [np.unique(np.concatenate([pixels[row] for row in rows])) for rows in chosen]
    there = [nth for nth, one in enumerate(united) if len(one)]
    given = _numbers([numbers[nth] for nth in there])
    called = different([trim(names[nth]) or imported(number) for nth, number in zip(there, given, strict=True)])
    return [Region(number, name, united[nth]) for nth, number, name in zip(there, given, called, strict=True)]


def _chosen(s: ImageSet, populations: Sequence[Population]) -> tuple[list[list[int]], list[str], list[int | None]]:
    """(rows of objects, name, number) of each region."""
    frame = s.objects.frame
    drawn = set(s.shapes.frame["object"].gather(area_rows(s.shapes)).to_list())
    rows = {name: row for row, name in enumerate(frame["id"]) if row in drawn}
    chosen, names, numbers, taken = [], [], [], set()
    for one in populations:
        own = [rows[name] for name in one.rule.regions if name in rows] if isinstance(one.rule, RegionRule) else []
        if own:
            chosen.append(own)
            names.append(JOINT.join(one.name))
            numbers.append(one.number)
            taken |= set(own)
    layer, label = frame["layer"], frame["label"]
    others = sorted(row for row in drawn if layer[row] == REGIONS and row not in taken)
    if not others and not chosen:
        others = sorted(row for row in drawn if label[row] is None)
    chosen += [[row] for row in others]
    names += [frame["name"][row] or "" for row in others]
    return chosen, names, numbers + [None] * len(others)


def _numbers(stated: Sequence[int | None]) -> list[int]:
    """The number of each region: its own if no earlier one has it, else the next free one."""
    used: set[int] = set()
    kept: list[int | None] = []
    for number in stated:
        good = number is not None and 1 <= number <= HIGHEST and number not in used
        kept.append(number if good else None)
        used |= {number} if good and number is not None else set()
    free = (number for number in range(1, len(stated) + len(used) + 1) if number not in used)
    return [next(free) if number is None else number for number in kept]


def covered(regions: Sequence[Region]) -> list[Region]:
    """The regions of a picture on which each pixel belongs to one: the later one of those that share it; what is covered entirely is gone."""
    if not regions:
        return []
    pixels = np.concatenate([one.pixels for one in regions])
    owner = np.repeat(np.arange(len(regions)), [len(one.pixels) for one in regions])
    frame = pl.DataFrame({"pixel": pixels, "owner": owner}).group_by("pixel").agg(pl.col("owner").max()).sort("pixel")
    found = [replace(one, pixels=frame.filter(owner=nth)["pixel"].to_numpy()) for nth, one in enumerate(regions)]
    return [one for one in found if len(one.pixels)]


def pages_of(regions: Sequence[Region], height: int, width: int) -> list[Numbers]:
    """The regions on as few pages as the first that has room for each; at least one page, all of the smallest type that holds every number."""
    kind = np.min_scalar_type(max((one.number for one in regions), default=0))
    pages = [np.zeros(height * width, kind)]
    for one in regions:
        page = next((page for page in pages if not page[one.pixels].any()), None)
        if page is None:
            page = np.zeros(height * width, kind)
            pages.append(page)
        page[one.pixels] = one.number
    return [page.reshape(height, width) for page in pages]
