"""Outer contours as ImageJ's wand traces them: pixels that touch at a corner belong together, holes are passed over.

``geometry.outline`` gives simple rings along pixel edges. Where two rings of a segment meet at a corner, they either both turn right there,
around one pixel each, or both turn left, around the background: a line that met itself was cut there. All are made to turn left, by linking
crosswise those that do not; the lines that then run clockwise are the contours, the others are holes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.geometry.rings import following, sum_runs
from segue.model.rings import laid_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Flat

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Contours(NamedTuple):
    """Closed lines, clockwise on the screen."""

    coords: Floats
    """(n, 2) x, y; each line begins at its topmost, then leftmost corner."""
    start: Ints
    """(c + 1,) offsets into ``coords``."""
    shape: Ints
    """(c,) The row of the shape, ascending."""


def contours(rings: Flat) -> tuple[Contours, Ints]:
    """Outer contours of shapes that are outlines of pixels.

    Parameters
    ----------
    rings : Rings
        s shapes, as ``geometry.outline.outline`` makes them.

    Returns
    -------
    contours
        One per part that is connected by edges or corners.
    holes : (s,) int64
        Holes of each shape; background that touches other background at a corner only is a hole of its own.
    """
    shapes = len(rings.shape_start) - 1
    owner = np.repeat(np.arange(shapes), np.diff(rings.ring_start[rings.part_start[rings.shape_start]]))
    after = following(rings.ring_start)
    first, second = _contacts(rings.coords, owner)
    apart = _turns(rings.coords, after)[first] > 0
    first, second = first[apart], second[apart]
    after[first], after[second] = after[second], after[first]
    order, start = _laid_out(after, rings.coords, owner)
    xy = rings.coords[order]
    cross = xy[:, 0] * xy[following(start), 1] - xy[following(start), 0] * xy[:, 1]
    clockwise, shape = sum_runs(cross, start) > 0, owner[order[start[:-1]]]
    new_start, vertices = laid_out(start[:-1][clockwise], np.diff(start)[clockwise])
    return Contours(xy[vertices], new_start, shape[clockwise]), np.bincount(shape[~clockwise], minlength=shapes).astype(np.int64)


def _contacts(coords: Floats, owner: Ints) -> tuple[Ints, Ints]:
    """Pairs of vertices of one shape that lie at the same corner; there are never three."""
    if not len(coords):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort((coords[:, 0], coords[:, 1], owner))
    same = (owner[order[1:]] == owner[order[:-1]]) & (coords[order[1:]] == coords[order[:-1]]).all(axis=1)
    at = np.flatnonzero(same)
    return order[at], order[at + 1]


def _turns(coords: Floats, after: Ints) -> Floats:
    """Positive where a line turns right (clockwise on the screen) at a vertex."""
    before = np.empty_like(after)
    before[after] = np.arange(len(after))
    a, b = coords - coords[before], coords[after] - coords
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _laid_out(after: Ints, coords: Floats, owner: Ints) -> tuple[Ints, Ints]:
    """The vertices of all closed lines, each from its topmost, then leftmost one, in the order of shapes; and where the lines begin.

    The smallest vertex of a line, and how far each vertex is from it, are found by doubling the steps.
    """
    n = len(after)
    rank = np.empty(n, np.int64)
    key = np.lexsort((coords[:, 0], coords[:, 1]))
    rank[key] = np.arange(n)
    least, step = rank, after
    while not np.array_equal(least, least[after]):
        least, step = np.minimum(least, least[step]), step[step]
    head = key[least]
    distance = _steps_from_heads(after, head)
    order = np.lexsort((distance, least, owner))
    begins = np.flatnonzero(distance[order] == 0)
    return order, np.append(begins, n)


def _steps_from_heads(after: Ints, head: Ints) -> Ints:
    """How many steps lead from the head of its line to each vertex."""
    n = len(after)
    before = np.empty(n, np.int64)
    before[after] = np.arange(n)
    is_head = head == np.arange(n)
    to = np.where(is_head, np.arange(n), before)
    steps = np.where(is_head, 0, 1)
    while not is_head[to].all():
        steps, to = steps + steps[to], to[to]
    return steps
