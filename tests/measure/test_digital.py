"""What scikit-image, CellProfiler and NimbusImage define in their own way, against scikit-image, SciPy and Shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from skimage import measure as skimage

from segue.measure.catalog import MEASUREMENTS
from segue.measure.form import radii, rectangles
from segue.measure.form.outlines import of_outlines
from segue.measure.form.plane import Plane
from segue.measure.forms import forms

WANTED = frozenset(each.name for each in MEASUREMENTS if 2 in each.dimensions and not each.channels)


@st.composite
def label_images(draw):
    """Noise, blocks and sparse pixels: holes, corner contacts, lines, many parts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = (draw(st.integers(1, 12)), draw(st.integers(1, 12)))
    image = rng.integers(0, draw(st.integers(2, 4)), size) * (rng.random(size) < draw(st.sampled_from([0.3, 0.7, 1.0])))
    zoom = draw(st.integers(1, 4))
    return np.kron(image, np.ones((zoom, zoom), int))


@given(label_images())
def test_perimeter_and_convex_area_are_scikit_images(image):
    found, props = forms(image, WANTED), skimage.regionprops(image)
    for name, other in (
        ("perimeter_skimage", "perimeter"),
        ("convex_area_skimage", "area_convex"),
        ("solidity_skimage", "solidity"),
        ("box_area", "area_bbox"),
    ):
        np.testing.assert_allclose(found[name], [prop[other] for prop in props], rtol=1e-12, err_msg=name)
    assert np.stack([found[name] for name in ("top", "left", "bottom", "right")], axis=1).tolist() == [list(prop.bbox) for prop in props]
    np.testing.assert_allclose(found["eccentricity"], [prop.eccentricity for prop in props], atol=1e-6)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(found["form_factor"], 4 * np.pi * found["area"] / np.square([prop.perimeter for prop in props]), rtol=1e-12)


def test_there_is_no_such_perimeter_of_pixels_that_are_not_square():
    assert np.isnan(forms(np.ones((2, 2), int), WANTED, pixel=(1, 2, 3))["perimeter_skimage"]).all()
    assert forms(np.ones((3, 3), int), WANTED, pixel=(1, 2, 2))["perimeter_skimage"].tolist() == [16]


@given(label_images(), st.sampled_from([(1, 1), (2, 0.7)]))
def test_radii_are_distances_to_what_is_not_the_segment(image, pixel):
    found = forms(image, WANTED, pixel=(1, *pixel))
    for row, label in enumerate(found["label"].tolist()):
        mask = np.pad(image == label, 1)
        apart = ndimage.distance_transform_edt(mask, sampling=pixel)[mask]
        mine = [found[name][row] for name in ("max_radius", "mean_radius", "median_radius")]
        np.testing.assert_allclose(mine, [apart.max(), apart.mean(), np.median(apart)], rtol=1e-12)


@given(label_images(), st.sampled_from([(1, 1), (2, 0.7), (0.3, 1)]))
def test_compiled_distances_are_the_same(image, pixel):
    place, plain = radii.distances(image, pixel)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(radii, "SMALL", 0)
        other, compiled = radii.distances(image, pixel)
    assert np.array_equal(place, other)
    np.testing.assert_allclose(compiled, plain, rtol=1e-12)


def test_a_segment_as_wide_as_the_image_takes_no_longer():
    ball = np.hypot(*(np.indices((1400, 1400)) - 700)) < 690
    place, distance = radii.distances(ball)
    expected = ndimage.distance_transform_edt(ball)
    np.testing.assert_allclose(distance, expected.reshape(-1)[place], rtol=1e-12)


@given(label_images(), st.sampled_from([(1, 1), (2, 0.7)]))
def test_diameters_of_pixel_centres(image, pixel):
    found = forms(image, WANTED, pixel=(1, *pixel))
    for row, label in enumerate(found["label"].tolist()):
        centres = np.argwhere(image == label) * pixel
        apart = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(axis=2))
        assert found["feret_centres"][row] == pytest.approx(apart.max())
        hull = shapely.convex_hull(shapely.multipoints(centres))
        if hull.geom_type == "Polygon":
            corners = np.array(hull.exterior.coords)
            sides = np.diff(corners, axis=0)
            across = np.stack([-sides[:, 1], sides[:, 0]], axis=1) / np.hypot(*sides.T)[:, None] @ corners.T
            assert found["min_feret_centres"][row] == pytest.approx((across.max(axis=1) - across.min(axis=1)).min())
        else:
            assert found["min_feret_centres"][row] == 0


