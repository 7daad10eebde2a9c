"""Coarser resolutions of an image."""

from __future__ import annotations

import pickle
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.model.image import ArrayPixels, in_memory
from segue.transform import halving
from segue.transform.halved import Halved
from segue.transform.halving import halved, mean_of_neighbours

WHOLE = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
FRACTIONS = ["float32", "float64"]


def drawn(dtype, shape, seed=0):
    random = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return random.normal(0, 1e3, shape).astype(dtype)
    info = np.iinfo(dtype)
    return random.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)


def exact_mean(values):
    """Of Python's whole numbers, rounded half to even."""
    return round(Fraction(sum(map(int, values)), len(values)))


@pytest.mark.parametrize("dtype", WHOLE)
@pytest.mark.parametrize("axes", [(True, True, True), (False, True, True), (False, False, True), (True, False, False)])
def test_means_of_whole_numbers_are_exact(dtype, axes):
    block = drawn(dtype, (3, 4, 5))
    found = halved(block, axes, "mean")
    assert found.dtype == block.dtype
    for place in product(*map(range, found.shape)):
        window = tuple(slice(2 * at, 2 * at + 2) if half else slice(at, at + 1) for at, half in zip(place, axes, strict=True))
        assert found[place] == exact_mean(block[window].ravel())


def test_halves_go_to_the_even_number():
    assert halved(np.array([[0, 1, 1, 2, -1, 0, -2, -1]], np.int16), (False, True), "mean").tolist() == [[0, 2, 0, -2]]


def test_the_end_of_an_odd_size_is_the_mean_of_what_is_there():
    assert halved(np.array([[10, 20, 31], [30, 40, 50], [1, 2, 7]], np.uint8), (True, True), "mean").tolist() == [[25, 40], [2, 7]]


def test_labels_are_taken_and_never_made():
    labels = drawn("uint64", (7, 9))
    assert np.array_equal(halved(labels, (True, True), "nearest"), labels[::2, ::2])
    assert halved(np.array([[True, False], [False, False]]), (True, True), "mean").tolist() == [[True]]


def test_nan_and_the_largest_numbers():
    large = np.finfo(np.float32).max
    block = np.array([[np.nan, 1, large, large, np.inf, 1]], np.float32)
    assert np.array_equal(halved(block, (False, True), "mean"), np.array([[np.nan, large, np.inf]], np.float32), equal_nan=True)
    assert halved(np.array([[1 + 1j, 3 + 2j]], np.complex64), (False, True), "mean").tolist() == [[2 + 1.5j]]
    assert halved(np.full((2, 2), 60_000, np.float16), (True, True), "mean").tolist() == [[60_000]]


@pytest.mark.parametrize("dtype", [*WHOLE, *FRACTIONS])
@pytest.mark.parametrize("axes", [(False, True, True, True), (False, False, True, True), (False, True, False, True), (False, False, False, True)])
def test_the_kernel_does_what_its_twin_does(dtype, axes, monkeypatch):
    monkeypatch.setattr(halving, "SMALL", 0)
    block = drawn(dtype, (2, 5, 7, 9))
    np.testing.assert_array_equal(halved(block, axes, "mean"), mean_of_neighbours(block, axes))


def test_the_kernel_takes_planes_and_rows(monkeypatch):
    monkeypatch.setattr(halving, "SMALL", 0)
    for shape in ((9,), (5, 9), (2, 3, 4, 5, 6)):
        block = drawn("uint16", shape)
        axes = (False,) * (len(shape) - 1) + (True,)
        np.testing.assert_array_equal(halved(block, axes, "mean"), mean_of_neighbours(block, axes))


@given(
    shape=st.tuples(*[st.integers(1, 9)] * 3),
    axes=st.tuples(*[st.booleans()] * 3),
    rule=st.sampled_from(["mean", "nearest"]),
    dtype=st.sampled_from(["uint8", "int64", "float32", "bool"]),
    data=st.data(),
)
def test_read_in_parts_is_read_as_a_whole(shape, axes, rule, dtype, data):
    array = drawn(dtype, shape) if dtype != "bool" else drawn("uint8", shape) > 99
    pixels = Halved(ArrayPixels(array), axes, rule)
    whole = in_memory(pixels)
    assert whole.shape == pixels.shape
    cuts = [data.draw(st.integers(0, size)) for size in pixels.shape]
    found = np.empty_like(whole)
    for sides in product(*[((0, cut), (cut, size)) for cut, size in zip(cuts, pixels.shape, strict=True)]):
        region = tuple(slice(*side) for side in sides)
        found[region] = pixels.read(region)
    np.testing.assert_array_equal(found, whole)


def test_it_is_a_small_reference():
    pixels = pickle.loads(pickle.dumps(Halved(ArrayPixels(drawn("uint8", (4, 6))), (True, True))))
    assert (pixels.shape, pixels.chunks, pixels.dtype) == ((2, 3), (), np.uint8)
