"""Where figures are: one point for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.model.rings import Rings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def centroids(rings: Rings) -> Floats:
    """(shapes, 2) centres of gravity of areas: parts with holes, even-odd. Of shapes without an area the mean of the vertices, NaN without any."""
    begin, end = rings.ring_start[:-1], rings.ring_start[1:]
    owner = np.repeat(np.arange(len(begin)), end - begin)
    following = np.arange(len(rings.coords)) + 1
    following[end[end > begin] - 1] = begin[end > begin]
    first = rings.coords[begin[owner]]
    here, there = rings.coords - first, rings.coords[following] - first
    cross = here[:, 0] * there[:, 1] - there[:, 0] * here[:, 1]
    area = np.bincount(owner, cross, minlength=len(begin)) / 2
    moment = np.stack([np.bincount(owner, (here[:, axis] + there[:, axis]) * cross, minlength=len(begin)) / 6 for axis in (0, 1)], axis=1)
    hole = np.ones(len(begin), np.bool_)
    hole[rings.part_start[:-1][np.diff(rings.part_start) > 0]] = False
    sign = np.where(hole, -1.0, 1.0) * np.where(area < 0, -1.0, 1.0)
    start = np.zeros((len(begin), 2))
    start[end > begin] = rings.coords[begin[end > begin]]
    shape = np.repeat(np.arange(len(rings)), np.diff(rings.shape_rings))
    total = np.bincount(shape, sign * area, minlength=len(rings))
    weighted = sign[:, None] * (moment + start * area[:, None])
    summed = np.stack([np.bincount(shape, weighted[:, axis], minlength=len(rings)) for axis in (0, 1)], axis=1)
    found = means(rings)
    solid = np.isfinite(total) & (total > 0)
    found[solid] = summed[solid] / total[solid, None]
    return found


def means(rings: Rings) -> Floats:
    """(shapes, 2) means of the vertices; NaN without any."""
    length = np.diff(rings.coord_start)
    owner = np.repeat(np.arange(len(rings)), length)
    summed = np.stack([np.bincount(owner, rings.coords[:, axis], minlength=len(rings)) for axis in (0, 1)], axis=1)
    found: Floats = np.divide(summed, length[:, None], out=np.full((len(rings), 2), np.nan), where=length[:, None] > 0)
    return found
