"""Ovals and rectangles: the pixels that ImageJ selects, and the geometric figures."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import InvalidOption, Malformed, TooLarge
from segue.geometry.outline import outline
from segue.geometry.ovals import ovals, rectangles
from segue.geometry.rasterize import rasterize
from segue.geometry.shapely_rings import to_shapely

SIZES = [(width, height) for width in range(1, 24) for height in range(1, 24)]


def imagej_mask(width, height):
    """OvalRoi.getMask of ImageJ, pixel by pixel."""
    a, b = width / 2, height / 2
    y, x = np.mgrid[:height, :width]
    dx, dy = x - (a - 0.5), y - (b - 0.5)
    return dx * dx / (a * a) + dy * dy / (b * b) <= 1


def painted(rings, shape):
    return rasterize(rings, np.ones(len(rings), np.uint8), shape)[0] > 0


def test_every_small_oval_has_the_outline_of_the_mask_of_imagej():
    rings = ovals([(3, 2, *size) for size in SIZES])
    for row, (width, height) in enumerate(SIZES):
        mask = np.zeros((height + 4, width + 6), np.uint8)
        mask[2 : height + 2, 3 : width + 3] = imagej_mask(width, height)
        _, traced = outline(mask)
        assert rings.take([row]).same(traced).all(), (width, height)


@given(st.integers(1, 400), st.integers(1, 400))
def test_larger_ovals_have_the_pixels_of_imagej(width, height):
    assert np.array_equal(painted(ovals([(0, 0, width, height)]), (height, width)), imagej_mask(width, height))


def test_a_box_of_fractions_is_made_whole_as_imagej_does():
    boxes = [(80.25, 70.5, 30.5, 20.75), (-2.7, -0.2, 3.2, 7.0), (1.9, 1.9, 0.3, 0.3)]
    whole = [(80, 70, 31, 21), (-2, 0, 4, 7), (1, 1, 1, 1)]
    assert ovals(boxes).same(ovals(whole)).all()
    assert rectangles(boxes).bounds().tolist() == [[x, y, x + w, y + h] for x, y, w, h in whole]


@pytest.mark.golden
@pytest.mark.parametrize("name", ["zoo", "zoo_float"])
def test_the_areas_that_imagej_counts(golden, name):
    import roifile

    rois = roifile.roiread(golden / "imagej" / f"{name}_RoiSet.zip")
    lines = (golden / "imagej" / f"{name}_truth.tsv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    seen = set()
    for roi, row in zip(rois, rows, strict=True):
        if row["type"] in ("oval", "rectangle") and row["name"] != "roundrect":
            shape = ovals if row["type"] == "oval" else rectangles
            rings = shape([(roi.xd, roi.yd, roi.widthd, roi.heightd)])
            assert painted(rings, (160, 200)).sum() == int(row["area_px"]), row["name"]
            seen.add(row["type"])
    assert seen == {"oval", "rectangle"}


@given(st.lists(st.tuples(*[st.floats(-20, 40)] * 2, *[st.floats(0, 30)] * 2), min_size=1, max_size=5))
def test_the_geometric_ellipse_has_the_pixels_whose_centres_are_in_it(boxes):
    rings = ovals(boxes, "centre")
    assert shapely.is_valid(to_shapely(rings)).all()
    y, x = np.mgrid[-25:75, -25:75] + 0.5
    for row, (left, top, width, height) in enumerate(boxes):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            distance = ((x - left - width / 2) / (width / 2)) ** 2 + ((y - top - height / 2) / (height / 2)) ** 2
        found = painted(rings.take([row]).translated(25, 25), (100, 100))
        clear = np.abs(distance - 1) > 1e-6
        assert np.array_equal(found[clear], (distance < 1)[clear])


def test_the_rectangle_of_the_centre_rule_keeps_its_fractions():
    assert rectangles([(0.25, 0.5, 2, 3)], "centre").coords.tolist() == [[0.25, 0.5], [2.25, 0.5], [2.25, 3.5], [0.25, 3.5]]


def test_no_box_is_no_shape_and_a_million_boxes_are_quick():
    assert len(ovals(np.empty((0, 4)))) == len(rectangles(np.empty((0, 4)))) == 0
    rng = np.random.default_rng(0)
    boxes = np.hstack([rng.random((1_000_000, 2)) * 4000, rng.integers(3, 12, (1_000_000, 2))])
    assert len(ovals(boxes)) == 1_000_000


@pytest.mark.parametrize("box", [(np.nan, 0, 1, 1), (0, np.inf, 1, 1), (0, 0, -1, 1), (0, 0, 1, np.nan)])
def test_a_box_that_is_none_is_refused(box):
    for shape in (ovals, rectangles):
        with pytest.raises(Malformed, match="box 1"):
            shape([(0, 0, 1, 1), box])


def test_rules_and_sizes_that_do_not_exist_are_refused():
    with pytest.raises(InvalidOption):
        ovals([(0, 0, 1, 1)], "round")
    with pytest.raises(TooLarge):
        ovals([(0, 0, 1, 1e300)])
