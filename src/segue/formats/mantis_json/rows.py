"""The rows that a study becomes: populations of its first image set with their segments and regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np
import polars as pl

from segue.formats.mantis_files.from_model import aliases, as_in, called, listed, payloads, row_of
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.side import Region, Side
from segue.formats.mantis_files.terms import SIDE
from segue.formats.mantis_json.outlines import Outline, outlines
from segue.formats.rule_files import rule_facts
from segue.formats.shape_files import area_rows
from segue.model.objects import unique_texts
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.rules import REGIONS, GateRule, ListRule, RegionRule, Rule, SetsRule
from segue.model.study import ImageSet, Study


def rows_in(study: Study, layer: str = "") -> list[Row]:
    """A row per population of the study, as it is in the first image set; populations that only other image sets have are left out.

    In Mantis every region is a population, so one that no population names becomes one, without members.

    Parameters
    ----------
    study
        Any.
    layer
        The label image whose segments are listed; empty = the first that has members.
    """
    s = study.image_sets[0] if study.image_sets else ImageSet("")
    payload = payloads(s.extras)
    there = _here(s, study, payload)
    there += _alone(s, study)
    named = _named(there, aliases(s), payload)
    own = [replace(as_in(one, {}, payload), id=named[one.id], rule=_renamed(one.rule, named)) for one in there]
    members = _members(s, [one.id for one in there], layer)
    drawn = outlines(s, [one.rule for one in own])
    label = s.objects.frame["label"].fill_null(0).to_numpy()
    made_on, ids, kept = _made_on(s), _Ids(s), payloads(s.extras, SIDE)
    found = []
    for nth, (one, old, rows, region) in enumerate(zip(own, there, members, drawn, strict=True)):
        side = Side(labels=made_on.get(old.id), ids=ids.of(rows), kept=kept.get(old.id) or None)
        found.append(_complete(row_of(one, nth, label[rows], payload.get(old.id, {})), one, region, side, s))
    return found


def _here(s: ImageSet, study: Study, payload: Mapping[str, object]) -> list[Population]:
    """The populations of this image set: they have members, a region or a word about them here, or no members anywhere else."""
    if len(study.image_sets) < 2:
        return list(study.populations)
    mine, *others = (set(one.membership.frame["population"].unique()) for one in study.image_sets)
    elsewhere = set().union(*others)
    ids = set(s.objects.frame["id"].filter(s.objects.frame["label"].is_null()))
    return [one for one in study.populations if one.id in mine or one.id in payload or one.id not in elsewhere or ids & set(_regions(one))]


def _alone(s: ImageSet, study: Study) -> list[Population]:
    """Populations for regions that no population names."""
    used = {name for one in study.populations for name in _regions(one)}
    drawn = np.unique(s.shapes.frame["object"].to_numpy()[area_rows(s.shapes)])
    frame = s.objects.frame[drawn].filter(pl.col("label").is_null() & (pl.col("layer") == pl.lit(REGIONS)) & ~pl.col("id").is_in(list(used)))
    if not frame.height:
        return []
    ids = unique_texts(pl.concat([pl.Series("id", [one.id for one in study.populations], dtype=pl.Utf8), frame["id"]])).tail(frame.height)
    rows = zip(ids, frame["id"], frame["name"], strict=True)
    first = len(study.populations) + 1
    return [Population(own, (name or of,), order=first + nth, rule=RegionRule((of,), "mantis-1.0")) for nth, (own, of, name) in enumerate(rows)]


def _regions(one: Population) -> tuple[str, ...]:
    return one.rule.regions if isinstance(one.rule, RegionRule) else ()


def _named(populations: Sequence[Population], alias: Mapping[str, str], payload: Mapping[str, object]) -> dict[str, str]:
    """Id in the study -> id in the file."""
    wanted = pl.Series([alias.get(one.id, one.id) for one in populations], dtype=pl.Utf8)
    return dict(zip((one.id for one in populations), unique_texts(wanted), strict=True))


def _renamed(rule: Rule, named: Mapping[str, str]) -> Rule:
    if isinstance(rule, SetsRule):
        return replace(rule, populations=tuple(named.get(name, name) for name in rule.populations))
    if isinstance(rule, GateRule) and rule.parent is not None:
        return replace(rule, parent=named.get(rule.parent, rule.parent))
    return rule


def _members(s: ImageSet, populations: Sequence[str], layer: str) -> list[Ints]:
    """The rows of the segments in each population that a number tells apart: of one layer, the first object of each label."""
    rows = listed(s, populations)
    member = np.zeros(len(s.objects), np.bool_)
    for some in rows:
        member[some] = True
    frame = s.objects.frame.select("layer", "label", pl.int_range(pl.len()).alias("row")).filter(pl.Series(member) & pl.col("label").is_not_null())
    if frame["layer"].n_unique() > 1:
        chosen = layer if layer in frame["layer"] else next((image.name for image in s.labels if image.name in frame["layer"]), frame["layer"][0])
        frame = frame.filter(pl.col("layer").eq_missing(pl.lit(chosen)))
    kept = np.zeros(len(s.objects), np.bool_)
    kept[frame.filter(pl.col("label").is_first_distinct())["row"].to_numpy()] = True
    return rows if (kept == member).all() else [some[kept[some]] for some in rows]


class _Ids:
    """The ids of objects that are not their labels, each said once."""

    def __init__(self, s: ImageSet) -> None:
        self.frame = s.objects.frame.select("id", pl.col("label").cast(pl.Utf8))
        self.odd = (self.frame["id"] != self.frame["label"]).fill_null(value=False).to_numpy().copy()

    def of(self, rows: Ints) -> dict[str, str] | None:
        """Label -> id of those of some objects that were not said before; None = there are none."""
        mine = rows[self.odd[rows]]
        self.odd[mine] = False
        found = self.frame[mine]
        return dict(zip(found["label"], found["id"], strict=True)) or None


def _made_on(s: ImageSet) -> dict[str, str | None]:
    """Population -> the fingerprint of the labels that all its members were chosen on."""
    frame = s.membership.frame
    if frame["labels"].null_count() == frame.height:
        return {}
    found = frame.group_by("population", "labels").len().group_by("population").agg(pl.col("labels").first(), pl.len())
    return {name: labels if count == 1 else None for name, labels, count in found.iter_rows()}


def _complete(row: Row, one: Population, region: Outline | None, side: Side, s: ImageSet) -> Row:
    """The row with its region, and with what Mantis has no words for."""
    side = msgspec.structs.replace(
        side,
        path=None if len(one.name) == 1 else list(one.name),
        kind=one.kind,
        order=msgspec.UNSET if one.order is not None else None,
        number=one.number,
        exclusive=one.exclusive,
        rule=None if isinstance(one.rule, ListRule | RegionRule) else rule_facts(one.rule),
        region=None if region is None else _region(one, s, region),
    )
    return replace(row, side=side, outline=None if region is None else region.vertices)


def _region(one: Population, s: ImageSet, outline: Outline) -> Region | None:
    """What the file does not say of a region by its population; None = nothing."""
    name, title = (s.objects.frame[column][outline.object] for column in ("id", "name"))
    assert isinstance(one.rule, RegionRule)
    found = Region(msgspec.UNSET if name == one.id else name, msgspec.UNSET if title == called(one) else title, outline.kind, one.rule.by)
    return None if found == Region() else found
