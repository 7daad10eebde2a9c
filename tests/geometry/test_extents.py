"""Pixel counts and boxes of labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.geometry import extents as module
from segue.geometry.extents import compact, extents, merged


def plainly(image):
    """(value, pixels, runs, box) one value at a time."""
    found = []
    for value in np.unique(image[image != 0]).tolist():
        mine = image == value
        y, x = np.nonzero(mine)
        runs = int((np.diff(np.pad(mine, ((0, 0), (1, 0))).astype(int), axis=1) > 0).sum())
        found.append((value, len(y), runs, [y.min(), x.min(), y.max() + 1, x.max() + 1]))
    return found


def listed(found):
    return list(zip(found.values.tolist(), found.pixels.tolist(), found.runs.tolist(), found.box.tolist(), strict=True))


@given(st.integers(1, 12), st.integers(1, 12), st.integers(2, 6), st.integers(0, 2**32 - 1), st.sampled_from([1, 5, 1000]))
def test_every_value_has_its_pixels_runs_and_box(rows, columns, values, seed, block):
    image = np.random.default_rng(seed).integers(0, values, (rows, columns))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        assert listed(extents(image)) == plainly(image)


@pytest.mark.parametrize("kind", ["bool", "u1", "i2", ">u2", ">i4", "u8"])
def test_every_integer_type_is_understood(kind):
    image = np.array([[0, 1, 1], [1, 0, 0]]).astype(kind)
    assert listed(extents(image)) == [(1, 3, 2, [0, 0, 2, 3])]


def test_values_keep_their_sign_and_their_size():
    assert extents(np.array([[-1, 5]], np.int16)).values.tolist() == [-1, 5]
    assert extents(np.array([[2**64 - 1, 3]], np.uint64)).values.tolist() == [3, 2**64 - 1]


def test_several_planes_are_one():
    one, other = np.array([[1, 0], [0, 2]]), np.array([[0, 2], [3, 3]])
    both = merged([extents(one), extents(other)])
    assert listed(both) == [(1, 1, 1, [0, 0, 1, 1]), (2, 2, 2, [0, 1, 2, 2]), (3, 2, 1, [1, 0, 2, 2])]
    assert both.areas().tolist() == [1, 2, 2]


@pytest.mark.parametrize("shape", [(0, 0), (0, 4), (4, 0), (3, 4)])
def test_nothing_has_no_extent(shape):
    found = extents(np.zeros(shape, np.uint16))
    assert len(found.values) == len(found.pixels) == len(found.box) == 0


@given(st.lists(st.sampled_from([0, 1, 2, 70_000, 2**40, 2**64 - 1])))
def test_compact_values_are_what_numpy_calls_unique(values):
    array = np.array(values, np.uint64)
    distinct, place = compact(array)
    assert distinct.tolist() == sorted(set(values))
    assert distinct[place].tolist() == values
