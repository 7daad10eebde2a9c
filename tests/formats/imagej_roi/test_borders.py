"""Cellpose's ROI sets: the vertices of each ROI are the border pixels of its object."""

from __future__ import annotations

import numpy as np
import pytest
import roifile
import tifffile

from segue.cli import main
from segue.formats.imagej_roi.spec import FORMAT
from segue.geometry.border import borders_of, simple_areas
from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.notes import Kind
from segue.storage.source import Source

SQUARE = [(3, 2), (3, 3), (3, 4), (4, 4), (5, 4), (5, 3), (5, 2), (4, 2)]
"""OpenCV's contour of the 3 x 3 pixels from (3, 2) on."""
ROUND = [(4, 1), (3, 2), (3, 3), (4, 4), (5, 4), (6, 3), (6, 2), (5, 1)]
"""OpenCV's contour of a square of 4 x 4 without its corners."""


def saved(path, *contours, names=None):
    """What ``cellpose.io.save_rois`` does with its contours."""
    rois = [roifile.ImagejRoi.frompoints(np.array(one), name=names[number] if names else str(number + 1)) for number, one in enumerate(contours)]
    roifile.roiwrite(path, rois)
    return path


def read(path, **options):
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study.image_sets[0], notes


def pixels(s, shape):
    found, _ = rasterize(s.shapes.rings, np.arange(1, len(s.shapes) + 1, dtype=np.int32), shape)
    return np.asarray(found)


def test_a_border_is_half_a_pixel_smaller_than_its_area_all_around(tmp_path):
    path = saved(tmp_path / "cells_rois.zip", SQUARE)
    assert (pixels(read(path)[0], (8, 8)) == 1).sum() == 4


def test_the_border_gives_the_area_back(tmp_path):
    s, notes = read(saved(tmp_path / "cells_rois.zip", SQUARE), outlines="border")
    expected = np.zeros((8, 8), int)
    expected[2:5, 3:6] = 1
    assert pixels(s, (8, 8)).tolist() == expected.tolist()
    assert s.shapes.frame["kind"].to_list() == ["traced"]
    assert [str(note) for note in notes] == ["assumed: the vertices of 1 area were taken as border pixels, which belong to the area (option outlines)"]


def test_every_pixel_of_real_cells_comes_back(tmp_path, golden):
    masks = tifffile.imread(golden / "stardist/mask2d.tif")
    labels, rings = outline(masks)
    rows, areas = simple_areas(rings)
    points, start = borders_of(areas)
    names = [str(label) for label in labels[rows]]
    path = saved(tmp_path / "cells_rois.zip", *np.split(points, start[1:-1]), names=names)
    s, _ = read(path, outlines="border")
    assert s.objects.frame["name"].to_list() == names
    found = np.concatenate([[0], labels[rows]])[pixels(s, masks.shape)]
    whole, _ = rasterize(areas, labels[rows].astype(np.int32), masks.shape)
    assert np.array_equal(found, whole)
    assert (found != masks).sum() == 0


def test_an_area_that_someone_drew_stays_as_drawn(tmp_path):
    drawn = [(20, 20), (30, 22), (24, 31)]
    s, notes = read(saved(tmp_path / "cells_rois.zip", SQUARE, drawn), outlines="border")
    assert s.shapes.frame["kind"].to_list() == ["traced", "freehand"]
    assert s.shapes.rings.take([1]).coords.tolist() == [list(map(float, one)) for one in drawn]
    assert "1 area list no neighbouring pixels" in [note.sentence for note in notes][1]


def test_fractions_are_no_border_pixels(tmp_path):
    s, _ = read(saved(tmp_path / "cells_rois.zip", np.array(SQUARE) + 0.5), outlines="border")
    assert s.shapes.frame["kind"].to_list() == ["freehand"]


def test_points_and_lines_are_left_alone(tmp_path):
    points = roifile.ImagejRoi.frompoints(np.array([(1, 1), (2, 2)]), name="seeds")
    points.roitype = roifile.ROI_TYPE.POINT
    roifile.roiwrite(tmp_path / "set.zip", [points, roifile.ImagejRoi.frompoints(np.array(SQUARE), name="cell")])
    plain, _ = read(tmp_path / "set.zip")
    s, _ = read(tmp_path / "set.zip", outlines="border")
    assert s.shapes.frame["kind"].to_list() == ["multipoint", "traced"]
    assert np.array_equal(s.shapes.rings.take([0]).coords, plain.shapes.rings.take([0]).coords)


def test_a_set_without_areas_is_read_as_ever(tmp_path):
    points = roifile.ImagejRoi.frompoints(np.array([(1, 1)]), name="seed")
    points.roitype = roifile.ROI_TYPE.POINT
    roifile.roiwrite(tmp_path / "set.zip", [points])
    s, notes = read(tmp_path / "set.zip", outlines="border")
    assert len(s.shapes) == 1
    assert not notes


def test_who_reads_such_a_set_without_the_option_is_told_of_it(tmp_path):
    s, notes = read(saved(tmp_path / "cells_rois.zip", ROUND, SQUARE))
    assert s.shapes.frame["kind"].to_list() == ["freehand", "freehand"]
    (note,) = notes
    assert note.kind is Kind.ASSUMED
    assert "the vertices of 2 areas step from pixel to neighbouring pixel" in note.sentence
    assert "--set outlines=border" in note.sentence


def test_edges_of_pixels_are_not_taken_for_borders(tmp_path):
    """Along edges no step crosses a corner."""
    staircase = [(3, 2), (3, 3), (4, 3), (4, 4), (5, 4), (5, 3), (5, 2), (4, 2)]
    _, notes = read(saved(tmp_path / "cells_rois.zip", staircase))
    assert not notes


def test_the_option_works_on_the_command_line(tmp_path):
    set_, masks = saved(tmp_path / "cells_rois.zip", ROUND), tmp_path / "masks.tif"
    tifffile.imwrite(tmp_path / "cells.tif", np.zeros((8, 9), np.uint8))
    with pytest.raises(SystemExit) as end:
        main(["convert", str(set_), str(masks), "--image", str(tmp_path / "cells.tif"), "--set", "outlines=border"])
    assert end.value.code == 0
    assert (tifffile.imread(masks) > 0).sum() == 12
