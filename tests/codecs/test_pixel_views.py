"""Pixels with one axis more or less."""

from __future__ import annotations

import numpy as np
import pytest

from segue.codecs.pixel_views import Added, OnePlace, at_place
from segue.model.image import ArrayPixels, in_memory

CUBE = np.arange(60, dtype=np.int16).reshape(3, 4, 5)


class Chunked(ArrayPixels):
    chunks = (1, 2, 5)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_one_place_along_an_axis(axis):
    view = OnePlace(Chunked(CUBE), axis, 1)
    expected = CUBE.take(1, axis)
    assert (view.shape, view.dtype) == (expected.shape, CUBE.dtype)
    assert view.chunks == tuple(size for nth, size in enumerate((1, 2, 5)) if nth != axis)
    assert np.array_equal(in_memory(view), expected)
    assert np.array_equal(view.read((slice(1, 3), slice(0, 2))), expected[1:3, 0:2])
    assert OnePlace(ArrayPixels(CUBE), axis, 1).chunks == ()


def test_an_axis_of_one():
    view = Added(Chunked(CUBE))
    assert (view.shape, view.chunks) == ((1, 3, 4, 5), (1, 1, 2, 5))
    assert np.array_equal(in_memory(view), CUBE[None])
    assert view.read((slice(0, 0), slice(0, 3), slice(0, 1), slice(0, 1))).shape == (0, 3, 1, 1)
    assert Added(ArrayPixels(CUBE)).chunks == ()


def test_one_undoes_the_other():
    assert np.array_equal(in_memory(OnePlace(Added(ArrayPixels(CUBE)), 0, 0)), CUBE)
    assert at_place((slice(0, 4), slice(1, 2)), 1, 7) == (slice(0, 4), slice(7, 8), slice(1, 2))
