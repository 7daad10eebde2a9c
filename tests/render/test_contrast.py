"""Ranks of values, found block by block."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segue.render.contrast import percentiles

TYPES = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "float32"]


def expected(values, low, high):
    numbers = np.sort(values[np.isfinite(values)].reshape(-1)) if values.dtype.kind == "f" else np.sort(values.reshape(-1))
    count = len(numbers)
    return (float(numbers[math.floor(low / 100 * (count - 1))]), float(numbers[math.ceil(high / 100 * (count - 1))])) if count else None


@pytest.mark.parametrize("dtype", TYPES)
@given(data=st.data())
def test_they_are_values_of_the_image(dtype, data):
    values = data.draw(arrays.arrays(dtype, st.integers(1, 60)))
    low, high = data.draw(st.sampled_from([(0.1, 99.9), (0, 100), (25, 75), (50, 50)]))
    found = percentiles(lambda: np.array_split(values, 3), values.dtype, low, high)
    assert found == expected(values, low, high)


@pytest.mark.parametrize("dtype", ["int64", "uint64", "float64", "float16"])
def test_long_numbers_are_rounded_to_32_bits(dtype):
    values = (np.random.default_rng(1).random(5000) * 60_000).astype(dtype)
    low, high = percentiles(lambda: [values], values.dtype)
    assert (low, high) == expected(values.astype(np.float32), 0.1, 99.9)


def test_few_bright_pixels_do_not_make_the_rest_dark():
    values = np.random.default_rng(2).normal(5, 1, 10_000).astype(np.float32)
    values[:3] = 1e6
    assert percentiles(lambda: [values], values.dtype)[1] < 10


def test_nothing_to_rank():
    assert percentiles(lambda: [np.full(4, np.nan)], np.dtype(float)) is None
    assert percentiles(lambda: [np.zeros(0, np.uint8)], np.dtype(np.uint8)) is None
