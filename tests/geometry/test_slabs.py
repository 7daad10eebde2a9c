"""Parts and holes of masks that come slab by slab are those of the whole mask."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from segue.geometry.components import components
from segue.geometry.slabs import ArraySlabs, count_of, filled, parts_of

CONNECTIVITIES = {2: (4, 8), 3: (6, 26)}


def whole(slabs):
    return np.concatenate([slabs.slab(number) for number in range(count_of(slabs))])


masks = st.integers(2, 3).flatmap(lambda n: hnp.arrays(np.bool_, hnp.array_shapes(min_dims=n, max_dims=n, min_side=1, max_side=7)))


@given(masks, st.integers(1, 7), st.booleans())
def test_parts_are_those_of_the_whole(mask, height, corners):
    connectivity = CONNECTIVITIES[mask.ndim][corners]
    slabs = ArraySlabs(mask, height)
    parts = parts_of(slabs, connectivity)
    expected, count = components(mask, connectivity)
    assert parts.count == count
    labels = np.concatenate([parts.numbered(n, slabs.slab(n), np.arange(1, count + 1)) for n in range(count_of(slabs))])
    assert np.array_equal(labels, expected)
    assert np.array_equal(parts.size, np.bincount(expected.reshape(-1), minlength=count + 1)[1:])
    edge = np.pad(np.zeros([max(size - 2, 0) for size in mask.shape], bool), 1, constant_values=True)[tuple(map(slice, mask.shape))]
    assert np.array_equal(np.flatnonzero(~parts.inner) + 1, np.unique(expected[edge & mask]))


@given(masks, st.integers(1, 7), st.booleans())
def test_holes_are_filled(mask, height, corners):
    """scipy floods the background from outside; the background of what is connected by corners is connected by edges."""
    connectivity = CONNECTIVITIES[mask.ndim][corners]
    background = ndimage.generate_binary_structure(mask.ndim, 1 if corners else mask.ndim)
    assert np.array_equal(whole(filled(ArraySlabs(mask, height), connectivity)), ndimage.binary_fill_holes(mask, background))


@pytest.mark.parametrize("ends", [True, False])
def test_the_ends_of_a_single_plane_are_no_edges(ends):
    mask = np.zeros((1, 5, 5), bool)
    mask[0, 2, 2] = True
    assert parts_of(ArraySlabs(mask, 1), 26, ends=ends).inner.tolist() == [not ends]


def test_no_rows():
    assert parts_of(ArraySlabs(np.zeros((0, 4), bool), 5), 8).count == 0
