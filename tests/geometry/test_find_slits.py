"""Slits that nothing tells of."""

from __future__ import annotations

import numpy as np
import pytest

from segue.geometry.find_slits import find_slits
from segue.geometry.outline import outline
from segue.geometry.slits import LENGTHS, STARTS, slit_rings, unslit_rings
from segue.model.rings import Rings


def parts_alone(rings):
    return Rings(rings.coords, rings.ring_start, rings.part_start, np.arange(len(rings.part_start)))


def ring(*corners):
    return Rings.simple(np.array(corners, float), np.array([0, len(corners)]))


@pytest.mark.parametrize("seed", range(30))
def test_the_holes_of_any_labels_are_found(seed):
    image = (np.random.default_rng(seed).random((17, 19)) < 0.5 + seed / 70).astype(np.uint16) * (1 + (np.arange(19) > 9))
    _, rings = outline(image)
    whole = parts_alone(rings)
    made, told = slit_rings(whole)
    found = find_slits(made)
    assert found.rows() == told.rows()
    assert unslit_rings(made, found).same(whole).all()


def test_the_holes_of_outlines_that_are_on_no_pixels_are_found():
    corners = [(1.5, 0.25), (9, 4), (2, 11)], [(3, 3), (4, 3.5), (3, 5)], [(2.5, 6), (3, 8), (2.6, 9)]
    lengths = np.cumsum([0, *map(len, corners)])
    made, told = slit_rings(Rings(np.concatenate(corners).astype(float), lengths, np.array([0, 3]), np.array([0, 1])))
    assert told[STARTS].to_list() == [[0, 5, 12]]
    assert find_slits(made).rows() == told.rows()


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (9, 0), (9, 9), (0, 9)],
        [(0, 0), (9, 0), (9, 9), (0, 0), (0, 4), (3, 4), (4, 6), (3, 4)],  # it does not go back to the edge
        [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0), (2, 2), (3, 2), (3, 3), (2, 2)],  # its slit is oblique
        [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0), (0, 12), (3, 12), (4, 14), (2, 14), (3, 12), (0, 12)],  # the hole lies outside
        [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0), (0, 3), (3, 3), (14, 3), (3, 7), (3, 3), (0, 3)],  # the hole comes out
        [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0), (4, 0), (5, 1), (4, 0), (0, 0), (1, 0)],
        [(4, 4), (0, 0), (0, 4), (4, 4), (8, 8), (8, 4)],  # an hourglass that begins in the middle
    ],
)
def test_nothing_else_is_taken_apart(corners):
    assert find_slits(ring(*corners))[LENGTHS].null_count() == 1


def test_a_hole_in_a_hole_is_none():
    square = np.array([(0, 0), (20, 0), (20, 20), (0, 20)], float)
    rings = Rings(np.concatenate([square, square * 0.5 + 2, square * 0.2 + 4]), np.array([0, 4, 8, 12]), np.array([0, 3]), np.array([0, 1]))
    made, told = slit_rings(rings)
    assert told[STARTS].null_count() == 0
    assert find_slits(made)[STARTS].null_count() == 1


def test_blocks_make_no_difference(monkeypatch):
    image = np.ones((5, 50), np.uint16) * (1 + np.arange(50) // 5)[None, :].astype(np.uint16)
    image[2, 2::5] = 0
    made, told = slit_rings(parts_alone(outline(image)[1]))
    monkeypatch.setattr("segue.geometry.find_slits._BLOCK", 3)
    assert find_slits(made).rows() == told.rows()
    assert told[STARTS].null_count() == 0


def test_no_rings():
    assert find_slits(Rings.simple(np.empty((0, 2)), np.zeros(1, np.int64))).height == 0
    assert find_slits(Rings.simple(np.empty((0, 2)), np.zeros(3, np.int64))).rows() == [(None, None)] * 2
