"""Values of segments: each statistic against numpy, NaN and every type, both implementations, and any chunking."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Incompatible, Malformed, TooLarge
from segue.measure import intensity, stream
from segue.measure.catalog_intensity import INTENSITY
from segue.measure.intensity import columns, intensities
from segue.measure.runs import label_runs
from segue.measure.statistics_reference import FACTS
from segue.measure.stream import Intensities
from segue.measure.survey import Survey

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
    segments, facts = intensities(np.ones((1, pixels.size), int), pixels.reshape(1, 1, -1))
    return {name: column.item() for name, column in columns(segments, facts[0], fractions=pixels.dtype.kind == "f").items()}


@given(measured())
def test_every_statistic_is_numpys(drawn):
    labels, pixels = drawn
    segments, facts = intensities(labels, pixels, PERCENTILES)
    assert segments.label.tolist() == [label for label in np.unique(labels).tolist() if label]
    for channel, image in enumerate(pixels):
        found = columns(segments, facts[channel], fractions=pixels.dtype.kind == "f")
        for row, label in enumerate(segments.label):
            here = image[labels == label].astype(float)
            numbers = here[~np.isnan(here)]
            mine = {name: column[row] for name, column in found.items()}
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
            for name, value in expected.items():
                assert mine[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
            np.testing.assert_allclose(facts[channel, row, len(FACTS) :], np.percentile(numbers, PERCENTILES), rtol=1e-9, atol=1e-9)


@given(measured())
def test_compiled_kernels_give_the_same(drawn):
    labels, pixels = drawn
    _, plain = intensities(labels, pixels, PERCENTILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "SMALL", 0)
        _, compiled = intensities(labels, pixels, PERCENTILES)
    exact = [FACTS.index(name) for name in ("count", "missing", "zeros", "min", "max", "lower", "upper", "mode")]
    assert np.array_equal(plain[..., exact], compiled[..., exact], equal_nan=True)
    np.testing.assert_allclose(compiled, plain, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("small", [0, 2_000_000])
@given(measured(), st.integers(1, 4))
def test_any_chunking_gives_the_same_to_the_last_bit(small, drawn, rows):
    labels, pixels = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "SMALL", small)
        _, whole = intensities(labels, pixels, PERCENTILES)
        patch.setattr(intensity, "BAND", rows * pixels[:, :1].nbytes)
        _, bands = intensities(labels, pixels, PERCENTILES)
    assert np.array_equal(whole, bands, equal_nan=True)


@given(measured())
def test_planes_of_a_volume_are_measured_together(drawn):
    labels, pixels = drawn
    _, plane = intensities(labels, pixels)
    segments, volume = intensities(np.stack([labels, labels]), np.stack([pixels, pixels], axis=1))
    for name in ("mean", "min", "max", "mode", "x", "y"):
        if name != "mode" or pixels.dtype.kind != "f":
            np.testing.assert_allclose(volume[..., FACTS.index(name)], plane[..., FACTS.index(name)], rtol=1e-7, atol=1e-7)
    assert (volume[..., 0] == 2 * plane[..., 0]).all()
    assert (segments.high[:, 0] == 2).all()


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
    monkeypatch.setattr(stream, "SMALL", small)
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
    monkeypatch.setattr(stream, "SMALL", small)
    assert one(np.array([2**32 - 1, 2**32 - 1, 2**32 - 2], np.uint32))["sum"] == 3 * 2**32 - 4


def test_values_that_do_not_fit_are_refused():
    with pytest.raises(TooLarge):
        one(np.array([2**63], np.uint64))
    with pytest.raises(Malformed):
        one(np.array([1j]))


def test_labels_and_pixels_of_different_sizes_are_refused():
    with pytest.raises(Incompatible, match="do not fit"):
        intensities(np.ones((2, 2), int), np.ones((1, 2, 3)))


def surveyed(labels):
    survey = Survey()
    survey.add(label_runs(labels))
    return survey.segments()


LABELS = np.array([[1, 1], [0, 2]])


@pytest.mark.parametrize(
    ("labels", "pixels", "row"),
    [
        (LABELS, np.ones((2, 2, 2)), 0),
        (LABELS, np.ones((1, 2, 2), int), 0),
        (LABELS, np.ones((1, 2, 2)), 1),
        (np.array([[1, 1], [0, 5]]), np.ones((1, 2, 2)), 0),
        (np.array([[1, 1], [1, 2]]), np.ones((1, 2, 2)), 0),
        (np.array([[1, 0], [0, 2]]), np.ones((1, 2, 2)), 0),
    ],
    ids=["channels", "type", "order", "unknown label", "more pixels", "fewer pixels"],
)
def test_bands_that_are_not_those_of_the_survey_are_refused(labels, pixels, row):
    with pytest.raises(Incompatible):
        Intensities(surveyed(LABELS), 1, np.float64).add(label_runs(labels, row), pixels, row)


def test_an_image_that_ends_early_is_refused():
    stream_ = Intensities(surveyed(LABELS), 1, np.float64)
    stream_.add(label_runs(LABELS[:1]), np.ones((1, 1, 2)), 0)
    with pytest.raises(Incompatible, match="ends before"):
        stream_.facts()


def test_memory_holds_open_segments_only():
    labels = np.repeat(np.arange(1, 101), 10)[:, None] * np.ones((1, 50), int)
    measured = Intensities(surveyed(labels), 1, np.uint8)
    held = []
    for row in range(0, 1000, 8):
        measured.add(label_runs(labels[row : row + 8], row), np.ones((1, 8, 50), np.uint8), row)
        held.append(sum(pool.values.nbytes for pool in measured._pools.values()))
    assert max(held) == 10 * 50
    assert (measured.facts()[0, :, 0] == 500).all()


def test_no_segments_no_rows():
    segments, facts = intensities(np.zeros((3, 3), int), np.ones((2, 3, 3)))
    assert facts.shape == (2, 0, len(FACTS))
    assert {len(column) for column in columns(segments, facts[0], fractions=True).values()} == {0}


def test_every_column_is_in_the_catalogue_and_the_other_way_round():
    assert sorted(one([1])) == sorted(each.name for each in INTENSITY)
