"""TIFF files of other programs: shapes, axes, pixel sizes, and regions that read no more than they must."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from segue.codecs.tiff import Series, TiffPixels, describe
from segue.errors import Malformed, MissingDependency, NotFound, SourceChanged, UnsupportedVariant, WrongFormat
from segue.storage import handles
from segue.storage.source import Source

GREY = np.random.default_rng(0).integers(0, 60_000, (37, 53), np.uint16)


def whole(path: Path, number: int = 0) -> np.ndarray[Any, Any]:
    image = TiffPixels.of(Source(path), number)
    return image.read(tuple(slice(0, size) for size in image.shape))


def only(path: Path) -> Series:
    (series,) = describe(Source(path))
    return series


class TestEncodings:
    @pytest.mark.parametrize("byteorder", ["<", ">"])
    @pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"])
    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"bigtiff": True},
            {"tile": (16, 32)},
            {"rowsperstrip": 5},
            {"rowsperstrip": 5, "compression": "zlib"},
            {"tile": (16, 32), "compression": "zlib"},
            {"compression": "lzma"},
        ],
        ids=str,
    )
    def test_grey(self, tmp_path: Path, byteorder: Any, dtype: str, options: dict[str, Any]) -> None:
        array = GREY.astype(dtype)
        tifffile.imwrite(tmp_path / "a.tif", array, byteorder=byteorder, **options)
        image = TiffPixels.of(Source(tmp_path / "a.tif"))
        assert image.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(whole(tmp_path / "a.tif"), array)
        np.testing.assert_array_equal(image.read((slice(3, 30), slice(15, 50))), array[3:30, 15:50])

    @pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "u4", "u8"])
    @pytest.mark.parametrize("byteorder", ["<", ">"])
    def test_horizontal_differences(self, tmp_path: Path, dtype: str, byteorder: Any) -> None:
        array = GREY.astype(dtype)
        tifffile.imwrite(tmp_path / "a.tif", array, byteorder=byteorder, compression="zlib", predictor=2, tile=(16, 16))
        np.testing.assert_array_equal(whole(tmp_path / "a.tif"), array)

    def test_differences_of_floats(self, tmp_path: Path) -> None:
        """Predictor 3, encoded here after Adobe's Technical Note 3, because tifffile alone cannot."""
        from segue.codecs.tiff_segments import _unpredicted_float

        array = np.random.default_rng(0).normal(size=(3, 5, 2)).astype("f4")
        planes = np.ascontiguousarray(array.astype(">f4")).view(np.uint8).reshape(3, 10, 4).transpose(0, 2, 1).reshape(3, 20, 2)
        steps = np.diff(planes, axis=1, prepend=np.zeros((3, 1, 2), np.uint8)).astype(np.uint8)
        np.testing.assert_array_equal(_unpredicted_float(steps.tobytes(), (3, 5, 2), np.dtype("f4")), array)

    @pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"tile": (16, 16)}, {"rowsperstrip": 4}], ids=str)
    @pytest.mark.parametrize("planar", ["contig", "separate"])
    def test_colour_samples_become_channels(self, tmp_path: Path, planar: Any, options: dict[str, Any]) -> None:
        array = np.random.default_rng(0).integers(0, 255, (3, 37, 53), np.uint8)
        stored = np.moveaxis(array, 0, -1) if planar == "contig" else array
        tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", planarconfig=planar, **options)
        assert (only(tmp_path / "a.tif").axes, only(tmp_path / "a.tif").shape) == ("cyx", (3, 37, 53))
        np.testing.assert_array_equal(whole(tmp_path / "a.tif"), array)
        np.testing.assert_array_equal(TiffPixels.of(Source(tmp_path / "a.tif")).read((slice(1, 2), slice(5, 9), slice(20, 53))), array[1:2, 5:9, 20:53])

    def test_colour_stacks(self, tmp_path: Path) -> None:
        array = np.random.default_rng(0).integers(0, 255, (4, 9, 11, 3), np.uint8)
        tifffile.imwrite(tmp_path / "a.tif", array, imagej=True, metadata={"axes": "ZYXS"})
        assert only(tmp_path / "a.tif").axes == "zcyx"
        np.testing.assert_array_equal(whole(tmp_path / "a.tif"), np.moveaxis(array, -1, 1))

    def test_black_and_white(self, tmp_path: Path) -> None:
        from PIL import Image

        array = GREY > 30_000
        Image.fromarray(array).save(tmp_path / "a.tif")
        np.testing.assert_array_equal(whole(tmp_path / "a.tif"), array.astype(np.uint8))

    @pytest.mark.parametrize("compression", ["packbits", "tiff_adobe_deflate", "tiff_lzw"])
    def test_what_libtiff_compresses(self, tmp_path: Path, compression: str) -> None:
        from PIL import Image

        array = (GREY // 20_000).astype(np.uint8)
        Image.fromarray(array).save(tmp_path / "a.tif", compression=compression)
        np.testing.assert_array_equal(whole(tmp_path / "a.tif"), array)

    def test_other_compressions_name_the_package_they_need(self, tmp_path: Path) -> None:
        from PIL import Image

        Image.fromarray((GREY >> 8).astype(np.uint8)).save(tmp_path / "a.tif", compression="jpeg")
        try:
            import imagecodecs  # noqa: F401
        except ImportError:
            with pytest.raises(MissingDependency, match="segue\\[codecs\\]") as caught:
                whole(tmp_path / "a.tif")
            assert caught.value.fields["extra"] == "codecs"
        else:
            assert whole(tmp_path / "a.tif").shape == GREY.shape

    def test_indices_of_a_palette_stay_indices(self, tmp_path: Path) -> None:
        array = (GREY % 7).astype(np.uint8)
        tifffile.imwrite(tmp_path / "a.tif", array, photometric="palette", colormap=np.arange(768, dtype=np.uint16).reshape(3, 256))
        np.testing.assert_array_equal(whole(tmp_path / "a.tif"), array)

    def test_complex_numbers_are_refused(self, tmp_path: Path) -> None:
        tifffile.imwrite(tmp_path / "a.tif", GREY.astype(np.complex64))
        with pytest.raises(UnsupportedVariant, match="complex"):
            describe(Source(tmp_path / "a.tif"))


class TestAxes:
    @pytest.mark.parametrize(
        ("axes", "shape", "read"),
        [("YX", (5, 7), "yx"), ("ZYX", (4, 5, 7), "zyx"), ("CYX", (3, 5, 7), "cyx"), ("TZCYX", (2, 4, 3, 5, 7), "tzcyx"), ("TYX", (2, 5, 7), "tyx")],
    )
    @pytest.mark.parametrize("kind", ["imagej", "ome", "shaped"])
    def test_named(self, tmp_path: Path, kind: str, axes: str, shape: tuple[int, ...], read: str) -> None:
        array = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
        tifffile.imwrite(tmp_path / "a.tif", array, photometric="minisblack", imagej=kind == "imagej", ome=kind == "ome", metadata={"axes": axes})
        series = only(tmp_path / "a.tif")
        assert sorted(series.axes) == sorted(read)
        back = whole(tmp_path / "a.tif")
        np.testing.assert_array_equal(back.transpose([series.axes.index(axis) for axis in read]), array)

    def test_pages_without_a_description_are_an_unnamed_axis(self, tmp_path: Path) -> None:
        tifffile.imwrite(tmp_path / "a.tif", np.zeros((3, 5, 7), np.uint8), photometric="minisblack", metadata=None)
        assert only(tmp_path / "a.tif").axes == "?yx"

    def test_page_names_are_channel_names(self, tmp_path: Path) -> None:
        with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
            for name in ("DNA1", "CD45"):
                writer.write(np.zeros((5, 7), np.float32), metadata=None, extratags=[(285, 2, 0, name, True)])
        series = only(tmp_path / "a.tif")
        assert (series.axes, series.facts.channels) == ("cyx", ("DNA1", "CD45"))

    def test_pages_of_different_sizes_are_different_images(self, tmp_path: Path) -> None:
        with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
            writer.write(np.ones((5, 7), np.uint8), metadata=None)
            writer.write(np.zeros((2, 3), np.uint16), metadata=None)
        assert [series.shape for series in describe(Source(tmp_path / "a.tif"))] == [(5, 7), (2, 3)]
        assert whole(tmp_path / "a.tif", 1).dtype == np.uint16

    def test_smaller_copies_of_a_pyramid_are_passed_over(self, tmp_path: Path) -> None:
        with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
            writer.write(np.ones((64, 64), np.uint8), metadata=None, subifds=1, tile=(16, 16))
            writer.write(np.zeros((32, 32), np.uint8), metadata=None, subfiletype=1, tile=(16, 16))
            writer.write(np.zeros((16, 16), np.uint8), metadata=None, subfiletype=1)
        assert only(tmp_path / "a.tif").shape == (64, 64)

    def test_several_ome_images(self, tmp_path: Path) -> None:
        with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=True) as writer:
            writer.write(np.ones((3, 5, 7), np.uint8), metadata={"axes": "CYX", "Name": "first", "Channel": {"Name": ["a", "b", "c"]}})
            writer.write(np.full((4, 6), 9, np.uint16), metadata={"axes": "YX", "Name": "second", "PhysicalSizeX": 2.0, "PhysicalSizeXUnit": "nm"})
        first, second = describe(Source(tmp_path / "a.ome.tif"))
        assert (first.facts.name, first.facts.channels, second.facts.scale) == ("first", ("a", "b", "c"), {"x": (2.0, "nm")})
        assert (whole(tmp_path / "a.ome.tif", 1) == 9).all()

    def test_ome_colour_pixels(self, tmp_path: Path) -> None:
        array = np.random.default_rng(0).integers(0, 255, (2, 9, 11, 3), np.uint8)
        tifffile.imwrite(tmp_path / "a.ome.tif", array, metadata={"axes": "ZYXS"}, photometric="rgb")
        series = only(tmp_path / "a.ome.tif")
        back = whole(tmp_path / "a.ome.tif")
        np.testing.assert_array_equal(back.transpose([series.axes.index(axis) for axis in "zyxc"]), array)

    def test_orders_of_ome_planes(self, tmp_path: Path) -> None:
        array = np.arange(2 * 3 * 4 * 30, dtype=np.uint16).reshape(2, 3, 4, 5, 6)
        for axes in ("TZCYX", "TCZYX", "ZTCYX", "ZCTYX", "CTZYX", "CZTYX"):
            tifffile.imwrite(tmp_path / "a.ome.tif", array, metadata={"axes": axes})
            series = only(tmp_path / "a.ome.tif")
            np.testing.assert_array_equal(whole(tmp_path / "a.ome.tif").transpose([series.axes.index(axis) for axis in axes.lower()]), array)
            handles.close_all()

    def test_an_image_in_several_files_needs_all_of_them(self, tmp_path: Path) -> None:
        data = '<TiffData IFD="0" FirstZ="{0}"><UUID FileName="z{0}.ome.tif">urn:uuid:{0}</UUID></TiffData>'
        xml = (
            '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" '
            f'Type="uint8" SizeX="7" SizeY="5" SizeZ="2" SizeC="1" SizeT="1">{data.format(0)}{data.format(1)}</Pixels></Image></OME>'
        )
        tifffile.imwrite(tmp_path / "a.ome.tif", np.zeros((5, 7), np.uint8), description=xml, metadata=None)
        with pytest.raises(NotFound, match=r"one of several files that hold an image together, and z0\.ome\.tif is not beside it"):
            describe(Source(tmp_path / "a.ome.tif"))


