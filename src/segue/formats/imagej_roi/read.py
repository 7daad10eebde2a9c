"""A ``.roi`` or RoiSet.zip -> study: areas; what else is in it is noted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs.roi_record import Rois
from segue.errors import Malformed
from segue.formats.imagej_roi.entries import contents
from segue.formats.imagej_roi.options import ReadOptions
from segue.formats.roi_files import about
from segue.formats.roi_files.colours import from_argb
from segue.formats.roi_files.contents import Contents
from segue.formats.roi_files.extra import read_extras
from segue.formats.roi_files.keys import key_columns
from segue.formats.roi_files.kinds import COMPOSITES, TYPES, kinds, rounded
from segue.formats.roi_files.members import Found
from segue.formats.roi_files.outlines import FARTHEST, boxes, settled, whole
from segue.formats.roi_files.planes import read_planes
from segue.formats.roi_files.things import Things, read_things
from segue.model.features import Feature
from segue.model.populations import Population
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: ReadOptions) -> tuple[Study, Notes]:
    """Read the areas of a file.

    Raises
    ------
    SourceError
        The file is none of ROIs, damaged, or asks for too much.
    """
    found = contents(source)
    kind = kinds(found.rois)
    rows, notes = _areas(found.rois, kind)
    keys, others = key_columns(found.rois.properties)
    image_set, populations, more = _about(found, keys)
    ours = keys["segue.stack"].is_null() & keys["segue.id"].is_not_null()
    planes, assumed = read_planes(found.rois, keys["segue.stack"].set(ours, "z"), options.stack)
    things, repaired = read_things(found, keys, planes["t"], rows)
    shapes = _shapes(found.rois, kind, rows, keys, planes, things, source)
    members = Found({population.id: population for population in populations})
    _add_members(members, found.rois, keys, things)
    image_set = replace(
        image_set,
        objects=things.objects,
        shapes=shapes,
        membership=members.membership(),
        extras=read_extras(found.rois, keys, others, things),
    )
    return Study((image_set,), tuple(members.populations.values())), found.notes + notes + more + _assumed(assumed, options) + repaired


def _areas(rois: Rois, kind: NDArray[np.object_]) -> tuple[Ints, Notes]:
    """Rows of the ROIs that are read, and notes about all others."""
    wanted = np.isin(kind.astype(str), [str(one) for one in TYPES]) & ~rounded(rois)
    empty = wanted & (np.diff(rois.roi_start) == 0) & ~np.isin(kind.astype(str), [str(ShapeKind.RECTANGLE), str(ShapeKind.OVAL)])
    wanted &= ~empty
    notes = [Note(Kind.SKIPPED, "ROIs without any vertex", Feature.OBJECTS, count=int(empty.sum()))] if empty.any() else []
    for one in [*ShapeKind, None]:
        count = int(((kind == one) & ~wanted & ~empty).sum())
        if count and one is None:
            notes.append(Note(Kind.LOST, "ROIs of a type that ImageJ does not have", Feature.OBJECTS, count=count))
        elif count and one is not None:
            what = "rectangles with rounded corners are not read yet" if one is ShapeKind.RECTANGLE else "of ROI files only areas are read yet"
            notes.append(Note(Kind.LOST, what, one.feature, count=count))
    curved = int((rois.curved & wanted).sum())
    if curved:
        notes.append(Note(Kind.CHANGED, "curves became straight pieces that miss them by 0.05 pixels at most", Feature.POLYGON, count=curved))
    return np.flatnonzero(wanted), Notes(tuple(notes))


def _about(found: Contents, keys: pl.DataFrame) -> tuple[ImageSet, tuple[Population, ...], Notes]:
    text = found.comment or next((one.encode() for one in keys["segue.about"].drop_nulls()), b"")
    try:
        known = about.parse(text)
    except ValueError:
        return ImageSet(""), (), Notes.of(Note(Kind.SKIPPED, "what the zip file's comment says about the image, because it is damaged"))
    return (*known, Notes()) if known else (ImageSet(""), (), Notes())


def _assumed(count: int, options: ReadOptions) -> Notes:
    if not count:
        return Notes()
    return Notes.of(Note(Kind.ASSUMED, f"plane numbers of a plain stack were taken as {options.stack} (option stack)", Feature.SHAPE_PLANE, count=count))


def _shapes(rois: Rois, kind: NDArray[np.object_], rows: Ints, keys: pl.DataFrame, planes: dict[str, pl.Series], things: Things, source: Source) -> Shapes:
    own = [COMPOSITES.get(one or "") for one in keys["segue.kind"][rows]] if keys["segue.kind"].null_count() < len(rois) else [None] * len(rows)
    named = [str(stated or one) if composite else str(one) for one, stated, composite in zip(kind[rows], own, rois.composite[rows], strict=True)]
    width = np.where(rois.fine_width > 0, rois.fine_width, rois.width)[rows].astype(np.float64)
    frame = pl.DataFrame(
        {
            "object": things.of_row,
            "role": keys["segue.role"][rows].fill_null("outline"),
            "z": planes["z"][rows],
            "c": planes["c"][rows],
            "kind": pl.Series(named, dtype=pl.Utf8),
            "stroke": _stroke(rois, rows, keys),
            "fill": from_argb(rois.fill[rows]),
            "stroke_width": pl.Series(width).set(pl.Series(~(width > 0) | ~np.isfinite(width)), None),
        }
    )
    rings = _rings(rois, rows, source)
    frame = frame.with_columns(whole=whole(frame["kind"], rings))
    if things.of_row.is_sorted():
        return Shapes(frame, rings)
    order = np.argsort(things.of_row.to_numpy(), kind="stable")
    return Shapes(frame[order], rings.take(order))


def _stroke(rois: Rois, rows: Ints, keys: pl.DataFrame) -> pl.Series:
    """The line colour of the shape; null where the file only shows the colour of the object by it."""
    stroke = from_argb(rois.stroke[rows])
    borrowed = keys["segue.stroke"][rows].is_null() & (stroke == keys["segue.colour"][rows].str.to_integer(base=16, strict=False))
    return stroke.set(borrowed.fill_null(False), None)


def _rings(rois: Rois, rows: Ints, source: Source) -> Rings:
    boxed = np.isin(rois.type[rows], (TYPES[ShapeKind.RECTANGLE], TYPES[ShapeKind.OVAL])) & ~rois.composite[rows]
    each = np.arange(len(rois.ring_start), dtype=np.int64)
    ringed = Rings(rois.coords, rois.ring_start, each, rois.roi_start)
    if len(rows) < len(rois) or boxed.any():
        ringed = ringed.take(rows[~boxed])
    corners = _corners(rois, rows[boxed])
    if not (np.abs(ringed.coords).max(initial=0) < FARTHEST) or not (np.abs(corners) < FARTHEST).all():
        raise Malformed(f"{source.path} is damaged: a ROI has a vertex that is no place in an image", path=source.path, expected="coordinates")
    if not boxed.any():
        return settled(ringed)
    pairs = Rings.simple(boxes(corners)[0].reshape(-1, 2), np.arange(0, 2 * len(corners) + 1, 2))
    order = np.empty(len(rows), np.int64)
    order[~boxed] = np.arange(len(ringed))
    order[boxed] = len(ringed) + np.arange(len(pairs))
    return concat([settled(ringed), pairs]).take(order)


def _corners(rois: Rois, rows: Ints) -> NDArray[np.float64]:
    line = rois.line[rows].astype(np.float64)
    line[:, 2:] += line[:, :2]
    return np.where(rois.sub_pixel[rows, None], line, rois.box[rows])


def _add_members(members: Found, rois: Rois, keys: pl.DataFrame, things: Things) -> None:
    first = things.first_row
    lists, classes, groups = keys["segue.populations"][first], keys["qupath.object.classification"][first], rois.group[first.to_numpy()]
    stated = lists.is_not_null() | classes.is_not_null() | pl.Series(groups > 0)
    for row in stated.arg_true().to_list():
        members.add(row, lists[row], int(groups[row]), classes[row])
