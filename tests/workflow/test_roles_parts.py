"""The parts of a mask as objects, through planes and frames."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import measure

from segue.model.image import ArrayPixels, in_memory
from segue.workflow.roles_parts import PartPixels, parts_of


@st.composite
def stacks(draw):
    """(t, z, y, x) bool"""
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 8), st.integers(2, 8)))
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1))).random(shape) < draw(st.sampled_from([0.2, 0.4, 0.6]))


@given(stacks(), st.permutations("tzyx"), st.sampled_from([4, 8]))
def test_the_parts_of_each_frame_are_those_of_its_volume(stack, order, connectivity):
    axes = "".join(order)
    parts = parts_of(ArrayPixels(stack.transpose(["tzyx".index(name) for name in axes])), axes, connectivity)
    back = in_memory(parts.pixels).transpose([axes.index(name) for name in "tzyx"])
    for frame, mask, count in zip(back, stack, parts.counts, strict=True):
        assert frame.tolist() == measure.label(mask, connectivity=1 if connectivity == 4 else 3).tolist()
        assert count == frame.max()


@given(stacks(), st.data())
def test_every_region_is_that_of_the_whole(stack, data):
    pixels = parts_of(ArrayPixels(stack), "tzyx", 8).pixels
    region = tuple(slice(*sorted((data.draw(st.integers(0, size)), data.draw(st.integers(0, size))))) for size in stack.shape)
    part = pixels.read(region)
    assert part.dtype == pixels.dtype
    assert np.array_equal(part, in_memory(pixels)[region])


def test_a_stack_is_a_small_reference_that_can_be_sent_elsewhere():
    stack = np.zeros((50, 100, 100), np.uint8)
    stack[:, 10:20, 10:20] = stack[:, 30:40, 30:40] = 1
    pixels = parts_of(ArrayPixels(stack), "zyx", 8).pixels
    assert isinstance(pixels, PartPixels)
    assert len(pickle.dumps(pixels.numbers)) < 20_000
    assert np.array_equal(in_memory(pickle.loads(pickle.dumps(pixels))), in_memory(pixels))


def test_the_parts_of_one_plane_are_in_memory():
    assert isinstance(parts_of(ArrayPixels(np.ones((5, 5), bool)), "yx", 8).pixels, ArrayPixels)


@pytest.mark.parametrize(("axes", "shape"), [("yx", (0, 0)), ("zyx", (0, 4, 4)), ("tyx", (0, 4, 4)), ("tzyx", (2, 0, 4, 4)), ("zyx", (2, 0, 4))])
def test_nothing_has_no_parts(axes, shape):
    parts = parts_of(ArrayPixels(np.zeros(shape, np.uint8)), axes, 4)
    assert in_memory(parts.pixels).shape == shape
    assert sum(parts.counts) == 0
