"""OME-Zarr written block by block: what other programs read, which resolutions there are, how files are laid out."""

from __future__ import annotations

import hashlib
import json
from itertools import product

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.codecs import zarr_layout
from segue.codecs.blocks import count, write_blocks
from segue.codecs.zarr_layout import block_shape
from segue.errors import InvalidOption, SinkError
from segue.formats.catalog import named
from segue.formats.ome_zarr.scales import scales
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.objects import Objects, default_ids
from segue.model.study import ImageSet
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.tasks.workers import Threads
from segue.transform.halving import halved

RECORD = named("ome-zarr")
LAYOUTS = list(product(["0.5", "0.4"], ["zstd", "blosc", "none"], ["always", "never"]))


def image_set(array, axes="cyx", **more):
    sizes = dict(zip(axes, array.shape, strict=True))
    grid = Grid(tuple(Axis(name, sizes.get(name, 1), 0.5, "um", 10.0 if name == "x" else 0.0) for name in "zyx" if name in axes))
    return ImageSet("field", grid, images=(Image(ArrayPixels(array), axes, "raw", **more),))


def export(s, path, workers=None, **options):
    with FileSink(path) as sink:
        with RECORD.open_blocks(s, sink, RECORD.options("write", options)) as writer:
            pixels = s.images[0].pixels
            assert len(list(write_blocks(writer, pixels, workers or Threads(2)))) == count(writer)
        return sink.keep()


def back(path, **options):
    return RECORD.read(Source(path), RECORD.options("read", options))[0].image_sets[0]


def noise(shape, dtype="uint16"):
    return np.random.default_rng(0).integers(0, 200, shape).astype(dtype)


def ome(path):
    text = json.loads((path / "zarr.json").read_text())["attributes"] if (path / "zarr.json").is_file() else json.loads((path / ".zattrs").read_text())
    return text.get("ome", text)


