"""Reading: images, categories and annotations to a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from segue.codecs.geojson_read import check_text
from segue.codecs.json_rows import columns, items, members
from segue.errors import Malformed, WrongFormat
from segue.formats.annotation_files import implied_type, made_unique, tables_of
from segue.formats.coco.read_annotations import Annotations, read_annotations
from segue.formats.coco.read_top import Top, extras_frame, read_top
from segue.formats.coco.terms import KNOWN, LARGEST, NAME
from segue.formats.options import Options
from segue.model.features import Feature
from segue.model.populations import Membership
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """All images of a file, each an image set, with their annotations.

    Memory: about the text, six times its coordinates, and 100 bytes per member of an annotation.

    Raises
    ------
    Malformed
        It is not JSON, cut off, or an image, category or annotation is not what COCO defines; a run-length mask covers more than its image.
    WrongFormat
        It has neither images nor annotations.
    TooLarge
        More than 8 GB, or members of annotations that are no columns.
    """
    try:
        return _read(source.read_bytes(LARGEST), source.path)
    except RecursionError as error:
        raise Malformed(f"{source.path} is damaged: its brackets are too deep inside each other", path=source.path, expected="flat values") from error


def _read(data: bytes, path: Path) -> tuple[Study, Notes]:
    check_text(memoryview(data), path)
    found = _members(data, path)
    if "images" not in found and "annotations" not in found:
        raise WrongFormat(f"{path} has neither images nor annotations, so it is no COCO file", path=path, expected="images and annotations")
    top = read_top(found, path)
    rows = items(found.get("annotations"), "annotations", path)
    annotations = read_annotations(columns(rows, "annotations", path), len(rows), top, path)
    image_sets, repeated = _image_sets(top, annotations)
    return Study(image_sets, tuple(top.populations)), _notes(top, annotations, repeated)


def _members(data: bytes, path: Path) -> dict[str, msgspec.Raw]:
    """The members of the file; a bare list, as models write their results, is one of annotations."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] != b"[":
        return members(data, path)
    results = msgspec.Raw(data.removeprefix(b"\xef\xbb\xbf"))
    found = items(results, "results", path)
    if not found or b'"image_id"' not in bytes(found[0]):
        raise WrongFormat(f"{path} is a list, but not of COCO's results", path=path, expected="results with an image_id")
    return {"annotations": results}


def _image_sets(top: Top, found: Annotations) -> tuple[tuple[ImageSet, ...], int]:
    """Every image with its slice of the annotations, which stand in the order of the images."""
    bounds = np.arange(len(top.pictures) + 1)
    objects, shapes, pairs = (np.searchsorted(image, bounds) for image in (found.image, found.shape_image, found.pair_image))
    kinds = {(inside, key): implied_type(values) for inside, source in ((False, found.top), (True, found.inside)) for key, values in source.items()}
    image_sets, repeated = [], 0
    for nth, picture in enumerate(top.pictures):
        first, last = int(objects[nth]), int(objects[nth + 1])
        own, renamed = made_unique(found.objects[first:last])
        repeated += renamed
        rows = [{"format": NAME, "entity": "image set", "id": "", "payload": picture.payload}] if picture.other else []
        image_sets.append(
            replace(
                picture.image_set,
                objects=own,
                shapes=_shapes(found, int(shapes[nth]), int(shapes[nth + 1]), first),
                membership=_membership(found.pairs[int(pairs[nth]) : int(pairs[nth + 1])], first),
                tables=tables_of(picture.described, _part(found.top, first, last), _part(found.inside, first, last), KNOWN, kinds, last - first),
                extras=extras_frame((top.extras if nth == 0 else []) + rows),
            )
        )
    return tuple(image_sets), repeated


def _part(values: Mapping[str, Sequence[Any]], first: int, last: int) -> dict[str, Sequence[Any]]:
    return {key: one[first:last] for key, one in values.items()}


def _shapes(found: Annotations, first: int, last: int, object_: int) -> Shapes:
    frame = found.shapes[first:last].with_columns(object=pl.col("object") - object_)
    return Shapes(frame, _slice(found.rings, first, last))


def _slice(rings: Rings, first: int, last: int) -> Rings:
    """Neighbouring shapes, without copying their vertices."""
    parts = rings.shape_start[first : last + 1]
    ring = rings.part_start[parts[0] : parts[-1] + 1]
    vertex = rings.ring_start[ring[0] : ring[-1] + 1]
    return Rings(rings.coords[vertex[0] : vertex[-1]], vertex - vertex[0], ring - ring[0], parts - parts[0])


def _membership(pairs: pl.DataFrame, first: int) -> Membership:
    return Membership.of(pairs.select("population", pl.col("object") - first)) if pairs.height else Membership.empty()


def _notes(top: Top, found: Annotations, repeated: int) -> Notes:
    notes = []
    if top.paths:
        notes.append(Note(Kind.LOST, "folders of somebody's computer are left out of the names of files", Feature.EXTRAS, count=top.paths))
    if top.unnamed:
        notes.append(Note(Kind.REPAIRED, "images and categories that annotations name, but the file does not list, were added", count=top.unnamed))
    if repeated:
        notes.append(Note(Kind.REPAIRED, "ids that several annotations of an image share were made different", Feature.OBJECT_ID, count=repeated))
    if found.rings_left_out:
        notes.append(Note(Kind.REPAIRED, "{count ring} without three corners left out", count=found.rings_left_out))
    if found.unfinished:
        notes.append(Note(Kind.REPAIRED, "run-length masks that end before their last pixel were filled with background", count=found.unfinished))
    return Notes.of(*notes)
