"""Portable maps: what Pillow and Netpbm's own texts say, every law besides, and nothing but errors of ours for damaged ones."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pytest
from PIL import Image as Pillow

from segue.codecs.blocks import write_whole
from segue.errors import Incompatible, Malformed, SegueError, TooLarge, UnsupportedVariant, WrongFormat
from segue.formats.detect import detect
from segue.formats.pnm.spec import FORMAT
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.study import ImageSet, Study
from segue.storage.discard import DiscardSink
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.tasks.workers import Threads
from segue.testing.damage import damages

RANDOM = np.random.default_rng(0)
TEXTS = {
    b"P1\n# CREATOR: someone\n3 2\n1 0 1\n0 1 0\n": [[1, 0, 1], [0, 1, 0]],
    b"P1 3 2 101010": [[1, 0, 1], [0, 1, 0]],
    b"P2\n3 2 # behind\n15\n0 5 15\n# between\n1 2 3\n": [[0, 5, 15], [1, 2, 3]],
    b"P2 2 1 65535 256 65535": [[256, 65535]],
    b"P3 1 2 255 1 2 3\n4 5 6": [[[1], [4]], [[2], [5]], [[3], [6]]],
    b"P4\n9 2\n" + bytes([0b10000001, 0b10000000, 0b01000000, 0]): [[1, 0, 0, 0, 0, 0, 0, 1, 1], [0, 1, 0, 0, 0, 0, 0, 0, 0]],
    b"P5 2 2 100\n\x01\x02\x03\x64": [[1, 2], [3, 100]],
    b"P5 2 1 1000\n\x01\x02\x03\x04"[:-2] + b"\x00\x04": [[258, 4]],
    b"P6\n#\n1 1\n255\n\x07\x08\x09": [[[7]], [[8]], [[9]]],
}


def read(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))[0].image_sets[0]


def image_set(array, axes):
    return ImageSet("a", grid=grid_of(axes, array.shape, {"x": (0.5, "um"), "y": (0.5, "um")}), images=(Image(ArrayPixels(array), axes),))


def numbers(axes, dtype="uint8"):
    return RANDOM.integers(0, np.iinfo(dtype).max, [{"y": 9, "x": 12, "c": 3}.get(axis, 1) for axis in axes], endpoint=True).astype(dtype)


def export(path, array, axes, **options):
    one = image_set(array, axes)
    with FileSink(path) as sink:
        with FORMAT.open_blocks(one, sink, FORMAT.options("write", options)) as writer:
            write_whole(writer, one.images[0].pixels, Threads(2))
        sink.keep()


class TestReading:
    @pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12].decode("latin-1"))
    def test_every_kind(self, tmp_path, text):
        (tmp_path / "a.pnm").write_bytes(text)
        found = read(tmp_path / "a.pnm").images[0]
        assert in_memory(found.pixels).tolist() == TEXTS[text]
        assert found.inverted == (text[:2] in (b"P1", b"P4"))
        assert detect(Source(tmp_path / "a.pnm"))[0] is FORMAT

    @pytest.mark.parametrize("mode", ["1", "L", "RGB"])
    def test_what_pillow_writes(self, tmp_path, mode):
        picture = Pillow.fromarray(numbers("yxc")).convert(mode)
        picture.save(tmp_path / "a.ppm")
        wanted = np.asarray(picture).astype(int)
        found = in_memory(read(tmp_path / "a.ppm").images[0].pixels)
        np.testing.assert_array_equal(found, 1 - wanted if mode == "1" else wanted if mode == "L" else np.moveaxis(wanted, -1, 0))

    def test_labels(self, tmp_path):
        (tmp_path / "a.pgm").write_bytes(b"P5 2 1 65535\n\x00\x00\x01\x00")
        assert in_memory(read(tmp_path / "a.pgm", role="labels").labels[0].pixels).tolist() == [[0, 256]]

    def test_a_region_is_a_part_of_the_whole(self, tmp_path):
        export(tmp_path / "a.ppm", numbers("cyx", "uint16"), "cyx")
        pixels = read(tmp_path / "a.ppm").images[0].pixels
        region = (slice(1, 3), slice(2, 5), slice(1, 7))
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(pixels)).read(region), in_memory(pixels)[region])


class TestWriting:
    @pytest.mark.parametrize("dtype", ["uint8", "uint16"])
    @pytest.mark.parametrize(("name", "axes"), [("a.pgm", "yx"), ("a.pbm", "xy"), ("a.ppm", "cyx"), ("a.pnm", "xcy"), ("a.pnm", "tzyx")])
    def test_planes_in_any_order_of_axes(self, tmp_path, name, axes, dtype):
        array = numbers(axes, dtype)
        export(tmp_path / name, array, axes)
        wanted = array.transpose([axes.index(axis) for axis in "tzyxc" if axis in axes]).squeeze()
        found = read(tmp_path / name)
        np.testing.assert_array_equal(in_memory(found.images[0].pixels), np.moveaxis(wanted, -1, 0) if "c" in axes else wanted)
        assert (found.name, found.grid.axis("x").scale) == ("a", 0.5)
        if dtype == "uint8" or "c" not in axes:
            with Pillow.open(tmp_path / name) as picture:
                np.testing.assert_array_equal(np.asarray(picture), wanted)

    @pytest.mark.parametrize(
        ("name", "axes", "what"), [("a.pgm", "cyx", "a .pgm file has 1 channel, not 3; call it .pnm"), ("a.ppm", "yx", "a .ppm file has 3 channels, not 1")]
    )
    def test_the_suffix_promises_the_channels(self, name, axes, what):
        with pytest.raises(Incompatible, match=what), FORMAT.open_blocks(image_set(numbers(axes), axes), DiscardSink(name)):
            pass

    @pytest.mark.parametrize(("shape", "axes", "what"), [((2, 5, 6), "zyx", "2 z planes"), ((2, 5, 6), "cyx", "2 channels")])
    def test_what_does_not_fit_is_refused(self, shape, axes, what):
        with pytest.raises(Incompatible, match=f"PNM cannot hold {what}; write TIFF"):
            FORMAT.fitted(Study((image_set(np.zeros(shape, np.uint8), axes),)))


class TestHostile:
    @pytest.mark.parametrize(
        ("data", "what"),
        [
            (b"P5 2 2 255\n\x01\x02\x03", "3 bytes of pixels instead of 4"),
            (b"P5 2 2 100\n\x01\x02\x03\xff", "a value above the 100"),
            (b"P2 2 1 10 4 11", "a value above the 10"),
            (b"P2 2 1 10 4 -1", "no number"),
            (b"P2 2 1 10 4444", "1 values instead of 2"),
            (b"P5 0 2 255\n", "makes no sense"),
            (b"P5 2 2 70000\n" + bytes(8), "makes no sense"),
            (b"P5 2 2", "makes no sense"),
            (b"P5 2147483647 2147483647 255\n1234", "instead of 4,611,686,014,132,420,609"),
        ],
    )
    def test_damage_is_named(self, tmp_path, data, what):
        (tmp_path / "a.pnm").write_bytes(data)
        with pytest.raises(Malformed, match=what):
            in_memory(read(tmp_path / "a.pnm").images[0].pixels)

    def test_other_kinds(self, tmp_path):
        (tmp_path / "a.pnm").write_bytes(b"P7\nWIDTH 1\n")
        with pytest.raises(UnsupportedVariant, match="arbitrary map"):
            read(tmp_path / "a.pnm")
        (tmp_path / "b.pnm").write_bytes(b"no map")
        with pytest.raises(WrongFormat):
            read(tmp_path / "b.pnm")

    def test_too_much_text(self, tmp_path, monkeypatch):
        monkeypatch.setattr("segue.codecs.pnm.MOST_TEXT", 10)
        (tmp_path / "a.pnm").write_bytes(b"P2 3 2 9 0 1 2 3 4 5 ")
        with pytest.raises(TooLarge):
            read(tmp_path / "a.pnm")

    @pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12].decode("latin-1"))
    def test_damaged_files_raise_only_our_errors(self, tmp_path, text):
        for _, damaged in damages(text, random.Random(0), 60):
            (tmp_path / "a.pnm").write_bytes(damaged)
            try:
                in_memory(read(tmp_path / "a.pnm").images[0].pixels)
            except SegueError:
                continue
