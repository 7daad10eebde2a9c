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


Rows = np.ndarray[Any, np.dtype[np.int64]]


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
    s, missing = _joined(study.image_sets[0], images[0], where)
    others = _of_others(s, images[0], where)
    found, more = judged(replace(study, image_sets=(s,)), workers, where)
    s, skipped = _without(found.image_sets[0], missing, images[0].name, where)
    return replace(found, image_sets=(s,)), notes + skipped + others + more


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


def _joined(s: ImageSet, image: LabelImage, where: str) -> tuple[ImageSet, Rows]:
    """The image set with the label image and an object for every segment; and the rows of those that the labels do not have."""
    segments = with_new_objects(Objects.empty(), labels_in(replace(s, labels=(image,))))
    numbered = np.flatnonzero(s.objects.frame["label"].is_not_null().to_numpy())
    _check_alone(s.objects.frame[numbered], where)
    rows = rows_of(segments, _by_number(s.objects, numbered), where)
    if len(rows) and (rows < 0).all():
        few = ", ".join(map(str, s.objects.frame["label"].drop_nulls().head(3)))
        raise Incompatible(f"none of the {len(rows):,} segments of {where} is among the labels: {few}, ... are those of another image", path=where)
    s = _placed(s, segments, numbered, rows)
    return replace(s, labels=(image,), objects=_with_rest(s.objects, segments, rows)), numbered[rows < 0]


def _check_alone(frame: pl.DataFrame, where: str) -> None:
    """One label image cannot hold two segments of one number."""
    layers = frame["layer"].unique(maintain_order=True)
    if len(layers) > 1 and frame.select(pl.struct("t", "label").is_duplicated().any()).item():
        names = ", ".join(f"{name}" for name in layers[:3])
        raise Incompatible(f"{where} has segments of several layers ({names}) with the same numbers; one label image is not enough for it", path=where)


def _without(s: ImageSet, missing: Rows, layer: str, where: str) -> tuple[ImageSet, Notes]:
    """The image set without objects that the labels do not have, if nothing but memberships is known of them."""
    bare = missing[~_known(s)[missing]]
    s = take_objects(s, _order(s, layer, np.setdiff1d(np.arange(len(s.objects)), bare)))
    note = Note(Kind.SKIPPED, f"{{count segment}} of {where} that the labels do not have", count=len(bare))
    return s, Notes.of(note) if len(bare) else Notes()


def _by_number(objects: Objects, numbered: Rows) -> Objects:
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


def _placed(s: ImageSet, segments: Objects, numbered: Rows, rows: Rows) -> ImageSet:
    """Objects in the layer, and at the time, of the segment that they are."""
    if not len(segments):
        return s
    at = np.full(len(s.objects), -1, np.int64)
    at[numbered] = rows
    here, found, frame = pl.Series(at >= 0), segments.frame[np.maximum(at, 0)], s.objects.frame
    columns = {name: pl.select(pl.when(here).then(found[name]).otherwise(frame[name])).to_series() for name in ("layer", "t", "label")}
    return replace(s, objects=Objects(frame.with_columns(**columns)))


def _with_rest(objects: Objects, segments: Objects, rows: Rows) -> Objects:
    """The objects, and behind them the segments that none of them is."""
    rest = segments.frame[np.setdiff1d(np.arange(len(segments)), rows)]
    frame = pl.concat([objects.frame, rest])
    return Objects(frame.with_columns(unique_texts(frame["id"])))


def _order(s: ImageSet, layer: str, kept: Rows) -> Rows:
    """Where no segment is drawn or measured, their order says nothing: that of the labels then, before everything else."""
    frame = s.objects.frame[kept]
    mine = (frame["layer"] == pl.Series([layer])).fill_null(value=False).to_numpy() & frame["label"].is_not_null().to_numpy()
    if _known(s)[kept][mine].any():
        return kept
    by_label = frame.select("t", "label", pl.Series("mine", ~mine), pl.Series("row", kept)).sort("mine", "t", "label", maintain_order=True)
    order = np.concatenate([by_label.filter(~pl.col("mine"))["row"].to_numpy(), kept[~mine]])
    return np.asarray(order, np.int64)
