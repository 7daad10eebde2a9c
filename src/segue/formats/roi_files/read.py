"""The ROIs of a file -> image set and populations: exactly what they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs.roi_record import Rois
from segue.errors import Malformed
from segue.formats.roi_files import about
from segue.formats.roi_files.colours import from_argb
from segue.formats.roi_files.contents import Contents
from segue.formats.roi_files.extra import Special, read_extras
from segue.formats.roi_files.keys import key_columns, put
from segue.formats.roi_files.kinds import FORMS, Form, kinds
from segue.formats.roi_files.members import Found
from segue.formats.roi_files.outlines import FARTHEST, whole
from segue.formats.roi_files.parameters import read_parameters, read_widths
from segue.formats.roi_files.planes import Stack, read_planes
from segue.formats.roi_files.points import PointsRead, divided, read_points
from segue.formats.roi_files.things import Things, read_things
from segue.formats.roi_files.vertices import read_rings
from segue.model.features import Feature
from segue.model.populations import Population
from segue.model.rings import Ints
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes


@dataclass(frozen=True, eq=False)
class _Readable:
    """The ROIs that are read: their rows, kinds, properties and planes."""

    rois: Rois
    rows: Ints
    kind: pl.Series
    """Of each row."""
    keys: pl.DataFrame
    """Of every ROI."""
    planes: dict[str, pl.Series]
    """Of every ROI."""
    points: PointsRead


def read_rois(found: Contents, stack: Stack, path: Path) -> tuple[ImageSet, tuple[Population, ...], Notes]:
    """Objects with their shapes, populations, and details; what the file says about the image, too, where it does.

    Parameters
    ----------
    found
        The ROIs.
    stack
        What the numbers of planes count, where a ROI says nothing else.
    path
        The file, for messages.

    Raises
    ------
    Malformed
        A vertex is no place in an image.
    """
    kind, rows, notes = _rows(found.rois)
    keys, others = key_columns(found.rois.properties)
    image_set, known, more = _about(found, keys)
    stated = keys["segue.stack"].set(keys["segue.stack"].is_null() & keys["segue.id"].is_not_null(), "z")
    planes, numbered = read_planes(found.rois, stated, stack)
    points = read_points(found.rois, rows, kind, stated.fill_null(stack.axis), stack)
    planes["t"] = put(planes["t"], list(points.groups), [one.t - 1 if one.t else None for one in points.groups.values()])
    things, repaired = read_things(found, keys, planes["t"], rows)
    shapes, order = _shapes(_Readable(found.rois, rows, kind, keys, planes, points), things, path)
    members = Found({population.id: population for population in known})
    _add_members(members, found.rois, keys, things)
    extras = read_extras(found.rois, keys, others, things, shapes, Special(points, order, found.active))
    image_set = replace(image_set, objects=things.objects, shapes=shapes, membership=members.membership(), extras=extras)
    assumed = _assumed(numbered, stated, points, stack)
    return image_set, tuple(members.populations.values()), found.notes + notes + more + assumed + repaired


def _rows(rois: Rois) -> tuple[pl.Series, Ints, Notes]:
    """The kinds of the ROIs that are read, their rows, and notes about all others."""
    kind = kinds(rois)
    unknown = np.array([one is None for one in kind], np.bool_)
    listed = np.isin(kind.astype(str), [name for name, form in FORMS.items() if form in (Form.RINGS, Form.PATH)])
    empty = listed & (np.diff(rois.roi_start) == 0)
    rows = np.flatnonzero(~unknown & ~empty)
    curved = int((rois.curved & ~unknown & ~empty).sum())
    notes = [
        Note(Kind.SKIPPED, "ROIs without any vertex", Feature.OBJECTS, count=int(empty.sum())),
        Note(Kind.LOST, "ROIs of a type that ImageJ does not have", Feature.OBJECTS, count=int(unknown.sum())),
        Note(Kind.CHANGED, "curves became straight pieces that miss them by 0.05 pixels at most", Feature.POLYGON, count=curved),
    ]
    return pl.Series(kind[rows].astype(str), dtype=pl.Utf8), rows, Notes(tuple(note for note in notes if note.count))


def _about(found: Contents, keys: pl.DataFrame) -> tuple[ImageSet, tuple[Population, ...], Notes]:
    text = found.comment or next((one.encode() for one in keys["segue.about"].drop_nulls()), b"")
    try:
        known = about.parse(text)
    except ValueError:
        return ImageSet(""), (), Notes.of(Note(Kind.SKIPPED, "what the file says about the image of its ROIs, because it is damaged"))
    return (*known, Notes()) if known else (ImageSet(""), (), Notes())


def _assumed(numbered: int, stated: pl.Series, points: PointsRead, stack: Stack) -> Notes:
    """What was taken for granted about planes."""
    notes = []
    count = numbered + (sum(stated[row] is None for row in points.groups) if stack.sizes is None else 0)
    if count:
        notes.append(Note(Kind.ASSUMED, f"plane numbers of a plain stack were taken as {stack.axis} (option stack)", Feature.SHAPE_PLANE, count=count))
    differ = sum(one.differ for one in points.groups.values())
    if differ:
        what = "points of one ROI lie at several time points, which an object cannot; they are kept among its details only"
        notes.append(Note(Kind.CHANGED, what, Feature.OBJECT_TIME, count=differ))
    return Notes(tuple(notes))


def _shapes(found: _Readable, things: Things, path: Path) -> tuple[Shapes, dict[int, list[int]]]:
    rois, rows, keys = found.rois, found.rows, found.keys
    frame = pl.DataFrame(
        {
            "object": things.of_row,
            "role": keys["segue.role"][rows].fill_null("outline"),
            "z": found.planes["z"][rows],
            "c": found.planes["c"][rows],
            "kind": _stated_kinds(found),
            "stroke": _stroke(rois, rows, keys),
            "fill": from_argb(rois.fill[rows]),
            **read_parameters(rois, rows, found.kind),
        }
    )
    nothing = pl.lit(None, dtype=pl.Float64)
    frame = frame.with_columns(nothing.alias(name) for name in ("closed", "width", "freehand") if name not in frame.columns)
    width, drawn = read_widths(rois, rows, frame, keys["segue.line"][rows])
    rotated = frame["kind"] == str(ShapeKind.ROTATED_RECTANGLE)
    frame = frame.with_columns(width=frame["width"].zip_with(rotated, width), stroke_width=drawn)
    rings, order = read_rings(rois, rows, frame)
    if not (np.abs(rings.coords) < FARTHEST).all():
        raise Malformed(f"{path} is damaged: a ROI has a vertex that is no place in an image", path=path, expected="coordinates")
    shapes = Shapes(frame.with_columns(whole=whole(frame["kind"], rings)), rings)
    shapes, _ = divided(shapes, rows, found.points.groups)
    if shapes.frame["object"].is_sorted():
        return shapes, order
    return shapes.take(np.argsort(shapes.frame["object"].to_numpy(), kind="stable")), order


def _stated_kinds(found: _Readable) -> pl.Series:
    """The kinds, where a property says more than the ROI can: of composites, and of lists of one point."""
    stated = found.keys["segue.kind"][found.rows]
    if stated.null_count() == len(stated):
        return found.kind
    composite = pl.Series(found.rois.composite[found.rows])
    holds = (composite & stated.is_in([str(ShapeKind.FREEHAND), str(ShapeKind.TRACED)])) | (
        (found.kind == str(ShapeKind.POINT)) & (stated == str(ShapeKind.MULTIPOINT))
    )
    return stated.zip_with(holds.fill_null(value=False), found.kind)


def _stroke(rois: Rois, rows: Ints, keys: pl.DataFrame) -> pl.Series:
    """The line colour of the shape; null where the file only shows the colour of the object by it."""
    stroke = from_argb(rois.stroke[rows])
    borrowed = keys["segue.stroke"][rows].is_null() & (stroke == keys["segue.colour"][rows].str.to_integer(base=16, strict=False))
    return stroke.set(borrowed.fill_null(False), None)


def _add_members(members: Found, rois: Rois, keys: pl.DataFrame, things: Things) -> None:
    first = things.first_row
    groups: NDArray[np.int32] = rois.group[first.to_numpy()]
    lists, classes = keys["segue.populations"][first], keys["qupath.object.classification"][first]
    stated = lists.is_not_null() | classes.is_not_null() | pl.Series(groups > 0)
    for row in stated.arg_true().to_list():
        members.add(row, lists[row], int(groups[row]), classes[row])
