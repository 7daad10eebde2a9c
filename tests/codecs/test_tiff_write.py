"""TIFF files that segue writes: read back equal, understood by tifffile, the same bytes every time."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from segue.codecs import boxes, tiff_plan
from segue.codecs.colours import label_colours
from segue.codecs.pixel_facts import Facts
from segue.codecs.tiff import Series, TiffPixels, describe
from segue.codecs.tiff_plan import IMAGEJ_TYPES, LAYOUTS, Plan
from segue.codecs.tiff_write import tiff_blocks, write_tiff
from segue.errors import Incompatible, UnsupportedVariant
from segue.model.image import ArrayPixels
from segue.storage.discard import NullFile
from segue.storage.source import Source
from segue.tasks.workers import Threads

FACTS = Facts(
    name="Zelle µ <&> \"1\" 'x'",
    role="image",
    scale={"x": (0.325, "um"), "y": (0.325, "um"), "z": (2.0, "um"), "t": (30.0, "s")},
    translation={"x": 1.5, "y": -2.25},
    data_range=(3.0, 200.5),
)
RANDOM = np.random.default_rng(0)
TYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"]
AXES = ["yx", "zyx", "cyx", "tyx", "zcyx", "tcyx", "tzyx", "tczyx"]


def pixels(axes: str, dtype: str) -> np.ndarray[Any, Any]:
    shape = [{"t": 2, "c": 3, "z": 4, "y": 5, "x": 7}[axis] for axis in axes]
    values = np.random.default_rng(1).integers(0, 120, shape)
    return values.astype(dtype)


def written(array: np.ndarray[Any, Any], axes: str, layout: str, facts: Facts = FACTS, **options: Any) -> bytes:
    file = io.BytesIO()
    write_tiff(file, Plan(layout, dict(zip(axes, array.shape, strict=True)), array.dtype, facts, **options), ArrayPixels(array), axes)
    return file.getvalue()


def read(path: Path) -> tuple[Series, np.ndarray[Any, Any]]:
    image = TiffPixels.of(Source(path))
    return describe(Source(path))[0], image.read(tuple(slice(0, size) for size in image.shape))


def in_order(array: np.ndarray[Any, Any], axes: str, wanted: str) -> np.ndarray[Any, Any]:
    return array.transpose([axes.index(axis) for axis in wanted])


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize(("layout", "dtype"), [(layout, dtype) for layout in LAYOUTS for dtype in TYPES if layout != "imagej" or dtype in IMAGEJ_TYPES])
def test_every_type_in_every_layout_comes_back(tmp_path: Path, layout: str, dtype: str, axes: str) -> None:
    array = pixels(axes, dtype)
    facts = Facts(**{**vars(FACTS), "channels": ("DAPI", "CD3 µ", 'C"D8')}) if "c" in axes else FACTS
    path = tmp_path / "a.tif"
    path.write_bytes(written(array, axes, layout, facts))
    series, back = read(path)
    assert back.dtype == array.dtype
    assert sorted(series.axes) == sorted(axes)
    np.testing.assert_array_equal(in_order(back, series.axes, axes), array)
    assert series.facts == facts
    assert series.kind == ("shaped" if layout == "plain" else layout)


@pytest.mark.parametrize("layout", ["ome", "plain"])
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("packed", [{"compression": "deflate"}, {"compression": "zstd"}, {"compression": "lzw", "tile": 16}, {"tile": 16}], ids=str)
def test_every_type_comes_back_however_it_is_packed(tmp_path: Path, layout: str, dtype: str, packed: dict[str, Any]) -> None:
    array = pixels("tczyx", dtype)
    path = tmp_path / "a.tif"
    path.write_bytes(written(array, "tczyx", layout, **packed))
    series, back = read(path)
    assert (back.dtype, series.facts, series.kind) == (array.dtype, FACTS, "shaped" if layout == "plain" else layout)
    np.testing.assert_array_equal(in_order(back, series.axes, "tczyx"), array)


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
    monkeypatch.setattr(tiff_plan, "CLASSIC_BYTES", 1000)
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
    monkeypatch.setattr(tiff_plan, "CLASSIC_BYTES", 1000)
    array = pixels("tczyx", "uint16")
    path = tmp_path / "a.tif"
    path.write_bytes(written(array, "tczyx", layout))
    with tifffile.TiffFile(path) as file:
        assert (file.is_bigtiff, len(file.pages)) == (True, 24)
    series, back = read(path)
    np.testing.assert_array_equal(in_order(back, series.axes, "tczyx"), array)


@dataclass(frozen=True)
class Zeros:
    """Pixels that are nowhere."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    asked: list[Any] = field(default_factory=list)

    def read(self, region: tuple[slice, ...]) -> np.ndarray[Any, Any]:
        self.asked.append(region)
        return np.broadcast_to(np.zeros((), self.dtype), [part.stop - part.start for part in region])


