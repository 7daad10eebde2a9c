"""Values of segments: each statistic against numpy, NaN and every type, both implementations, and any chunking."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Malformed, TooLarge
from segue.measure import measuring, region, regions
from segue.measure.catalog_intensity import INTENSITY
from segue.measure.measuring import Channel, Wanted, measure
from segue.measure.values import stream
from segue.measure.values.intensity import MADE_OF
from segue.model.image import ArrayPixels, Image, LabelImage

TYPES = ["bool", "u1", "i1", "u2", ">u2", "i2", "u4", "i4", ">i4", "i8", "u8", "f2", "f4", ">f4", "f8"]
PERCENTILES = (0, 10, 37.5, 50, 99, 100)


def draw_pixels(kind, shape, seed, spread):
    """Values of a type: few different ones, or many; fractions hold some NaN."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(kind)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind == "f":
        return np.where(rng.random(shape) < 0.1, np.nan, rng.normal(3, min(spread, 9000), shape)).astype(dtype)
    low, high = max(np.iinfo(dtype).min, -(2**50), -spread), min(np.iinfo(dtype).max, 2**50, spread)
    return rng.integers(low, high, shape, endpoint=True).astype(dtype)


def values_of(labels, pixels, percentiles=(), workers=None):
    """Every measurement of values, of (channels, y, x) or (channels, z, y, x) pixels."""
    axes = "zyx"[-labels.ndim :]
    image = Image(ArrayPixels(pixels), "c" + axes)
    channels = [Channel(image, number) for number in range(len(pixels))]
    return measure(LabelImage(ArrayPixels(labels), axes), channels, Wanted(tuple(MADE_OF), percentiles), workers)


@st.composite
def measured(draw):
    """Labels with gaps, and pixels of 1 to 3 channels."""
    shape, seed = (draw(st.integers(1, 12)), draw(st.integers(1, 12))), draw(st.integers(0, 2**32 - 1))
    names = np.array([0, 3, 7, 250, 2**64 - 1], np.uint64)
    labels = names[np.random.default_rng(seed).integers(0, draw(st.integers(2, 5)), shape)]
    spread = draw(st.sampled_from([1, 200, 60_000]))
    return labels, draw_pixels(draw(st.sampled_from(TYPES)), (draw(st.integers(1, 3)), *shape), seed, spread)


def one(values):
    """The statistics of a single segment that is a row of pixels, as numbers."""
    pixels = np.array(values)
    found = values_of(np.ones((1, pixels.size), int), pixels.reshape(1, 1, -1))
    return {name: column.item() for (name, _), column in found.columns.items()}


@given(measured())
def test_every_statistic_is_numpys(drawn):
    labels, pixels = drawn
    found = values_of(labels, pixels, PERCENTILES)
    assert found.label.tolist() == [label for label in np.unique(labels).tolist() if label]
    for channel, image in enumerate(pixels):
        for row, label in enumerate(found.label):
            here = image[labels == label].astype(float)
            numbers = here[~np.isnan(here)]
            mine = {name: column[row] for (name, number), column in found.columns.items() if number == channel}
            assert (mine["missing"], mine["zeros"]) == (len(here) - len(numbers), (numbers == 0).sum())
            if not len(numbers):
                assert math.isnan(mine["mean"])
                assert math.isnan(mine["median"])
                continue
            expected = {
                "mean": numbers.mean(),
                "std": numbers.std(),
                "min": numbers.min(),
                "max": numbers.max(),
                "median": np.median(numbers),
                "sum": numbers.sum(),
            }
            expected["std_sample"] = numbers.std(ddof=1) if len(numbers) > 1 else 0
            expected |= {f"percentile {value:g}": np.percentile(numbers, value) for value in PERCENTILES}
            for name, value in expected.items():
                assert mine[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


def compiled(labels, pixels, **settings):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring, "SMALL", 0)
        for name, value in settings.items():
            patch.setattr(next(module for module in (stream, regions, region) if hasattr(module, name)), name, value)
        return values_of(labels, pixels, PERCENTILES)


@given(measured(), st.booleans())
def test_compiled_kernels_give_the_same(drawn, large):
    labels, pixels = drawn
    plain, fast = values_of(labels, pixels, PERCENTILES), compiled(labels, pixels, LARGE=1 if large else stream.LARGE)
    for (name, channel), column in plain.columns.items():
        other = fast.columns[name, channel]
        if name in ("count", "missing", "zeros", "min", "max", "median", "median_imagej", "mode"):
            assert np.array_equal(column, other, equal_nan=True), name
        np.testing.assert_allclose(other, column, rtol=1e-7, atol=1e-7, err_msg=name)


@given(measured(), st.integers(1, 60), st.integers(1, 200), st.sampled_from([1, stream.LARGE]), st.sampled_from([1, region.OPEN]))
def test_any_cutting_gives_the_same_to_the_last_bit(drawn, read, values, large, room):
    labels, pixels = drawn
    whole = compiled(labels, pixels, LARGE=large)
    parts = compiled(labels, pixels, LARGE=large, READ=read, MOST_READ=read, VALUES=values, TOGETHER=read, OPEN=room, TALL=1)
    assert all(np.array_equal(column, parts.columns[key], equal_nan=True) for key, column in whole.columns.items())


