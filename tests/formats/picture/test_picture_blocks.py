"""Exporting pictures: one plane of 8 bits; what does not fit is said before a pixel is read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow

from segue.codecs.blocks import write_whole
from segue.errors import Incompatible
from segue.formats.holds import problems
from segue.formats.picture.spec import FORMAT
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.study import ImageSet
from segue.storage.discard import DiscardSink
from segue.storage.sink import FileSink
from segue.storage.source import Source

RANDOM = np.random.default_rng(0)


def image_set(array, axes):
    return ImageSet("", grid=grid_of(axes, array.shape, {"x": (0.5, "um"), "y": (0.25, "um")}), images=(Image(ArrayPixels(array), axes),))


def numbers(axes, channels=3):
    return RANDOM.integers(0, 256, [{"y": 9, "x": 12, "c": channels}.get(axis, 1) for axis in axes], dtype=np.uint8)


def export(path, array, axes, **options):
    one = image_set(array, axes)
    with FileSink(path) as sink:
        with FORMAT.open_blocks(one, sink, FORMAT.options("write", options)) as writer:
            write_whole(writer, one.images[0].pixels)
        sink.keep()
    return FORMAT.read(Source(path))[0].image_sets[0]


@pytest.mark.parametrize(("name", "axes"), [("a.bmp", "yx"), ("a.bmp", "xyc"), ("a.bmp", "cyx"), ("a.gif", "yx"), ("a.gif", "zxy"), ("a.GIF", "tczyx")])
def test_bmp_and_gif_come_back_bit_for_bit(tmp_path, name, axes):
    array = numbers(axes, 1 if name.lower() == "a.gif" else 3)
    found = export(tmp_path / name, array, axes)
    wanted = array.transpose([axes.index(axis) for axis in "tzcyx" if axis in axes])
    np.testing.assert_array_equal(in_memory(found.images[0].pixels), wanted.reshape([size for size in wanted.shape if size > 1]))
    with Pillow.open(tmp_path / name) as picture:
        assert picture.size == (12, 9)
    if name == "a.bmp":
        assert [round(found.grid.axis(axis).scale, 3) for axis in "xy"] == [0.5, 0.25]


def test_jpeg_is_near_and_has_a_quality(tmp_path):
    smooth = np.add.outer(np.arange(90), np.arange(120)).astype(np.uint8)
    found = export(tmp_path / "a.jpg", smooth, "yx")
    assert abs(in_memory(found.images[0].pixels).astype(int) - smooth).max() <= 4
    export(tmp_path / "b.jpg", smooth, "yx", quality=20)
    assert (tmp_path / "b.jpg").stat().st_size < (tmp_path / "a.jpg").stat().st_size
    colours = np.stack([smooth, 255 - smooth, smooth // 2], -1)
    assert export(tmp_path / "c.jpeg", colours, "yxc").images[0].axes == "cyx"


@pytest.mark.parametrize(
    ("name", "shape", "axes", "options", "what"),
    [
        ("a.gif", (3, 4, 5), "cyx", {}, "GIF stores 1 channel, not 3; .*write .png"),
        ("a.jpg", (4, 5), "yx", {"role": "labels"}, "a.jpg: a JPEG picture changes pixel values, so labels would be destroyed"),
        ("a.tiff", (4, 5), "yx", {}, "has to end in .jpg"),
        ("a.jpg", (1, 65_501), "yx", {}, "at most 65,500"),
    ],
)
def test_what_a_kind_of_picture_cannot_hold(name, shape, axes, options, what):
    one = image_set(np.zeros(shape, np.uint8), axes)
    with pytest.raises(Incompatible, match=what), FORMAT.open_blocks(one, DiscardSink(name), FORMAT.options("write", options)):
        pass


def test_what_a_plan_says_does_not_fit():
    assert problems(FORMAT.holds, (9, 12), np.dtype("uint16"), "yx") == ["it stores uint8, not uint16"]
    assert problems(FORMAT.holds, (9, 12, 2), np.dtype("uint8"), "yxc") == ["it stores 1 or 3 channels, not 2"]
