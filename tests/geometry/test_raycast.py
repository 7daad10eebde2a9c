"""The ray test of Mantis Viewer 1.0, held to its formula, point by point."""

from __future__ import annotations

import numpy as np
import pytest

from segue.errors import Malformed
from segue.geometry.raycast import points_in_rings, reference
from segue.geometry.raycast_kernel import inside
from segue.geometry.rings import Rings


def as_mantis(point, polygon):
    """Its own words, in Python."""
    x, y = point
    found, j = False, len(polygon) - 1
    for i in range(len(polygon)):
        (xi, yi), (xj, yj) = polygon[i], polygon[j]
        if (yi > y) != (yj > y) and x < (xj - xi) * (y - yi) / (yj - yi) + xi:
            found = not found
        j = i
    return found


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("grain", [1.0, 0.1])
def test_every_point_as_its_formula_has_it(seed, grain):
    random = np.random.default_rng(seed)
    polygons = [np.round(random.uniform(0, 20, (corners, 2)) / grain) * grain for corners in (3, 4, 9, 30)]
    rings = Rings.simple(np.concatenate(polygons), np.cumsum([0, *map(len, polygons)]))
    points = np.stack(np.meshgrid(np.arange(22), np.arange(22)), axis=-1).reshape(-1, 2)
    point, shape = points_in_rings(points, rings)
    wanted = [(p, s) for p in range(len(points)) for s in range(4) if as_mantis(points[p].tolist(), polygons[s].tolist())]
    assert list(zip(point.tolist(), shape.tolist(), strict=True)) == wanted
    compiled = inside(points.astype(float), rings)
    assert sorted(zip(*(part.tolist() for part in compiled), strict=True)) == wanted


def test_a_point_on_the_left_edge_is_inside_and_on_the_right_edge_is_not():
    square = Rings.simple([[2, 2], [6, 2], [6, 6], [2, 6]], [0, 4])
    point, _ = points_in_rings([[2, 3], [6, 3], [3, 2], [3, 6]], square)
    assert point.tolist() == [0, 2]


def test_holes_are_outside_and_parts_are_united():
    ring = [[0, 0], [10, 0], [10, 10], [0, 10], [3, 3], [7, 3], [7, 7], [3, 7], [20, 0], [24, 0], [24, 4], [20, 4]]
    rings = Rings(np.array(ring, float), np.array([0, 4, 8, 12]), np.array([0, 2, 3]), np.array([0, 2]))
    assert reference(np.array([[1.0, 1.0], [5.0, 5.0], [21.0, 1.0]]), rings)[0].tolist() == [0, 2]


def test_a_corner_that_is_no_number_is_refused():
    with pytest.raises(Malformed):
        points_in_rings([[0, 0]], Rings.simple([[0, 0], [1, np.nan], [2, 2]], [0, 3]))
