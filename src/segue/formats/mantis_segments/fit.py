"""What a text segmentation can hold of a study."""

from __future__ import annotations

import numpy as np

from segue.formats.mantis_segments.assemble import assembled
from segue.formats.options import Options
from segue.geometry.pixel_masks import Int, masks_of_runs, runs_of_masks
from segue.geometry.runs import row_runs
from segue.model.image import LabelImage, planes
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """The segments of the first label image, on its first plane, by label number; without one the masks of objects. Memory: the plane, and its row runs."""
    s = study.image_sets[0] if study.image_sets else ImageSet("")
    return assembled(_of_labels(s.labels[0]) if s.labels else _of_masks(s))


def _of_labels(image: LabelImage) -> Rings:
    _, plane = next(iter(planes(image.pixels, image.axes)), ({}, np.zeros((0, 0), np.uint8)))
    y, x0, x1, value = row_runs(np.where(plane > 0, plane, plane.dtype.type(0)))
    labels, owner = np.unique(value, return_inverse=True)
    return _ordered(owner.astype(np.int64), y, x0, x1, len(labels))


def _of_masks(s: ImageSet) -> Rings:
    """The masks of each object that has some, united; pixels left of or above the image are cut off."""
    masks = s.shapes.of_kinds((ShapeKind.MASK,))
    shape, y, x0, x1 = runs_of_masks(masks.rings)
    inside = (y >= 0) & (x1 > np.maximum(x0, 0))
    shape, y, x0, x1 = shape[inside], y[inside], np.maximum(x0[inside], 0), x1[inside]
    things, owner = np.unique(masks.frame["object"].to_numpy()[shape], return_inverse=True)
    return _ordered(owner.astype(np.int64), y, x0, x1, len(things))


def _ordered(owner: Int, y: Int, x0: Int, x1: Int, count: int) -> Rings:
    """Runs by owner, row and place, those that touch or overlap in a row joined."""
    order = np.lexsort((x0, y, owner))
    owner, y, x0, x1 = owner[order], y[order], x0[order], x1[order]
    row = np.flatnonzero(np.diff(owner, prepend=-1).astype(bool) | np.diff(y, prepend=-1).astype(bool))
    which = np.repeat(np.arange(len(row)), np.diff(np.append(row, len(owner))))
    reach = int(x1.max(initial=0)) + 2
    furthest = np.maximum.accumulate(x1 + which * reach) - which * reach  # the end reached so far in each row
    new = np.ones(len(owner), np.bool_)
    new[1:] = (which[1:] != which[:-1]) | (x0[1:] > furthest[:-1])
    begin = np.flatnonzero(new)
    last = np.append(begin[1:], len(owner)) - 1 if len(begin) else begin
    return masks_of_runs(owner[begin], y[begin], x0[begin], furthest[last], count)
