"""Flat rings: what they hold is what is taken, joined, measured and handed to shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Incompatible
from segue.geometry.nest import nest
from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.geometry.rings import Rings
from segue.geometry.shapely_rings import from_shapely, to_shapely
from segue.model.rings import concat

SEEDS = st.integers(0, 2**32 - 1)


def some_rings(seed):
    """Outlines of a noisy image, so with holes and parts, and some empty shapes."""
    rng = np.random.default_rng(seed)
    image = np.kron(rng.integers(0, 4, (6, 6)), np.ones((2, 2), int))
    image[rng.random(image.shape) < 0.1] = 0
    _, rings = outline(image)
    return Rings.of(concat([rings, Rings.empty(2), rings.translated(-7.5, 3.25)]))


def nested(rings):
    """The same as plain lists."""
    return [
        [
            [rings.coords[rings.ring_start[r] : rings.ring_start[r + 1]].tolist() for r in range(rings.part_start[p], rings.part_start[p + 1])]
            for p in range(rings.shape_start[s], rings.shape_start[s + 1])
        ]
        for s in range(len(rings))
    ]


def square(x, y, size, backwards=False):
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size]]
    return ring[::-1] if backwards else ring


def bag(*rings):
    """One shape of one part."""
    starts = np.cumsum([0, *(len(ring) for ring in rings)])
    return Rings(np.concatenate([np.asarray(ring, float) for ring in rings]), starts, np.array([0, len(rings)]), np.array([0, 1]))


@given(SEEDS)
def test_taking_rows_takes_all_that_belongs_to_them(seed):
    rings = some_rings(seed)
    rows = np.random.default_rng(seed).integers(0, len(rings), 9)
    assert nested(rings.take(rows)) == [nested(rings)[row] for row in rows]
    mask = np.arange(len(rings)) % 2 == 0
    assert nested(rings.take(mask)) == nested(rings)[::2]
    assert nested(concat([rings.take([]), rings])) == nested(rings)


@given(SEEDS)
def test_measures_are_those_of_shapely(seed):
    rings = some_rings(seed)
    polygons = to_shapely(rings)
    filled = ~shapely.is_empty(polygons)
    assert rings.areas().tolist() == shapely.area(polygons).tolist()
    assert np.array_equal(rings.bounds()[filled], shapely.bounds(polygons)[filled])
    assert np.isnan(rings.bounds()[~filled]).all()
    assert np.allclose(rings.centroids()[filled], shapely.get_coordinates(shapely.centroid(polygons[filled])))
    assert np.isnan(rings.centroids()[~filled]).all()
    assert rings.ring_lengths().sum() == len(rings.coords)


@given(SEEDS)
def test_shapely_and_back(seed):
    rings = some_rings(seed)
    assert nested(from_shapely(to_shapely(rings))) == nested(rings)
    assert nested(from_shapely([None, to_shapely(rings, [0])[0]])) == [[], nested(rings)[0]]


def test_a_shape_of_one_part_is_a_polygon_and_one_of_several_a_multipolygon():
    _, rings = outline(np.array([[1, 0, 2], [1, 2, 0]]))
    assert [polygon.geom_type for polygon in to_shapely(rings)] == ["Polygon", "MultiPolygon"]
    assert [polygon.geom_type for polygon in to_shapely(rings, [1])] == ["MultiPolygon"]
    assert to_shapely(Rings.empty(1))[0].is_empty


def test_only_areas_come_from_shapely():
    with pytest.raises(Incompatible, match="shape 1 is a LineString"):
        from_shapely([shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])])


def test_a_centre_far_away_keeps_its_precision_and_a_line_has_the_centre_of_its_vertices():
    rings = Rings.of(concat([bag(square(1e9, 1e9, 1)), Rings.simple([[0, 0], [4, 2]], [0, 2])]))
    assert rings.centroids().tolist() == [[1e9 + 0.5, 1e9 + 0.5], [2, 1]]
    assert rings.areas().tolist() == [1, 0]


@given(SEEDS)
def test_shapes_are_the_same_only_if_everything_is(seed):
    rings = some_rings(seed)
    assert rings.same(rings).all()
    changed = rings.coords.copy()
    vertex = seed % len(changed)
    changed[vertex, seed % 2] = np.nan
    other = rings.with_coords(changed)
    expected = [vertex not in range(*rings.coord_start[row : row + 2]) for row in range(len(rings))]
    assert rings.same(other).tolist() == expected
    assert other.same(other).all()
    shuffled = np.random.default_rng(seed).permutation(len(rings))
    lists = nested(rings)
    assert rings.same(rings.take(shuffled)).tolist() == [lists[row] == lists[to] for row, to in enumerate(shuffled)]


def test_the_same_vertices_nested_otherwise_are_another_shape():
    one = bag(square(0, 0, 4), square(1, 1, 2))
    two = Rings(one.coords, one.ring_start, np.array([0, 1, 2]), np.array([0, 2]))
    assert one.same(two).tolist() == [False]


def test_rings_are_nested_by_how_deep_they_lie():
    rings = nest(bag(square(2, 2, 2), square(0, 0, 10), square(20, 0, 3), square(1, 1, 6, backwards=True), square(8, 8, 1)))
    assert nested(rings) == [[[square(2, 2, 2)], [square(0, 0, 10), square(1, 1, 6, backwards=True), square(8, 8, 1)], [square(20, 0, 3)]]]


@pytest.mark.parametrize("other", [square(2, 2, 4), square(0, 0, 4), [[0, 0], [4, 4], [4, 0], [0, 4]]])
def test_rings_that_cross_stay_in_one_part(other):
    assert nested(nest(bag(square(0, 0, 4), other, square(9, 9, 1)))) == [[[square(0, 0, 4), other, square(9, 9, 1)]]]


def test_rings_that_touch_do_not_cross():
    assert len(nest(bag(square(0, 0, 4), square(4, 0, 4), square(8, 4, 4))).part_start) == 4
    assert nested(nest(bag(square(0, 0, 4), square(0, 0, 2)))) == [[[square(0, 0, 4), square(0, 0, 2)]]]


@given(SEEDS)
def test_nesting_outlines_again_finds_their_parts(seed):
    rings = some_rings(seed)
    found = nest(Rings(rings.coords, rings.ring_start, rings.shape_rings, np.arange(len(rings) + 1)))
    assert nested(found) == nested(rings)


@given(SEEDS)
def test_nesting_covers_what_the_even_odd_rule_covers(seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 7, 8)
    one = bag(*np.split(rng.integers(0, 20, (lengths.sum(), 2)).astype(float), np.cumsum(lengths)[:-1]))
    assert np.array_equal(*(rasterize(rings, [1], (20, 20))[0] for rings in (one, nest(one))))
