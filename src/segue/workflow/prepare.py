"""Bringing a study into the form that a writer takes, before anything is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segue.errors import Incompatible
from segue.formats.format import Accepts, Format
from segue.formats.shape_files import area_rows
from segue.model.image import size_of
from segue.model.rules import RegionRule
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.derive import Policy, labels_from_shapes, shapes_from_labels
from segue.workflow.derive_points import points_from_shapes
from segue.workflow.enabling import reason, require_for
from segue.workflow.gates import with_populations
from segue.workflow.joining import with_table
from segue.workflow.opening import Opened
from segue.workflow.roles import FORCE, as_labels
from segue.workflow.selecting.fit import judged
from segue.workflow.selecting.joined_gates import with_gate_members

SETTINGS = {
    "components": "what a mask of one value means: 4 or 8 = its separate parts are objects (touching by edges, or also by corners), 0 = it is one object",
    "channel": "name or number (from 0) of the channel that is the label image",
    "role": "labels = take the image as a label image, whatever it looks like; image = take it as intensities",
}
"""Keys of ``--set`` that belong to the conversion, not to a reader or writer."""
_MASK = re.compile(r"mask|label|segmentation", re.IGNORECASE)
"""How the names of label images go."""


@dataclass(frozen=True)
class Gates:
    """Files whose rows are populations (``gates.with_populations``)."""

    paths: tuple[Path, ...] = ()
    shared: bool = False


def prepare(
    study: Study, record: Format, policy: Policy, settings: Mapping[str, Any], where: str = "", table: Opened | None = None, gates: Gates | None = None
) -> tuple[Study, Study, Notes]:
    """Make labels of shapes, shapes of labels, or labels of an integer image, as the writer needs, of the image sets that it writes.

    Returns
    -------
    source : the study in the roles that were decided (an image taken as labels is a label image here), with the label numbers that were given.
    ready : what to hand to the format's ``fit``.
    notes : what was assumed.

    Raises
    ------
    SourceError
        An image is not a label image, nothing says how large the image is, or the study has not what the format is about.
    """
    settings = _told(study, settings)
    study, notes = joined(study, record.accepts, table, settings, where) if table is not None else (study, Notes())
    if gates is not None and gates.paths:
        study, more = gated(study, record.accepts, gates, settings, where)
        notes += more
    written = study.image_sets if record.many else study.image_sets[:1]
    results = [_image_set(s, record.accepts, policy, settings, where or s.name) for s in written]
    results += [(s, s, Notes()) for s in study.image_sets[len(written) :]]
    source = replace(study, image_sets=tuple(one for one, _, _ in results))
    ready = replace(study, image_sets=tuple(two for _, two, _ in results))
    require_for(record, source, where)
    return source, ready, notes + Notes.joined(more for _, _, more in results)


def _told(study: Study, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where some image sets have segments or drawings, the images of the others are not taken for label images unless the user says so."""
    drawn = len(study.image_sets) > 1 and any(s.labels or len(s.objects) or len(s.shapes) for s in study.image_sets)
    return {**settings, "role": "image"} if drawn and not {"role", "components", "channel"} & set(settings) else settings


def joined(study: Study, accepts: frozenset[Accepts], table: Opened, settings: Mapping[str, Any], where: str) -> tuple[Study, Notes]:
    """The study with a table; an integer image is the label image that the table is about.

    Raises
    ------
    SourceError
        An image is not a label image; or table and objects do not fit together (``joining.with_table``).
    """
    labelled, assumed = _labelled(study, accepts, settings, where)
    study, notes = with_table(labelled, table, [where] if where else [])
    return study, assumed + notes


def gated(study: Study, accepts: frozenset[Accepts], gates: Gates, settings: Mapping[str, Any], where: str) -> tuple[Study, Notes]:
    """The study with the populations of files; an integer image is the label image that they are about.

    Raises
    ------
    SourceError
        An image is not a label image; or files and objects do not fit together (``gates.with_populations``).
    """
    labelled, assumed = _labelled(study, accepts, settings, where)
    regions = Accepts.SHAPES in accepts
    study, notes = with_populations(labelled, gates.paths, settings, [where] if where else [], shared=gates.shared, regions=regions)
    if any(isinstance(one.rule, RegionRule) for one in study.populations):
        study, more = judged(study, where=where)
        notes += more
    study, more = with_gate_members(study, {one.id for one in study.populations} - {one.id for one in labelled.populations}, where)
    return study, assumed + notes + more


