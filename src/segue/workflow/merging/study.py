"""Importing a study into another one: checked as a whole before anything changes, and returned as patches that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.model.patch import ImageSetPatch, Patch, patched
from segue.model.populations import Membership
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.notes import Kind, Note, Notes
from segue.workflow.derive import shapes_from_labels
from segue.workflow.edits.draft import Draft
from segue.workflow.edits.pixels import implied_objects
from segue.workflow.merging.definitions import Populations, join_populations, join_properties
from segue.workflow.merging.drafting import Drafting
from segue.workflow.merging.fitting import Misfit, outside, wrong_image
from segue.workflow.merging.mapping import mapped
from segue.workflow.merging.partners import partner
from segue.workflow.merging.report import notes_of
from segue.workflow.merging.rows import rows_in
from segue.workflow.merging.wish import Wish


@dataclass(frozen=True)
class Merged:
    """What an import comes to."""

    study: Study
    """The study afterwards."""
    patches: tuple[Patch, ...]
    """To be made one after the other; none = nothing changes."""
    notes: Notes


@dataclass(frozen=True)
class _Pair:
    """An imported image set, and the place of the study's image set that it is about."""

    s: ImageSet
    nth: int


def merged(study: Study, coming: Study, wish: Wish, where: str) -> Merged:
    """Import into a study. Nothing of the two is changed.

    Parameters
    ----------
    study
        The study.
    coming
        What is imported; label images in it are taken as the outlines of their segments.
    wish
        What of it, and how.
    where
        What messages call it.

    Raises
    ------
    Incompatible
        Something does not fit the study's images, and the wish does not say to skip it. All of it is named.
    """
    pairs, misfits, notes = _pairs(study, coming, wish)
    if misfits and not wish.skip_incompatible:
        listed = "; ".join(one.what for one in misfits)
        raise Incompatible(f"{where} does not fit the study, so nothing was imported: {listed}. Leave these out with --skip-incompatible", path=where)
    notes += Notes(tuple(note for one in misfits for note in _skipped(one)))
    definitions = join_populations(study.populations, coming.populations if wish.has("populations") else ())
    base, first, properties = _defined(study, coming, wish, definitions)
    patches = [first] if first else []
    for pair in pairs:
        base, made, more = _image_set(base, pair, wish, definitions, properties, where)
        patches += made
        notes += more
    return Merged(base, tuple(patches), notes)


def _pairs(study: Study, coming: Study, wish: Wish) -> tuple[list[_Pair], list[Misfit], Notes]:
    """The image sets with their partners, without what does not fit."""
    pairs: list[_Pair] = []
    misfits: list[Misfit] = []
    notes: list[Notes] = []
    for given in coming.image_sets:
        s, traced = shapes_from_labels(given)
        s = replace(s, labels=(), images=given.images)
        notes.append(traced)
        nth = partner(s, study.image_sets, alone=len(coming.image_sets) == 1)
        if isinstance(nth, str):
            misfits.append(Misfit(nth, len(s.objects), len(s.connections)))
            continue
        target = study.image_sets[nth]
        s = mapped(s, wish.mapping, [name for image in target.images for name in image.channels])
        wrong = wrong_image(s, target)
        misfits += [Misfit(what, len(s.objects), len(s.connections)) for what in wrong[:1]]
        beyond, found = outside(s, target) if not wrong else (np.zeros(len(s.objects), bool), [])
        misfits += found
        if not wrong:
            pairs.append(_Pair(take_objects(s, np.flatnonzero(~beyond).astype(np.int64)) if beyond.any() else s, nth))
    return pairs, misfits, Notes.joined(notes)


def _skipped(one: Misfit) -> list[Note]:
    counts = [("object", one.objects), ("connection", one.connections)]
    return [Note(Kind.SKIPPED, f"{{count {what}}} left out: {one.what}", count=count) for what, count in counts if count] or [Note(Kind.SKIPPED, one.what)]


def _defined(study: Study, coming: Study, wish: Wish, populations: Populations) -> tuple[Study, Patch | None, dict[str, str]]:
    """The study with the definitions that come, the patch for that, and the ids of properties."""
    joined = join_properties(study.properties, coming.properties if wish.has("properties") else ())
    places = range(len(study.populations), len(study.populations) + len(populations.new))
    changed = (study.properties, joined.all) if joined.all != study.properties else None
    if not populations.new and changed is None:
        return study, None, joined.ids
    patch = Patch(come=tuple(zip(places, populations.new, strict=True)), properties=changed)
    return patched(study, patch), patch, joined.ids


def _image_set(study: Study, pair: _Pair, wish: Wish, populations: Populations, properties: dict[str, str], where: str) -> tuple[Study, list[Patch], Notes]:
    """The study with one image set imported."""
    patches: list[Patch] = []
    target = study.image_sets[pair.nth]
    if not len(target.objects) and target.labels:
        listing = Draft(target)
        listing.append("objects", implied_objects(target).frame)
        study = _made(study, pair.nth, listing.patch(), patches)
        target = study.image_sets[pair.nth]
    s = _with_ids(pair.s, populations.ids, properties)
    rows = rows_in(target, s, where, replacing=wish.overwrite == "ids")
    drafting = Drafting(study, target, s, rows, wish, study.populations)
    patch = drafting.patch()
    if patch is None:
        return study, [], notes_of(drafting.counts).at(target.name)
    return _made(study, pair.nth, patch, patches), patches, notes_of(drafting.counts).at(target.name)


def _made(study: Study, nth: int, patch: ImageSetPatch | None, patches: list[Patch]) -> Study:
    if patch is None:
        return study
    patches.append(Patch({nth: patch}))
    return patched(study, patches[-1])


def _with_ids(s: ImageSet, populations: dict[str, str], properties: dict[str, str]) -> ImageSet:
    """What comes, with the study's ids of populations and properties; memberships in others are left out."""
    frame = s.membership.frame.filter(pl.col("population").is_in(list(populations)))
    frame = frame.with_columns(pl.col("population").replace(populations)).unique(["population", "object"], maintain_order=True)
    tables = {name: _with_properties(table, properties) for name, table in s.tables.items()}
    return replace(s, membership=Membership(frame), tables=tables)


def _with_properties(table: Table, ids: dict[str, str]) -> Table:
    return replace(table, columns=tuple(replace(one, property=ids.get(one.property, one.property) if one.property else None) for one in table.columns))
