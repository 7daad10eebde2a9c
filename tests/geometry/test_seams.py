"""Several rings as one, and cut open again."""

from __future__ import annotations

import numpy as np
import pytest

from segue.geometry.rasterize import rasterize
from segue.geometry.seams import cut_rings, joined_rings
from segue.model.rings import Rings

SQUARE = np.array([[0, 0], [9, 0], [9, 9], [0, 9]], float)
HOLE = np.array([[2, 2], [2, 4], [4, 4], [4, 2]], float)


def rings_of(*shapes):
    """Shapes of one part each, given as lists of rings."""
    rings = [ring for shape in shapes for ring in shape]
    ring_start = np.cumsum([0, *map(len, rings)])
    part_start = np.cumsum([0, *map(len, shapes)])
    return Rings(np.concatenate([np.empty((0, 2)), *rings]), ring_start, part_start, np.arange(len(shapes) + 1))


def test_rings_are_joined_by_edges_that_are_walked_twice():
    joined = joined_rings(rings_of([SQUARE, HOLE, HOLE + 4]))
    assert joined.coords.tolist() == np.vstack([SQUARE, SQUARE[:1], HOLE, HOLE[:1], SQUARE[:1], HOLE + 4, HOLE[:1] + 4]).tolist()


def test_joined_rings_are_cut_into_what_they_were():
    given = rings_of([SQUARE], [SQUARE + 20, HOLE + 20, HOLE + 24], [HOLE], [SQUARE, HOLE])
    again = cut_rings(joined_rings(given))
    assert given.same(again).all()


def test_a_joined_ring_covers_the_same_pixels():
    given = rings_of([SQUARE, HOLE, HOLE + 4])
    there, _ = rasterize(given, [1], (10, 10))
    seamed, _ = rasterize(joined_rings(given), [1], (10, 10))
    assert (there == seamed).all()
    assert np.count_nonzero(there) == 81 - 4 - 4


@pytest.mark.parametrize(
    "ring",
    [
        np.vstack([SQUARE, SQUARE[:1], HOLE]),
        np.vstack([SQUARE, SQUARE[:1], HOLE, HOLE[:1], HOLE + 4, HOLE[:1] + 4]),
        np.array([[0, 0], [1, 0], [0, 0], [5, 5]], float),
    ],
)
def test_what_is_not_walked_there_and_back_stays_one_ring(ring):
    assert cut_rings(rings_of([ring])).same(rings_of([ring])).all()


def test_a_last_vertex_that_repeats_the_first_is_dropped():
    assert cut_rings(rings_of([np.vstack([SQUARE, SQUARE[:1]])])).same(rings_of([SQUARE])).all()


def test_nothing_stays_nothing():
    for rings in (Rings.empty(), Rings.empty(3)):
        assert len(cut_rings(rings)) == len(joined_rings(rings)) == len(rings)
