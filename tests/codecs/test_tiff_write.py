"""TIFF files that segue writes: read back equal, understood by tifffile, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from segue.codecs import tiff_write
from segue.codecs.colours import label_colours
from segue.codecs.pixel_facts import Facts
from segue.codecs.tiff import Series, TiffPixels, describe
from segue.codecs.tiff_write import LAYOUTS, Plan, write_tiff
from segue.errors import UnsupportedVariant
from segue.storage.discard import NullFile
from segue.storage.source import Source

FACTS = Facts(
    name="Zelle µ <&> \"1\" 'x'",
    role="image",
    scale={"x": (0.325, "um"), "y": (0.325, "um"), "z": (2.0, "um"), "t": (30.0, "s")},
    translation={"x": 1.5, "y": -2.25},
    data_range=(3.0, 200.5),
)
TYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"]
AXES = ["yx", "zyx", "cyx", "tyx", "zcyx", "tcyx", "tzyx", "tczyx"]


def pixels(axes: str, dtype: str) -> np.ndarray[Any, Any]:
    shape = [{"t": 2, "c": 3, "z": 4, "y": 5, "x": 7}[axis] for axis in axes]
    values = np.random.default_rng(1).integers(0, 120, shape)
    return values.astype(dtype)


def written(array: np.ndarray[Any, Any], axes: str, layout: str, facts: Facts = FACTS, **options: Any) -> bytes:
    def rows(place: Mapping[str, int], start: int, stop: int) -> np.ndarray[Any, Any]:
        return array[tuple(slice(start, stop) if axis == "y" else slice(None) if axis == "x" else place[axis] for axis in axes)]

    file = io.BytesIO()
    write_tiff(file, Plan(layout, dict(zip(axes, array.shape, strict=True)), array.dtype, facts, **options), rows)
    return file.getvalue()


def read(path: Path) -> tuple[Series, np.ndarray[Any, Any]]:
    image = TiffPixels.of(Source(path))
    return describe(Source(path))[0], image.read(tuple(slice(0, size) for size in image.shape))


def in_order(array: np.ndarray[Any, Any], axes: str, wanted: str) -> np.ndarray[Any, Any]:
    return array.transpose([axes.index(axis) for axis in wanted])


@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize(
    ("layout", "dtype"), [(layout, dtype) for layout in LAYOUTS for dtype in TYPES if layout != "imagej" or dtype in tiff_write.IMAGEJ_TYPES]
)
def test_every_type_in_every_layout_comes_back(tmp_path: Path, layout: str, dtype: str, axes: str, deflate: bool) -> None:
    array = pixels(axes, dtype)
    facts = Facts(**{**vars(FACTS), "channels": ("DAPI", "CD3 µ", 'C"D8')}) if "c" in axes else FACTS
    path = tmp_path / "a.tif"
    path.write_bytes(written(array, axes, layout, facts, deflate=deflate))
    series, back = read(path)
    assert back.dtype == array.dtype
    assert sorted(series.axes) == sorted(axes)
    np.testing.assert_array_equal(in_order(back, series.axes, axes), array)
    assert series.facts == facts
    assert series.kind == ("shaped" if layout == "plain" else layout)


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_tifffile_sees_the_same_image(tmp_path: Path, layout: str, axes: str) -> None:
    array = pixels(axes, "uint16")
    path = tmp_path / "a.tif"
    path.write_bytes(written(array, axes, layout))
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        assert series.kind == {"plain": "shaped"}.get(layout, layout)
        np.testing.assert_array_equal(in_order(series.asarray(), series.axes.lower(), axes), array)


def test_other_programs_find_pixel_size_and_channel_names(tmp_path: Path) -> None:
    array = pixels("zcyx", "uint16")
    facts = Facts(channels=("DAPI", "CD3", "CD8"), scale={"x": (0.325, "um"), "y": (0.325, "um"), "z": (2.0, "um")}, data_range=(0.0, 119.0))
    path = tmp_path / "a.tif"
    path.write_bytes(written(array, "zcyx", "imagej", facts))
    with tifffile.TiffFile(path) as file:
        meta = file.imagej_metadata
        assert meta is not None
        assert (meta["unit"], meta["spacing"], meta["channels"], meta["slices"], meta["max"]) == ("\\u00B5m", 2.0, 3, 4, 119.0)
        assert meta["Labels"] == ["DAPI", "CD3", "CD8"] * 4
        numerator, denominator = file.pages.first.tags["XResolution"].value
        assert numerator / denominator == pytest.approx(1 / 0.325, rel=1e-8)
    path.write_bytes(written(array, "zcyx", "ome", facts))
    with tifffile.TiffFile(path) as file:
        text = file.ome_metadata
        assert text is not None
        ome = tifffile.xml2dict(text)["OME"]["Image"]["Pixels"]
        assert (ome["PhysicalSizeX"], ome["PhysicalSizeXUnit"], ome["SizeZ"]) == (0.325, "µm", 4)
        assert [channel["Name"] for channel in ome["Channel"]] == ["DAPI", "CD3", "CD8"]


def test_labels_carry_colours_that_imagej_shows(tmp_path: Path) -> None:
    for dtype, photometric in (("uint8", 3), ("uint16", 1), ("float32", 1)):
        path = tmp_path / f"{dtype}.tif"
        path.write_bytes(written(pixels("yx", dtype), "yx", "imagej", Facts(data_range=(0.0, 255.0)), colours=label_colours()))
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            assert page.photometric == photometric
            colours = page.tags["ColorMap"].value
            np.testing.assert_array_equal(np.array(colours).reshape(3, 256).T, label_colours().astype(int) * 257)
        np.testing.assert_array_equal(tifffile.imread(path), pixels("yx", dtype))


def test_equal_input_gives_equal_bytes() -> None:
    for layout in LAYOUTS:
        assert written(pixels("czyx", "uint16"), "czyx", layout) == written(pixels("czyx", "uint16"), "czyx", layout)


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint32", "int32", "uint64", "int64", "float16", "float64"])
def test_imagej_cannot_have_every_type(dtype: str) -> None:
    with pytest.raises(UnsupportedVariant, match="use the layout 'ome' or 'plain'"):
        written(pixels("yx", dtype), "yx", "imagej")


def test_large_stacks_for_imagej_are_one_run_behind_the_first_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_write, "CLASSIC_BYTES", 1000)
    array = pixels("tczyx", "uint16")
    path = tmp_path / "a.tif"
    path.write_bytes(written(array, "tczyx", "imagej"))
    with tifffile.TiffFile(path) as file:
        assert (file.is_bigtiff, len(file.pages)) == (False, 1)
        np.testing.assert_array_equal(file.series[0].asarray(), array.transpose(0, 2, 1, 3, 4))
    series, back = read(path)
    np.testing.assert_array_equal(in_order(back, series.axes, "tczyx"), array)


@pytest.mark.parametrize("layout", ["ome", "plain"])
def test_other_large_stacks_are_bigtiff(tmp_path: Path, layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_write, "CLASSIC_BYTES", 1000)
    array = pixels("tczyx", "uint16")
    path = tmp_path / "a.tif"
    path.write_bytes(written(array, "tczyx", layout))
    with tifffile.TiffFile(path) as file:
        assert (file.is_bigtiff, len(file.pages)) == (True, 24)
    series, back = read(path)
    np.testing.assert_array_equal(in_order(back, series.axes, "tczyx"), array)


def test_files_beyond_4_gb_have_places_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written: only where things would lie."""
    plane = np.zeros((1, 1 << 15), np.uint16)
    for layout, big in (("imagej", False), ("ome", True)):
        file = NullFile()
        plan = Plan(layout, {"z": 3, "y": 1 << 15, "x": 1 << 15}, np.dtype("u2"), Facts())
        write_tiff(file, plan, lambda place, start, stop: np.broadcast_to(plane, (stop - start, 1 << 15)))  # type: ignore[arg-type]
        assert plan.big is big
        assert 3 << 31 < file.tell() < (3 << 31) + 10_000


