"""The populations of a study as rows of its image sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import polars as pl

from segue.formats.description_files import as_text
from segue.formats.mantis_files.colours import to_mantis, understood
from segue.formats.mantis_files.from_model import aliases, called, payloads
from segue.formats.mantis_files.region_pixels import pixels_of_objects
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.side import Region, Side
from segue.formats.mantis_files.terms import KNOWN, SIDE
from segue.formats.mantis_project.outlines import Outline, is_drawable, pixels_in_outline, single_outlines
from segue.formats.mantis_project.parts import SetParts, whole
from segue.formats.mantis_project.segments import region_objects
from segue.formats.mantis_project.united import PLACE
from segue.formats.rule_files import rule_facts
from segue.formats.shape_files import area_rows
from segue.model.grid import Grid
from segue.model.objects import unique_texts
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.rules import REGIONS, ListRule, RegionRule
from segue.model.study import ImageSet, Study

Payload = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Placed:
    """Which populations exist in which image set."""

    where: tuple[frozenset[str], ...]
    """Per image set: ids of those with members, a region, or a word about them there."""

    @classmethod
    def of(cls, study: Study) -> Placed:
        """Populations that are nowhere exist in the first image set."""
        found = []
        for s in study.image_sets:
            labelled_out = set(s.objects.frame["id"].filter(s.objects.frame["label"].is_null()))
            mine = set(s.membership.frame["population"].unique()) | set(payloads(s.extras)) | set(payloads(s.extras, SIDE)) | set(aliases(s))
            mine |= {one.id for one in study.populations if isinstance(one.rule, RegionRule) and labelled_out & set(one.rule.regions)}
            found.append(mine & {one.id for one in study.populations})
        if found:
            found[0] |= {one.id for one in study.populations} - set().union(*found)
        return cls(tuple(map(frozenset, found)))


def rows_in(study: Study, s: ImageSet, numbers: pl.Series, regions: Mapping[str, int], grid: Grid, placed: Placed, nth: int) -> list[Row]:
    """The rows of one image set.

    Parameters
    ----------
    study, s
        The study, and which of its image sets.
    numbers
        Of its objects (`segments.numbers_of`).
    regions
        Rows of the objects that are regions (`segments.region_objects`).
    grid
        Of the image set, as it is written.
    placed
        Which populations exist where.
    nth
        Of the image set.
    """
    payload, alias, kept = payloads(s.extras), aliases(s), payloads(s.extras, SIDE)
    there = [one for one in study.populations if one.id in placed.where[nth]]
    there = sorted(there, key=lambda one: _place(payload.get(one.id, {})))
    members, made_on = _members(s, numbers)
    sized = is_drawable(grid)
    outlines = single_outlines(s, list(regions.values()))
    others = [row for row in regions.values() if row not in outlines]
    pixels = pixels_of_objects(s, others, grid.size("y") or 0, grid.size("x") or 0) if sized else {}
    objects = s.objects.frame
    found = []
    for place, one in enumerate(there):
        mine = [regions[name] for name in dict.fromkeys(one.rule.regions) if name in regions] if isinstance(one.rule, RegionRule) else []
        outline = outlines.get(mine[0]) if len(mine) == 1 else None
        region = _Region(one, objects["id"][mine[0]], objects["name"][mine[0]], outline) if mine and (sized or outline is not None) else None
        area = None
        if region is None:
            area = _raw_pixels(payload.get(one.id, {}))
        elif outline is None:
            area = np.unique(np.concatenate([pixels[row] if row in pixels else pixels_in_outline(outlines[row], grid) for row in mine]))
        row = _row(one, alias.get(one.id, one.id), place, payload.get(one.id, {}))
        side = _side(one, made_on.get(one.id), region, study, kept.get(one.id) or None)
        vertices = None if outline is None else outline.vertices
        found.append(replace(row, members=members.get(one.id, row.members), pixels=area, outline=vertices, side=side))
    return found


@dataclass(frozen=True)
class _Region:
    population: Population
    id: str
    name: str | None
    outline: Outline | None


def _place(payload: Mapping[str, Any]) -> int:
    """The place in the list, where the image set says another than the study."""
    place = whole(payload.get(PLACE))
    return -1 if place is None else place


def _raw_pixels(payload: Mapping[str, Any]) -> Ints | None:
    """Pixels of a region that was read without knowing how wide the image is."""
    value = payload.get("pixelIndexes")
    if not isinstance(value, list) or not all(whole(one) is not None and 0 <= one < 2**62 for one in value):
        return None
    return np.unique(np.array(value, np.int64))


def _row(one: Population, name: str, place: int, payload: Mapping[str, Any]) -> Row:
    order = place + 1 if one.order is None else one.order
    if "renderOrder" in payload:
        order = whole(payload["renderOrder"])  # type: ignore[assignment]  # none is stated
    visible = payload.get("visible")
    return Row(
        id=as_text(name),
        name=as_text(called(one)),
        order=order,
        colour=understood(payload["color"]) if "color" in payload else to_mantis(one.colour),
        visible=visible if isinstance(visible, bool) else one.visible,
        other={key: value for key, value in sorted(payload.items()) if key not in (*KNOWN, PLACE)},
    )


def _members(s: ImageSet, numbers: pl.Series) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, str]]:
    """Numbers of the members of each population in their order; and the fingerprint of the labels that all of them were chosen on."""
    frame = s.membership.frame.with_columns(number=numbers.gather(s.membership.frame["object"])).drop_nulls("number")
    parts = frame.sort("population", "nth_in_population", maintain_order=True).partition_by("population", as_dict=True, maintain_order=True)
    members = {str(key[0]): part["number"].to_numpy() for key, part in parts.items()}
    made_on = {str(key[0]): part["labels"][0] for key, part in parts.items() if part["labels"].n_unique() == 1 and part["labels"][0] is not None}
    return members, made_on


def _side(one: Population, labels: str | None, region: _Region | None, study: Study, kept: dict[str, Any] | None) -> Side:
    """What Mantis has no words for."""
    stated = None
    if region is not None:
        name = msgspec.UNSET if region.id == one.id else as_text(region.id)
        title = msgspec.UNSET if region.name == called(one) else None if region.name is None else as_text(region.name)
        stated = Region(name, title)
        if region.outline is not None:
            stated = Region(name, title, region.outline.kind, _by(one))
        stated = None if stated == Region() else stated
    return Side(
        path=None if len(one.name) == 1 else list(map(as_text, one.name)),
        kind=as_text(one.kind),
        order=msgspec.UNSET if one.order is not None else None,
        number=one.number,
        exclusive=one.exclusive,
        rule=None if _is_usual(one, study) else rule_facts(one.rule),
        labels=labels,
        region=stated,
        kept=kept,
    )


def _is_usual(one: Population, study: Study) -> bool:
    """Whether the rule is what a reader thinks of the rows anyway: the regions of the population in all image sets, or none."""
    if isinstance(one.rule, ListRule):
        return True
    if not isinstance(one.rule, RegionRule) or not one.rule.regions:
        return False
    first = next((s for s in study.image_sets if set(one.rule.regions) & set(region_objects(study, s))), None)
    if first is None:
        return False
    rows = [row for name, row in region_objects(study, first).items() if name in one.rule.regions]
    drawn = len(rows) == 1 and rows[0] in single_outlines(first, rows)
    there = {name for s in study.image_sets for name in region_objects(study, s)}
    return (drawn or one.rule.by == "mantis-1.1") and set(one.rule.regions) <= there


def _by(one: Population) -> str:
    return one.rule.by if isinstance(one.rule, RegionRule) else "mantis-1.0"


def with_lone_regions(study: Study) -> Study:
    """The study with a population for every region that none names: in Mantis every region is a population. Those of one name are one."""
    used = {name for one in study.populations if isinstance(one.rule, RegionRule) for name in one.rule.regions}
    found: dict[str, dict[str, None]] = {}
    for s in study.image_sets:
        drawn = set(s.shapes.frame["object"].gather(area_rows(s.shapes)))
        frame = s.objects.frame.with_row_index("row").filter(pl.col("label").is_null() & (pl.col("layer") == pl.lit(REGIONS)))
        for row, own, name in frame.select("row", "id", "name").iter_rows():
            if row in drawn and own not in used:
                found.setdefault(name or own, {})[own] = None
    ids = unique_texts(pl.Series([*(one.id for one in study.populations), *(next(iter(regions)) for regions in found.values())], dtype=pl.Utf8))
    rules = [RegionRule(tuple(regions), "mantis-1.1") for regions in found.values()]
    lone = [Population(own, (name,), rule=rule) for own, name, rule in zip(ids.tail(len(found)), found, rules, strict=True)]
    return replace(study, populations=(*study.populations, *lone)) if lone else study


def unique_rows(sets: Sequence[SetParts]) -> list[SetParts]:
    """The database knows a population by folder and id in one text, which has to be unique in the project."""
    taken: set[str] = set()
    return [replace(one, rows=[_unique(row, one.folder, taken) for row in one.rows]) for one in sets]


def _unique(row: Row, folder: str, taken: set[str]) -> Row:
    own, number = row.id, 1
    while folder + row.id in taken:
        number += 1
        row = replace(row, id=f"{own}-{number}")
    taken.add(folder + row.id)
    return row
