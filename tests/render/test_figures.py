"""Areas and lines: painted on the pixels whose centres they hold."""

from __future__ import annotations

import numpy as np
import pytest

from segue.geometry.rasterize import rasterize
from segue.geometry.rings import Rings
from segue.render.areas import paint_areas
from segue.render.drawn import Areas, Paths, Window
from segue.render.paint import coats
from segue.render.paths import paint_paths

RING = np.array([(2.0, 2.0), (20.3, 4.1), (17.0, 18.9), (5.5, 15.0)])
HOLE = np.array([(8.0, 7.0), (12.0, 7.0), (12.0, 11.0), (8.0, 11.0)])


def rings(*parts):
    """One shape per part: a list of rings."""
    every = [ring for part in parts for ring in part]
    ring_start = np.concatenate([[0], np.cumsum([len(ring) for ring in every])])
    part_start = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    return Rings(np.vstack(every), ring_start, part_start, np.arange(len(parts) + 1))


def areas(shapes, width=0.0):
    count = len(shapes)
    fill = coats(np.arange(1, count + 1)[:, None] * np.array([[1.0, 0, 0]]), 1.0)
    return Areas(shapes, fill, coats(np.tile([0, 7.0, 0], (count, 1)), 1.0), np.full(count, width))


WHOLE = Window(0, 24, 0, 24)


def canvas_of(shapes, window=WHOLE, width=0.0):
    canvas = np.zeros((window.height, window.width, 3))
    paint_areas(canvas, window, areas(shapes, width))
    return canvas


def test_fill_is_what_rasterize_gives(way):
    shapes = rings([RING, HOLE], [RING + 3.25], [HOLE - 4])
    labels, _ = rasterize(shapes, [1, 2, 3], (24, 24))
    assert np.array_equal(canvas_of(shapes)[..., 0], labels)


def test_outlines_reach_into_the_area(way):
    mask = rasterize(rings([RING, HOLE]), [1], (30, 30))[0] != 0
    found = canvas_of(rings([RING, HOLE]), width=1.0)[..., 1] == 7
    padded = np.pad(mask, 1)
    touching = np.logical_or.reduce([~np.roll(padded, step, axis) for axis in (0, 1) for step in (-1, 1)])[1:-1, 1:-1]
    assert np.array_equal(found, (mask & touching)[:24, :24])


def test_an_area_that_goes_on_beyond_the_image_has_no_outline_there(way):
    found = canvas_of(rings([np.array([(-50.0, 5), (50, 5), (50, 10), (-50, 10)])]), width=1.0)
    assert found[5:10, :, 1].tolist() == [[7] * 24, *[[0] * 24] * 3, [7] * 24]


def test_opacity_counts_once_where_parts_of_a_shape_overlap(way):
    two = Rings(np.vstack([HOLE, HOLE + 2]), [0, 4, 8], [0, 1, 2], [0, 2])
    canvas = np.zeros((24, 24, 3))
    half = Areas(two, coats(np.array([[100.0, 0, 0]]), 0.5), coats(np.zeros((1, 3)), 0.0), np.zeros(1))
    paint_areas(canvas, Window(0, 24, 0, 24), half)
    assert set(np.unique(canvas[..., 0])) == {0.0, 50.0}


@pytest.mark.parametrize("width", [0.0, 1.0, 2.5])
def test_a_tile_shows_what_the_whole_shows(way, width):
    shapes = rings([RING, HOLE], [RING * 1.01 - 6.123456789])
    whole = canvas_of(shapes, width=width)
    for top, left in ((0, 0), (0, 11), (7, 5), (13, 13)):
        tile = Window(top, top + 11, left, left + 11)
        assert np.array_equal(canvas_of(shapes, tile, width), whole[top : top + 11, left : left + 11])


def lines(pieces, start, width=1.0):
    count = len(start) - 1
    return Paths(np.array(pieces, float), np.array(start), np.full(count, width), coats(np.full((count, 3), 100.0), 0.5))


def test_a_line_covers_the_centres_that_are_near(way):
    canvas = np.zeros((9, 9, 3))
    paint_paths(canvas, Window(0, 9, 0, 9), lines([(1.5, 4.5, 6.5, 4.5)], [0, 1]))
    assert np.argwhere(canvas[..., 0]).tolist() == [[4, x] for x in range(1, 7)]
    wide = np.zeros((9, 9, 3))
    paint_paths(wide, Window(0, 9, 0, 9), lines([(1.5, 4.5, 6.5, 4.5)], [0, 1], 3.0))
    assert np.unique(np.argwhere(wide[..., 0])[:, 0]).tolist() == [3, 4, 5]


def test_a_line_that_crosses_itself_is_painted_once(way):
    canvas = np.zeros((9, 9, 3))
    paint_paths(canvas, Window(0, 9, 0, 9), lines([(0.5, 4.5, 8.5, 4.5), (4.5, 0.5, 4.5, 8.5)], [0, 2]))
    assert canvas[4, 4, 0] == 50
    paint_paths(canvas, Window(0, 9, 0, 9), lines([(0.5, 4.5, 8.5, 4.5), (4.5, 0.5, 4.5, 8.5)], [0, 1, 2]))
    assert canvas[4, 4, 0] == 87.5  # two lines: the second one over the first


def test_lines_have_no_gaps(way):
    for angle in np.linspace(0, np.pi, 23):
        x, y = 20 * np.cos(angle), 20 * np.sin(angle)
        canvas = np.zeros((50, 50, 3))
        paint_paths(canvas, Window(0, 50, 0, 50), lines([(25.3 - x, 25.1 - y, 25.3 + x, 25.1 + y)], [0, 1]))
        seen = np.argwhere(canvas[..., 0])
        assert np.ptp(seen, axis=0).max() + 1 == len(np.unique(seen[:, np.ptp(seen, axis=0).argmax()]))