def test_rows_are_asked_for_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_write, "BLOCK_BYTES", 100)
    asked: list[tuple[int, int]] = []

    def rows(place: Mapping[str, int], start: int, stop: int) -> np.ndarray[Any, Any]:
        asked.append((start, stop))
        return np.zeros((stop - start, 20), np.uint8)

    write_tiff(io.BytesIO(), Plan("plain", {"y": 12, "x": 20}, np.dtype("u1")), rows)
    assert asked == [(0, 5), (5, 10), (10, 12)]


def test_a_name_that_xml_cannot_hold_comes_back_all_the_same(tmp_path: Path) -> None:
    facts = Facts(name="a\0b\x1f\ud800\uffff")
    path = tmp_path / "a.tif"
    path.write_bytes(written(pixels("yx", "uint8"), "yx", "ome", facts))
    assert read(path)[0].facts == facts


@pytest.mark.parametrize(
    "scale", [FACTS.scale, {"x": (1.0, "s"), "y": (1e-30, "parsec"), "z": (2.0, "inch"), "t": (3.0, "um")}, {"t": (1.0, "us"), "x": (2.0, None)}]
)
@pytest.mark.parametrize("dtype", [dtype for dtype in TYPES if dtype not in {"uint64", "int64", "float16"}])
def test_its_ome_xml_is_valid_against_the_schema(tmp_path: Path, dtype: str, scale: dict[str, tuple[float, str | None]]) -> None:
    etree = pytest.importorskip("lxml.etree", reason="lxml, which checks schemas, is not installed")
    schema = pytest.importorskip("ome_types", reason="ome-types, which has the schema, is not installed")
    rules = etree.XMLSchema(etree.parse(str(Path(schema.__file__).parent / "ome-2016-06.xsd")))
    path = tmp_path / "a.ome.tif"
    facts = Facts(name=FACTS.name, channels=("a", "", "c\1"), scale=scale)
    path.write_bytes(written(pixels("tczyx", dtype), "tczyx", "ome", facts))
    with tifffile.TiffFile(path) as file:
        found = file.pages[0].description
    assert rules.validate(etree.fromstring(found.encode())), rules.error_log
    assert read(path)[0].facts.scale == scale
