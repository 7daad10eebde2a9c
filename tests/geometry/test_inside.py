"""Points and segments in shapes, by the same rule as painting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Incompatible, InvalidOption, Malformed
from segue.geometry import inside_kernel, reference
from segue.geometry.inside import points_in_shapes, segments_in_shapes
from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.geometry.rings import Rings

SEEDS = st.integers(0, 2**32 - 1)
GRAINS = st.sampled_from([1, 2, 1000])
SIZE = (20, 25)
CENTRES = np.stack(np.mgrid[: SIZE[0], : SIZE[1]][::-1], axis=-1).reshape(-1, 2) + 0.5


def random_rings(seed, grain, shapes=6):
    """Shapes of two parts, or of one part of two rings, that cross each other and themselves."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 9, 2 * shapes)
    coords = np.round((rng.random((lengths.sum(), 2)) * 40 - 10) * grain) / grain
    pairs = np.arange(0, 2 * shapes + 1, 2)
    nesting = (pairs, np.arange(shapes + 1)) if seed % 2 else (np.arange(2 * shapes + 1), pairs)
    return Rings(coords, np.r_[0, np.cumsum(lengths)], *nesting)


def masks(rings):
    return [rasterize(rings.take([row]), [1], SIZE)[0] > 0 for row in range(len(rings))]


@given(SEEDS, GRAINS)
def test_pixel_centres_are_inside_exactly_where_the_shape_paints(seed, grain):
    rings = random_rings(seed, grain)
    point, shape = points_in_shapes(CENTRES, rings)
    found = np.zeros((len(rings), len(CENTRES)), bool)
    found[shape, point] = True
    assert np.array_equal(found.reshape(-1, *SIZE), masks(rings))
    assert (np.diff(point * len(rings) + shape) > 0).all()


@given(SEEDS, GRAINS, st.sampled_from([1, 3, 12]))
def test_the_kernel_and_its_twin_agree(seed, grain, shapes):
    rings = random_rings(seed, grain, shapes)
    rng = np.random.default_rng(seed)
    points = np.round((rng.random((300, 2)) * 50 - 15) * grain) / grain
    points[0], points[1], points[2] = np.nan, (np.inf, 3), (3, -np.inf)
    for one, other in zip(reference.inside(points, rings), inside_kernel.inside(points, rings), strict=True):
        assert one.tolist() == other.tolist()
        assert one.dtype == other.dtype == np.int64


def test_many_points_in_one_lasso_and_in_many_cells():
    rng = np.random.default_rng(0)
    points = rng.random((200_000, 2)) * 100
    cells = np.arange(1, 401).reshape(20, 20).repeat(5, axis=0).repeat(5, axis=1)
    _, rings = outline(cells)
    point, shape = points_in_shapes(points, rings)
    assert point.tolist() == list(range(len(points)))
    assert np.array_equal(shape, cells[points[:, 1].astype(int), np.ceil(points[:, 0]).astype(int) - 1].astype(np.int64) - 1)
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = Rings.simple(np.stack([50 + 30 * np.cos(angle), 50 + 30 * np.sin(angle)], axis=1), [0, 200])
    point, _ = points_in_shapes(points, circle)
    near = np.hypot(*(points - 50).T)
    assert set(np.flatnonzero(near < 29.9)) <= set(point.tolist()) <= set(np.flatnonzero(near < 30))


def test_nothing_lies_in_nothing():
    for points, rings in ((np.empty((0, 2)), random_rings(1, 1)), (CENTRES, Rings.empty()), (CENTRES, Rings.empty(12)), (np.empty((0, 2)), Rings.empty(2))):
        for found in (points_in_shapes(points, rings), inside_kernel.inside(points, rings)):
            assert [len(rows) for rows in found] == [0, 0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_a_shape_that_is_no_place_is_refused(bad):
    with pytest.raises(Malformed, match="shape 0"):
        points_in_shapes(CENTRES, Rings.simple([[0, 0], [bad, 1], [1, 1]], [0, 3]))


@given(SEEDS, GRAINS)
def test_segments_by_their_pixels(seed, grain):
    rings = random_rings(seed, grain)
    labels = np.random.default_rng(seed).integers(0, 6, SIZE)
    for rule, share in (("any", 0), ("majority", 0.5)):
        expected = [
            (label, row) for label in range(1, 6) for row, mask in enumerate(masks(rings)) if (mask & (labels == label)).sum() > share * (labels == label).sum()
        ]
        found = segments_in_shapes(labels, rings, rule)
        assert list(zip(*(part.tolist() for part in found), strict=True)) == expected


def test_segments_by_their_centres():
    labels = np.zeros((6, 9), np.uint64)
    labels[0:3, 0:3], labels[4, 4:8], labels[5, 0] = 2**63, 5, 1
    rings = Rings.simple([[1, 1], [2, 1], [2, 2], [1, 2], [6, 4], [9, 4], [9, 5], [6, 5], [0, 0], [9, 0], [9, 6], [0, 6]], [0, 4, 8, 12])
    label, shape = segments_in_shapes(labels, rings)
    assert label.tolist() == [1, 5, 2**63, 2**63]
    assert shape.tolist() == [2, 2, 0, 2]
    assert label.dtype == np.uint64


def test_an_image_without_segments_and_images_that_are_none():
    rings = random_rings(3, 1)
    for rule in ("centroid", "any", "majority"):
        assert [len(part) for part in segments_in_shapes(np.zeros((4, 4), int), rings, rule)] == [0, 0]
    with pytest.raises(Incompatible):
        segments_in_shapes(np.zeros((4, 4)), rings)
    with pytest.raises(InvalidOption):
        segments_in_shapes(np.zeros((4, 4), int), rings, "half")
