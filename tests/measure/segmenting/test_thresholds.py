"""Thresholds: the numbers of ImageJ 1.53t (recorded here; the real one runs in tests/interop) and of scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import filters

from segue.errors import InvalidOption, TooLarge, UnsupportedVariant
from segue.measure.segmenting.threshold import METHODS, Level, binary_level, level_of

IMAGEJ = {
    (0, "uint8", 1): {"imagej-default": (90, 89), "otsu": (92, 91), "li": (81, 80), "triangle": (98, 97)},
    (1, "uint8", 3): {"imagej-default": (88, 87), "otsu": (88, 87), "li": (79, 78), "triangle": (77, 76)},
    (2, "uint16", 1): {"imagej-default": (3817, 3790), "otsu": (3843, 3817), "li": (3449, 3422), "triangle": (2896, 2870)},
    (3, "uint16", 3): {"imagej-default": (3754, 3727), "otsu": (3781, 3754), "li": (3375, 3348), "triangle": (3944, 3917)},
    (4, "float32", 1): {
        "imagej-default": (7.579831768484677, 7.4761903127034515),
        "otsu": (7.8907561358283544, 7.787114680047129),
        "li": (6.232492843328737, 6.1288513875475115),
        "triangle": (3.123249169891955, 3.0196077141107294),
    },
    (5, "float32", 3): {
        "imagej-default": (7.399999872843425, 7.295798193239699),
        "otsu": (7.608403232050877, 7.504201552447151),
        "li": (6.045378037994984, 5.941176358391257),
        "triangle": (3.5445377275055527, 3.440336047901827),
    },
}
"""(seed, type, planes) -> method -> the lowest value of objects on a dark background, the highest on a light one."""
EXACT = {"otsu-exact": filters.threshold_otsu, "li-exact": filters.threshold_li, "triangle-exact": filters.threshold_triangle}


def picture(seed, kind, planes=1):
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 60, (planes, 30, 40)) + rng.integers(0, 60, (planes, 30, 40))
    base[:, 5:20, 8:30] += 70
    if kind == "uint8":
        return base.astype(np.uint8)
    if kind == "uint16":
        return (base * 37 + rng.integers(0, 37, base.shape) + 500).astype(np.uint16)
    return (base / 7 - 5).astype(np.float32)


def found(method, image, parts=1, **how):
    return level_of(method, lambda: iter(np.array_split(image, parts, axis=-2)), image.dtype, **how)


@pytest.mark.parametrize("parts", [1, 7])
@pytest.mark.parametrize(("seed", "kind", "planes"), IMAGEJ)
def test_as_imagej(seed, kind, planes, parts):
    image = picture(seed, kind, planes)
    for method, (dark, light) in IMAGEJ[seed, kind, planes].items():
        assert found(method, image, parts, stack=planes > 1) == Level(low=dark)
        assert found(method, image, parts, stack=planes > 1, dark_objects=True) == Level(high=light)


@given(st.integers(0, 10_000), st.sampled_from(["uint8", "uint16", "int16", "int32", "float32", "float64"]), st.integers(1, 4))
def test_as_scikit_image(seed, kind, parts):
    rng = np.random.default_rng(seed)
    image = rng.normal(100, rng.uniform(1, 40), (25, 20))
    image[:8] += rng.uniform(0, 100)
    image = (image if kind.startswith("u") else image * 7 - 300).clip(0 if kind.startswith("u") else None, 255 if kind == "uint8" else None).astype(kind)
    for method, peer in EXACT.items():
        threshold = peer(image)
        assert np.array_equal(found(method, image, parts).holds(image), image > threshold)
        assert np.array_equal(found(method, image, parts, dark_objects=True).holds(image), image <= threshold)


def test_signed_numbers_of_16_bits_are_those_of_imagej_less_32768():
    image = picture(2, "uint16")[0]
    moved = (image.astype(np.int32) - 32768).astype(np.int16)
    for method, (dark, light) in IMAGEJ[2, "uint16", 1].items():
        assert found(method, moved) == Level(low=dark - 32768)
        assert found(method, moved, dark_objects=True) == Level(high=light - 32768)


@pytest.mark.parametrize("method", [method.name for method in METHODS])
@pytest.mark.parametrize("low", [0, 3])
@pytest.mark.parametrize("high", [4, 255])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_two_values_are_told_apart(method, low, high, share):
    """ImageJ itself finds nothing in a mask of 0 and 1 (Otsu, Default): its first and last classes do not count."""
    mask = np.random.default_rng(1).random((40, 50)) < share
    for kind in (np.uint8, np.uint16, np.float32):
        image = np.where(mask, high, low).astype(kind)
        assert np.array_equal(found(method, image).holds(image), mask)
        assert np.array_equal(found(method, image, dark_objects=True).holds(image), ~mask)


@pytest.mark.parametrize("method", [method.name for method in METHODS])
@pytest.mark.parametrize("value", [np.uint8(7), np.uint16(7), np.float32(7), np.int64(7)])
def test_one_value_has_no_threshold(method, value):
    with pytest.raises(UnsupportedVariant, match="every pixel has the value 7"):
        found(method, np.full((5, 6), value))
    with pytest.raises(UnsupportedVariant, match="no pixel holds a number"):
        found(method, np.full((5, 6), np.nan))


@pytest.mark.parametrize("method", [method.name for method in METHODS])
def test_what_is_no_number_is_background(method):
    image = picture(4, "float32")[0]
    image[0, :3] = np.nan, np.inf, -np.inf
    for stack in (False, True):
        level = found(method, image, stack=stack)
        assert 0 < level.low < 15
        assert level.holds(image)[0, :3].tolist() == [False, True, False]
        assert level.holds(image)[5:20, 8:30].mean() > 0.6


def test_whole_numbers_far_apart_are_counted_in_classes_only():
    image = np.array([[0, 1 << 40], [5, 9]])
    assert found("otsu", image).low > 1000
    with pytest.raises(TooLarge, match="choose otsu, li or triangle"):
        found("otsu-exact", image)


def test_an_unknown_method_names_the_known_ones():
    with pytest.raises(InvalidOption, match="otsu, li, triangle, imagej-default"):
        found("otzu", np.eye(3))


@pytest.mark.parametrize("kind", ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"])
def test_a_level_holds_what_lies_in_it(kind):
    values = np.array([0, 1, 1, 0], bool) if kind == "bool" else np.array([0, 1, 5, 100, 127]).astype(kind)
    for low, high in [(-np.inf, np.inf), (1, np.inf), (0.5, 5), (1, 1), (6, 7), (-5, 0), (-np.inf, 4.5), (1e30, np.inf), (-np.inf, -1e30), (5, 1)]:
        assert Level(low, high).holds(values).tolist() == [low <= float(value) <= high for value in values]


def test_a_level_says_what_it_holds():
    assert [str(Level(3)), str(Level(high=4.5)), str(Level(1, 900))] == ["from 3", "up to 4.5", "1 to 900"]


def test_binary():
    mask = np.eye(4, dtype=np.uint8) * 255
    assert np.array_equal(binary_level(lambda: iter([mask]), mask.dtype).holds(mask), mask > 0)
    assert np.array_equal(binary_level(lambda: iter([mask]), mask.dtype, dark_objects=True).holds(mask), mask == 0)
    empty = np.zeros((3, 3), np.uint8)
    assert not binary_level(lambda: iter([empty]), empty.dtype).holds(empty).any()
    labels = np.arange(9).reshape(3, 3)
    with pytest.raises(UnsupportedVariant, match="besides 0 it holds 1 and 2"):
        binary_level(lambda: iter([labels]), labels.dtype)
