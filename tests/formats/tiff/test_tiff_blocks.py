"""TIFF as a container that is written block by block: any order of axes into the order of the layout, with all that is known of the image."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.blocks import write_whole
from segue.errors import Incompatible
from segue.formats.holds import NUMBERS, problems
from segue.formats.tiff.spec import FORMAT
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.study import ImageSet
from segue.storage.discard import DiscardSink
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.tasks.workers import Threads

SIZES = {"t": 2, "c": 3, "z": 4, "y": 5, "x": 7}
SCALE = {"t": (30.0, "s"), "z": (2.0, "um"), "y": (0.5, "um"), "x": (0.325, "um")}


def numbers(axes, dtype="uint16"):
    return np.random.default_rng(0).integers(0, 120, [SIZES[axis] for axis in axes]).astype(dtype)


def image_set(array, axes, **facts):
    scale = {axis: step for axis, step in SCALE.items() if axis in axes}
    return ImageSet("cells", grid=grid_of(axes, array.shape, scale), images=(Image(ArrayPixels(array), axes, **facts),))


def export(path, one, workers=2, **options):
    with FileSink(path, overwrite=True) as sink:
        with FORMAT.open_blocks(one, sink, FORMAT.options("write", options)) as writer:
            write_whole(writer, one.images[0].pixels, Threads(workers))
        sink.keep()


def back(path):
    return FORMAT.read(Source(path))[0].image_sets[0]


@pytest.mark.parametrize("axes", ["yx", "xy", "yxc", "tzyxc", "cxyzt", "czyx"])
@pytest.mark.parametrize("layout", ["auto", "imagej", "ome", "plain"])
def test_any_order_of_axes(tmp_path, axes, layout):
    array = numbers(axes)
    channels = ("DAPI", "CD3 µ", "CD8") if "c" in axes else ()
    export(tmp_path / "a.tif", image_set(array, axes, channels=channels, data_range=(1.0, 99.0)), layout=layout)
    found = back(tmp_path / "a.tif")
    image = found.images[0]
    np.testing.assert_array_equal(in_memory(image.pixels).transpose([image.axes.index(axis) for axis in axes]), array)
    assert (image.channels, image.data_range, found.name) == (channels, (1.0, 99.0), "cells")
    assert {axis.name: (axis.scale, axis.unit) for axis in found.grid.axes} == {axis: SCALE[axis] for axis in axes if axis != "c"}
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        wanted = {"ome": "tczyx", "plain": "tczyx"}.get(layout, "tzcyx")
        assert len(file.pages) == array.size // 35
        np.testing.assert_array_equal(file.asarray().squeeze(), array.transpose([axes.index(axis) for axis in wanted if axis in axes]))


@pytest.mark.parametrize("dtype", ["bool", *NUMBERS, "float16"])
def test_every_type_that_it_says_it_holds(tmp_path, dtype):
    array = numbers("zyx", dtype)
    assert problems(FORMAT.holds, array.shape, array.dtype, "zyx") == []
    export(tmp_path / "a.tif", image_set(array, "zyx"))
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "a.tif"), array)
    assert back(tmp_path / "a.tif").images[0].pixels.dtype == (np.uint8 if dtype == "bool" else dtype)


@pytest.mark.parametrize(
    ("dtype", "name", "options", "hint"),
    [
        ("int16", "a.tif", {"layout": "imagej"}, "--dtype float32, or layout=ome"),
        ("uint64", "a.tif", {"layout": "ome"}, "--dtype float64, or layout=plain"),
        ("uint64", "a.ome.tif", {}, "--dtype float64, or layout=plain"),
        ("uint8", "a.tif", {"layout": "imagej", "compression": "deflate"}, "without compression"),
    ],
)
def test_what_a_layout_cannot_hold_is_said_before_a_pixel_is_read(dtype, name, options, hint):
    one, chosen = image_set(numbers("yx", dtype), "yx"), FORMAT.options("write", options)
    with pytest.raises(Incompatible, match=hint), FORMAT.open_blocks(one, DiscardSink(name), chosen):
        pass


@pytest.mark.parametrize("options", [{"compression": "deflate"}, {"tile": 16}, {"bigtiff": True}], ids=str)
def test_packed_files_are_ome(tmp_path, options):
    export(tmp_path / "a.tif", image_set(numbers("zyx"), "zyx"), **options)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert (file.is_ome, file.is_bigtiff, file.pages[0].is_tiled) == (True, "bigtiff" in options, "tile" in options)
        np.testing.assert_array_equal(file.asarray(), numbers("zyx"))


def test_labels_carry_colours_in_imagejs_layout(tmp_path):
    export(tmp_path / "a.tif", image_set(numbers("zyx"), "zyx"), role="labels")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert (file.is_imagej, file.pages[0].tags["ColorMap"].count) == (True, 768)
    assert [one.axes for one in back(tmp_path / "a.tif").labels] == ["zyx"]


@given(workers=st.integers(1, 3), compression=st.sampled_from(["none", "deflate", "zstd", "lzw"]), axes=st.permutations("tczyx").map("".join))
def test_any_number_of_workers_writes_the_same_bytes(tmp_path_factory, workers, compression, axes):
    folder = tmp_path_factory.mktemp("same")
    one = image_set(numbers(axes), axes)
    export(folder / "one.tif", one, 1, compression=compression)
    export(folder / "more.tif", one, workers, compression=compression)
    assert (folder / "one.tif").read_bytes() == (folder / "more.tif").read_bytes()


@pytest.mark.parametrize("options", [{}, {"compression": "lzw"}, {"compression": "zstd", "tile": 32}], ids=str)
def test_packing_may_be_done_elsewhere(options):
    """The function that packs goes to other processes, and knows nothing of the file: all files of a sequence share it."""
    one, chosen = image_set(numbers("zyx"), "zyx"), FORMAT.options("write", options)
    with FORMAT.open_blocks(one, DiscardSink("a.tif"), chosen) as first, FORMAT.open_blocks(one, DiscardSink("b.tif"), chosen) as second:
        pack = pickle.loads(pickle.dumps(first.pack))
        block = one.images[0].pixels.read(first.blocks[0])
        assert pickle.dumps(pack(block)) == pickle.dumps(second.pack(block))