class TestRegions:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        array = np.arange(2 * 3 * 40 * 50, dtype=np.uint32).reshape(2, 3, 40, 50)
        tifffile.imwrite(tmp_path / "a.tif", array, photometric="minisblack", metadata={"axes": "ZCYX"}, tile=(16, 16), compression="zlib")
        return tmp_path / "a.tif"

    def test_a_region_is_that_part_of_the_whole(self, path: Path) -> None:
        image, array = TiffPixels.of(Source(path)), whole(path)
        region = (slice(1, 2), slice(0, 3), slice(13, 37), slice(2, 49))
        np.testing.assert_array_equal(image.read(region), array[region])
        assert image.read((slice(1, 1), slice(0, 3), slice(0, 4), slice(0, 4))).shape == (0, 3, 4, 4)

    def test_only_the_tiles_of_the_region_are_decoded(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from segue.codecs import tiff

        decoded = []
        real = tiff.decode
        monkeypatch.setattr(tiff, "decode", lambda layout, index, data, name: decoded.append(index) or real(layout, index, data, name))
        TiffPixels.of(Source(path)).read((slice(0, 1), slice(1, 2), slice(20, 30), slice(20, 40)))
        assert decoded == [5, 6]

    def test_colour_tiles_are_decoded_once_for_all_samples(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from segue.codecs import tiff

        array = np.random.default_rng(0).integers(0, 255, (2, 20, 30, 3), np.uint8)
        tifffile.imwrite(tmp_path / "a.tif", array, photometric="rgb", metadata={"axes": "ZYXS"}, compression="zlib", rowsperstrip=20)
        decoded = []
        real = tiff.decode
        monkeypatch.setattr(tiff, "decode", lambda layout, index, data, name: decoded.append(index) or real(layout, index, data, name))
        np.testing.assert_array_equal(whole(tmp_path / "a.tif"), np.moveaxis(array, -1, 1))
        assert len(decoded) == 2

    def test_pixels_are_a_small_picklable_reference(self, path: Path) -> None:
        text = pickle.dumps(TiffPixels.of(Source(path)))
        assert len(text) < 1000
        image = pickle.loads(text)
        np.testing.assert_array_equal(image.read((slice(0, 1), slice(0, 1), slice(0, 2), slice(0, 2))), [[[[0, 1], [50, 51]]]])

    def test_a_changed_file_is_refused(self, path: Path) -> None:
        image = TiffPixels.of(Source(path))
        tifffile.imwrite(path, np.zeros((40, 51), np.uint8))
        with pytest.raises(SourceChanged):
            image.read((slice(0, 1), slice(0, 1), slice(0, 2), slice(0, 2)))

    def test_what_is_read_can_be_written_to(self, path: Path) -> None:
        whole(path)[0, 0, 0, 0] = 1


class TestDamage:
    """A damaged file is an error, never a smaller image."""

    def test_an_imagej_stack_without_its_last_planes(self, tmp_path: Path) -> None:
        (tmp_path / "a.tif").write_bytes(_virtual(planes=5, announced=6))
        with pytest.raises(Malformed, match="6 planes announced, 1 found"):
            describe(Source(tmp_path / "a.tif"))

    def test_an_imagej_stack_in_one_run(self, tmp_path: Path) -> None:
        (tmp_path / "a.tif").write_bytes(_virtual(planes=6, announced=6))
        assert whole(tmp_path / "a.tif")[:, 0, 0].tolist() == [0, 1, 2, 3, 4, 5]

    def test_ome_with_more_planes_than_pages(self, tmp_path: Path) -> None:
        tifffile.imwrite(tmp_path / "a.ome.tif", np.zeros((2, 5, 7), np.uint8), metadata={"axes": "ZYX"})
        data = (tmp_path / "a.ome.tif").read_bytes().replace(b'SizeZ="2"', b'SizeZ="3"').replace(b'PlaneCount="2"', b'PlaneCount="3"')
        (tmp_path / "b.ome.tif").write_bytes(data)
        with pytest.raises(Malformed, match="announces 3 planes, the file has 2"):
            describe(Source(tmp_path / "b.ome.tif"))

    def test_json_with_more_planes_than_pages(self, tmp_path: Path) -> None:
        tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 7), np.uint8), description=json.dumps({"shape": [9, 5, 7]}), metadata=None)
        with pytest.raises(Malformed, match="9 planes announced, 1 found"):
            describe(Source(tmp_path / "a.tif"))

    def test_entities_in_ome_xml_are_refused(self, tmp_path: Path) -> None:
        bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]><OME>&b;</OME>'
        tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 7), np.uint8), description=bomb, metadata=None)
        with pytest.raises(Malformed, match="entities"):
            describe(Source(tmp_path / "a.tif"))

    @pytest.mark.parametrize("data", [b"", b"II", b"II*\0", b"PK\3\4" + bytes(50), b"\x89PNG\r\n\x1a\n" + bytes(50)])
    def test_what_is_no_tiff(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "a.tif").write_bytes(data)
        with pytest.raises((WrongFormat, Malformed)):
            describe(Source(tmp_path / "a.tif"))

    def test_pages_in_a_circle(self, tmp_path: Path) -> None:
        tifffile.imwrite(tmp_path / "a.tif", np.zeros((2, 5, 7), np.uint8), metadata=None, byteorder="<")
        data = bytearray((tmp_path / "a.tif").read_bytes())
        with tifffile.TiffFile(tmp_path / "a.tif") as file:
            second = file.pages[1].offset
            entries = int.from_bytes(data[second : second + 2], "little")
            data[second + 2 + 12 * entries : second + 6 + 12 * entries] = file.pages[0].offset.to_bytes(4, "little")
        (tmp_path / "a.tif").write_bytes(data)
        with pytest.raises(Malformed, match="circle"):
            describe(Source(tmp_path / "a.tif"))


def _virtual(planes: int, announced: int) -> bytes:
    """An ImageJ stack as it is stored beyond 4 GB: one page, the other planes behind it."""
    import io

    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((5, 7), np.uint8), description=f"ImageJ=1.54p\nimages={announced}\nslices={announced}\n", metadata=None)
    data = bytearray(file.getvalue())
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as tiff:
        start = tiff.pages.first.dataoffsets[0]
    return bytes(data[:start] + b"".join(bytes([plane]) * 35 for plane in range(planes)))
