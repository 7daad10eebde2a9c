"""Painting outlines: ImageJ's rule, overlaps and what they cost, and numbers that are no places."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.errors import Incompatible, InvalidOption, Malformed
from segue.geometry.rasterize import rasterize
from segue.geometry.rings import Rings


def polygons(*rings):
    return Rings.simple(np.concatenate([np.asarray(ring, float) for ring in rings]), np.cumsum([0, *(len(ring) for ring in rings)]))


def box(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def area(rings, shape=(160, 200)):
    return int((rasterize(rings, np.ones(len(rings), np.uint8), shape)[0] > 0).sum())


def test_a_centre_on_an_edge_is_inside_at_the_right_and_at_the_top():
    painted, _ = rasterize(polygons(box(1.5, 1.5, 3.5, 3.5)), [1], (5, 5))
    assert np.argwhere(painted).tolist() == [[1, 2], [1, 3], [2, 2], [2, 3]]


def test_polygons_that_share_edges_share_no_pixel_and_leave_none():
    rng = np.random.default_rng(0)
    middle = np.round(rng.random(2) * 40) / 2
    corners = [[0, 0], [20, 0], [20, 20], [0, 20]]
    fan = polygons(*([corners[i], corners[(i + 1) % 4], middle] for i in range(4)))
    painted, overwritten = rasterize(fan, [1, 2, 3, 4], (20, 20), overlap="error")
    assert painted.all()
    assert not overwritten.any()


def test_a_part_is_even_odd_and_a_shape_is_the_union_of_its_parts():
    coords = np.array(box(0, 0, 6, 6) + box(2, 2, 4, 4) + box(3, 3, 9, 9), float)
    starts = np.array([0, 4, 8, 12])
    one = np.array([0, 1])
    assert area(Rings(coords, starts, np.array([0, 3]), one)) == 36 - 4 + 36 - 2 * 8
    assert area(Rings(coords, starts, np.array([0, 2, 3]), np.array([0, 2]))) == len(
        {(x, y) for x in range(6) for y in range(6) if not (2 <= x < 4 and 2 <= y < 4)} | {(x, y) for x in range(3, 9) for y in range(3, 9)}
    )


@pytest.mark.parametrize(("overlap", "shared", "overwritten"), [("last", 3, [8, 4, 0]), ("first", 1, [0, 4, 8]), ("smallest", 2, [4, 0, 8])])
def test_who_wins_an_overlap_and_what_the_others_lose(overlap, shared, overwritten):
    large, small, long = box(0, 0, 4, 4), box(1, 0, 3, 2), box(0, 0, 20, 2)
    painted, lost = rasterize(polygons(large, small, long), [1, 2, 3], (8, 20), overlap=overlap)
    assert painted[1, 1] == shared
    assert lost.tolist() == overwritten
    assert [(painted == value).sum() for value in (1, 2, 3)] == [16 - lost[0], 4 - lost[1], 40 - lost[2]]


def test_an_overlap_of_the_same_value_costs_nothing():
    _, lost = rasterize(polygons(box(0, 0, 4, 4), box(2, 2, 6, 6)), [7, 7], (8, 8), overlap="error")
    assert lost.tolist() == [0, 0]


def test_an_overlap_can_be_an_error_that_names_the_rows():
    with pytest.raises(Incompatible, match=r"first rows \[1\]"):
        rasterize(polygons(box(8, 8, 9, 9), box(0, 0, 4, 4), box(2, 2, 6, 6)), [1, 2, 3], (9, 9), overlap="error")


def test_painting_on_an_image_keeps_what_is_not_covered():
    image = np.full((4, 4), 9, np.uint16)
    painted, lost = rasterize(polygons(box(0, 0, 2, 1)), [5], (4, 4), out=image)
    assert painted is image
    assert image[0].tolist() == [5, 5, 9, 9]
    assert lost.tolist() == [0]


def test_shapes_outside_and_shapes_without_area_paint_nothing():
    outside = [box(-9, -9, -1, -1), box(50, 3, 60, 9), box(3, 50, 9, 60), [[1, 1], [1, 1], [1, 1]], [[1, 1]], [[1, 1], [5, 5]]]
    assert area(polygons(*outside), (10, 10)) == 0
    assert area(polygons(box(-1e9, -1e9, 1e9, 1e9)), (10, 10)) == 100
    assert area(Rings.empty(3), (10, 10)) == 0
    assert rasterize(polygons(box(0, 0, 3, 3)), [1], (0, 7))[0].shape == (0, 7)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300, -1.7e308, 1e13])
def test_a_coordinate_that_is_no_place_is_an_error_that_names_the_row(kernels, bad):
    rings = polygons(box(0, 0, 3, 3), box(0, 0, bad, 3))
    with pytest.raises(Malformed, match="shape 1"):
        rasterize(rings, [1, 2], (10, 10))


@pytest.mark.parametrize(
    ("values", "options"), [([0], {}), ([300], {"dtype": np.uint8}), ([-1], {"dtype": np.uint16}), ([1, 2], {}), ([1.5], {}), ([2**40], {"dtype": np.int32})]
)
def test_values_that_do_not_fit_are_refused(values, options):
    with pytest.raises(Incompatible):
        rasterize(polygons(box(0, 0, 3, 3)), values, (4, 4), **options)


def test_options_and_images_that_do_not_fit_are_refused():
    with pytest.raises(InvalidOption):
        rasterize(polygons(box(0, 0, 3, 3)), [1], (4, 4), overlap="biggest")
    with pytest.raises(Incompatible):
        rasterize(polygons(box(0, 0, 3, 3)), [1], (4, 4), out=np.zeros((5, 4), np.uint8))


def test_a_star_of_a_hundred_thousand_edges_across_all_rows_ends(kernels):
    angle = np.arange(100_001) * 2 * np.pi * 33_333 / 100_001
    star = polygons(np.stack([20 + 30 * np.cos(angle), 20 + 30 * np.sin(angle)], axis=1))
    assert rasterize(star, [1], (40, 40))[0].any()


RANDOM = st.tuples(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 1000]), st.booleans(), st.sampled_from([20, 260]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(recipe=RANDOM, overlap=st.sampled_from(["last", "first", "smallest"]))
def test_the_kernel_and_its_twin_agree_bit_for_bit(kernels, recipe, overlap):
    from segue.geometry import rasterize as module
    from segue.geometry import reference

    seed, grain, holes, size = recipe
    rng = np.random.default_rng(seed)
    shapes = int(rng.integers(1, 8))
    lengths = rng.integers(1, 9, 2 * shapes)
    each, pairs = np.arange(2 * shapes + 1), np.arange(0, 2 * shapes + 1, 2)
    coords = np.round((rng.random((lengths.sum(), 2)) * 2 - 0.5) * size * grain) / grain
    rings = Rings(coords, np.r_[0, np.cumsum(lengths)], *((pairs, np.arange(shapes + 1)) if holes else (each, pairs)))
    values = rng.integers(1, 5, shapes)
    painted, lost = rasterize(rings, values, (size, size + 5), overlap=overlap)
    owner, expected = reference.paint(rings, values, module._order(rings, overlap), (size, size + 5))
    assert np.array_equal(painted, reference.colour(owner, values, None))
    assert lost.tolist() == expected.tolist()


def truth(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def rings_of(roi):
    """The rings of a polygon, freehand, traced or composite ROI as roifile reads them, all in one even-odd part."""
    if roi.roitype.name in ("POLYGON", "FREEHAND", "TRACED"):
        found = [roi.coordinates()]
    else:
        found = roi.coordinates(multi=True)
    coords = np.concatenate(found).astype(float)
    starts = np.cumsum([0, *(len(ring) for ring in found)])
    return Rings(coords, starts, np.array([0, len(found)]), np.array([0, 1]))


@pytest.mark.golden
@pytest.mark.parametrize("name", ["zoo", "zoo_float"])
def test_every_polygon_of_imagej_has_the_pixels_that_imagej_counts(golden, name):
    import roifile

    rois = roifile.roiread(golden / "imagej" / f"{name}_RoiSet.zip")
    rows = truth(golden / "imagej" / f"{name}_truth.tsv")
    seen = 0
    for roi, row in zip(rois, rows, strict=True):
        if row["type"] in ("polygon", "freehand", "traced", "composite") and row["name"] != "polygon_spline":
            assert area(rings_of(roi)) == int(row["area_px"]), row["name"]
            seen += 1
        if row["type"] in ("polygon", "rectangle"):
            fine = np.stack([np.array(row[axis].split(), float) for axis in "xy"], axis=1)
            assert area(polygons(fine)) == int(row["area_px"]), row["name"]
    assert seen > 4
