"""Particles: what Analyze Particles keeps and how it numbers; on the real images as ImageJ drew its count masks."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from scipy import ndimage

from segue.geometry.slabs import ArraySlabs, count_of
from segue.measure.forms import forms
from segue.measure.segmenting.particles import Removed, Wish, particles
from segue.measure.segmenting.threshold import level_of


def found(mask, wish, height=None):
    done = particles(ArraySlabs(mask, height or max(len(mask), 1)), wish)
    return done, np.concatenate([done.slab(number, dtype=np.dtype(np.uint32)) for number in range(count_of(done.mask))])


wishes = st.builds(
    Wish,
    connectivity=st.sampled_from([4, 8]),
    smallest=st.sampled_from([0, 2, 3.5]),
    largest=st.sampled_from([np.inf, 6, 20]),
    exclude_edges=st.booleans(),
    include_holes=st.booleans(),
    least_round=st.sampled_from([0, 0.5]),
    roundest=st.sampled_from([1, 0.9]),
)


def plainly(mask, wish):
    """One particle after the other."""
    corners = wish.connectivity == 8
    if wish.include_holes:
        mask = ndimage.binary_fill_holes(mask, ndimage.generate_binary_structure(2, 1 if corners else 2))
    labels, count = ndimage.label(mask, ndimage.generate_binary_structure(2, 2 if corners else 1))
    out, number = np.zeros(mask.shape, np.uint32), 0
    firsts = sorted(range(1, count + 1), key=lambda label: np.flatnonzero(labels == label)[0])
    for label in firsts:
        one = labels == label
        rows, columns = np.nonzero(one)
        touches = 0 in rows or 0 in columns or rows.max() == len(mask) - 1 or columns.max() == mask.shape[1] - 1
        circularity = forms(one.astype(np.uint8), frozenset({"circularity"}))["circularity"][0]
        if not wish.smallest <= one.sum() <= wish.largest or (wish.exclude_edges and touches) or not wish.least_round <= circularity <= wish.roundest:
            continue
        number += 1
        out[one] = number
    return out


@given(hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)), wishes)
def test_options(mask, wish):
    done, labels = found(mask, wish)
    assert np.array_equal(labels, plainly(mask, wish))
    assert done.count == labels.max()
    assert np.array_equal(done.area, np.bincount(labels.reshape(-1), minlength=done.count + 1)[1:])


@given(hnp.arrays(np.bool_, (9, 7)), wishes, st.integers(1, 9))
def test_slabs_change_nothing(mask, wish, height):
    assert np.array_equal(found(mask, wish, height)[1], found(mask, wish)[1])


def test_what_was_removed_is_counted():
    mask = np.zeros((20, 30), bool)
    mask[0, 0] = mask[5, 5] = mask[10:15, 3:9] = mask[10:13, 15:18] = mask[18, 2:20] = True
    done, _ = found(mask, Wish(smallest=2, largest=29, least_round=0.5, exclude_edges=True))
    assert done.removed == Removed(edge=1, small=1, large=1, form=1)
    assert done.area.tolist() == [9]


def test_parts_in_volumes():
    volume = np.zeros((4, 6, 7), bool)
    volume[0, 1, 1] = volume[1, 2, 2] = volume[2, 3:5, 3] = volume[3, 1, 5] = True
    for height in (1, 3, 4):
        assert found(volume, Wish(26), height)[0].area.tolist() == [4, 1]
        assert found(volume, Wish(6), height)[0].area.tolist() == [1, 1, 2, 1]
        assert found(volume, Wish(26, exclude_edges=True), height)[0].area.tolist() == []


@pytest.mark.golden
@pytest.mark.parametrize(
    ("name", "file", "method", "wish", "areas"),
    [
        ("imagej/mito_t1", "imagej/mito_t1.tif", "otsu", Wish(), 5),
        ("imagej/blobs", "imagej/blobs.gif", "imagej-default", Wish(), 64),
        ("imagej/blobs", "imagej/blobs.gif", "otsu", Wish(), 64),
        ("imagej/randomshapes", "imagej/randomshapes.tif", "imagej-default", Wish(), 7),
        ("imagej/neubias_activity/shapes", "neubias/xy_8bit_binary_randomshapes.tif", "imagej-default", Wish(largest=1000), [865, 793, 737, 961, 402, 778]),
    ],
)
@pytest.mark.parametrize("height", [1000, 37])
def test_labels_are_those_of_imagejs_count_masks(golden, name, file, method, wish, areas, height):
    with (golden / file).open("rb") as stream:
        image = np.array(Image.open(stream))
    level = level_of(method, lambda: iter([image]), image.dtype)
    done, labels = found(level.holds(image), wish, height)
    assert np.array_equal(labels, tifffile.imread(golden / f"{name}_labels.tif"))
    assert done.area.tolist() == areas if isinstance(areas, list) else done.count == areas
