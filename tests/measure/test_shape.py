"""Place, size and form of segments: by hand, against scikit-image, the same from both implementations and for any chunking."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import measure as skimage

from segue.errors import Malformed, TooLarge
from segue.measure import runs
from segue.measure.catalog_shape import SHAPE
from segue.measure.form import feret, feret_reference, hull
from segue.measure.form.plane import Plane
from segue.measure.form.shape import places
from segue.measure.forms import forms
from segue.measure.runs import Runs, label_runs
from segue.measure.survey import Survey

DTYPES = ["bool", "u1", "i1", "u2", ">u2", "i4", ">i4", "u4", "i8", "u8", ">u8"]


WANTED = frozenset(each.name for each in SHAPE if 2 in each.dimensions)


def shapes(image):
    """Every column, and the hulls."""
    return forms(image, WANTED), Plane(image).hulls


@st.composite
def label_images(draw):
    """Noise, blocks and sparse pixels: holes, corner contacts, lines, many parts."""
    rows, columns, seed, zoom = draw(st.integers(1, 14)), draw(st.integers(1, 14)), draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 3))
    rng = np.random.default_rng(seed)
    image = rng.integers(0, draw(st.integers(2, 5)), (rows, columns)) * (rng.random((rows, columns)) < draw(st.sampled_from([0.2, 0.6, 1.0])))
    return np.kron(image, np.ones((zoom, zoom), int))


def one(pixels):
    """The columns of a single segment, as numbers."""
    columns, _ = shapes(np.array(pixels, np.uint8))
    return {name: column.item() for name, column in columns.items()}


def test_a_single_pixel():
    found = one([[0, 0, 0], [0, 0, 1]])
    assert (found["area"], found["x"], found["y"], found["left"], found["top"], found["width"], found["height"]) == (1, 2.5, 1.5, 2, 1, 1, 1)
    assert found["perimeter"] == pytest.approx(4 - 2 * (2 - math.sqrt(2)))
    assert found["feret"] == pytest.approx(math.sqrt(2))
    assert (found["min_feret"], found["convex_area"], found["solidity"], found["euler"]) == (1, 1, 1, 1)
    assert found["major"] == found["minor"] == pytest.approx(2 / math.sqrt(math.pi))


def test_a_corner_contact_is_one_contour_as_for_imagejs_wand():
    found = one([[1, 0], [0, 1]])
    assert (found["euler"], found["convex_area"], found["feret"]) == (1, 3, pytest.approx(math.sqrt(8)))
    assert found["perimeter"] == pytest.approx(8 - 4 * (2 - math.sqrt(2)))


def test_a_hole_counts_for_area_and_euler_number_but_not_for_the_contour():
    ring, full = one([[1, 1, 1], [1, 0, 1], [1, 1, 1]]), one(np.ones((3, 3)))
    assert (ring["area"], ring["euler"]) == (8, 0)
    assert (ring["perimeter"], ring["convex_area"]) == (full["perimeter"], 9)


def test_a_hole_that_is_closed_by_corners_only():
    found = one([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    assert found["euler"] == 0
    assert found["convex_area"] == 7


def test_contours_of_separate_parts_add_up():
    found = one([[1, 0, 1]])
    assert found["perimeter"] == pytest.approx(2 * (4 - 2 * (2 - math.sqrt(2))))
    assert (found["euler"], found["feret"]) == (2, pytest.approx(math.sqrt(10)))


def wand(mask, x, y):
    """ImageJ's ``Wand.traceEdge`` (8-connected) from the right end of a top edge, and its ``getTracedPerimeter``, step by step."""
    inside = np.pad(mask, 1)
    vertices, startx, direction = [], x, 3
    starty = y = y + 1

    def ahead(x, y, direction):  # the pixel before a corner, at the right hand: directions are 0 right, 1 up, 2 left, 3 down
        dx, dy = ((0, 0), (0, -1), (-1, -1), (-1, 0))[direction & 3]
        return inside[y + dy + 1, x + dx + 1]

    for _ in range(4 * mask.size + 1):
        turned = direction + 1
        while not ahead(x, y, turned) and turned > direction - 1:
            turned -= 1
        if turned != direction:
            vertices.append((x, y))
        dx, dy = ((1, 0), (0, -1), (-1, 0), (0, 1))[turned & 3]
        x, y, direction = x + dx, y + dy, turned
        if (x, y, direction & 3) == (startx, starty, 3):
            break
    sides = [abs(a - c) + abs(b - d) for (a, b), (c, d) in zip(vertices, vertices[1:] + vertices[:1], strict=True)]
    corner, corners = False, 0
    for side in sides[-1:] + sides[:-1]:
        corner = side > 1 or not corner
        corners += corner
    return sum(sides) - corners * (2 - math.sqrt(2))


