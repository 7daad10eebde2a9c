"""Rectangles and ellipses by four corners: there and back, turned, skewed and round."""

from __future__ import annotations

import numpy as np
import pytest

from segue.geometry.corners import box_corners, ellipse_corners, ellipses, rectangle_corners, rectangles

BOX = np.array([[[1.0, 2.0], [4.0, 7.5]]])
ENDS = np.array([[[1.0, 2.0], [4.0, 6.0]]])


def test_an_upright_box_is_itself_from_whatever_corner_it_begins():
    for turn in range(4):
        for corners in (np.roll(box_corners(BOX), turn, axis=1), np.roll(box_corners(BOX), turn, axis=1)[:, ::-1]):
            found = rectangles(corners)
            assert found.upright.all()
            assert (found.box == BOX).all()
            assert (ellipses(corners).box == BOX).all()


def test_a_turned_rectangle_comes_back_with_its_width():
    found = rectangles(rectangle_corners(ENDS, np.array([2.5])))
    assert not found.upright.any()
    assert (found.ends == ENDS).all()
    assert found.size == 2.5


@pytest.mark.parametrize("ratio", [0.0, 0.25, 0.75])
def test_a_turned_ellipse_comes_back_with_the_ratio_of_its_axes(ratio):
    found = ellipses(ellipse_corners(ENDS, np.array([ratio])))
    assert (found.ends == ENDS).all()
    assert found.size == ratio


def test_computing_there_and_back_again_changes_nothing_more():
    draw = np.random.default_rng(1)
    ends, size = draw.uniform(0, 5000, (2000, 2, 2)), draw.uniform(0.05, 0.999, 2000)
    for there, back in ((rectangle_corners, rectangles), (ellipse_corners, ellipses)):
        once = back(there(ends, size))
        twice = back(there(once.ends, once.size))
        assert (once.ends == twice.ends).all()
        assert (once.size == twice.size).all()


def test_a_circle_is_upright_in_a_turned_box():
    found = ellipses(ellipse_corners(ENDS, np.array([1.0])))
    assert found.upright.all()
    assert (found.box == [[[0.0, 1.5], [5.0, 6.5]]]).all()


def test_an_ellipse_in_a_skewed_box_is_the_one_that_its_points_lie_on():
    corners = np.array([[[0.0, 0.0], [4.0, 0.0], [6.0, 2.0], [2.0, 2.0]]])
    assert rectangles(corners).skewed.all()
    found = ellipses(corners)
    half, turn = (found.ends[0, 1] - found.ends[0, 0]) / 2, np.linspace(0, 2 * np.pi, 50)
    long, short = np.hypot(*half), np.hypot(*half) * found.size[0]
    points = np.stack([np.cos(turn), np.sin(turn)], 1) @ np.array([[2.0, 0.0], [1.0, 1.0]])
    along = points @ half / long
    across = points @ np.array([-half[1], half[0]]) / long
    np.testing.assert_allclose((along / long) ** 2 + (across / short) ** 2, 1, atol=1e-3)