def _labelled(study: Study, accepts: frozenset[Accepts], settings: Mapping[str, Any], where: str) -> tuple[Study, Notes]:
    results = [_with_role(s, accepts - {Accepts.PIXELS}, settings, where or s.name) for s in study.image_sets]
    return replace(study, image_sets=tuple(s for s, _ in results)), Notes.joined(more for _, more in results)


def _image_set(s: ImageSet, accepts: frozenset[Accepts], policy: Policy, settings: Mapping[str, Any], where: str) -> tuple[ImageSet, ImageSet, Notes]:
    s, notes = _with_role(s, accepts, settings, where)
    if Accepts.SHAPES in accepts and Accepts.LABELS not in accepts and s.labels:
        ready, more = shapes_from_labels(s, policy)
    elif accepts == {Accepts.TABLE}:
        ready, more = points_from_shapes(s)
    elif Accepts.LABELS in accepts and Accepts.SHAPES not in accepts and not s.labels and len(area_rows(s.shapes)) and not _stays(s, accepts, settings):
        ready, more = labels_from_shapes(s, policy)
    elif not accepts & {Accepts.SHAPES, Accepts.TABLE} and not s.labels and not (s.images and Accepts.PIXELS in accepts):
        raise Incompatible(_nothing_to_draw(s, where))
    else:
        ready, more = s, Notes()
    return replace(s, objects=ready.objects), ready, notes + more


def _stays(s: ImageSet, accepts: frozenset[Accepts], settings: Mapping[str, Any]) -> bool:
    """Whether an image is written as it is, with what is drawn on it where the format can: nobody asked for labels."""
    return Accepts.PIXELS in accepts and bool(s.images) and settings.get("role", "auto") != "labels"


def _nothing_to_draw(s: ImageSet, where: str) -> str:
    why = reason("export images", Study(), s, where)
    if not len(s.shapes):
        return why
    kinds = ", ".join(sorted({f"{kind}s" for kind in s.shapes.frame["kind"].cast(str).unique()}))
    return f"{why}; it holds only {kinds}, which enclose no pixels"


def _with_role(s: ImageSet, accepts: frozenset[Accepts], settings: Mapping[str, Any], where: str) -> tuple[ImageSet, Notes]:
    """An integer image becomes a label image if the user says so, or if the writer takes only objects."""
    role = settings.get("role", "auto")
    only_objects = Accepts.PIXELS not in accepts
    if s.labels or len(s.shapes) or not s.images or role == "image":
        return s, Notes()
    if not (only_objects or role == "labels" or {"components", "channel"} & set(settings)):
        return s, _kept_as_image(s, accepts, where)
    if len(s.images) > 1:
        raise Incompatible(f"{where} holds {len(s.images)} images and no labels; convert the one that is the label image")
    labels, notes = as_labels(s.images[0], components=settings.get("components"), where=where, force=role == "labels", channel=settings.get("channel"))
    return replace(s, images=(), labels=(labels,)), notes


def _kept_as_image(s: ImageSet, accepts: frozenset[Accepts], where: str) -> Notes:
    """Where the target tells images from labels with all that belongs to them, a file that calls itself a mask is no image without a word."""
    (image, *others) = s.images
    plain = not others and image.pixels.dtype.kind in "bui" and size_of(image.pixels, image.axes, "c") == 1
    if not plain or not accepts >= {Accepts.PIXELS, Accepts.LABELS, Accepts.TABLE} or not _MASK.search(Path(where).stem):
        return Notes()
    return Notes.of(Note(Kind.ASSUMED, f"{Path(where).name} is kept as an image, though it is named like a mask; {FORCE} makes objects of it"))