@given(label_images())
def test_the_perimeter_is_what_imagejs_wand_traces(image):
    columns, _ = shapes(image)
    for label, perimeter in zip(columns["label"].tolist(), columns["perimeter"], strict=True):
        parts = skimage.label(image == label, connectivity=2)
        expected = 0
        for part in range(1, parts.max() + 1):
            y, x = np.argwhere(parts == part)[0]
            while x < image.shape[1] and parts[y, x] == part:
                x += 1
            expected += wand(parts == part, int(x), int(y))
        assert perimeter == pytest.approx(expected)


def test_a_level_and_an_upright_line():
    level, upright = one([[1, 1, 1]]), one([[1], [1], [1]])
    assert (level["angle"], upright["angle"]) == (0, 90)
    assert level["major"] == upright["major"] == pytest.approx(6 / math.sqrt(math.pi))


@given(label_images())
def test_what_scikit_image_defines_alike_is_equal(image):
    columns, _ = shapes(image)
    props = skimage.regionprops(image)
    assert columns["label"].tolist() == [one.label for one in props]
    for name, other in (("area", "area"), ("equivalent_diameter", "equivalent_diameter_area"), ("euler", "euler_number"), ("extent", "extent")):
        np.testing.assert_allclose(columns[name], [one[other] for one in props], rtol=1e-12, err_msg=name)
    np.testing.assert_allclose(np.stack([columns["y"], columns["x"]], axis=1), np.reshape([one.centroid for one in props], (-1, 2)) + 0.5, rtol=1e-12)
    boxes = np.stack([columns["top"], columns["left"], columns["top"] + columns["height"], columns["left"] + columns["width"]], axis=1)
    assert boxes.tolist() == [list(one.bbox) for one in props]


@given(label_images())
def test_orientation_is_that_of_scikit_image_where_there_is_one(image):
    columns, _ = shapes(image)
    for mine, other in zip(columns["orientation"], skimage.regionprops(image), strict=True):
        long, short = other.inertia_tensor_eigvals
        if long - short > 1e-6:
            assert math.isclose(math.sin(mine - other.orientation), 0, abs_tol=1e-9)


@given(label_images())
def test_the_convex_hull_is_that_of_all_pixel_corners(image):
    import shapely

    columns, hulls = shapes(image)
    for row, label in enumerate(columns["label"]):
        y, x = np.nonzero(image == label)
        corners = np.concatenate([np.stack([x + dx, y + dy], axis=1) for dx in (0, 1) for dy in (0, 1)])
        expected = shapely.convex_hull(shapely.multipoints(corners))
        mine = hulls.corners[hulls.start[row] : hulls.start[row + 1]]
        assert columns["convex_area"][row] == pytest.approx(expected.area)
        assert len(mine) == len(expected.exterior.coords) - 1
        assert shapely.polygons(mine).equals(expected)
        distance = np.hypot(*(mine[:, None] - mine[None]).transpose(2, 0, 1))
        assert columns["feret"][row] == pytest.approx(distance.max())
        turns = np.linspace(0, np.pi, 721)
        across = mine @ np.stack([np.cos(turns), np.sin(turns)])
        widths = across.max(axis=0) - across.min(axis=0)
        assert columns["min_feret"][row] <= widths.min() + 1e-9
        assert columns["min_feret"][row] >= widths.min() * math.cos(np.pi / 720) - distance.max() * math.sin(np.pi / 720)


