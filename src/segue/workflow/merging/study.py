"""Importing a study into another one: checked as a whole before anything changes, and returned as patches that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.model.diff_pixels import same_pixels
from segue.model.image import LabelImage
from segue.model.objects import Objects
from segue.model.patch import ImageSetPatch, Patch, patched
from segue.model.populations import Membership
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.notes import Kind, Note, Notes
from segue.workflow.derive import shapes_from_labels, with_new_objects
from segue.workflow.edits.draft import Draft
from segue.workflow.edits.pixels import labels_in
from segue.workflow.merging.adding import chosen, confusable
from segue.workflow.merging.adding import notes_of as added_notes
from segue.workflow.merging.definitions import Populations, join_populations, join_properties
from segue.workflow.merging.drafting import Drafting
from segue.workflow.merging.fitting import Misfit, outside, wrong_image
from segue.workflow.merging.mapping import mapped
from segue.workflow.merging.partners import nobody, partners
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
    same: tuple[LabelImage, ...]
    """Label images of the study that came with it once more: what they stand for is there already, listed or not."""


@dataclass
class _Sorted:
    """What becomes of the image sets that come."""

    pairs: list[_Pair] = field(default_factory=list)
    new: list[ImageSet] = field(default_factory=list)
    """Those that the study does not have, and that are to be added."""
    misfits: list[Misfit] = field(default_factory=list)
    notes: list[Notes] = field(default_factory=list)


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
    found = _sorted(study, coming, wish, where)
    if found.misfits and not wish.skip_incompatible:
        listed = "; ".join(one.what for one in found.misfits)
        hint = "; images that the study does not have are added with --add-image-sets" if any(one.other_image for one in found.misfits) else ""
        raise Incompatible(f"{where} does not fit the study, so nothing was imported: {listed}. Leave these out with --skip-incompatible{hint}", path=where)
    notes = Notes.joined(found.notes) + Notes(tuple(note for one in found.misfits for note in _skipped(one)))
    definitions = join_populations(study.populations, coming.populations if wish.has("populations") else ())
    base, first, properties = _defined(study, coming, wish, definitions)
    patches = [first] if first else []
    for pair in found.pairs:
        base, made, more = _image_set(base, pair, wish, definitions, properties, where)
        patches += made
        notes += more
    if found.new:
        added = tuple(_with_ids(chosen(s, wish), definitions.ids, properties) for s in found.new)
        patches.append(Patch(sets_come=added))
        base, notes = patched(base, patches[-1]), notes + added_notes(added)
    return Merged(base, tuple(patches), notes)


def _sorted(study: Study, coming: Study, wish: Wish, where: str) -> _Sorted:
    """The image sets with their partners, those to be added, and what does not fit."""
    found = _Sorted()
    unknown: list[ImageSet] = []
    told = partners(coming.image_sets, study.image_sets, where, adding=wish.add_image_sets)
    for given, (s, nth) in zip(coming.image_sets, told, strict=True):
        if isinstance(nth, int):
            if s.name != given.name:
                found.notes.append(Notes.of(Note(Kind.ASSUMED, f"by its name, {where} is about the image set {study.image_sets[nth].name}")))
            _to_partner(s, study.image_sets[nth], nth, wish, found)
            continue
        if nth.new and not wish.add_image_sets:
            unknown.append(s)
        elif why := nth.why or confusable(s, [other for other, _ in told]):
            found.misfits.append(Misfit(why, len(s.objects), len(s.connections)))
        else:
            s = mapped(s, wish.mapping, [name for image in s.images for name in image.channels])
            found.new.append(_inside(s, s, found))
    if unknown:
        counts = sum(len(s.objects) for s in unknown), sum(len(s.connections) for s in unknown)
        found.misfits.append(Misfit(nobody(unknown, study.image_sets), *counts, other_image=True))
    return found


def _to_partner(given: ImageSet, target: ImageSet, nth: int, wish: Wish, found: _Sorted) -> None:
    """An image set that is about one of the study; its label images come as the outlines of their segments."""
    s, traced = shapes_from_labels(given)
    s = replace(s, labels=(), images=given.images)
    found.notes.append(traced)
    s = mapped(s, wish.mapping, [name for image in target.images for name in image.channels])
    wrong = wrong_image(s, target)
    if wrong:
        found.misfits.append(Misfit(wrong[0], len(s.objects), len(s.connections), other_image=not wish.add_image_sets))
    else:
        same = tuple(one for one in target.labels if len(target.objects) and any(same_pixels(one, other) for other in given.labels))
        found.pairs.append(_Pair(_inside(s, target, found), nth, same))


def _inside(s: ImageSet, target: ImageSet, found: _Sorted) -> ImageSet:
    """The image set without objects on planes that the image does not have."""
    beyond, misfits = outside(s, target)
    found.misfits += misfits
    return take_objects(s, np.flatnonzero(~beyond).astype(np.int64)) if beyond.any() else s


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
    before, target = study, study.image_sets[pair.nth]
    if target.labels and (pair.same or not len(target.objects)):
        listing = Draft(target)
        listing.append("objects", _with_segments(target, pair.same or target.labels).frame[len(target.objects) :])
        study = _made(study, pair.nth, listing.patch(), patches)
        target = study.image_sets[pair.nth]
    s = _with_ids(pair.s, populations.ids, properties)
    rows = rows_in(target, s, where, replacing=wish.overwrite == "ids")
    drafting = Drafting(study, target, s, rows, wish, study.populations)
    patch = drafting.patch()
    if patch is None:
        return before, [], notes_of(drafting.counts).at(target.name)
    return _made(study, pair.nth, patch, patches), patches, notes_of(drafting.counts).at(target.name)


def _with_segments(s: ImageSet, labels: Sequence[LabelImage]) -> Objects:
    """The objects of an image set, and behind them those that only these of its label images know."""
    frame = pl.concat([labels_in(image).with_columns(layer=pl.lit(image.name)) for image in labels]).select("layer", "t", "label")
    return with_new_objects(s.objects, frame)


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
