"""Connected parts: as scikit-image numbers them, the same from both implementations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import measure

from segue.errors import InvalidOption, Malformed
from segue.geometry import components_kernel, components_reference
from segue.geometry.components import components


@st.composite
def images(draw, axes=(2, 3)):
    """Small images and volumes of few values, so that parts of all kinds meet. Two columns at least: see ``theirs``."""
    shape = draw(st.tuples(*[st.integers(1, 9)] * (draw(st.sampled_from(axes)) - 1), st.integers(2, 14)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    filled = rng.random(shape) < draw(st.sampled_from([0.3, 0.5, 0.7, 1.0]))
    return rng.integers(1, draw(st.integers(2, 4)), shape) * filled


def theirs(image, *, corners):
    """scikit-image's parts; it numbers volumes of a single column in another order."""
    return measure.label(image, background=0, connectivity=image.ndim if corners else 1)


def both_connectivities(image):
    return zip((4, 8) if image.ndim == 2 else (6, 26), (False, True), strict=True)


@given(images())
def test_parts_are_those_of_scikit_image(image):
    for connectivity, corners in both_connectivities(image):
        parts, count = components(image, connectivity)
        assert parts.tolist() == theirs(image, corners=corners).tolist()
        assert count == parts.max(initial=0)


@given(images())
def test_the_kernel_and_its_twin_agree(image):
    volume = image.astype(np.uint16).reshape(-1, *image.shape[-2:])
    for corners in (False, True):
        parts, count = components_kernel.number(volume, corners=corners)
        expected, expected_count = components_reference.number(volume, corners=corners)
        assert count == expected_count
        assert parts.dtype == expected.dtype
        assert np.array_equal(parts, expected)


@pytest.mark.parametrize("number", [components_kernel.number, components_reference.number])
@pytest.mark.parametrize("kind", ["comb", "spiral", "noise", "checkerboard"])
def test_parts_that_meet_late_are_one(number, kind):
    image = np.zeros((301, 301), np.uint8)
    if kind == "comb":
        image[:, ::2] = 1
        image[-1] = 1
    elif kind == "spiral":
        for inset in range(0, 150, 2):
            image[inset : 301 - inset, inset : 301 - inset] = 1 - (inset // 2) % 2
            image[inset, inset : 301 - inset] = 1
    elif kind == "noise":
        image = (np.random.default_rng(1).random((301, 301)) < 0.59).astype(np.uint8)
    else:
        image[np.add.outer(np.arange(301), np.arange(301)) % 2 == 0] = 1
    for corners in (False, True):
        assert np.array_equal(number(image[None], corners=corners)[0][0], theirs(image, corners=corners))


def test_touching_pixels_of_different_values_are_different_parts():
    parts, count = components(np.array([[7, 7, 9], [9, 0, 9]]), 8)
    assert parts.tolist() == [[1, 1, 2], [3, 0, 2]]
    assert count == 3


@pytest.mark.parametrize("kind", ["bool", "u1", "i2", ">u2", ">i4", "u8", ">u8"])
def test_every_integer_type_is_understood(kind):
    parts, count = components(np.array([[1, 0, 1], [0, 1, 0]]).astype(kind), 4)
    assert parts.tolist() == [[1, 0, 2], [0, 3, 0]]
    assert count == 3


def test_values_beyond_the_largest_signed_integer_are_told_apart():
    assert components(np.array([[2**64 - 1, 2**63, 2**63]], np.uint64), 4)[0].tolist() == [[1, 2, 2]]


@pytest.mark.parametrize(("count", "expected"), [(3, "uint8"), (300, "uint16"), (66_000, "uint32")])
def test_the_type_is_the_smallest_that_holds_the_count(count, expected):
    image = np.zeros((2, 2 * count), np.uint8)
    image[0, ::2] = 1
    parts, found = components(image, 8)
    assert (found, parts.dtype) == (count, expected)


@pytest.mark.parametrize("shape", [(0, 0), (0, 4), (4, 0), (3, 4), (0, 3, 3), (2, 0, 3), (2, 3, 0)])
def test_nothing_has_no_parts(shape):
    image = np.zeros(shape, np.uint16)
    for connectivity, _ in both_connectivities(image):
        parts, count = components(image, connectivity)
        assert (parts.shape, count) == (shape, 0)
    for number in (components_kernel.number, components_reference.number):
        assert number(image.reshape((1, *shape)[-3:]), corners=True)[1] == 0


def test_a_large_image_runs_the_kernel_and_gives_the_same():
    image = np.random.default_rng(5).integers(0, 3, (1500, 1500))
    assert np.array_equal(components(image, 8)[0], theirs(image, corners=True))


@pytest.mark.parametrize("image", [np.zeros(3, int), np.zeros((2, 2)), np.zeros((2, 2, 2, 2), int), np.array([["a"]])])
def test_what_is_no_image_of_whole_numbers_is_refused(image):
    with pytest.raises(Malformed):
        components(image, 4)


@pytest.mark.parametrize(("axes", "connectivity"), [(2, 6), (2, 26), (2, 1), (3, 4), (3, 8)])
def test_a_connectivity_that_the_image_does_not_have_is_refused(axes, connectivity):
    with pytest.raises(InvalidOption, match="connectivity is"):
        components(np.zeros((2,) * axes, int), connectivity)
