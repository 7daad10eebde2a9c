"""Segments: filled, outlined on the pixels inside their borders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segue.render.paint import coats, steps
from segue.render.segments import labels_of, paint_segments
from segue.render.styles import Styles


def borders(labels, width):
    """By definition: a pixel nearer than ``width`` is not of the segment, or lies outside the image."""
    found = np.zeros(labels.shape, bool)
    height, across = labels.shape
    reach = int(width)
    for y, x in np.argwhere(labels != 0):
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                if 0 < dy * dy + dx * dx <= width * width:
                    inside = 0 <= y + dy < height and 0 <= x + dx < across
                    found[y, x] |= not inside or labels[y + dy, x + dx] != labels[y, x]
    return found


def painted(labels, width, halo=None):
    halo = int(width) if halo is None else halo
    known = labels_of(labels)
    canvas = np.zeros((*labels.shape, 3))
    fill = coats(np.tile([10.0, 0, 0], (len(known), 1)), 1.0)
    line = coats(np.tile([0, 20.0, 0], (len(known), 1)), 1.0)
    paint_segments(canvas, np.pad(labels, halo), halo, known, fill, line, width)
    return canvas


@pytest.mark.parametrize("width", [0.0, 1.0, 1.5, 2.0, 3.2])
@given(labels=arrays.arrays(np.uint8, (9, 11), elements=st.integers(0, 3)))
def test_outlines_are_the_pixels_that_touch_something_else(width, labels):
    canvas = painted(labels, width)
    edge = borders(labels, width)
    assert np.array_equal(canvas[..., 1] == 20, edge)
    assert np.array_equal(canvas[..., 0] == 10, (labels != 0) & ~edge)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "uint64", "int64"])
def test_both_ways_of_painting_are_one(way, dtype):
    labels = np.kron(np.arange(48).reshape(6, 8) % 7, np.ones((5, 4), int)).astype(dtype)
    edge = borders(labels, 1.0)
    canvas = painted(labels, 1.0)
    assert np.array_equal(canvas[..., 1] == 20, edge)
    assert not canvas[labels == 0].any()
    assert np.array_equal(painted(labels, 1.0, halo=3), canvas)


def test_labels_that_are_not_named_are_not_painted(way):
    labels = np.array([[1, 2, 3]], np.uint16)
    canvas = np.ones((1, 3, 3))
    nothing = coats(np.zeros((1, 3)), 0.0)
    paint_segments(canvas, np.pad(labels, 1), 1, np.array([2], np.uint16), coats(np.full((1, 3), 9.0), 1.0), nothing, 1.0)
    assert canvas[0, :, 0].tolist() == [1, 9, 1]


def test_steps_are_a_disc():
    assert steps(1).tolist() == [[-1, 0], [0, -1], [0, 1], [1, 0]]
    assert [len(steps(width)) for width in (0, 1, 1.5, 2)] == [0, 4, 8, 12]


def test_styles_put_populations_over_own_colours():
    label = np.array([2, 5, 9], np.uint64)
    own, member = np.array([0xFF0000FF, 0, 0x00FF00FF], np.uint32), np.array([0, 0x0000FFFF, 0x0000FFFF], np.uint32)
    styles = Styles(0.5, outline_opacity=0.25, member_opacity=0.5, label=label, own=own, member=member)
    fill, line = styles.of(np.array([1, 2, 5, 9]))
    assert fill.keep.tolist() == [0.5, 0.5, 0.25, 0.25]
    assert fill.add[1].tolist() == [127.5, 0, 0]
    assert fill.add[3].tolist() == [0, 63.75, 127.5]
    assert line.keep.tolist() == [0.75, 0.75, 0, 0]
    assert line.add[3].tolist() == [0, 0, 255]
    white = Styles(outline_colour=0xFFFFFF80, outline_opacity=0.5, member_outlines=False, label=label, own=own, member=member)
    assert np.allclose(white.of(np.array([1, 9]))[1].keep, 1 - 0.5 * 128 / 255)
    assert Styles(outlines=False).of(np.array([1]))[1].keep.tolist() == [1]
