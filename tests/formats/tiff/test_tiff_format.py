"""TIFF as a format: roles, layouts, number types, and what becomes of labels that need more bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from segue.errors import Incompatible, InvalidOption
from segue.formats.tiff.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Notes
from segue.storage.sink import FileSink
from segue.storage.source import Source

SCALE = {"y": (0.5, "um"), "x": (0.25, "um")}


def labels_of(values: Any, axes: str = "yx", **facts: Any) -> Study:
    array = np.asarray(values)
    return Study((ImageSet("cells", grid=grid_of(axes, array.shape, SCALE), labels=(LabelImage(ArrayPixels(array), axes, **facts),)),))


def image_of(array: np.ndarray[Any, Any], axes: str = "yx", **facts: Any) -> Study:
    return Study((ImageSet("cells", grid=grid_of(axes, array.shape, SCALE), images=(Image(ArrayPixels(array), axes, **facts),)),))


def write(study: Study, path: Path, **options: Any) -> Study:
    """Fit and write; what was fitted."""
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return fitted


def read(path: Path, **options: Any) -> tuple[ImageSet, Notes]:
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study.image_sets[0], notes


class TestLabels:
    @pytest.mark.parametrize(
        ("highest", "stored", "kind"),
        [(0, "uint8", "imagej"), (255, "uint8", "imagej"), (256, "uint16", "imagej"), (65_535, "uint16", "imagej"), (65_536, "float32", "imagej"),
         (1 << 24, "float32", "imagej"), ((1 << 24) + 1, "uint32", "ome"), (1 << 32, "uint64", "shaped"), ((1 << 64) - 1, "uint64", "shaped")],
    )  # fmt: skip
    def test_take_the_smallest_type_that_holds_them_and_never_wrap(self, tmp_path: Path, highest: int, stored: str, kind: str) -> None:
        values = np.array([[0, 1, highest]], np.uint64)
        write(labels_of(values), tmp_path / "a.tif")
        with tifffile.TiffFile(tmp_path / "a.tif") as file:
            assert (file.series[0].dtype, file.series[0].kind) == (np.dtype(stored), kind)
        s, notes = read(tmp_path / "a.tif")
        np.testing.assert_array_equal(in_memory(s.labels[0].pixels).astype(np.uint64), values)
        assert s.labels[0].pixels.dtype.kind == "u"
        assert not notes

    def test_come_with_colours_and_a_range_in_which_fiji_shows_them(self, tmp_path: Path) -> None:
        write(labels_of(np.array([[0, 700]], np.uint16)), tmp_path / "a.tif")
        with tifffile.TiffFile(tmp_path / "a.tif") as file:
            assert file.pages.first.tags["ColorMap"].count == 768
            assert file.imagej_metadata is not None
            assert (file.imagej_metadata["min"], file.imagej_metadata["max"]) == (0.0, 700.0)

    def test_keep_name_time_behaviour_and_pixel_size(self, tmp_path: Path) -> None:
        study = labels_of(np.ones((3, 2, 4), np.uint16), "tyx", name="nuclei", persists=False)
        for layout in ("imagej", "ome", "plain"):
            path = tmp_path / f"{layout}.tif"
            write(study, path, layout=layout)
            assert diff(study, FORMAT.read(Source(path))[0]) == {}

    def test_that_imagej_cannot_hold_are_refused_in_its_layout(self, tmp_path: Path) -> None:
        with pytest.raises(Incompatible, match=r"16,777,217.*use layout=ome"):
            write(labels_of(np.array([[(1 << 24) + 1]])), tmp_path / "a.tif", layout="imagej")
        with pytest.raises(Incompatible, match="use layout=plain"):
            write(labels_of(np.array([[1 << 40]])), tmp_path / "a.tif", layout="ome")

    def test_come_before_images(self, tmp_path: Path) -> None:
        both = Study(
            (ImageSet("a", images=image_of(np.ones((2, 2), "u1")).image_sets[0].images, labels=labels_of(np.ones((2, 2), "u1")).image_sets[0].labels),)
        )
        fitted = write(both, tmp_path / "a.tif")
        assert diff(both, fitted)[F.IMAGES] == 1
        assert write(both, tmp_path / "b.tif", role="image").image_sets[0].labels == ()

    def test_are_chosen_by_name(self, tmp_path: Path) -> None:
        pictures = tuple(LabelImage(ArrayPixels(np.full((2, 2), value)), "yx", name) for value, name in ((1, "cells"), (2, "nuclei")))
        study = Study((ImageSet("a", labels=pictures),))
        assert write(study, tmp_path / "a.tif").image_sets[0].labels[0].name == "cells"
        assert write(study, tmp_path / "b.tif", layer="nuclei").image_sets[0].labels[0].name == "nuclei"
        with pytest.raises(InvalidOption, match="no picture is called 'golgi'; there are 'cells', 'nuclei'"):
            write(study, tmp_path / "c.tif", layer="golgi")


class TestImages:
    @pytest.mark.parametrize(
        ("dtype", "kind"),
        [
            ("uint8", "imagej"),
            ("uint16", "imagej"),
            ("float32", "imagej"),
            ("int16", "ome"),
            ("uint32", "ome"),
            ("float64", "ome"),
            ("float16", "shaped"),
            ("int64", "shaped"),
        ],
    )
    def test_keep_their_type(self, tmp_path: Path, dtype: str, kind: str) -> None:
        study = image_of(np.arange(12).reshape(3, 2, 2).astype(dtype), "cyx", name="a", channels=("x", "y", "z"), data_range=(1.0, 9.0))
        write(study, tmp_path / "a.tif")
        assert diff(study, FORMAT.read(Source(tmp_path / "a.tif"))[0]) == {}
        with tifffile.TiffFile(tmp_path / "a.tif") as file:
            assert file.series[0].kind == kind

    def test_are_converted_for_a_layout_that_asks_for_it_and_this_is_noted(self, tmp_path: Path) -> None:
        study = image_of(np.arange(4, dtype=np.int16).reshape(2, 2))
        assert diff(study, write(study, tmp_path / "a.tif", layout="imagej")) == {F.PIXEL_TYPE: 1}

    def test_have_the_layout_that_the_name_promises(self, tmp_path: Path) -> None:
        write(image_of(np.ones((2, 2), np.uint8)), tmp_path / "a.ome.tif")
        with tifffile.TiffFile(tmp_path / "a.ome.tif") as file:
            assert file.is_ome
        with pytest.raises(Incompatible, match=r"choose a name without \.ome"):
            write(image_of(np.ones((2, 2), np.int64)), tmp_path / "b.ome.tif")

    def test_of_complex_numbers_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(Incompatible, match="complex64"):
            write(image_of(np.ones((2, 2), np.complex64)), tmp_path / "a.tif")


def test_a_study_without_a_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Incompatible, match="no image or label image"):
        write(Study((ImageSet("a"),)), tmp_path / "a.tif")
    with pytest.raises(Incompatible, match="there is no label image"):
        write(image_of(np.ones((2, 2), np.uint8)), tmp_path / "a.tif", role="labels")


class TestForeignFiles:
    def test_are_images_unless_one_says_labels(self, tmp_path: Path) -> None:
        tifffile.imwrite(tmp_path / "a.tif", np.arange(6, dtype=np.float32).reshape(2, 3))
        image_set, _ = read(tmp_path / "a.tif")
        assert (image_set.name, image_set.images[0].axes, image_set.labels) == ("", "yx", ())
        labels, _ = read(tmp_path / "a.tif", role="labels")
        assert labels.images == ()
        np.testing.assert_array_equal(in_memory(labels.labels[0].pixels), np.arange(6, dtype=np.uint32).reshape(2, 3))

    def test_with_broken_numbers_are_no_labels(self, tmp_path: Path) -> None:
        for bad in (0.5, np.nan, -1.0, 1e20):
            tifffile.imwrite(tmp_path / "a.tif", np.array([[1, bad]], np.float32))
            labels, _ = read(tmp_path / "a.tif", role="labels")
            with pytest.raises(Incompatible, match="not a label image"):
                in_memory(labels.labels[0].pixels)

    def test_with_channels_are_no_labels(self, tmp_path: Path) -> None:
        tifffile.imwrite(tmp_path / "a.tif", np.ones((3, 4, 5), np.uint8), photometric="minisblack", metadata={"axes": "CYX"})
        with pytest.raises(Incompatible, match="3 channels"):
            read(tmp_path / "a.tif", role="labels")

    @pytest.mark.parametrize(
        ("dtype", "options", "axes"),
        [("f4", {}, "cyx"), ("u2", {}, "zyx"), ("f4", {"role": "labels"}, "zyx"), ("u2", {"pages": "t"}, "tyx"), ("u2", {"axes": "CYX"}, "cyx")],
    )
    def test_with_nameless_pages(self, tmp_path: Path, dtype: str, options: dict[str, Any], axes: str) -> None:
        tifffile.imwrite(tmp_path / "a.tif", np.ones((3, 4, 5), dtype), photometric="minisblack", metadata=None)
        image_set, notes = read(tmp_path / "a.tif", **options)
        assert (image_set.images or image_set.labels)[0].axes == axes
        assert bool(notes.of_kind(Kind.ASSUMED)) == (options.get("pages", options.get("axes")) is None)

    def test_with_several_nameless_axes(self, tmp_path: Path) -> None:
        tifffile.imwrite(tmp_path / "a.tif", np.ones((2, 3, 4, 5), np.uint8), photometric="minisblack")
        assert read(tmp_path / "a.tif")[0].images[0].axes == "zcyx"
        assert read(tmp_path / "a.tif", role="labels")[0].labels[0].axes == "tzyx"
        with pytest.raises(InvalidOption, match="does not name the axes"):
            read(tmp_path / "a.tif", axes="cyx")

    def test_with_several_images(self, tmp_path: Path) -> None:
        with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
            writer.write(np.ones((5, 7), np.uint8), metadata=None)
            writer.write(np.zeros((2, 3), np.uint16), metadata=None)
        image_set, notes = read(tmp_path / "a.tif")
        assert (image_set.grid.shape, [note.count for note in notes.of_kind(Kind.SKIPPED)]) == ((5, 7), [1])
        assert read(tmp_path / "a.tif", image=2)[0].grid.shape == (2, 3)
        with pytest.raises(InvalidOption, match="holds 2 image"):
            read(tmp_path / "a.tif", image=3)

    @pytest.mark.golden
    def test_of_real_tools(self, golden: Path) -> None:
        imc, _ = read(golden / "imc" / "E34_imc.tiff")
        assert (imc.name, imc.images[0].axes, imc.images[0].pixels.shape) == ("", "cyx", (5, 100, 100))
        mantis, _ = read(golden / "mantis" / "test" / "files" / "project" / "set_one" / "segmentation.tif", role="labels")
        assert int(in_memory(mantis.labels[0].pixels).max()) > 255
        stack, notes = read(golden / "stardist" / "mask3d.tif", role="labels")
        assert (stack.labels[0].axes, len(notes)) == ("zyx", 1)
        size = read(golden / "ilastik" / "pix_res" / "5d.tif")[0].grid
        assert [(axis.name, axis.unit) for axis in size.axes] == [("t", "h"), ("z", "nm"), ("y", "pm"), ("x", "cm")]


def test_the_file_is_recognised_by_its_first_bytes(tmp_path: Path) -> None:
    write(image_of(np.ones((2, 2), np.uint8)), tmp_path / "a.tif")
    assert FORMAT.evidence(Source(tmp_path / "a.tif")).score == 85  # what knows more of a TIFF, as mantis-regions, leads
    (tmp_path / "b.tif").write_bytes(b"no TIFF")
    assert FORMAT.evidence(Source(tmp_path / "b.tif")).score == 0
