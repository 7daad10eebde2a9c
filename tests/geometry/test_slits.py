"""Holes by a slit: one ring that fills the same pixels, and back."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.geometry.slits import LENGTHS, STARTS, rings_as_parts, slit_rings, unslit_rings
from segue.model.rings import Rings


def parts_alone(rings):
    return Rings(rings.coords, rings.ring_start, rings.part_start, np.arange(len(rings.part_start)))


def same(a, b):
    return a.same_structure(b) and np.array_equal(a.coords, b.coords)


def test_a_square_with_a_hole_is_one_ring():
    image = np.ones((5, 5), np.uint8)
    image[2, 3] = 0
    _, rings = outline(image)
    found, told = slit_rings(rings)
    hole = [[3, 2], [3, 3], [4, 3], [4, 2], [3, 2]]
    assert found.coords.tolist() == [[0, 0], [5, 0], [5, 5], [0, 5], [0, 0], [0, 2], *hole, [0, 2]]
    assert told.rows() == [([0, 6], [4, 4])]
    assert same(unslit_rings(found, told), rings)


@pytest.mark.parametrize("seed", range(40))
def test_any_labels_fill_the_same_pixels_and_come_back(seed):
    image = (np.random.default_rng(seed).random((17, 19)) < 0.8).astype(np.uint16) * (1 + (np.arange(19) > 9))
    labels, rings = outline(image)
    found, told = slit_rings(rings)
    assert (np.diff(found.part_start) == 1).all()
    steps = np.abs(np.diff(parts_alone(found).take([0]).coords, axis=0))
    assert (steps.min(axis=1) == 0).all(), "slits run along pixel edges"
    filled, _ = rasterize(found, labels.astype(np.uint16), image.shape)
    assert np.array_equal(filled, image)
    assert same(unslit_rings(parts_alone(found), told), parts_alone(rings))


@pytest.mark.parametrize("seed", range(40))
def test_any_rings_that_touch_come_back(seed):
    """Corners on few places, so that first vertices of holes and of outer rings are the same, above each other or beside each other."""
    random = np.random.default_rng(seed)
    counts = random.integers(1, 4, 30)
    lengths = random.integers(3, 6, counts.sum())
    start = np.concatenate([[0], np.cumsum(lengths)])
    coords = random.integers(0, 3, (start[-1], 2)).astype(float)
    rings = Rings(coords, start, np.concatenate([[0], np.cumsum(counts)]), np.arange(31))
    found, told = slit_rings(rings)
    assert same(unslit_rings(found, told), rings)


@pytest.mark.parametrize(
    "told", [([0, 6], [4, 5]), ([0, 7], [4, 4]), ([0, -1], [4, 4]), ([0], [4, 4]), ([0, 6], [4, 400]), ([0, 2**40], [4, 4]), ([0, None], [4, 4]), ([], [])]
)
def test_what_is_told_is_not_believed(told):
    image = np.ones((5, 5), np.uint8)
    image[2, 3] = 0
    found, _ = slit_rings(outline(image)[1])
    frame = pl.DataFrame({STARTS: [told[0]], LENGTHS: [told[1]]}, schema={STARTS: pl.List(pl.Int64), LENGTHS: pl.List(pl.Int64)})
    assert same(unslit_rings(found, frame), found)


def test_rings_as_parts_of_their_own():
    image = np.zeros((5, 9), np.uint8)
    image[:, :5] = image[:, 6:] = 1
    image[2, 2] = image[2, 7] = 0
    found, part, nth = rings_as_parts(outline(image)[1])
    assert np.diff(found.part_start).tolist() == [1, 1, 1, 1]
    assert (part.tolist(), nth.tolist()) == ([0, 0, 1, 1], [0, 1, 0, 1])
    assert found.shape_start.tolist() == [0, 4]
