"""Outlines of any kind as the exact outlines of their pixels inside the image: what a run-length mask can hold."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from segue.errors import Incompatible
from segue.geometry.blocks import blocks_of, traced
from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.geometry.rings import Rings as Measured
from segue.model.rings import Ints, Rings, concat

CANVAS = 4_000_000
"""Pixels that are painted at a time, unless one shape needs more."""
MOST_PIXELS = 1 << 28
"""In the box of one shape."""
MOST_COLUMNS = 1e7


def pixelled(rings: Rings, height: int, width: int) -> Rings:
    """The outline of the pixels of each shape whose centres are inside; without parts where there is none.

    Parameters
    ----------
    rings
        Shapes with finite vertices.
    height, width
        Of the image; what lies outside is cut off.

    Raises
    ------
    Incompatible
        The box of a shape has more than 2**28 pixels.
    """
    box = Measured.of(rings).bounds()
    with np.errstate(invalid="ignore"):
        inside = (box[:, 0] >= 0) & (box[:, 1] >= 0) & (box[:, 2] <= width) & (box[:, 3] <= height)
        meets = (box[:, 2] > 0) & (box[:, 3] > 0) & (box[:, 0] < width) & (box[:, 1] < height)
    done = _exact_already(rings, inside & (box[:, 2] - box[:, 0] < MOST_COLUMNS))
    todo = np.flatnonzero(inside & ~done)
    cut = np.flatnonzero(meets & ~inside)
    order = [np.flatnonzero(done), todo, cut, np.flatnonzero(~meets & ~done & ~inside)]
    found = [rings.take(order[0]), _together(rings.take(todo), box[todo])]
    found += [_alone(rings.take([row]), box[row], height, width) for row in cut.tolist()]
    found.append(Rings.empty(len(order[3])))
    return concat(found).take(np.argsort(np.concatenate(order), kind="stable"))


def _exact_already(rings: Rings, candidates: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which shapes are such an outline already, vertex by vertex."""
    after = np.roll(rings.coords, -1, axis=0)
    after[rings.ring_start[1:][np.diff(rings.ring_start) > 0] - 1] = rings.coords[rings.ring_start[:-1][np.diff(rings.ring_start) > 0]]
    wrong = (rings.coords != np.floor(rings.coords)).any(axis=1) | (rings.coords != after).all(axis=1)
    count = np.concatenate([[0], np.cumsum(wrong)])
    found: npt.NDArray[np.bool_] = candidates & (count[rings.coord_start[1:]] == count[rings.coord_start[:-1]]) & (np.diff(rings.coord_start) > 0)
    rows = np.flatnonzero(found)
    some = rings.take(rows)
    found[rows] = traced(blocks_of(some)).same(some)
    return found


def _corners(box: npt.NDArray[np.float64]) -> Ints:
    whole = np.concatenate([np.floor(box[:, :2]), np.ceil(box[:, 2:])], axis=1).astype(np.int64)
    size = np.maximum(whole[:, 2:] - whole[:, :2], 1)
    if len(size) and float(size.astype(np.float64).prod(axis=1).max()) > MOST_PIXELS:
        raise Incompatible("an area covers more pixels than a mask should; write it with segmentation=polygon", limit=MOST_PIXELS)
    return np.concatenate([whole[:, :2], size], axis=1)


def _together(rings: Rings, box: npt.NDArray[np.float64]) -> Rings:
    """Shapes inside the image, painted side by side, each in a place of its own."""
    place = _corners(box)
    work = np.cumsum(place[:, 3] * int(place[:, 2].max(initial=1))) // CANVAS
    cuts = [0, *(np.flatnonzero(np.diff(work)) + 1).tolist(), len(rings)]
    return concat([_painted(rings.take(np.arange(first, last)), place[first:last]) for first, last in pairwise(cuts)])


def _painted(rings: Rings, place: Ints) -> Rings:
    below = np.concatenate([[0], np.cumsum(place[:, 3] + 1)])
    shift = np.stack([-place[:, 0], below[:-1] - place[:, 1]], axis=1).astype(np.float64)
    moved = rings.with_coords(rings.coords + np.repeat(shift, np.diff(rings.coord_start), axis=0))
    canvas, _ = rasterize(moved, np.arange(1, len(rings) + 1, dtype=np.uint32), (int(below[-1]), int(place[:, 2].max(initial=1))))
    labels, found = outline(canvas)
    rows = labels.astype(np.int64) - 1
    back = found.with_coords(found.coords - np.repeat(shift[rows], np.diff(found.coord_start), axis=0))
    shape_start = np.zeros(len(rings) + 1, np.int64)
    shape_start[rows + 1] = np.diff(back.shape_start)
    return Rings(back.coords, back.ring_start, back.part_start, np.cumsum(shape_start))


def _alone(rings: Rings, box: npt.NDArray[np.float64], height: int, width: int) -> Rings:
    """A shape that the edge of the image cuts."""
    clipped = np.clip(box, 0, [width, height, width, height])[None]
    x, y, w, h = _corners(clipped)[0].tolist()
    canvas, _ = rasterize(rings.translated(-x, -y), np.ones(1, np.uint8), (min(h, height - y), min(w, width - x)))
    _, found = outline(canvas)
    moved = found.translated(x, y)
    return Rings(moved.coords, moved.ring_start, moved.part_start, moved.shape_start) if len(moved) else Rings.empty(1)
