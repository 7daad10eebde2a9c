"""Shapes without a label image: each on its own pixels."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from segue.errors import Incompatible
from segue.formats.imagej_roi.spec import FORMAT
from segue.formats.shape_files import area_rings, area_rows
from segue.geometry.figures import equal_rings
from segue.geometry.rasterize import rasterize
from segue.geometry.rings import Rings
from segue.measure import rois, strips
from segue.measure.measuring import Channel, Wanted, measure
from segue.measure.presets import IMAGEJ
from segue.measure.rois import RingPixels, apart, measure_rois
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.storage.source import Source

PLACES = ("x", "y", "left", "top", "right", "bottom", "feret_x", "feret_y", "outline_x", "outline_y", "weighted_x", "weighted_y")
BOTH = Wanted(("area", *PLACES, "perimeter", "mean", "median"), (30,))


def boxes(*corners):
    """Rectangles from left, top, right, bottom."""
    return equal_rings(np.array([[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in corners], float).reshape(-1, 4, 2))


def channel(plane):
    return Channel(Image(ArrayPixels(np.asarray(plane)), "yx"))


@st.composite
def shapes(draw):
    """Triangles, many on top of each other, some outside of the image."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return equal_rings(rng.uniform(-5, 25, (draw(st.integers(0, 12)), 3, 2)))


def test_overlapping_shapes_are_measured_each_on_its_own_pixels():
    image = np.arange(16).reshape(4, 4)
    found = measure_rois(boxes((0, 0, 2, 2), (1, 1, 3, 3), (0, 0, 4, 4)), [channel(image)], BOTH)
    assert found.label.tolist() == [1, 2, 3]
    assert found.columns["area", None].tolist() == [4, 4, 16]
    assert found.columns["mean", 0].tolist() == [2.5, 7.5, 7.5]


@given(shapes(), st.integers(3, 30), st.sampled_from([0, 60, 10**6]), st.sampled_from([0, 300, 10**6]), st.sampled_from([None, (1, 0.5, 2)]))
def test_each_shape_is_measured_as_if_it_were_alone(rings, tile, small, strip, pixel):
    image = np.random.default_rng(0).integers(0, 99, (20, 22))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rois, "TILE", tile)
        patch.setattr(strips, "SMALL", small)
        patch.setattr(strips, "STRIP", strip)
        found = measure_rois(rings, [channel(image)], BOTH, pixel=pixel)
    expected = []
    for row in range(len(rings)):
        mask, _ = rasterize(rings.take([row]), [row + 1], image.shape, dtype=np.int32)
        alone = measure(LabelImage(ArrayPixels(mask), "yx"), [channel(image)], BOTH, pixel=pixel)
        expected += [(alone.label.item(), *(column.item() for column in alone.columns.values()))] if len(alone.label) else []
    mine = list(zip(found.label.tolist(), *(column.tolist() for column in found.columns.values()), strict=True))
    assert list(found.columns) == list(alone.columns if len(rings) else found.columns)
    assert len(mine) == len(expected)
    np.testing.assert_allclose(np.array(mine), np.array(expected), rtol=1e-12)


@given(shapes(), st.integers(3, 30))
def test_shapes_of_a_group_share_no_pixel(rings, tile):
    flat, size = Rings.of(rings), (20, 22)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rois, "TILE", tile)
        groups = apart(flat, np.arange(len(flat)), size)
    assert sorted(np.concatenate([np.zeros(0, np.int64), *groups]).tolist()) == list(range(len(flat)))
    for group in groups:
        assert not rasterize(flat.take(group), np.arange(1, len(group) + 1), size, dtype=np.int32)[1].any()


def test_apart_shapes_are_one_group():
    assert [group.tolist() for group in apart(Rings.of(boxes((0, 0, 2, 2), (2, 0, 4, 2), (0, 2, 4, 4))), np.arange(3), (4, 4))] == [[0, 1, 2]]