def blob_metrics(polygon):
    """What the worker of NimbusImage computes, formula by formula."""
    box = np.array(shapely.minimum_rotated_rectangle(polygon).exterior.coords)
    sides = np.hypot(*np.diff(box, axis=0).T)
    corners = np.array(polygon.exterior.coords) - [polygon.centroid.x, polygon.centroid.y]
    scatter = np.linalg.eigvalsh(corners.T @ corners)
    hull = polygon.convex_hull
    return {
        "outline_area": polygon.area,
        "outline_length": polygon.length,
        "outline_x": polygon.centroid.x,
        "outline_y": polygon.centroid.y,
        "elongation": 1 - sides.min() / sides.max(),
        "convexity": polygon.area / hull.area,
        "outline_solidity": polygon.length / hull.length,
        "rectangularity": polygon.area / (sides.min() * sides.max()),
        "outline_circularity": 4 * np.pi * polygon.area / polygon.length**2,
        "outline_eccentricity": np.sqrt(1 - scatter[0] / scatter[1]),
    }


@given(label_images(), st.sampled_from([(1, 1), (0.5, 0.5), (2, 0.7)]))
def test_outlines_are_measured_as_nimbusimage_measures_polygons(image, pixel):
    plane = Plane(image, pixel)
    found, (lines, holes) = of_outlines(plane), plane.contours
    for row in np.flatnonzero(np.bincount(lines.shape, minlength=len(holes)) == 1):
        line = int(np.flatnonzero(lines.shape == row)[0])
        ring = lines.coords[lines.start[line] : lines.start[line + 1]] * pixel[::-1]
        expected = blob_metrics(shapely.polygons(ring))
        alike = _equally_good_rectangles(ring)
        for name, column in found.items():
            if not (alike and name == "elongation"):
                assert column[row] == pytest.approx(expected[name], rel=1e-9, abs=1e-7), name


def _equally_good_rectangles(ring):
    """Whether several rectangles around it have the same least area: then it is chance whose sides are compared."""
    hull = np.array(shapely.convex_hull(shapely.multipoints(ring)).exterior.coords)
    along = np.diff(hull, axis=0)
    along = along / np.hypot(*along.T)[:, None]
    extent = [np.ptp(hull @ np.stack([along.T[0], along.T[1]]), axis=0), np.ptp(hull @ np.stack([-along.T[1], along.T[0]]), axis=0)]
    area, ratio = extent[0] * extent[1], np.minimum(*extent) / np.maximum(*extent)
    best = np.isclose(area, area.min(), rtol=1e-9)
    return np.ptp(ratio[best]) > 1e-9


def test_of_several_parts_areas_and_lengths_of_outlines_add_up():
    found = forms(np.array([[1, 0, 1, 1]]), WANTED)
    assert (found["outline_area"].tolist(), found["outline_length"].tolist(), found["outline_x"].tolist()) == ([3], [10], [pytest.approx(6.5 / 3)])


def test_a_hole_counts_for_the_area_of_an_outline():
    assert forms(np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]]), WANTED)["outline_area"].tolist() == [9]


@given(label_images(), st.integers(1, 60))
def test_sides_and_corners_are_looked_at_in_pieces(image, pairs):
    whole = of_outlines(Plane(image))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rectangles, "PAIRS", pairs)
        pieces = of_outlines(Plane(image))
    assert whole["elongation"].tolist() == pieces["elongation"].tolist()
    assert whole["rectangularity"].tolist() == pieces["rectangularity"].tolist()


@pytest.mark.parametrize("size", [(0, 0), (3, 0), (0, 3), (3, 3)])
def test_no_segments_no_rows(size):
    assert {len(column) for column in forms(np.zeros(size, np.uint8), WANTED).values()} == {0}


@pytest.mark.parametrize("kind", ["bool", ">u2", "i4", "u8"])
def test_every_integer_type_is_measured_alike(kind):
    image = np.array([[0, 1, 1], [1, 1, 0]])
    first, second = forms(image, WANTED), forms(image.astype(kind), WANTED)
    assert {name: column.tolist() for name, column in first.items()} == {name: column.tolist() for name, column in second.items()}
