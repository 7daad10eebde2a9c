"""The rows that a study becomes: populations of its first image set with their segments and regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
import polars as pl

from segue.formats.mantis_files.from_model import aliases, as_in, called, payloads, rows_of
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.side import Region, Side
from segue.formats.mantis_json.outlines import Outline, outlines
from segue.formats.rule_files import rule_facts
from segue.model.objects import unique_texts
from segue.model.populations import Membership, Population
from segue.model.rules import GateRule, ListRule, RegionRule, Rule, SetsRule
from segue.model.study import ImageSet, Study


def rows_in(study: Study, layer: str = "") -> list[Row]:
    """A row per population of the study, as it is in the first image set; populations that only other image sets have are left out.

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
    named = _named(there, aliases(s), payload)
    own = [replace(as_in(one, {}, payload), id=named[one.id], rule=_renamed(one.rule, named)) for one in there]
    s = replace(s, membership=_members(s, named, layer))
    payload = {named[name]: value for name, value in payload.items() if name in named}
    rows = rows_of(s, own, payload)
    drawn = outlines(s, [one.rule for one in own])
    ids = _ids(s)
    made_on = _made_on(s)
    return [_complete(row, one, found, s, ids.get(one.id), made_on.get(one.id)) for row, one, found in zip(rows, own, drawn, strict=True)]


def _here(s: ImageSet, study: Study, payload: Mapping[str, object]) -> list[Population]:
    """The populations of this image set: they have members, a region or a word about them here, or no members anywhere else."""
    if len(study.image_sets) < 2:
        return list(study.populations)
    mine, *others = (set(one.membership.frame["population"].unique()) for one in study.image_sets)
    elsewhere = set().union(*others)
    ids = set(s.objects.frame["id"].filter(s.objects.frame["label"].is_null()))
    return [one for one in study.populations if one.id in mine or one.id in payload or one.id not in elsewhere or ids & set(_regions(one))]


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


def _members(s: ImageSet, named: Mapping[str, str], layer: str) -> Membership:
    """Memberships of segments that a number tells apart: of one layer, the first object of each label."""
    objects = s.objects.frame.select("layer", "label", object=pl.int_range(pl.len(), dtype=pl.Int32)).drop_nulls("label")
    frame = s.membership.frame.filter(pl.col("object").is_in(objects["object"].implode()) & pl.col("population").is_in(list(named)))
    if not frame.height:
        return Membership.empty()
    mine = objects.filter(pl.col("object").is_in(frame["object"].implode()))
    if mine["layer"].n_unique() > 1:
        chosen = layer if layer in mine["layer"] else next((image.name for image in s.labels if image.name in mine["layer"]), mine["layer"][0])
        mine = mine.filter(pl.col("layer").eq_missing(pl.lit(chosen)))
    mine = mine.unique("label", keep="first", maintain_order=True)
    frame = frame.filter(pl.col("object").is_in(mine["object"].implode()))
    names = pl.DataFrame({"population": list(named), "to": list(named.values()), "place": range(len(named))})
    frame = frame.join(names, on="population", how="left", maintain_order="left").sort("place", "nth_in_population", maintain_order=True)
    return Membership.of(frame.select(pl.col("to").alias("population"), "object", "labels"))


def _ids(s: ImageSet) -> dict[str, dict[str, str]]:
    """Population -> label -> id of the objects whose id is not their label, each in the first population that has it."""
    told = s.objects.frame.select(pl.col("label").cast(pl.Utf8), "id")[s.membership.frame["object"]]
    frame = told.with_columns(population=s.membership.frame["population"], first=s.membership.frame["object"].is_first_distinct())
    odd = frame.filter(pl.col("first") & (pl.col("label") != pl.col("id")))
    return {str(key[0]): dict(zip(part["label"], part["id"], strict=True)) for key, part in odd.group_by("population", maintain_order=True)}


def _made_on(s: ImageSet) -> dict[str, str | None]:
    """Population -> the fingerprint of the labels that all its members were chosen on."""
    found = s.membership.frame.group_by("population").agg(pl.col("labels").first(), pl.col("labels").n_unique().alias("count"))
    return {name: labels if count == 1 else None for name, labels, count in found.iter_rows()}


def _complete(row: Row, one: Population, region: Outline | None, s: ImageSet, ids: dict[str, str] | None, labels: str | None) -> Row:
    side = Side(
        path=None if len(one.name) == 1 else list(one.name),
        kind=one.kind,
        order=msgspec.UNSET if one.order is not None else None,
        number=one.number,
        exclusive=one.exclusive,
        rule=None if region is not None or isinstance(one.rule, ListRule) else rule_facts(one.rule),
        labels=labels,
        ids=ids,
        region=None if region is None else _region(one, s, region),
    )
    return replace(row, side=side, outline=None if region is None else region.vertices)


def _region(one: Population, s: ImageSet, outline: Outline) -> Region | None:
    """What the file does not say of a region by its population; None = nothing."""
    name, title = (s.objects.frame[column][outline.object] for column in ("id", "name"))
    assert isinstance(one.rule, RegionRule)
    found = Region(msgspec.UNSET if name == one.id else name, msgspec.UNSET if title == called(one) else title, outline.kind, one.rule.by)
    return None if found == Region() else found
