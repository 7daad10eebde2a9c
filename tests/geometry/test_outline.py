"""Outlines of label images: exact, valid, the same from both implementations, and the inverse of painting."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.features import shapes

from segue.errors import Malformed
from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.geometry.shapely_rings import to_shapely
from segue.model.rings import concat

KINDS = ("noise", "few", "blocks", "lattice", "holes", "full", "single", "diagonal")


def draw_labels(kind: str, rows: int, columns: int, seed: int) -> np.ndarray:
    """A (rows, columns) label image: noise, big blocks, islands in holes, diagonal contacts, single pixels, one label everywhere."""
    rng = np.random.default_rng(seed)
    image = np.zeros((rows, columns), np.int64)
    if kind == "noise":
        image = rng.integers(0, rng.integers(2, 6), (rows, columns))
    elif kind == "few":
        image[rng.random((rows, columns)) < 0.1] = 7
    elif kind == "blocks":
        small = rng.integers(0, 4, (rows // 3 + 1, columns // 3 + 1))
        image = np.kron(small, np.ones((3, 3), np.int64))[:rows, :columns]
    elif kind == "lattice":
        image[::2, ::2] = image[1::2, 1::2] = 3
    elif kind == "holes":
        for inset in range(min(rows, columns) // 2):
            image[inset : rows - inset, inset : columns - inset] = (inset % 3) * rng.integers(0, 2) + (inset % 2)
    elif kind == "full":
        image[:] = 1
    elif kind == "single":
        image[rng.integers(rows), rng.integers(columns)] = 2
    elif kind == "diagonal":
        size = min(rows, columns)
        image[np.arange(size), np.arange(size)] = 1
        image[np.arange(size), size - 1 - np.arange(size)] = 1
    return np.ascontiguousarray(image)


def label_images(largest: int = 16) -> st.SearchStrategy[np.ndarray]:
    """Hypothesis strategy over :func:`draw_labels`."""
    return st.builds(draw_labels, st.sampled_from(KINDS), st.integers(1, largest), st.integers(1, largest), st.integers(0, 2**32 - 1))


DTYPES = ["bool", "u1", "i1", "u2", ">u2", "i4", ">i4", "u4", "i8", "u8", ">u8"]


def counts(image):
    return np.unique(image[image != 0], return_counts=True)


@given(label_images())
def test_every_label_has_the_area_of_its_pixels_and_a_valid_outline(image):
    labels, rings = outline(image)
    expected, pixels = counts(image)
    assert labels.dtype == np.uint64
    assert labels.tolist() == expected.tolist()
    assert rings.areas().tolist() == pixels.tolist()
    assert shapely.is_valid(to_shapely(rings)).all()
    assert shapely.area(to_shapely(rings)).tolist() == pixels.tolist()


@given(label_images())
def test_painting_the_outlines_gives_the_labels_back(image):
    labels, rings = outline(image)
    painted, overwritten = rasterize(rings, labels, image.shape)
    assert np.array_equal(painted, image)
    assert not overwritten.any()


@pytest.mark.parametrize("kind", DTYPES)
def test_every_integer_type_is_traced_and_painted_alike(kind):
    image = np.array([[0, 1, 1, 0], [1, 1, 0, 1], [0, 0, 1, 1]]).astype(kind)
    labels, rings = outline(image)
    assert labels.tolist() == [1]
    assert np.array_equal(rasterize(rings, labels, image.shape, dtype=image.dtype)[0], image)


def test_labels_beyond_the_largest_signed_integer():
    image = np.array([[2**64 - 1, 5], [2**63, 2**33]], np.uint64)
    labels, rings = outline(image)
    assert labels.tolist() == [5, 2**33, 2**63, 2**64 - 1]
    assert np.array_equal(rasterize(rings, labels, image.shape)[0], image)


def test_outer_rings_run_clockwise_from_the_topmost_leftmost_corner_and_holes_the_other_way():
    image = np.ones((5, 5), np.uint8)
    image[2, 2] = 0
    _, rings = outline(image)
    assert rings.coords.tolist() == [[0, 0], [5, 0], [5, 5], [0, 5], [2, 2], [2, 3], [3, 3], [3, 2]]
    assert rings.part_start.tolist() == [0, 2]
    assert rings.signed_areas().tolist() == [25, -1]


def test_diagonal_neighbours_are_parts_of_their_own():
    _, rings = outline(np.eye(3, dtype=int))
    assert rings.shape_start.tolist() == [0, 3]
    assert rings.coords[::4].tolist() == [[0, 0], [1, 1], [2, 2]]


def test_an_outline_that_touches_itself_becomes_a_ring_with_a_hole():
    _, rings = outline(np.array([[1, 1, 0], [1, 0, 1], [1, 1, 1]]))
    assert rings.part_start.tolist() == [0, 2]
    assert rings.signed_areas().tolist() == [8, -1]


def test_a_hole_belongs_to_the_part_around_it_and_not_to_the_island_in_it():
    image = np.ones((9, 20), int)
    image[1:8, 1:8] = image[1:8, 10:18] = 0
    image[3:6, 3:6] = 1
    image[4, 4] = 0
    _, rings = outline(image)
    assert np.diff(rings.part_start).tolist() == [3, 2]
    assert rings.signed_areas().tolist() == [180, -49, -56, 9, -1]


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (3, 4)])
def test_nothing_has_no_outline(shape):
    labels, rings = outline(np.zeros(shape, np.uint16))
    assert len(labels) == len(rings) == len(rings.coords) == 0


@pytest.mark.parametrize("image", [np.zeros(3, int), np.zeros((2, 2, 2), int), np.zeros((2, 2)), np.array([["a"]]), np.array([[1, -1]])])
def test_what_is_no_label_image_is_refused(image):
    with pytest.raises(Malformed):
        outline(image)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(image=label_images(20))
def test_the_kernel_and_its_twin_agree_bit_for_bit(kernels, image):
    from segue.geometry import parts, reference
    from segue.geometry.outline import _comparable, _with_true_labels

    labels, rings = outline(image)
    expected, twin = parts.arrange(_with_true_labels(reference.trace(_comparable(image)), image.dtype), image.shape, reference.in_order)
    assert labels.tolist() == expected.tolist()
    assert np.array_equal(rings.coords, twin.coords)
    assert rings.ring_start.tolist() == twin.ring_start.tolist()
    assert rings.part_start.tolist() == twin.part_start.tolist()
    assert rings.shape_start.tolist() == twin.shape_start.tolist()
    assert np.array_equal(rasterize(rings, labels, image.shape, dtype=image.dtype)[0], image)


def test_noise_of_one_label_with_thousands_of_parts_and_holes_takes_no_longer_than_its_size(kernels):
    image = (np.random.default_rng(3).random((700, 700)) < 0.55).astype(np.uint8) * 255
    labels, rings = outline(image)
    assert labels.tolist() == [255]
    assert len(rings.part_start) > 5000
    assert np.array_equal(rasterize(rings, labels, image.shape, dtype=np.uint8)[0], image)


@given(label_images())
def test_areas_are_those_of_rasterio(image):
    labels, rings = outline(image)
    theirs: dict[int, float] = dict.fromkeys(labels.tolist(), 0.0)
    for geometry, value in shapes(image.astype(np.int32), mask=image > 0, connectivity=4):
        theirs[int(value)] += shapely.geometry.shape(geometry).area
    assert rings.areas().tolist() == list(theirs.values())


def test_cutting_and_joining_keep_the_shapes():
    _, rings = outline(np.random.default_rng(1).integers(0, 9, (30, 30)))
    halves = [rings.take(range(4)), rings.take(range(4, 8))]
    assert rings.same(concat(halves)).all()


@pytest.mark.golden
def test_every_label_mask_of_the_golden_files_survives(golden):
    tifffile = pytest.importorskip("tifffile")
    seen = 0
    for path in sorted(golden.rglob("*.tif*")):
        if any(word in path.name for word in ("mask", "labels", "segmentation", "binary")):
            pages = tifffile.imread(path)
            for image in pages.astype(np.int64 if pages.dtype.kind == "f" else pages.dtype).reshape(-1, *pages.shape[-2:]):
                labels, rings = outline(image)
                assert np.array_equal(rasterize(rings, labels, image.shape, dtype=image.dtype)[0], image), path
                assert rings.areas().tolist() == counts(image)[1].tolist(), path
                assert shapely.is_valid(to_shapely(rings)).all(), path
                seen += 1
    assert seen > 40