class TestPixels:
    @pytest.mark.parametrize(("version", "compression", "shards"), LAYOUTS)
    def test_zarr_reads_every_layout(self, tmp_path, version, compression, shards):
        array = noise((2, 70, 90), "float32")
        array[:, :32, :32] = 0
        path = export(image_set(array), tmp_path / "x.zarr", version=version, compression=compression, shards=shards, chunks="y=16,x=16,c=1")
        theirs = zarr.open_group(str(path), mode="r")["0"]
        assert (theirs.chunks, theirs.dtype) == ((1, 16, 16), np.float32)
        np.testing.assert_array_equal(theirs[...], array)
        np.testing.assert_array_equal(in_memory(back(path).images[0].pixels), array)

    @pytest.mark.parametrize(("version", "compression", "shards"), LAYOUTS)
    @pytest.mark.parametrize("dtype", ["int16", "float64"])
    def test_tensorstore_reads_every_layout(self, tmp_path, version, compression, shards, dtype):
        tensorstore = pytest.importorskip("tensorstore")
        array = noise((2, 70, 90), dtype)
        path = export(image_set(array), tmp_path / "x.zarr", version=version, compression=compression, shards=shards, chunks="y=16,x=16,c=1")
        for nth in range(len(ome(path)["multiscales"][0]["datasets"])):
            driver = "zarr3" if version == "0.5" else "zarr"
            theirs = tensorstore.open({"driver": driver, "kvstore": {"driver": "file", "path": str(path / str(nth))}}).result().read().result()
            np.testing.assert_array_equal(theirs, in_memory(back(path, level=nth).images[0].pixels))

    @pytest.mark.parametrize("dtype", ["int8", "uint32", "int32", "int64", "float64", "bool", "complex64", "float16"])
    @pytest.mark.parametrize("version", ["0.5", "0.4"])
    def test_number_types(self, tmp_path, dtype, version):
        array = noise((20, 30), dtype)
        path = export(image_set(array, "yx"), tmp_path / "x.zarr", version=version)
        theirs = zarr.open_group(str(path), mode="r")["0"]
        assert theirs.dtype == array.dtype
        np.testing.assert_array_equal(theirs[...], array)

    def test_axes_are_stored_in_the_order_of_ome_zarr(self, tmp_path):
        array = noise((5, 6, 2, 3, 4))
        path = export(image_set(array, "yxczt"), tmp_path / "x.zarr")
        assert [axis["name"] for axis in ome(path)["multiscales"][0]["axes"]] == list("tczyx")
        np.testing.assert_array_equal(zarr.open_group(str(path), mode="r")["0"][...], array.transpose(4, 2, 3, 0, 1))

    def test_empty_chunks_and_shards_have_no_file(self, tmp_path):
        array = np.zeros((64, 64), np.uint8)
        array[40, 40] = 1
        for shards, name in (("never", "c/2/2"), ("always", "c/0/0")):
            path = export(image_set(array, "yx"), tmp_path / f"{shards}.zarr", shards=shards, chunks="y=16,x=16", scales=1)
            assert [one.relative_to(path / "0").as_posix() for one in (path / "0/c").rglob("*") if one.is_file()] == [name]
        nothing = export(image_set(array * 0, "yx"), tmp_path / "n.zarr", shards="always", chunks="y=16,x=16")
        assert not (nothing / "0/c").exists()

    @pytest.mark.parametrize("options", [{}, {"compression": "blosc"}, {"shards": "always", "version": "0.5"}, {"version": "0.4"}])
    def test_any_workers_write_the_same_bytes(self, tmp_path, options):
        def digest(path):
            return {one.relative_to(path).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest() for one in path.rglob("*") if one.is_file()}

        s = image_set(noise((3, 300, 200)))
        found = [digest(export(s, tmp_path / f"{n}.zarr", Threads(n), chunks="c=1,y=64,x=64", **options)) for n in (1, 2, 5)]
        assert found[0] == found[1] == found[2]

    @settings(max_examples=15)
    @given(
        shape=st.tuples(*[st.integers(1, 12)] * 3),
        chunks=st.tuples(*[st.integers(1, 8)] * 3),
        version=st.sampled_from(["0.5", "0.4"]),
        shards=st.sampled_from(["always", "never"]),
        bytes_=st.integers(1, 600),
    )
    def test_any_chunks_hold_the_same_pixels(self, tmp_path_factory, shape, chunks, version, shards, bytes_):
        array = noise(shape)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(zarr_layout, "BLOCK_BYTES", bytes_)
            sizes = ",".join(f"{axis}={size}" for axis, size in zip("zyx", chunks, strict=True))
            path = export(
                image_set(array, "zyx"), tmp_path_factory.mktemp("law") / "x.zarr", Threads(1), version=version, shards=shards, chunks=sizes, scales=3
            )
        group = zarr.open_group(str(path), mode="r")
        expected = array
        for nth in range(len(ome(path)["multiscales"][0]["datasets"])):
            np.testing.assert_array_equal(group[str(nth)][...], expected)
            expected = halved(expected, tuple(size > 1 for size in expected.shape), "mean")