@given(shapes(), st.integers(0, 10), st.integers(0, 10), st.integers(1, 10), st.integers(1, 12))
def test_a_region_of_the_painted_shapes_is_a_part_of_the_whole(rings, top, left, height, width):
    flat = Rings.of(rings)
    group = apart(flat, np.arange(len(flat)), (20, 22))[0] if len(flat) else np.zeros(0, np.int64)
    painted = RingPixels(flat.take(group), (group + 1).astype(np.uint32), (20, 22))
    whole = painted.read((slice(0, 20), slice(0, 22)))
    assert np.array_equal(painted.read((slice(top, top + height), slice(left, left + width))), whole[top : top + height, left : left + width])


def test_without_channels_the_size_is_needed():
    square = boxes((1, 1, 3, 4))
    assert measure_rois(square, [], Wanted(("area", "perimeter")), (9, 9)).columns["area", None].tolist() == [6]
    with pytest.raises(Incompatible, match="stated size"):
        measure_rois(square, [], Wanted(("area",)))


def test_the_nearest_shape_is_found_among_all_and_neighbours_are_not_counted():
    found = measure_rois(boxes((0, 0, 2, 2), (1, 0, 3, 2), (0, 6, 2, 8)), [], Wanted(("nearest_distance", "neighbours", "area")), (9, 9))
    assert list(found.columns) == [("nearest_distance", None), ("area", None)]
    assert found.columns["nearest_distance", None].tolist() == [1, 1, 6]


def test_shapes_outside_of_the_image_have_no_row():
    found = measure_rois(boxes((50, 50, 60, 60), (-3, -3, 1, 1)), [channel(np.ones((4, 4)))], BOTH, pixel=(1, 2, 2))
    assert found.label.tolist() == [2]
    assert found.columns["area", None].tolist() == [4]
    assert measure_rois(Rings.empty(), [channel(np.ones((4, 4)))], BOTH).label.tolist() == []


@pytest.mark.golden
@pytest.mark.parametrize("name", ["zoo", "zoo_float"])
def test_area_and_mean_of_every_roi_are_imagejs(golden, name):
    """The image is ImageJ's 16-bit ramp, the same on every plane; ImageJ painted the ROIs by its own rules."""
    with (golden / f"imagej/{name}_truth.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    image = tifffile.imread(golden / "imagej/zoo_hyperstack_with_overlay.tif").reshape(-1, 160, 200)[0]
    study = FORMAT.read(Source(golden / f"imagej/{name}_RoiSet.zip"))[0].image_sets[0]
    areas = area_rows(study.shapes)
    truth = [rows[row] for row in areas]
    found = measure_rois(area_rings(study.shapes.take(areas)), [channel(image)], Wanted(("area", "mean")))
    assert found.label.tolist() == list(range(1, len(truth) + 1))
    assert found.columns["area", None].tolist() == [int(row["area_px"]) for row in truth]
    np.testing.assert_allclose(found.columns["mean", 0], [float(row["mean"]) for row in truth], rtol=1e-9, atol=1e-6)


@pytest.mark.golden
@pytest.mark.parametrize("name", ["randomshapes", "mito_t1", "blobs"])
def test_a_roi_set_gives_the_table_that_imagej_wrote(golden, name):
    """Every column; ImageJ's particles had no holes but for their pixels, so a ROI that goes around a hole holds more of them."""
    with (golden / "imagej" / ("blobs.gif" if name == "blobs" else f"{name}.tif")).open("rb") as stream:
        image = np.array(Picture.open(stream))
    study = FORMAT.read(Source(golden / f"imagej/{name}_RoiSet.zip"))[0].image_sets[0]
    with (golden / f"imagej/{name}_results.csv").open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    theirs = dict(zip(header, np.array(rows).T, strict=True))
    shapes = study.shapes.take(area_rows(study.shapes))
    found = measure_rois(area_rings(shapes), [channel(image)], Wanted(IMAGEJ.measurements))
    assert len(found.label) == len(rows)
    whole = found.columns["area", None] == theirs["Area"].astype(float)
    assert whole.sum() >= len(rows) - 3
    for column in IMAGEJ.table(["image"]):
        mine = found.columns[column.measurement, column.channel]
        np.testing.assert_allclose(mine[whole], theirs[column.name].astype(float)[whole], rtol=1e-6, atol=1e-9, err_msg=column.name)
