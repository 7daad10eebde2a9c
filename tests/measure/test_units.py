"""Sizes of pixels: what is measured anew, what is scaled, and what it is called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from skimage import measure as skimage

from segue.measure.catalog import MEASUREMENTS
from segue.measure.catalog_shape import SHAPE
from segue.measure.forms import forms
from segue.measure.units import scaled, unit_text

PLANES = frozenset(each.name for each in SHAPE if 2 in each.dimensions)


@st.composite
def label_images(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.integers(0, draw(st.integers(2, 4)), (draw(st.integers(1, 9)), draw(st.integers(1, 9))))


@given(label_images())
def test_high_pixels_are_as_good_as_several_pixels(image):
    high, many = forms(image, PLANES, pixel=(1, 3, 2)), forms(np.kron(image, np.ones((3, 2), int)), PLANES)
    names = ["area", "x", "y", "left", "top", "width", "height", "extent", "convex_area", "solidity", "feret", "min_feret", "euler", "equivalent_diameter"]
    for name in names:
        np.testing.assert_allclose(high[name], many[name], rtol=1e-12, err_msg=name)


@given(label_images())
def test_axes_are_those_of_scikit_image_with_spacing(image):
    found = forms(image, PLANES, pixel=(9, 0.7, 2))
    props = skimage.regionprops(image, spacing=(0.7, 2))
    for name, other in (("axis_major", "axis_major_length"), ("axis_minor", "axis_minor_length"), ("area", "area")):
        np.testing.assert_allclose(found[name], [one[other] for one in props], rtol=1e-6, atol=1e-6, err_msg=name)


EQUALLY_LONG = np.array([[1, 0, 0, 0], [1, 0, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 1], [1, 0, 0, 0]])
"""Two distances of corners are the largest; rounding of the scaled ones would choose the other."""


@given(label_images(), st.floats(0.1, 10))
@example(EQUALLY_LONG, 1.54)
def test_square_pixels_scale_everything(image, side):
    pixels, units = forms(image, PLANES), forms(image, PLANES, pixel=(side, side, side))
    power = {"pixels": 2, "length": 1, "place": 1}
    assert pixels.keys() == units.keys() == PLANES | {"label"}
    for one in SHAPE:
        if one.name in pixels:
            np.testing.assert_allclose(units[one.name], pixels[one.name] * side ** power.get(one.unit, 0), rtol=1e-9, atol=1e-9, err_msg=one.name)


def test_the_perimeter_follows_both_sides_of_a_pixel():
    found = forms(np.ones((1, 2), int), PLANES, pixel=(1, 3, 4))
    assert found["perimeter"].tolist() == pytest.approx([2 * 3 + 2 * 8 - 3 * (3 + 4 - 5)])


def test_places_in_a_block_are_counted_from_the_corner_of_the_image():
    block = forms(np.ones((1, 1), int), PLANES, origin=(0, 10, 20), pixel=(1, 2, 0.5))
    assert {name: block[name].item() for name in ("x", "y", "left", "top", "feret_x", "feret_y")} == {
        **{"x": 10.25, "y": 21, "left": 10, "top": 20},
        **{"feret_x": 20, "feret_y": 10},
    }


def test_a_column_that_is_scaled_plainly():
    one = np.array([2])
    assert scaled("area", one, (5, 3, 0.5)).tolist() == [3]
    assert scaled("area", one, (5, 3, 0.5), 3).tolist() == [15]
    assert [scaled(name, one, (5, 3, 0.5)).item() for name in ("weighted_x", "top", "front", "mean")] == [1, 6, 10, 2]
    assert scaled("area", one, None) is one


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("area", ("µm²", "µm³", "pixels")),
        ("perimeter", ("µm", "µm", "pixels")),
        ("feret_x", ("pixels", "pixels", "pixels")),
        ("angle", ("degrees", "degrees", "degrees")),
        ("mean", (None, None, None)),
        ("percentile 5", (None, None, None)),
    ],
)
def test_what_stands_beside_the_numbers(name, texts):
    assert (unit_text(name, "µm"), unit_text(name, "µm", 3), unit_text(name)) == texts


def test_every_measurement_has_words_for_its_unit():
    assert all(isinstance(unit_text(one.name, "µm", 3), str | None) for one in MEASUREMENTS)