class TestResolutions:
    def test_until_a_plane_fits_a_chunk(self, tmp_path):
        path = export(image_set(noise((1100, 700)), "yx"), tmp_path / "x.zarr")
        assert [zarr.open_group(str(path), mode="r")[str(nth)].shape for nth in range(3)] == [(1100, 700), (550, 350), (275, 175)]
        assert len(ome(path)["multiscales"][0]["datasets"]) == 3

    @pytest.mark.parametrize(("scales", "expected"), [("1", 1), (2, 2), ("4", 4), (99, 8)])
    def test_as_many_as_wished_and_possible(self, tmp_path, scales, expected):
        path = export(image_set(noise((100, 70)), "yx"), tmp_path / "x.zarr", scales=scales)
        assert len(ome(path)["multiscales"][0]["datasets"]) == expected

    def test_intensities_are_means_and_labels_are_labels(self, tmp_path):
        array = noise((64, 48), "uint32")
        for role, rule in (("image", "mean"), ("labels", "nearest")):
            path = export(image_set(array, "yx"), tmp_path / f"{role}.zarr", role=role, scales=3)
            group = zarr.open_group(str(path), mode="r")
            half = halved(array, (True, True), rule)
            np.testing.assert_array_equal(group["1"][...], half)
            np.testing.assert_array_equal(group["2"][...], halved(half, (True, True), rule))
            assert ome(path)["multiscales"][0]["type"] == rule

    def test_they_cover_the_same_place(self, tmp_path):
        path = export(image_set(noise((64, 48)), "yx"), tmp_path / "x.zarr", scales=3)
        datasets = ome(path)["multiscales"][0]["datasets"]
        assert [one["coordinateTransformations"][0]["scale"] for one in datasets] == [[0.5, 0.5], [1.0, 1.0], [2.0, 2.0]]
        assert {tuple(one["coordinateTransformations"][1]["translation"]) for one in datasets} == {(0.0, 10.0)}
        coarse = back(path, level=2)
        assert [(axis.name, axis.size, axis.scale, axis.unit, axis.translation) for axis in coarse.grid.axes] == [
            ("y", 16, 2.0, "um", 0.0),
            ("x", 12, 2.0, "um", 10.0),
        ]

    @pytest.mark.parametrize(
        ("steps", "halves"),
        [
            ((0.5, 0.5, 0.5), ["", "zyx", "zyx"]),
            ((2.0, 0.5, 0.5), ["", "yx", "yx", "zyx"]),
            ((None, None, None), ["", "zyx"]),
            ((None, 0.5, 0.5), ["", "yx", "yx"]),
            ((9.0, 1.0, 1.0), ["", "yx", "yx", "yx", "zyx"]),
        ],
    )
    def test_z_is_halved_where_it_is_as_fine(self, steps, halves):
        grid = Grid(tuple(Axis(name, 64, step, None if step is None else "um") for name, step in zip("zyx", steps, strict=True)))
        assert [one.halved for one in scales({"z": 64, "y": 64, "x": 64}, grid, {"y": 9, "x": 9}, len(halves))] == halves

    def test_units_are_compared(self):
        grid = Grid((Axis("z", 64, 500.0, "nm"), Axis("y", 64, 0.5, "um"), Axis("x", 64, 0.5, "um")))
        assert [one.halved for one in scales({"z": 64, "y": 64, "x": 64}, grid, {"y": 9, "x": 9}, 2)] == ["", "zyx"]

    def test_an_unknown_pixel_size_stays_unknown(self, tmp_path):
        array = noise((64, 48))
        s = ImageSet("", Grid((Axis("y", 64), Axis("x", 48))), images=(Image(ArrayPixels(array), "yx"),))
        assert [axis.scale for axis in back(export(s, tmp_path / "x.zarr", scales=3), level=2).grid.axes] == [None, None]