@given(measured(), st.integers(1, 60), st.integers(1, 200))
def test_any_cutting_gives_the_same_in_plain_numpy(drawn, read, values):
    labels, pixels = drawn
    whole = values_of(labels, pixels, PERCENTILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regions, "READ", read)
        patch.setattr(regions, "VALUES", values)
        parts = values_of(labels, pixels, PERCENTILES)
    assert all(np.array_equal(column, parts.columns[key], equal_nan=True) for key, column in whole.columns.items())


@given(measured())
def test_planes_of_a_volume_are_measured_together(drawn):
    labels, pixels = drawn
    plane = values_of(labels, pixels)
    volume = values_of(np.stack([labels, labels]), np.stack([pixels, pixels], axis=1))
    for (name, channel), column in plane.columns.items():
        if name in ("mean", "min", "max", "mode", "weighted_x", "weighted_y") and (name != "mode" or pixels.dtype.kind != "f"):
            np.testing.assert_allclose(volume.columns[name, channel], column, rtol=1e-7, atol=1e-7)
    for channel in range(len(pixels)):
        middle = volume.columns["weighted_z", channel]
        np.testing.assert_allclose(middle[~np.isnan(middle)], 0.5, rtol=1e-9)
        assert (volume.columns["zeros", channel] == 2 * plane.columns["zeros", channel]).all()


def test_moments_as_imagej_defines_them():
    found = one(np.array([1, 2, 3, 10], np.uint8))
    off = np.array([1, 2, 3, 10]) - 4.0
    assert found["skewness"] == pytest.approx((off**3).mean() / (off**2).mean() ** 1.5)
    assert found["kurtosis"] == pytest.approx((off**4).mean() / (off**2).mean() ** 2 - 3)


def test_equal_values_have_no_skewness():
    found = one([0.1, 0.1, 0.1])
    assert (found["mean"], found["std"]) == (0.1, 0)
    assert math.isnan(found["skewness"])
    assert math.isnan(found["kurtosis"])


def test_the_two_medians_differ_between_two_whole_numbers():
    assert (one([1, 2])["median"], one([1, 2])["median_imagej"], one([1.0, 2.0])["median_imagej"]) == (1.5, 2, 1.5)


def test_the_mode_of_whole_numbers_is_the_smallest_of_the_most_frequent():
    assert one([5, 3, 5, 3, 9])["mode"] == 3


@pytest.mark.parametrize("small", [0, 2_000_000])
def test_the_mode_of_fractions_is_the_middle_of_the_fullest_of_256_bins(monkeypatch, small):
    monkeypatch.setattr(measuring, "SMALL", small)
    assert one([0.0, 2.5, 2.5, 512.0])["mode"] == 3  # bins are 2 wide
    assert one([0.0, 2.5, 2.5, 256.0])["mode"] == 2  # bins are 1 wide: ImageJ names their lower end


def test_weighted_places():
    found = one([0, 0, 3, 1])
    assert (found["weighted_x"], found["weighted_y"]) == (2.75, 0.5)
    assert math.isnan(one([0, 0])["weighted_x"])


def test_nan_is_passed_over_and_counted_and_infinity_is_a_number():
    found = one([np.nan, 0.0, 4.0])
    assert (found["mean"], found["missing"], found["zeros"], found["nonzero_percent"], found["sum"]) == (2, 1, 1, 50, 4)
    assert (one([np.inf, 1.0])["max"], one([np.inf, 1.0])["mean"], one([np.inf, 1.0])["min"]) == (np.inf, np.inf, 1)
    nothing = one([np.nan, np.nan])
    assert nothing["missing"] == 2
    assert all(math.isnan(nothing[name]) for name in ("mean", "std", "median", "mode", "min", "max", "sum", "weighted_x"))


@pytest.mark.parametrize("small", [0, 2_000_000])
def test_large_whole_numbers_add_up_exactly(monkeypatch, small):
    monkeypatch.setattr(measuring, "SMALL", small)
    assert one(np.array([2**32 - 1, 2**32 - 1, 2**32 - 2], np.uint32))["sum"] == 3 * 2**32 - 4


def test_values_that_do_not_fit_are_refused():
    with pytest.raises(TooLarge):
        one(np.array([2**63], np.uint64))
    with pytest.raises(Malformed):
        one(np.array([1j]))


def test_no_segments_no_rows():
    found = values_of(np.zeros((3, 3), int), np.ones((2, 3, 3)))
    assert {len(column) for column in found.columns.values()} == {0}


def test_every_measurement_of_values_is_in_the_catalogue_and_the_other_way_round():
    assert sorted(MADE_OF) == sorted(each.name for each in INTENSITY)
