"""N5: folders of blocks, as ilastik, Fiji and tensorstore write them."""

import bz2
import json
import lzma
import pickle
import struct
import zlib

import numpy as np
import pytest

from segue.codecs.axistags import render
from segue.codecs.blocks import write_blocks
from segue.errors import Malformed, NotFound, UnsupportedVariant
from segue.formats.detect import detect
from segue.formats.n5.spec import FORMAT
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.study import ImageSet
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.tasks.workers import Threads

ARRAY = np.arange(3 * 5 * 7, dtype="u2").reshape(3, 5, 7)


def read(folder, **options):
    return FORMAT.read(Source(folder), FORMAT.options("read", options))


def export(array, axes, target, scale=None, options=None, **facts):
    image_set = ImageSet("", grid_of(axes, array.shape, scale), images=(Image(ArrayPixels(array), axes, **facts),))
    with FileSink(target) as sink:
        with FORMAT.open_blocks(image_set, sink, FORMAT.options("write", options or {})) as writer:
            assert list(write_blocks(writer, image_set.images[0].pixels, Threads(2)))
        sink.keep()
    return target


def container(folder, packing, pack, **attributes):
    """ARRAY in one block, made by hand."""
    place = folder / "a" / "0" / "0"
    place.mkdir(parents=True)
    facts = {"dimensions": [7, 5, 3], "blockSize": [8, 8, 8], "dataType": "uint16", "compression": packing} | attributes
    (folder / "a" / "attributes.json").write_text(json.dumps(facts))
    (folder / "attributes.json").write_text('{"n5": "2.5.1"}')
    (place / "0").write_bytes(struct.pack(">HHIII", 0, 3, 7, 5, 3) + pack(ARRAY.astype(">u2").tobytes()))
    return folder


def lz4(data):
    from numcodecs.lz4 import compress

    packed = bytes(compress(data))[4:]
    return struct.pack("<8sBiii", b"LZ4Block", 0x20, len(packed), len(data), 0) + packed + struct.pack("<8sBiii", b"LZ4Block", 0x10, 0, 0, 0)


def numcodecs(name):
    from importlib import import_module

    return lambda data: bytes(import_module("numcodecs").get_codec({"id": name}).encode(data))


@pytest.mark.parametrize(
    ("packing", "pack"),
    [
        ({"type": "raw"}, bytes),
        ({"type": "gzip", "level": -1}, lambda data: zlib.compress(data, wbits=31)),
        ({"type": "gzip", "useZlib": True}, zlib.compress),
        ({"type": "bzip2"}, bz2.compress),
        ({"type": "xz"}, lzma.compress),
        ({"type": "lz4"}, lz4),
        ({"type": "zstd"}, numcodecs("zstd")),
        ({"type": "blosc"}, numcodecs("blosc")),
    ],
    ids=["raw", "gzip", "zlib", "bzip2", "xz", "lz4", "zstd", "blosc"],
)
def test_every_compression_is_read(tmp_path, packing, pack):
    image = read(container(tmp_path / "x.n5", packing, pack))[0].image_sets[0].images[0]
    assert (image.axes, image.pixels.chunks) == ("zyx", (8, 8, 8))
    assert np.array_equal(in_memory(image.pixels), ARRAY)
    assert np.array_equal(image.pixels.read((slice(1, 3), slice(2, 4), slice(6, 7))), ARRAY[1:3, 2:4, 6:7])


def test_an_unknown_compression_is_named(tmp_path):
    pixels = read(container(tmp_path / "x.n5", {"type": "jpeg"}, bytes))[0].image_sets[0].images[0].pixels
    with pytest.raises(UnsupportedVariant, match="packed by jpeg"):
        in_memory(pixels)


@pytest.mark.parametrize("damage", [b"", b"\0\0\0\3\xff\xff\xff\xff" + bytes(8), bytes(4)])
def test_damaged_blocks_are_refused(tmp_path, damage):
    folder = container(tmp_path / "x.n5", {"type": "gzip"}, zlib.compress)
    (folder / "a/0/0/0").write_bytes(damage)
    with pytest.raises(Malformed, match="damaged"):
        in_memory(read(folder)[0].image_sets[0].images[0].pixels)


def test_blocks_that_are_not_there_are_zero(tmp_path):
    folder = container(tmp_path / "x.n5", {"type": "raw"}, bytes)
    (folder / "a/0/0/0").unlink()
    assert not in_memory(read(folder)[0].image_sets[0].images[0].pixels).any()


