"""Segments and what they have in common with shapes: the same whether the image is read at once or band by band."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from segue.geometry.inside import segments_in_shapes
from segue.geometry.rings import Rings
from segue.measure import regions
from segue.measure.segments import pixels_in_shapes, segments
from segue.model.image import ArrayPixels, LabelImage


@dataclass
class Counted:
    """Pixels that remember which rows were read."""

    array: np.ndarray[Any, Any]
    read_rows: list[tuple[int, int]] = field(default_factory=list)
    chunks = (8, 64)

    @property
    def shape(self):
        return self.array.shape

    @property
    def dtype(self):
        return self.array.dtype

    def read(self, region):
        self.read_rows.append((region[0].start, region[0].stop))
        return self.array[region].copy()


@pytest.fixture
def mask():
    random = np.random.default_rng(4)
    return np.kron(random.integers(0, 40, (16, 16)), np.ones((4, 4))).astype(np.uint16)


def shapes(seed):
    random = np.random.default_rng(seed)
    corners = random.uniform(-5, 70, (6, 7, 2)).round(1)
    return Rings.simple(corners.reshape(-1, 2), np.arange(0, 43, 7))


@pytest.mark.parametrize("seed", range(4))
def test_bands_give_what_the_whole_image_gives(mask, seed, monkeypatch):
    rings = shapes(seed)
    whole = pixels_in_shapes(LabelImage(ArrayPixels(mask), "yx"), rings)
    monkeypatch.setattr(regions, "READ", 2 * 64 * 5)
    monkeypatch.setattr(import_module("segue.measure.segments"), "MOST_PAIRS", 10)
    banded = pixels_in_shapes(LabelImage(ArrayPixels(mask), "yx"), rings)
    for one, other in zip(whole, banded, strict=True):
        assert np.array_equal(one, other)
    label, shape = segments_in_shapes(mask, rings, "any")
    assert np.array_equal(label, whole[0])
    assert np.array_equal(shape, whole[1])


def test_only_the_rows_at_which_there_are_shapes_are_read(mask, monkeypatch):
    monkeypatch.setattr(regions, "READ", 2 * 64 * 8)
    pixels = Counted(mask)
    square = Rings.simple([[3, 17.2], [40, 17.2], [40, 25.5], [3, 25.5]], [0, 4])
    pixels_in_shapes(LabelImage(pixels, "yx"), square)
    assert pixels.read_rows == [(17, 25), (25, 26)]
    pixels_in_shapes(LabelImage(pixels, "yx"), Rings.empty())
    assert len(pixels.read_rows) == 2


def test_planes_and_times_are_looked_at_one_by_one(mask):
    stack = np.stack([np.zeros_like(mask), mask])[None]
    rings = shapes(1)
    image = LabelImage(ArrayPixels(stack), "tzyx")
    assert len(pixels_in_shapes(image, rings, 0, 0)[0]) == 0
    for one, other in zip(pixels_in_shapes(image, rings, 0, 1), pixels_in_shapes(LabelImage(ArrayPixels(mask), "yx"), rings), strict=True):
        assert np.array_equal(one, other)


def test_segments_have_the_centres_of_their_pixels(mask):
    (found,) = segments(LabelImage(ArrayPixels(mask), "yx"))
    assert found.label.tolist() == np.unique(mask)[1:].tolist()
    for label, (_, y, x), area in zip(found.label, found.centroid, found.area, strict=True):
        rows, columns = np.nonzero(mask == label)
        assert (y, x, area) == (pytest.approx(rows.mean() + 0.5), pytest.approx(columns.mean() + 0.5), len(rows))
