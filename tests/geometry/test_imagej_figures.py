"""Figures cover the pixels that ImageJ covers: counts of ImageJ 1.53t for the same calls (makeRectangle with an arc, makeEllipse, ...)."""

from __future__ import annotations

import numpy as np
import pytest

from segue.geometry.imagej_figures import ellipses, rotated_rectangles, rounded_rectangles, splines
from segue.geometry.rasterize import rasterize
from segue.model.rings import Rings


def pixels(rings):
    return int(np.count_nonzero(rasterize(rings, np.ones(len(rings), np.uint8), (300, 400))[0]))


def ring(vertices):
    return Rings.simple(vertices, [0, len(vertices)])


@pytest.mark.parametrize(
    ("box", "arc", "count"),
    [((50, 12, 30, 20), 8, 588), ((0, 0, 7, 7), 7, 37), ((0, 0, 7, 7), 0, 49), ((5, 5, 20, 4), 30, 68), ((1, 1, 3, 3), 1, 9)],
)
def test_rounded_rectangles(box, arc, count):
    assert pixels(rounded_rectangles(np.array([box], float), np.array([arc], float))) == count


@pytest.mark.parametrize(("ends", "ratio", "count"), [((20, 60, 60, 75), 0.5, 716), ((20.5, 60.5, 60.25, 75.75), float(np.float32(0.35)), 495)])
def test_ellipses(ends, ratio, count):
    assert pixels(ring(ellipses(np.array([ends], float), np.array([ratio]))[0])) == count


@pytest.mark.parametrize(
    ("ends", "width", "count"),
    [
        ((80, 50, 120, 80), 18, 900),
        ((80.5, 50.25, 120.75, 80.5), 18.5, 935),
        ((158.5, 138.5, 294.625, 172.75), 23, 3227),
        ((137, 140.625, 177.25, 105.625), 19.5, 1041),
    ],
)
def test_rotated_rectangles_even_where_centres_lie_on_an_edge(ends, width, count):
    assert pixels(ring(rotated_rectangles(np.array([ends], float), np.array([width]))[0])) == count


def test_upright_and_empty_rotated_rectangles():
    level, nothing = rotated_rectangles(np.array([[10, 20, 30, 20], [5, 5, 5, 5]], float), np.array([8.0, 8.0]))
    assert pixels(ring(level)) == 160
    assert np.isfinite(nothing).all()


def test_closed_splines_run_through_their_points():
    points = np.array([(20, 20), (60, 15), (70, 40), (50, 50), (28, 44)], float)
    curve = splines(Rings.simple(points, [0, 5]), np.array([True])).coords
    assert len(curve) == 100
    assert np.allclose(curve.min(axis=0), [18.3866, 11.1959], atol=1e-4)
    assert all(np.hypot(*(curve - point).T).min() < 1 for point in points)
    assert pixels(ring(curve)) == 1639


def test_open_splines_end_where_their_points_end():
    points = np.array([(0, 0), (50, 80), (400, 10), (400, 10)], float)
    curve = splines(Rings.simple(points, [0, 4]), np.array([False])).coords
    assert np.allclose(curve[[0, -1]], points[[0, -1]], atol=1e-6)
    assert len(curve) == int((np.hypot(50, 80) + np.hypot(350, 70)) / 2)
