"""Rings in rings."""

from __future__ import annotations

import numpy as np
import pytest

from segue.geometry.inside import points_in_shapes
from segue.geometry.nested import around, points_inside
from segue.model.rings import Rings


def rings(*corners):
    return Rings.simple(np.concatenate([np.array(one, float) for one in corners]), np.cumsum([0, *map(len, corners)]))


def box(left, top, right, bottom):
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


NO = np.zeros(0, np.int64)
U = [(0, 0), (2, 0), (2, 8), (8, 8), (8, 0), (10, 0), (10, 10), (0, 10)]


@pytest.mark.parametrize("corners", [box(1, 1, 3, 4), U, [(5, 0), (10, 5), (5, 10), (0, 5)], [(0, 0), (1e-3, 1), (0, 1)], [(0, 0), (4, 4), (4, 0), (0, 4)]])
def test_a_point_inside_is_inside(corners):
    one = rings(corners)
    assert points_in_shapes(points_inside(one), one)[0].tolist() == [0]


def test_what_has_no_inside_has_no_point():
    assert np.isnan(points_inside(rings([(0, 1), (5, 1), (2, 1)], [(1, 1)]))).all()


def test_a_ring_lies_in_another_also_where_they_touch():
    outer = rings(box(0, 0, 10, 10), U, box(20, 20, 30, 30))
    inner = rings(box(0, 0, 2, 2), box(4, 2, 6, 6), box(8, 8, 12, 12), box(9, 3, 10, 4))
    pairs = around(inner, outer, np.zeros(4, np.int64), np.zeros(3, np.int64))
    assert list(zip(*(one.tolist() for one in pairs), strict=True)) == [(0, 0), (0, 1), (1, 0), (3, 0), (3, 1)]


def test_only_rings_of_one_group_meet():
    outer = rings(box(0, 0, 10, 10), box(0, 0, 10, 10))
    inner = rings(box(1, 1, 2, 2), box(1, 1, 2, 2))
    pairs = around(inner, outer, np.array([1, 0]), np.array([0, 1]))
    assert list(zip(*(one.tolist() for one in pairs), strict=True)) == [(0, 1), (1, 0)]


def test_nothing_lies_in_nothing():
    empty = Rings.simple(np.empty((0, 2)), np.zeros(1, np.int64))
    assert [len(one) for one in around(empty, rings(box(0, 0, 1, 1)), NO, np.zeros(1, np.int64))] == [0, 0]
    assert [len(one) for one in around(empty, empty, NO, NO)] == [0, 0]


def test_corners_that_are_no_places_lie_nowhere():
    outer = rings(box(-1e308, -1e308, 1e308, 1e308), box(0, 0, 9, 9), box(0, 0, np.inf, 9))
    inner = rings(box(1, 1, 2, 2), box(1, 1, np.nan, 2), box(1, 1, 2, 1e300))
    pairs = around(inner, outer, np.zeros(3, np.int64), np.zeros(3, np.int64))
    assert list(zip(*(one.tolist() for one in pairs), strict=True)) == [(0, 1)]


def test_many_groups_are_told_apart_wherever_they_are(monkeypatch):
    monkeypatch.setattr("segue.geometry.nested._WRAP", 50.0)
    many = np.arange(40)
    outer = rings(*(box(0.5, 1000 * nth + 0.25, 9, 1000 * nth + 9) for nth in many))
    inner = rings(*(box(0.5, 1000 * nth + 0.25, 4, 1000 * nth + 3.125) for nth in many))
    pairs = around(inner, outer, many, many)
    assert [one.tolist() for one in pairs] == [many.tolist()] * 2
