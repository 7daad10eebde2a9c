"""Several rings as one: joined by seams, edges that are walked there and back, and cut open again.

The way of programs whose polygons are one ring (napari, CAD): an edge that is walked twice cancels out where areas are filled even-odd.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from segue.model.rings import Ints, Rings, laid_out


def joined_rings(rings: Rings) -> Rings:
    """Each shape as one ring: the first ring and back to its first vertex, then to each further ring, around it, and back.

    Shapes of one ring stay as they are; those without any have none. Nothing but first vertices is repeated, so ``cut_rings`` finds the rings again.
    """
    count = np.diff(rings.shape_rings)
    if (count < 2).all():
        return rings if (np.diff(rings.shape_start) == count).all() else Rings.simple(rings.coords, rings.ring_start[rings.shape_rings])
    shape = np.repeat(np.arange(len(rings)), count)
    nth = np.arange(len(shape)) - rings.shape_rings[:-1][shape]
    several, last = count[shape] > 1, nth == count[shape] - 1
    begin, first = rings.ring_start[:-1], rings.ring_start[rings.shape_rings[:-1][shape]]
    runs = np.stack([begin, begin, first], axis=1)
    length = np.stack([np.diff(rings.ring_start), several, several & (nth > 0) & ~last], axis=1).astype(np.int64)
    _, index = laid_out(runs.reshape(-1), length.reshape(-1))
    per_ring = np.concatenate([[0], np.cumsum(length.sum(axis=1))])
    return Rings.simple(rings.coords[index], per_ring[rings.shape_rings])


def cut_rings(rings: Rings) -> Rings:
    """The inverse of ``joined_rings`` for shapes of one ring each; all rings of a shape are one part, a last vertex that repeats the first is dropped.

    A ring without seams, or whose seams are not walked as ``joined_rings`` does, stays one ring.
    """
    start = rings.coord_start
    length = np.diff(start)
    shape = np.repeat(np.arange(len(rings)), length)
    again = (rings.coords == rings.coords[start[:-1][shape]]).all(axis=1)
    again[start[:-1][length > 0]] = False
    suspects = np.unique(shape[again])
    if not len(suspects):
        return rings
    whole = np.setdiff1d(np.arange(len(rings)), suspects)
    found = _walked(rings.take(suspects))
    owner = np.concatenate([whole[length[whole] > 0], suspects[found[:, 0]]])
    begin = np.concatenate([start[:-1][whole[length[whole] > 0]], start[suspects[found[:, 0]]] + found[:, 1]])
    end = np.concatenate([start[1:][whole[length[whole] > 0]], start[suspects[found[:, 0]]] + found[:, 2]])
    order = np.argsort(owner, kind="stable")
    ring_start, index = laid_out(begin[order], (end - begin)[order])
    part_start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(rings))[length > 0])])
    return Rings(rings.coords[index], ring_start, part_start, np.concatenate([[0], np.cumsum(length > 0)]))


def _walked(rings: Rings) -> Ints:
    """(n, 3): shape, first vertex and end (both in the shape) of every ring of shapes that may have seams."""
    found: list[tuple[int, int, int]] = []
    start, place, following = rings.coord_start.tolist(), *_equal_vertices(rings)
    for shape, (first, stop) in enumerate(pairwise(start)):  # only shapes with seams, and each of their rings once
        runs = _runs(place, following, first, stop)
        found += [(shape, begin - first, end - first) for begin, end in runs]
    return np.array(found, np.int64).reshape(-1, 3)


def _runs(place: list[int], following: list[int], first: int, stop: int) -> list[tuple[int, int]]:
    """The rings between two vertices; all of it where the seams are not walked there and back."""
    runs, at = [], first
    while at < stop:
        back = following[at]
        if back - at < 3:
            break
        runs.append((at, back))
        home = at == first or (back + 1 < stop and place[back + 1] == place[first])
        at = back + 1 if at == first else back + 2
        if back + 1 == stop or (home and at == stop):
            return runs
        if not home:
            break
    return [(first, stop)]


def _equal_vertices(rings: Rings) -> tuple[list[int], list[int]]:
    """Per vertex: a number that equal vertices of a shape share, and the next vertex that equals it (-1 = none)."""
    shape = np.repeat(np.arange(len(rings)), np.diff(rings.coord_start))
    order = np.lexsort((np.arange(len(shape)), rings.coords[:, 1], rings.coords[:, 0], shape))
    sorted_coords, sorted_shape = rings.coords[order], shape[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (sorted_coords[1:] != sorted_coords[:-1]).any(axis=1) | (sorted_shape[1:] != sorted_shape[:-1])
    place, following = np.empty(len(order), np.int64), np.full(len(order), -1, np.int64)
    place[order] = np.cumsum(new)
    following[order[:-1]] = np.where(new[1:], -1, order[1:])
    return place.tolist(), following.tolist()
