"""From a document to image sets: which ROI is of which image, and everything about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.ome_document import Document, ImageElement
from segue.errors import TooLarge
from segue.formats.ome_files.annotations_read import MOST_COPIED, Annotated, plain, read_annotations
from segue.formats.ome_files.elements import Elements
from segue.formats.ome_files.extras import as_rows, image_details, roi_details
from segue.formats.ome_files.images_read import image_set_of
from segue.formats.ome_files.objects_read import Things, read_things
from segue.formats.ome_files.shapes_read import read_shapes
from segue.formats.ome_files.values import read_tables
from segue.model.features import Feature
from segue.model.frames import remapped
from segue.model.objects import Objects, repeated_labels, unique_texts
from segue.model.populations import Membership, Population
from segue.model.rings import Ints
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes


@dataclass(frozen=True)
class Content:
    """All objects of a document."""

    document: Document
    path: Path | str
    annotated: Annotated
    things: Things
    shapes: Shapes
    details: dict[int, dict[str, Any]]
    """ROI -> what the model has no word for."""
    notes: Notes


def study_of(document: Document, path: Path | str) -> tuple[Study, Notes]:
    """The study of a document.

    Raises
    ------
    Malformed, TooLarge
    """
    content = content_of(document, path)
    assigned = _assigned(document)
    _refuse_copies(content, [rois for _, rois in assigned])
    found = [image_set(content, image, rois) for image, rois in assigned]
    notes = Notes.joined([content.notes, *(notes for _, notes in found), _unassigned(document, path)])
    return Study(tuple(one for one, _ in found), content.annotated.populations), notes


def drawn_on(document: Document, path: Path | str, number: int) -> tuple[ImageSet, tuple[Population, ...], Notes]:
    """What is drawn on one image of a document: image ``number``, from 0, among those with pixels.

    Raises
    ------
    Malformed, TooLarge
    """
    content = content_of(document, path)
    wanted = [image for image in document.images if image.pixels is not None][number]
    rois = next(rois for image, rois in _assigned(document) if image is wanted)
    found, notes = image_set(content, wanted, rois)
    others = len(document.rois) - len(rois)
    if others:
        notes += Notes.of(Note(Kind.SKIPPED, "{count ROI} of other images of the file", Feature.OBJECTS, count=others))
    return found, content.annotated.populations, content.notes + notes


def content_of(document: Document, path: Path | str) -> Content:
    """Everything about ROIs, whatever image they are of."""
    elements = Elements(document, path)
    annotated = read_annotations(document, path)
    things = read_things(elements, annotated.noted)
    colour = things.frame["colour"].gather(things.of_shape)
    shapes = read_shapes(elements, things.of_shape, colour)
    return Content(document, path, annotated, things, shapes, roi_details(document, annotated.rest), _notes(elements, annotated, things))


def image_set(content: Content, image: ImageElement | None, rois: Ints) -> tuple[ImageSet, Notes]:
    """The image set of an image (None = of none) with the objects of some ROIs."""
    annotated, things = content.annotated, content.things
    about = ImageSet("") if image is None else image_set_of(image, annotated.about, content.path)
    described = {} if image is None else image_details(image, _image_annotations(content, image))
    named = image.attributes.get("ID", "") if image is not None else ""
    columns = annotated.about.tables.get(named, {})
    if not len(rois) and not columns:
        return replace(about, extras=as_rows(Objects.empty(), {}, described)), Notes()
    rows = np.flatnonzero(np.isin(things.frame["roi"].to_numpy(), rois))
    frame, old = things.frame[rows], pl.Series(rows.astype(np.int32))
    repeated = repeated_labels(frame)
    ids = unique_texts(frame["id"])
    objects = Objects(frame.drop("roi").with_columns(id=ids, label=pl.when(~repeated).then("label")))
    of_roi = frame.with_row_index("object").select("roi", pl.col("object").cast(pl.Int32))
    members = annotated.members.join(of_roi, on="roi", how="inner", maintain_order="left").select("population", "object")
    members = members.with_row_index("nth").sort("object", "nth").drop("nth")
    tables = read_tables(columns, annotated.noted, annotated.foreign, frame["roi"])
    details = {row: content.details[roi] for row, roi in enumerate(frame["roi"].to_list()) if roi in content.details}
    extras = as_rows(objects, details, described)
    found = replace(about, objects=objects, shapes=_shapes(content.shapes, old), tables=tables, membership=Membership.of(members), extras=extras)
    changed = int((ids != frame["id"]).sum())
    note = Note(Kind.REPAIRED, "{count object} had an id that another one has, too", Feature.OBJECT_ID, count=changed)
    return found, Notes.of(note) if changed else Notes()


def _refuse_copies(content: Content, assigned: list[Ints]) -> None:
    """One large ROI of very many images would become as many copies: a small file must not become a large study."""
    times = np.bincount(np.concatenate([*assigned, np.empty(0, np.int64)]), minlength=len(content.document.rois))
    roi = content.things.frame["roi"].to_numpy()[content.shapes.frame["object"].to_numpy()]
    vertices = np.bincount(roi, np.diff(content.shapes.rings.coord_start), minlength=len(times))
    copied = int((np.maximum(times - 1, 0) * vertices).sum())
    if copied > MOST_COPIED:
        raise TooLarge(f"{content.path} has ROIs of so many images that they would become {copied:,} vertices", path=content.path, limit=MOST_COPIED)


def _image_annotations(content: Content, image: ImageElement) -> list[dict[str, Any]]:
    known = content.document.annotations
    return [
        plain(known[name])
        for name in image.annotations
        if name in known and known[name].kind in {"Comment", "Tag", "Term", "Timestamp"} and not _ours(known[name])
    ]


def _ours(annotation: Any) -> bool:
    return str(annotation.attributes.get("Namespace", "")).startswith("segue")


def _shapes(shapes: Shapes, old: pl.Series) -> Shapes:
    if len(old) == 0 or not len(shapes):
        return Shapes.empty()
    frame = remapped(shapes.frame.with_row_index("_row"), ("object",), old).sort("object", "_row")
    return Shapes(frame.drop("_row"), shapes.rings.take(frame["_row"].to_numpy()))


def _assigned(document: Document) -> list[tuple[ImageElement | None, Ints]]:
    """Images with the rows of their ROIs; ROIs that no image names are of the only one, or stand alone."""
    row = {one.get("ID", ""): nth for nth, one in reversed(list(enumerate(document.rois)))}
    found = [np.array(sorted({row[name] for name in image.rois if name in row}), np.int64) for image in document.images]
    free = _free(document, found)
    if len(document.images) == 1:
        found = [np.union1d(found[0], free)]
        free = free[:0]
    images: list[tuple[ImageElement | None, Ints]] = list(zip(document.images, found, strict=True))
    return [*images, (None, free)] if len(free) else images


def _free(document: Document, assigned: list[Ints]) -> Ints:
    used = np.zeros(len(document.rois), bool)
    for rows in assigned:
        used[rows] = True
    return np.flatnonzero(~used).astype(np.int64)


def _unassigned(document: Document, path: Path | str) -> Notes:
    if len(document.images) < 2:
        return Notes()
    free = _assigned(document)[-1]
    if free[0] is not None:
        return Notes()
    what = "{count object} of no image of the file; kept in an image set of their own"
    return Notes.of(Note(Kind.ASSUMED, what, where=str(getattr(path, "name", path)), count=len(free[1])))


def _notes(elements: Elements, annotated: Annotated, things: Things) -> Notes:
    notes: list[Note] = []
    hinted = elements.hints["kind"].is_not_null().to_numpy()
    turned = elements.transformed & ~hinted
    for name, feature in (("Rectangle", Feature.RECTANGLE), ("Ellipse", Feature.OVAL), ("Mask", Feature.MASK)):
        mine = turned & (elements.kinds == name).to_numpy()
        linear = elements.transforms[:, :, :2]
        kept = (linear == np.eye(2)).all(axis=(1, 2))
        if name != "Mask":
            kept = ((linear[:, 0, 1] == 0) & (linear[:, 1, 0] == 0)) | ((linear[:, 0, 0] == 0) & (linear[:, 1, 1] == 0))
        count = int((mine & ~kept).sum())
        if count:
            notes.append(Note(Kind.CHANGED, _TURNED[name], feature, count=count))
    if things.split:
        notes.append(Note(Kind.ASSUMED, "{count ROI} with shapes at several time points: an object for each, on one track", count=things.split))
    if annotated.skipped:
        notes.append(Note(Kind.SKIPPED, "{count reference} to files, lists or annotations that are not there", Feature.EXTRAS, count=annotated.skipped))
    pixels = sum(image.has_pixels for image in elements.document.images)
    if pixels:
        notes.append(Note(Kind.SKIPPED, "the pixels in the file are not read, only what is drawn on them", Feature.IMAGES, count=pixels))
    return Notes(tuple(notes))


_TURNED = {
    "Rectangle": "turned by a transform: now a rotated rectangle, or a polygon where it is skewed",
    "Ellipse": "turned by a transform: now an ellipse with a direction",
    "Mask": "turned or stretched by a transform: now the outline of its pixels",
}