@given(label_images())
def test_compiled_kernels_give_the_same(image):
    columns, hulls = shapes(image)
    with pytest.MonkeyPatch.context() as patch:
        for module in (hull, feret):
            patch.setattr(module, "SMALL", 0)
        patch.setattr(runs, "SMALL", 0, raising=False)
        compiled, others = shapes(image)
    for name, column in columns.items():
        np.testing.assert_allclose(compiled[name], column, rtol=1e-12, err_msg=name)
    assert np.array_equal(hulls.corners, others.corners)
    assert np.array_equal(hulls.start, others.start)


def test_many_pairs_of_corners_are_looked_at_in_pieces(monkeypatch):
    rng = np.random.default_rng(3)
    image = np.kron(np.arange(1, 31).reshape(5, 6), np.ones((9, 9), int)) * (rng.random((45, 54)) < 0.7)
    whole, _ = shapes(image)
    monkeypatch.setattr(feret_reference, "PAIRS", 150)
    pieces, _ = shapes(image)
    for name in ("feret", "feret_x", "feret_y", "min_feret"):
        assert whole[name].tolist() == pieces[name].tolist()


@given(label_images(), st.lists(st.integers(0, 40), max_size=4), st.randoms(use_true_random=False))
def test_any_regions_in_any_order_give_the_same_survey(image, cuts, random):
    whole = Survey()
    whole.add(label_runs(image))
    bands = np.split(np.arange(len(image)), sorted({min(cut, len(image)) for cut in cuts}))
    random.shuffle(bands)
    survey = Survey()
    for band in bands:
        if len(band):
            survey.add(label_runs(image[band], int(band[0])))
    for name in ("label", "area", "low", "high", "first", "second", "first_row", "last_row"):
        assert np.array_equal(getattr(survey.segments(), name), getattr(whole.segments(), name)), name


def test_a_volume():
    volume = np.zeros((3, 4, 5), np.uint16)
    volume[1:, 1:3, 2:5] = 9
    survey = Survey(height=4)
    survey.add(label_runs(volume.reshape(12, 5)))
    found = {name: column.item() for name, column in places(survey.segments()).items()}
    place, box = {"x": 3.5, "y": 2, "z": 1.5}, {"left": 2, "top": 1, "front": 1, "width": 3, "height": 2, "depth": 2}
    assert found == {"label": 9, "area": 12, "box_area": 12, "extent": 1} | place | box | {"right": 5, "bottom": 3, "back": 3}


@pytest.mark.parametrize("kind", DTYPES)
def test_every_integer_type_is_measured_alike(kind):
    image = np.array([[0, 1, 1], [1, 0, 0]])
    columns, _ = shapes(image.astype(kind))
    assert columns["label"].dtype == np.uint64
    assert (columns["label"].tolist(), columns["area"].tolist(), columns["perimeter"].tolist()) == ([1], [3], shapes(image)[0]["perimeter"].tolist())


def test_labels_up_to_64_bits_and_with_gaps():
    columns, _ = shapes(np.array([[2**64 - 1, 3, 2**64 - 1]], np.uint64))
    assert columns["label"].tolist() == [3, 2**64 - 1]
    assert columns["area"].tolist() == [1, 2]


@pytest.mark.parametrize("size", [(0, 0), (3, 0), (0, 3), (3, 3)])
def test_no_segments_no_rows(size):
    columns, hulls = shapes(np.zeros(size, np.uint8))
    assert {len(column) for column in columns.values()} == {0}
    assert hulls.start.tolist() == [0]


@pytest.mark.parametrize("image", [np.zeros((2, 2)), np.zeros((2, 2, 2), int), np.array([[-1]])])
def test_what_is_no_label_image_is_refused(image):
    with pytest.raises(Malformed):
        shapes(image)


def test_a_segment_too_large_for_exact_moments_is_refused():
    runs = Runs(np.array([0, 2**30]), np.array([0, 0]), np.array([2**20, 2**20]), np.ones(2, np.uint64))
    with pytest.raises(TooLarge, match="segment 1 has"):
        Survey().add(runs)


def test_every_column_is_in_the_catalogue_and_the_other_way_round():
    columns, _ = shapes(np.ones((1, 1), int))
    assert sorted(columns) == sorted(["label", *WANTED])
