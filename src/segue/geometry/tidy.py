"""Tidying rings, and asking what they are like: columns over all shapes at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from segue.model.rings import Ints, Rings, concat

Bools = npt.NDArray[np.bool_]
FARTHEST = 1e12
"""Pixels from the corner of the image beyond which nothing is."""


def has_holes(rings: Rings) -> Bools:
    """(shapes,) Which have a part of more than one ring."""
    holes = np.concatenate([[0], np.cumsum(np.diff(rings.part_start) > 1)])
    found: Bools = holes[rings.shape_start[1:]] > holes[rings.shape_start[:-1]]
    return found


def is_whole(rings: Rings) -> Bools:
    """(shapes,) Which shapes have whole numbers as coordinates."""
    broken = np.concatenate([[0], np.cumsum((rings.coords != np.floor(rings.coords)).any(axis=1))])
    found: Bools = broken[rings.coord_start[1:]] == broken[rings.coord_start[:-1]]
    return found


def is_finite(rings: Rings) -> Bools:
    """(shapes,) Which shapes have only vertices that are places in an image."""
    coords = rings.coords
    if not len(coords) or (coords.min() >= -FARTHEST and coords.max() <= FARTHEST):  # NaN is neither
        return np.ones(len(rings), np.bool_)
    bad = np.concatenate([[0], np.cumsum(~(np.abs(coords) <= FARTHEST).all(axis=1))])
    found: Bools = bad[rings.coord_start[1:]] == bad[rings.coord_start[:-1]]
    return found


def replaced(rings: Rings, rows: Ints, changed: Rings) -> Rings:
    """The shapes, those of some rows replaced."""
    if len(rows) == len(rings):
        return changed
    order = np.arange(len(rings))
    order[rows] = len(rings) + np.arange(len(rows))
    return concat([rings, changed]).take(order)


def tidied(rings: Rings) -> Rings:
    """Without repeated last corners, rings of fewer than three corners, and parts of which no outer ring is left."""
    length = np.diff(rings.ring_start)
    while True:
        end = rings.ring_start[:-1] + length
        more = np.flatnonzero(length > 1)
        closed = more[(rings.coords[end[more] - 1] == rings.coords[rings.ring_start[:-1][more]]).all(axis=1)]
        if not len(closed):
            break
        length[closed] -= 1
    outer = np.zeros(len(length), np.bool_)
    outer[rings.part_start[:-1][np.diff(rings.part_start) > 0]] = True
    part = np.repeat(np.arange(len(rings.part_start) - 1), np.diff(rings.part_start))
    good = length >= 3
    alive = np.zeros(len(rings.part_start) - 1, np.bool_)
    alive[part[outer & good]] = True
    kept = good & alive[part]
    if kept.all() and alive.all() and (length == np.diff(rings.ring_start)).all():
        return rings
    nth = np.arange(len(rings.coords)) - np.repeat(rings.ring_start[:-1], np.diff(rings.ring_start))
    vertex = np.repeat(kept, np.diff(rings.ring_start)) & (nth < np.repeat(length, np.diff(rings.ring_start)))
    of_part = np.bincount(part[kept], minlength=len(alive))[alive]
    of_shape = np.repeat(np.arange(len(rings)), np.diff(rings.shape_start))[alive]
    counts = np.bincount(of_shape, minlength=len(rings))
    return Rings(rings.coords[vertex], _offsets(length[kept]), _offsets(of_part), _offsets(counts))


def _offsets(lengths: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
