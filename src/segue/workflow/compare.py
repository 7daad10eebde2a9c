"""What a conversion costs: the result is brought back to the form of its source, and compared with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from segue.formats.format import Format
from segue.formats.shape_files import area_rows
from segue.model.diff import diff
from segue.model.features import SHAPE_FEATURES, Feature
from segue.model.image import LabelImage
from segue.model.keep import keep
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.changed_links import changed_links
from segue.workflow.changed_pixels import changed_pixels
from segue.workflow.derive import are_regions, labels_from_shapes, shapes_from_labels


def losses(source: Study, fitted: Study, record: Format) -> Notes:
    """Everything in which a written study differs from its source, with the reasons that the format's record gives.

    Parameters
    ----------
    source
        What was to be written, as it was read.
    fitted
        What the file holds: made from ``source`` by ``derive`` and the format's ``fit``, or read back from the file.
    record
        The format that was written.
    """
    back = like(fitted, source)
    found = diff(source, back)
    drawn = _drawn(source, fitted)
    written = replace(source, image_sets=source.image_sets[: len(fitted.image_sets)])
    members = any(len(s.membership) for s in fitted.image_sets)
    notes = [_note(written, feature, count, record, drawn=drawn, members=members) for feature, count in found.items()]
    return Notes(tuple(_with_numbers(note, written, back, record) for note in notes))


def _with_numbers(note: Note, source: Study, back: Study, record: Format) -> Note:
    """Label images that come back changed with the number of pixels and segments; connections that became tracks with what tracks cannot say."""
    if note.kind is not Kind.CHANGED:
        return note
    more = changed_pixels(source, back) if note.feature is Feature.LABELS else ""
    tracked = record.keeps.get(Feature.TRACK)
    if note.feature is Feature.CONNECTIONS and tracked is not None and not tracked.exactly:
        more = changed_links(source)
    return replace(note, what=f"{note.what}: {more}") if more else note


def _note(source: Study, feature: Feature, count: int, record: Format, *, drawn: bool, members: bool) -> Note:
    if drawn and feature in SHAPE_FEATURES:
        return Note(Kind.CHANGED, "drawn as pixels", feature, count=count)
    kept = record.keeps.get(feature)
    if kept is None:
        return Note(Kind.LOST, f"{record.name} has no place for them", feature, count=count)
    there = feature in _IN_OTHER_FORMS or (feature is Feature.MEMBERSHIP and members)  # members may all differ in what they were made on only
    if not kept.exactly and not there and _gone(source, feature, count):
        return Note(Kind.LOST, f"not in this file; {kept.how}", feature, count=count)
    return Note(Kind.CHANGED, kept.how, feature, count=count)


_IN_OTHER_FORMS = (Feature.IMAGES, Feature.LABELS, Feature.OBJECTS, *SHAPE_FEATURES)
"""What is still there in another form where nothing of it is equal."""


def _gone(source: Study, feature: Feature, count: int) -> bool:
    """Whether as much of a feature differs as if nothing of it were kept: this file has no place for what the format can hold in others."""
    return diff(source, keep(source, set(Feature) - {feature})).get(feature) == count


def _drawn(source: Study, fitted: Study) -> bool:
    """Whether shapes became pixels."""
    drawn = any(one.labels or one.images for one in fitted.image_sets)
    return drawn and any(len(one.shapes) for one in source.image_sets) and not any(len(one.shapes) for one in fitted.image_sets)


def like(study: Study, source: Study) -> Study:
    """A written study in the form of its source: labels where that has labels, shapes where that has shapes."""
    pairs = zip(study.image_sets, source.image_sets, strict=False)
    rest = study.image_sets[len(source.image_sets) :]
    return replace(study, image_sets=tuple(_like(one, other) for one, other in pairs) + rest)


def _like(s: ImageSet, source: ImageSet) -> ImageSet:
    s = _without_new_points(s, source)
    areas = s.shapes.take(area_rows(s.shapes))
    if source.labels and not s.labels and not are_regions(s, areas).all() and source.grid.known:
        drawn, _ = labels_from_shapes(replace(s, grid=source.grid), layer=source.labels[0].name)
        labels = tuple(_as_stored(image, source.labels[0]) for image in drawn.labels)
        return replace(drawn, grid=s.grid, labels=labels, shapes=s.shapes if len(source.shapes) else Shapes.empty())
    if len(source.shapes) and not len(s.shapes) and s.labels:
        traced, _ = shapes_from_labels(s)
        return replace(traced, labels=traced.labels if source.labels else ())
    return s


def _without_new_points(s: ImageSet, source: ImageSet) -> ImageSet:
    """Without the points that stand for the outlines or labels of the source."""
    points = _are_points(s.shapes)
    if not points.any():
        return s
    had = source.shapes.frame["object"].filter(pl.Series(_are_points(source.shapes)))
    others = source.shapes.frame["object"].filter(pl.Series(~_are_points(source.shapes)))
    placed = pl.Series(others.unique()) if not source.labels else pl.int_range(len(source.objects), dtype=pl.Int32, eager=True)
    derived = source.objects.frame["id"].gather(placed.filter(~placed.is_in(had.unique().implode())))
    new = points & s.objects.frame["id"].gather(s.shapes.frame["object"]).is_in(derived.implode()).to_numpy()
    return replace(s, shapes=s.shapes.take(np.flatnonzero(~new).astype(np.int64))) if new.any() else s


def _are_points(shapes: Shapes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return shapes.are((ShapeKind.POINT, ShapeKind.MULTIPOINT))


def _as_stored(image: LabelImage, original: LabelImage) -> LabelImage:
    return replace(image, persists=original.persists)
