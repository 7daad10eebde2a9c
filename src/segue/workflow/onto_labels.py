"""Bringing a label image to a file that names segments by their numbers and has no pixels: populations, drawings, values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.model.features import Feature
from segue.model.image import LabelImage
from segue.model.objects import Objects, default_ids, unique_texts
from segue.model.select import take_objects
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.derive import with_new_objects
from segue.workflow.joining import labels_in, rows_of
from segue.workflow.labelled import with_labels
from segue.workflow.opening import Opened, with_grid_of
from segue.workflow.selecting.fit import judged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.tasks.workers import Workers


def onto_labels(study: Study, labels: Opened, options: Mapping[str, Any] | None = None, workers: Workers | None = None, where: str = "") -> tuple[Study, Notes]:
    """The study with a label image: its objects are segments of it, by their numbers.

    Segments that the study does not name yet become objects. Objects of the study whose number the labels do not have, and of which nothing but
    memberships is known, are left out, with a note; objects without a number (regions, drawings) stay. Populations are judged by their regions
    (``selecting.judged``).

    Parameters
    ----------
    study
        One image set without label images.
    labels
        What was read from the label image.
    options
        ``role``, ``components``, ``channel`` (see ``prepare.SETTINGS``).
    workers
        Who does the work; None = threads.
    where
        What notes call the study.

    Raises
    ------
    Incompatible
        The study has labels already, is about several images, has another size than the labels, or none of its segments is among them.
    SourceError
        The labels are none, or cannot be read.
    """
    path = labels.source.path
    if len(study.image_sets) != 1 or len(labels.study.image_sets) != 1:
        counts = f"{len(study.image_sets)} and {len(labels.study.image_sets)}"
        raise Incompatible(f"{where} and {path.name} are not about one image each, but about {counts}; give the results of one image", path=path)
    if study.image_sets[0].labels:
        raise Incompatible(f"{where} has a segmentation already; convert it without --labels, then segue select --labels {path.name} --refresh", path=path)
    taken, notes = with_labels(labels.study, options or {}, path.name)
    images = taken.image_sets[0].labels
    if len(images) != 1:
        raise Incompatible(f"{path} holds {len(images)} label images; give a file with one", path=path)
    study = with_grid_of(study, replace(labels, study=taken))
    s, skipped = _joined(study.image_sets[0], images[0], where)
    found, more = judged(replace(study, image_sets=(s,)), workers, where)
    return found, notes + skipped + _of_others(s, images[0], where) + more


def _of_others(s: ImageSet, image: LabelImage, where: str) -> Notes:
    """Members that say themselves that they were listed on other labels."""
    stated = s.membership.frame.filter(pl.col("labels").is_not_null())
    if not stated.height:
        return Notes()
    others = stated.filter(pl.col("labels") != pl.lit(image.fingerprint()))
    what = (
        f"{{count member}} of populations of {where} were listed on another segmentation: their numbers may be those of other cells here; "
        "select anew with segue select --refresh"
    )
    return Notes.of(Note(Kind.CHANGED, what, Feature.MEMBERSHIP, where, others.height)) if others.height else Notes()


def _joined(s: ImageSet, image: LabelImage, where: str) -> tuple[ImageSet, Notes]:
    segments = with_new_objects(Objects.empty(), labels_in(replace(s, labels=(image,))))
    numbered = np.flatnonzero(s.objects.frame["label"].is_not_null().to_numpy())
    rows = rows_of(segments, _by_number(s.objects, numbered), where)
    if len(rows) and (rows < 0).all():
        few = ", ".join(map(str, s.objects.frame["label"].drop_nulls().head(3)))
        raise Incompatible(f"none of the {len(rows):,} segments of {where} is among the labels: {few}, ... are those of another image", path=where)
    missing = numbered[rows < 0]
    bare = missing[~_known(s)[missing]]
    s = _placed(s, segments, numbered, rows)
    s = replace(s, labels=(image,), objects=_with_rest(s.objects, segments, rows))
    s = take_objects(s, _order(s, image.name, np.setdiff1d(np.arange(len(s.objects)), bare)))
    note = Note(Kind.SKIPPED, f"{{count segment}} of {where} that the labels do not have", count=len(bare))
    return s, Notes.of(note) if len(bare) else Notes()


def _by_number(objects: Objects, numbered: np.ndarray[Any, np.dtype[np.int64]]) -> Objects:
    """The objects with a number, by nothing else."""
    frame = objects.frame[numbered]
    return Objects(frame.with_columns(default_ids(frame)))


def _known(s: ImageSet) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(objects,) Which have shapes, values or connections."""
    found = np.zeros(len(s.objects), np.bool_)
    found[s.shapes.frame["object"].to_numpy()] = True
    for name in ("parent", "child"):
        found[s.connections.frame[name].to_numpy()] = True
    for table in s.tables.values():
        if table.about in ("objects", "objects on planes"):
            found[table.frame["row"].to_numpy()] = True
    return found


def _placed(s: ImageSet, segments: Objects, numbered: np.ndarray[Any, np.dtype[np.int64]], rows: np.ndarray[Any, np.dtype[np.int64]]) -> ImageSet:
    """Objects in the layer, and at the time, of the segment that they are; others have no number any more if it would be one of these."""
    at = np.full(len(s.objects), -1, np.int64)
    at[numbered] = rows
    here = pl.Series(at >= 0)
    found = segments.frame.select("layer", "t", "label")[np.maximum(at, 0)] if len(segments) else segments.frame.select("layer", "t", "label")
    if not len(segments):
        return s
    frame = s.objects.frame
    columns = {name: pl.select(pl.when(here).then(found[name]).otherwise(frame[name])).to_series() for name in ("layer", "t", "label")}
    return replace(s, objects=Objects(frame.with_columns(**columns)))


def _with_rest(objects: Objects, segments: Objects, rows: np.ndarray[Any, np.dtype[np.int64]]) -> Objects:
    """The objects, and behind them the segments that none of them is."""
    rest = segments.frame[np.setdiff1d(np.arange(len(segments)), rows)]
    frame = pl.concat([objects.frame, rest])
    return Objects(frame.with_columns(unique_texts(frame["id"])))


def _order(s: ImageSet, layer: str, kept: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Where no segment is drawn or measured, their order says nothing: that of the labels then, before everything else."""
    frame = s.objects.frame[kept]
    mine = (frame["layer"] == pl.Series([layer])).fill_null(value=False).to_numpy() & frame["label"].is_not_null().to_numpy()
    if _known(s)[kept][mine].any():
        return kept
    by_label = frame.select("t", "label", pl.Series("mine", ~mine), pl.Series("row", kept)).sort("mine", "t", "label", maintain_order=True)
    order = np.concatenate([by_label.filter(~pl.col("mine"))["row"].to_numpy(), kept[~mine]])
    return np.asarray(order, np.int64)