class TestMetadata:
    @pytest.mark.parametrize("version", ["0.5", "0.4"])
    @pytest.mark.parametrize("role", ["image", "labels"])
    def test_ome_zarr_models_finds_no_fault(self, tmp_path, version, role):
        from ome_zarr_models import open_ome_zarr

        more = {"channels": ("DAPI", "CD3"), "data_range": (0.0, 300.0), "inverted": True} if role == "image" else {}
        array, axes = (noise((3, 2, 5, 64, 48)), "tczyx") if role == "image" else (noise((5, 64, 48)), "zyx")
        path = export(image_set(array, axes, **more), tmp_path / "x.zarr", version=version, role=role, scales=3)
        model = open_ome_zarr(zarr.open_group(str(path), mode="r"))
        assert type(model).__name__ == {"image": "Image", "labels": "ImageLabel"}[role]
        assert type(model).__module__.split(".")[1] == {"0.5": "v05", "0.4": "v04"}[version]

    def test_channels_are_shown_as_they_should_be(self, tmp_path):
        s = image_set(noise((2, 20, 30)), channels=("DAPI", "CD3"), data_range=(5.0, 300.0), inverted=True)
        shown = ome(export(s, tmp_path / "x.zarr"))["omero"]["channels"]
        assert shown == [
            {
                "label": name,
                "color": colour,
                "active": True,
                "window": {"min": 0.0, "max": 65535.0, "start": 5.0, "end": 300.0},
                "inverted": True,
            }
            for name, colour in (("DAPI", "FF0000"), ("CD3", "00FF00"))
        ]
        image = back(tmp_path / "x.zarr").images[0]
        assert (image.channels, image.data_range, image.inverted) == (("DAPI", "CD3"), (5.0, 300.0), True)

    def test_a_label_image_says_that_it_is_one(self, tmp_path):
        s = back(export(image_set(noise((20, 30), "uint32"), "yx"), tmp_path / "x.zarr", role="labels"))
        assert ([one.name for one in s.labels], len(s.images)) == (["raw"], 0)

    @pytest.mark.parametrize("version", ["0.5", "0.4"])
    def test_label_images_come_along_with_their_colours(self, tmp_path, version):
        import polars as pl
        from ome_zarr_models import open_ome_zarr

        frame = pl.DataFrame({"layer": ["cells", "cells", None], "label": [1, 70_000, None], "t": [None] * 3, "colour": [0xFF000080, 0x00FF00FF, 0xFFFFFFFF]})
        frame = frame.with_columns(pl.col("label").cast(pl.UInt64), pl.col("t").cast(pl.Int32), pl.col("colour").cast(pl.UInt32))
        labels = np.zeros((64, 48), np.uint32)
        labels[10:20, 10:20], labels[30:50, 30:40] = 1, 70_000
        s = image_set(noise((2, 64, 48)))
        s = ImageSet(
            s.name, s.grid, images=s.images, labels=(LabelImage(ArrayPixels(labels), "yx", "cells"),), objects=Objects(frame.with_columns(default_ids(frame)))
        )
        path = export(s, tmp_path / "x.zarr", version=version, scales=2)
        group = zarr.open_group(str(path), mode="r")
        np.testing.assert_array_equal(group["labels/cells/1"][...], labels[::2, ::2])
        assert type(open_ome_zarr(group["labels/cells"])).__name__ == "ImageLabel"
        found = back(path)
        np.testing.assert_array_equal(in_memory(found.labels[0].pixels), labels)
        assert found.objects.frame.select("label", "colour").rows() == [(1, 0xFF000080), (70_000, 0x00FF00FF)]

    def test_nothing_is_there_before_all_of_it_is(self, tmp_path):
        s = image_set(noise((64, 48)), "yx")
        with FileSink(tmp_path / "x.zarr") as sink:
            opened = RECORD.open_blocks(s, sink, RECORD.options("write", {}))
            writer = opened.__enter__()
            next(iter(write_blocks(writer, s.images[0].pixels, Threads(1))))
            assert not (sink.path / "zarr.json").exists()
            assert not opened.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
            assert not (sink.path / "zarr.json").exists()
        assert list(tmp_path.iterdir()) == []

    def test_what_is_there_is_not_overwritten(self, tmp_path):
        export(image_set(noise((20, 30)), "yx"), tmp_path / "x.zarr")
        with pytest.raises(SinkError, match="exists already"):
            export(image_set(noise((20, 30)), "yx"), tmp_path / "x.zarr")


@pytest.mark.parametrize(
    "options", [{"chunks": "64"}, {"chunks": "q=3"}, {"chunks": "x=0"}, {"scales": "0"}, {"scales": "many"}, {"level": 0}, {"version": "0.3"}]
)
def test_options_without_sense(options):
    with pytest.raises(InvalidOption):
        RECORD.options("write", options)


def test_blocks_are_as_long_as_what_the_source_decodes():
    """A volume in cubes of 64, written as planes: whole cubes are read, each once."""
    assert block_shape((640, 2048, 2048), (1, 512, 512), 2, (64, 64, 64)) == (64, 512, 512)
    assert block_shape((640, 2048, 2048), (1, 512, 512), 2, (1, 2048, 2048)) == (2, 2048, 2048)
    assert block_shape((40, 4096, 4096), (1, 512, 512), 4, (40, 4096, 4096)) == (40, 512, 512)
    assert block_shape((40, 4096, 4096), (1, 512, 512), 4) == (1, 1024, 4096)