def test_files_beyond_4_gb_have_places_that_fit() -> None:
    """Nothing is written: only where things would lie."""
    for layout, big in (("imagej", False), ("ome", True)):
        file = NullFile()
        plan = Plan(layout, {"z": 3, "y": 1 << 15, "x": 1 << 15}, np.dtype("u2"), Facts())
        assert plan.big is big
        with tiff_blocks(file, plan, Zeros((3, 1 << 15, 1 << 15), plan.dtype), "zyx") as writer:  # type: ignore[arg-type]
            for nth, region in enumerate(writer.blocks):
                writer.put(nth, np.broadcast_to(np.zeros((), "u1"), 2 * prod(part.stop - part.start for part in region)))
        assert 3 << 31 < file.tell() < (3 << 31) + 10_000


def test_packed_files_are_bigtiff_if_they_could_become_large() -> None:
    sizes = {"z": 4, "y": 1 << 14, "x": (1 << 15) - 64}
    plans = [Plan("ome", sizes, np.dtype("u2"), compression=name) for name in ("none", "deflate", "lzw")]
    assert [plan.big for plan in plans] == [False, True, True]
    assert Plan("ome", {"y": 2, "x": 2}, np.dtype("u1"), bigtiff=True).big


def test_rows_are_asked_for_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "BOX_BYTES", 100)
    source = Zeros((12, 20), np.dtype("u1"))
    write_tiff(io.BytesIO(), Plan("plain", {"y": 12, "x": 20}, np.dtype("u1")), source, "yx")
    assert [(region[0].start, region[0].stop) for region in source.asked] == [(0, 5), (5, 10), (10, 12)]


@pytest.mark.parametrize("options", [{"compression": "deflate"}, {"tile": 16}, {"bigtiff": True}], ids=str)
def test_imagej_reads_its_own_stacks_only_as_they_are(options: dict[str, Any]) -> None:
    with pytest.raises(Incompatible, match="use the layout 'ome' or 'plain'"):
        written(pixels("zyx", "uint8"), "zyx", "imagej", **options)


@pytest.mark.parametrize("options", [{"compression": "deflate"}, {"compression": "deflate", "tile": 32}, {"compression": "lzw"}, {"tile": 48}], ids=str)
def test_blocks_of_several_pages_and_pieces(tmp_path: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A source in chunks that cross pages, tiles and strips; many workers; other programs read the pages."""
    monkeypatch.setattr(tiff_plan, "_STRIP_BYTES", 900)
    monkeypatch.setattr(boxes, "BOX_BYTES", 4000)
    array = RANDOM.integers(0, 50, (3, 70, 2, 90)).astype(np.uint16)
    source = Zeros(array.shape, array.dtype)
    object.__setattr__(source, "chunks", (2, 40, 2, 30))
    object.__setattr__(source, "read", lambda region: array[region].copy())
    path = tmp_path / "a.tif"
    with path.open("wb+") as file:
        write_tiff(file, Plan("ome", dict(zip("zycx", array.shape, strict=True)), array.dtype, **options), source, "zycx", Threads(3))
    np.testing.assert_array_equal(tifffile.imread(path) if options.get("compression") != "lzw" else read(path)[1], array.transpose(2, 0, 1, 3))
    np.testing.assert_array_equal(read(path)[1], array.transpose(2, 0, 1, 3))


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
