"""The law of pictures: whatever tile is read, it is that part of the whole."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segue.geometry.rings import Rings
from segue.model.image import ArrayPixels
from segue.render.drawn import Areas, Light, Paths, Window
from segue.render.lettering import written
from segue.render.paint import coats
from segue.render.plane import Plane
from segue.render.scene import Scene, Segments, figures_of
from segue.render.stamps import Entry, legend, scale_bar
from segue.render.styles import Styles

HEIGHT, WIDTH = 31, 37
numbers = st.floats(-10, 45, allow_nan=False).map(lambda value: round(value * 8) / 8) | st.floats(-10, 45, allow_nan=False)


def whole(scene):
    height, width, _ = scene.shape
    return scene.read((slice(0, height), slice(0, width), slice(0, 3)))


def coat(draw, count):
    rgb = draw(arrays.arrays(np.uint8, (count, 3)))
    return coats(rgb, draw(arrays.arrays(float, count, elements=st.sampled_from([0.0, 0.3, 1.0]))))


@st.composite
def scenes(draw):
    image = draw(arrays.arrays(np.uint16, (2, HEIGHT, WIDTH), elements=st.integers(0, 400), fill=st.integers(0, 400)))
    blocks = draw(arrays.arrays(np.uint32, (8, 10), elements=st.integers(0, 5)))
    labels = np.kron(blocks, np.ones((4, 4), np.uint32))[:HEIGHT, :WIDTH]
    channels = [(Plane(ArrayPixels(image), "cyx", (("c", nth),)), Light((255.0, 40.0 * nth, 90.0), 10, 300)) for nth in range(2)]
    styles = Styles(draw(st.floats(0, 1)), outline_opacity=draw(st.floats(0, 1)), width=draw(st.sampled_from([0.0, 1.0, 2.5, 4.0])))
    count = draw(st.integers(0, 4))
    corners = draw(arrays.arrays(float, (count * 3, 2), elements=numbers))
    width = draw(arrays.arrays(float, count, elements=st.sampled_from([0.0, 1.0, 3.0])))
    areas = Areas(Rings.simple(corners, np.arange(count + 1) * 3), coat(draw, count), coat(draw, count), width)
    pieces = draw(arrays.arrays(float, (count, 4), elements=numbers))
    paths = Paths(pieces, np.arange(count + 1), np.maximum(width, 1.0), coat(draw, count))
    texts = written(["12", "CD3"], draw(arrays.arrays(float, (2, 2), elements=numbers)), 9, centred=True)
    top, left = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    window = Window(top, draw(st.integers(top + 1, HEIGHT)), left, draw(st.integers(left + 1, WIDTH)))
    zoom = draw(st.sampled_from([1, 1, 2, 3]))
    bar = scale_bar(9, "5 \u00b5m", 8, window.height * zoom, window.width * zoom)
    stamps = (legend([Entry("CD3", 0x00FF00FF)], 8), bar) if draw(st.booleans()) else ()
    return Scene(window, tuple(channels), (Segments(Plane(ArrayPixels(labels), "yx"), styles),), (figures_of(areas, paths),), (texts,), stamps, zoom)


@pytest.mark.parametrize("way", ["numpy", "compiled"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scene=scenes(), data=st.data())
def test_a_tile_is_a_part_of_the_whole(way, scene, data):
    picture = whole(scene)
    height, width, _ = scene.shape
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    bottom, right = data.draw(st.integers(top + 1, height)), data.draw(st.integers(left + 1, width))
    assert np.array_equal(scene.read((slice(top, bottom), slice(left, right), slice(0, 3))), picture[top:bottom, left:right])


@settings(max_examples=25, deadline=None)
@given(scene=scenes())
def test_a_crop_is_a_part_of_the_picture(scene):
    bare = Scene(scene.window, scene.channels, scene.segments, scene.figures, scene.writing)
    uncut = Scene(Window(0, HEIGHT, 0, WIDTH), scene.channels, scene.segments, scene.figures, scene.writing)
    crop = scene.window
    assert np.array_equal(whole(bare), whole(uncut)[crop.top : crop.bottom, crop.left : crop.right])


@settings(max_examples=10, deadline=None)
@given(scene=scenes())
def test_other_workers_paint_the_same(scene):
    assert np.array_equal(whole(pickle.loads(pickle.dumps(scene))), whole(scene))


def test_planes_in_any_order_of_axes():
    array = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    for axes in ("tcyx", "xyct", "ytxc"):
        plane = Plane(ArrayPixels(array.transpose(["tcyx".index(name) for name in axes])), axes, (("t", 1), ("c", 2), ("z", 7)))
        assert np.array_equal(plane.read(Window(-1, 5, 1, 6)), np.pad(array[1, 2], ((1, 1), (0, 1)))[:, 1:])
        assert (plane.height, plane.width) == (4, 5)


def test_strips_are_whole_chunks():
    class Chunked(ArrayPixels):
        chunks = (3, 2)

    plane = Plane(Chunked(np.arange(80).reshape(10, 8)), "yx")
    assert [len(strip) for strip in plane.strips(50)] == [6, 4]
    assert np.array_equal(np.concatenate(list(plane.strips(50))), np.arange(80).reshape(10, 8))