def test_axes_and_pixel_sizes_of_other_programs(tmp_path):
    tags = render("zyx", {"x": 0.5})
    s = read(container(tmp_path / "a.n5", {"type": "raw"}, bytes, axistags=tags, axis_units='{"x": "micron"}', drange=[0, 9]))[0].image_sets[0]
    assert (s.images[0].axes, s.grid.axis("x").scale, s.grid.axis("x").unit, s.images[0].data_range) == ("zyx", 0.5, "um", (0.0, 9.0))
    assert read(container(tmp_path / "d.n5", {"type": "raw"}, bytes, axes="xyz"))[0].image_sets[0].images[0].axes == "zyx"  # as ilastik writes it
    s = read(container(tmp_path / "b.n5", {"type": "raw"}, bytes, axes=["x", "y", "t"], resolution=[1.5, 2.5, 30], units=["um", "um", "s"]))[0].image_sets[0]
    assert [(axis.name, axis.scale, axis.unit) for axis in s.grid.axes] == [("t", 30.0, "s"), ("y", 2.5, "um"), ("x", 1.5, "um")]
    s = read(container(tmp_path / "c.n5", {"type": "raw"}, bytes, pixelResolution={"dimensions": [1, 2, 3], "unit": "nm"}))[0].image_sets[0]
    assert [(axis.name, axis.scale, axis.unit) for axis in s.grid.axes] == [("z", 3.0, "nm"), ("y", 2.0, "nm"), ("x", 1.0, "nm")]


def test_a_path_behind_the_folder_names_an_array(tmp_path):
    folder = container(tmp_path / "x.n5", {"type": "raw"}, bytes)
    assert detect(Source(folder))[0] is FORMAT
    assert detect(Source(folder / "a"))[0] is FORMAT
    for found in (read(folder / "a"), read(folder, path="a")):
        assert np.array_equal(in_memory(found[0].image_sets[0].images[0].pixels), ARRAY)
    for wrong in ("b", "../x.n5/a"):
        with pytest.raises(NotFound, match="it holds a"):
            read(folder, path=wrong)


def test_what_is_written(tmp_path):
    folder = export(ARRAY[..., None], "zyxc", tmp_path / "x.n5", {"x": (0.5, "um")}, {"dataset": "volumes/raw", "chunks": "2,4,4,1"}, data_range=(1.0, 104.0))
    about = json.loads((folder / "volumes/raw/attributes.json").read_text())
    assert about["dimensions"] == [1, 7, 5, 3]
    assert about["blockSize"] == [1, 4, 4, 2]
    assert (about["dataType"], about["compression"]) == ("uint16", {"type": "gzip", "level": 1, "useZlib": False})
    assert (about["axes"], about["axistags"], about["drange"]) == (list("cxyz"), render("zyxc", {"x": 0.5}), [1, 104])
    assert json.loads((folder / "attributes.json").read_text()) == {"n5": "2.0.0"}
    last = (folder / "volumes/raw/0/1/1/1").read_bytes()
    assert struct.unpack(">HHIIII", last[:20]) == (0, 4, 1, 3, 1, 1)
    assert zlib.decompress(last[20:], 31) == ARRAY[2:, 4:, 4:].astype(">u2").tobytes()


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_what_is_written_is_read(tmp_path, compression):
    folder = export(ARRAY, "tyx", tmp_path / "x.n5", options={"compression": compression, "chunks": "3"})
    pixels = read(folder)[0].image_sets[0].images[0].pixels
    assert np.array_equal(in_memory(pickle.loads(pickle.dumps(pixels))), ARRAY)


@pytest.mark.parametrize(
    "compression",
    [{"type": "raw"}, {"type": "gzip"}, {"type": "bzip2"}, {"type": "xz"}, {"type": "zstd"}, {"type": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1}],
)
def test_containers_of_tensorstore_are_read(tmp_path, compression):
    tensorstore = pytest.importorskip("tensorstore")
    metadata = {"dimensions": [7, 5, 3], "blockSize": [4, 4, 2], "dataType": "uint16", "compression": compression, "axes": ["x", "y", "z"]}
    spec = {"driver": "n5", "kvstore": {"driver": "file", "path": str(tmp_path / "x.n5")}, "metadata": metadata}
    tensorstore.open(spec, create=True).result().write(ARRAY.T).result()
    (image,) = read(tmp_path / "x.n5")[0].image_sets[0].images
    assert image.axes == "zyx"
    assert np.array_equal(in_memory(image.pixels), ARRAY)


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_tensorstore_reads_what_is_written(tmp_path, compression):
    tensorstore = pytest.importorskip("tensorstore")
    folder = export(ARRAY, "zyx", tmp_path / "x.n5", {"x": (0.5, "um")}, {"compression": compression, "chunks": "4"})
    found = tensorstore.open({"driver": "n5", "kvstore": {"driver": "file", "path": str(folder / "exported_data")}}).result()
    assert np.array_equal(found.read().result(), ARRAY.T)
