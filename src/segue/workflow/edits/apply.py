"""From an edit and a study to the patches that make it, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from segue.errors import UsageError
from segue.model.objects import Objects
from segue.model.patch import ImageSetPatch, Patch, patched
from segue.model.populations import Population
from segue.model.study import Study
from segue.notes import Notes
from segue.workflow.edits import facts, members, relabel
from segue.workflow.edits.delete import delete
from segue.workflow.edits.draft import Draft
from segue.workflow.edits.merge import merge
from segue.workflow.edits.pixels import implied_objects
from segue.workflow.edits.records import Delete, Edit, Lock, Merge, Relabel, RelabelAll, Rename, SetClass, SetColour, Split, Tag, Untag
from segue.workflow.edits.scope import Scope
from segue.workflow.edits.selection import Selected, image_sets, select
from segue.workflow.edits.split import split

IN_TABLES = (Rename, Tag, SetClass, SetColour, Lock)
"""Edits that say something about objects that their pixels cannot say: the objects get rows in a table if they have none."""


@dataclass(frozen=True)
class Made:
    """What an edit comes to."""

    patches: tuple[Patch, ...]
    """To be made one after the other; none = nothing changes."""
    study: Study
    """The study afterwards."""
    notes: Notes


def apply(study: Study, edit: Edit) -> Made:
    """Find out what an edit changes. The study that is given stays as it is.

    Raises
    ------
    UsageError
        The edit names something that is not there, or cannot be done.
    """
    objects = {nth: implied_objects(study.image_sets[nth]) for nth in image_sets(study, edit)}
    selected = _selected(study, objects, edit)
    listing = _listing(study, objects, selected) if isinstance(edit, IN_TABLES) else None
    study = patched(study, listing) if listing else study
    found, wanted = members.wanted_population(study, edit) if isinstance(edit, Tag | SetClass) else (None, None)
    drafts = {one.nth: Scope(study, s := study.image_sets[one.nth], objects[one.nth].frame, one.rows, Draft(s)) for one in selected}
    notes = Notes.joined(_draft(scope, edit, wanted).at(scope.s.name) for scope in drafts.values()).merged()
    sets = {nth: patch for nth, scope in drafts.items() if (patch := scope.draft.patch())}
    gone, come = _definition(study, found, wanted)
    patches = [one for one in (listing, Patch(sets, gone, come)) if one and (one.image_sets or one.come)]
    return Made(tuple(patches), patched(study, patches[-1]) if patches and patches[-1] is not listing else study, notes)


def _selected(study: Study, objects: dict[int, Objects], edit: Edit) -> list[Selected]:
    if isinstance(edit, RelabelAll):
        if edit.objects:
            raise UsageError("--relabel-all numbers every label; leave the selection out, or give one object a number with --relabel")
        return [Selected(nth, np.arange(len(one), dtype=np.int64)) for nth, one in objects.items()]
    selected = select(study, objects, edit)
    if isinstance(edit, Merge | Relabel) and len(selected) > 1:
        names = ", ".join(repr(study.image_sets[one.nth].name) for one in selected)
        raise UsageError(f"these objects lie in several image sets ({names}); choose one with --image-set")
    return selected


def _listing(study: Study, objects: dict[int, Objects], selected: list[Selected]) -> Patch | None:
    """Rows for the objects that so far only their pixels told of."""
    sets: dict[int, ImageSetPatch] = {}
    for one in selected:
        draft = Draft(study.image_sets[one.nth])
        if not len(draft.s.objects):
            draft.append("objects", objects[one.nth].frame)
            patch = draft.patch()
            sets |= {one.nth: patch} if patch else {}
    return Patch(sets) if sets else None


def _definition(
    study: Study, found: Population | None, wanted: Population | None
) -> tuple[tuple[tuple[int, Population], ...], tuple[tuple[int, Population], ...]]:
    """What changes among the definitions of populations."""
    if wanted is None or wanted == found:
        return (), ()
    if found is None:
        return (), ((len(study.populations), wanted),)
    place = study.populations.index(found)
    return ((place, found),), ((place, wanted),)


def _draft(scope: Scope, edit: Edit, population: Population | None) -> Notes:
    if isinstance(edit, Tag | SetClass):
        return members.join(scope, population) if population else members.without_class(scope)
    if isinstance(edit, Delete):
        return delete(scope)
    if isinstance(edit, Merge):
        return merge(scope)
    ways: dict[type, Callable[[Scope, Any], Notes]] = {
        Rename: facts.rename,
        SetColour: facts.set_colour,
        Lock: facts.lock,
        Untag: members.leave,
        Split: split,
        Relabel: relabel.relabel,
        RelabelAll: relabel.relabel_all,
    }
    return ways[type(edit)](scope, edit)
