"""Values of annotations as values of objects, image set by image set; those of annotations that are not there are left out, and said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from segue.codecs.nimbus_documents import Documents, Path
from segue.formats.nimbus_files.ids_read import Known
from segue.formats.nimbus_files.read_rows import plain_ids
from segue.formats.nimbus_files.read_values import Cells
from segue.model.features import Feature
from segue.notes import Kind, Note

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


def cells_of(
    documents: Documents, known: Known, owner: Ints, xy: pl.Series, object_row: Ints, images: Sequence[int]
) -> tuple[list[dict[Path, Cells]], list[Note]]:
    """Per image set: place -> values of its objects.

    Parameters
    ----------
    documents
        All of the file.
    known
        The ids of annotations.
    owner, xy, object_row
        Per annotation: the annotation that its object is, its position, the row of its object.
    images
        The position of every image set.
    """
    keys = plain_ids(documents.keys)
    at = known.rows_of(keys)
    notes = []
    orphans = at < 0
    if orphans.any():
        what = f"they are of annotations that are not in the file; the first of these is {keys[int(orphans.argmax())] or 'without an id'}"
        notes.append(Note(Kind.SKIPPED, what, Feature.VALUES, count=int(orphans.sum())))
    further = ~orphans & (owner[at] != at) if len(owner) else np.zeros(len(at), np.bool_)
    if further.any():
        what = f"they are of further parts of objects, which have no values of their own; the first of these is {keys[int(further.argmax())]}"
        notes.append(Note(Kind.SKIPPED, what, Feature.VALUES, count=int(further.sum())))
    target = np.where(orphans | further, -1, at)
    target = _last(target)
    place = xy.to_numpy()
    whole = len(images) == 1 and not (target < 0).any()
    found: list[dict[Path, Cells]] = [{} for _ in images]
    for path, leaf in documents.leaves.items():
        rows = target[leaf.rows]
        if whole:
            found[0][path] = Cells(object_row[rows], leaf)
            continue
        for one, cells in zip(images, found, strict=True):
            mine = (rows >= 0) & (place[rows] == one) if len(place) else np.zeros(len(rows), np.bool_)
            if mine.any():
                cells[path] = Cells(np.zeros(len(rows), np.int64), leaf).taken(mine)
                cells[path] = Cells(object_row[rows[mine]], cells[path].leaf)
    return found, notes


def _last(target: Ints) -> Ints:
    """Where an annotation has values twice, only the last ones count."""
    there = target[target >= 0]
    if (np.diff(there) > 0).all() or len(np.unique(there)) == len(there):
        return target
    reverse = target[::-1]
    _, first = np.unique(reverse, return_index=True)
    kept = np.full(len(target), -1)
    last = len(target) - 1 - first
    kept[last] = target[last]
    return kept
