"""PNG as a format: one plane, lossless, and refusals that say what to do instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from segue.codecs.blocks import write_whole
from segue.codecs.colours import label_colours
from segue.errors import Incompatible
from segue.formats.holds import problems
from segue.formats.png.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink
from segue.storage.source import Source


def labels_of(values: Any, axes: str = "yx") -> Study:
    array = np.asarray(values)
    return Study((ImageSet("cells", grid=grid_of(axes, array.shape, {"x": (0.5, "um"), "y": (0.5, "um")}), labels=(LabelImage(ArrayPixels(array), axes),)),))


def image_of(array: np.ndarray[Any, Any], axes: str = "yx") -> Study:
    return Study((ImageSet("cells", grid=grid_of(axes, array.shape), images=(Image(ArrayPixels(array), axes),)),))


def write(study: Study, path: Path, **options: Any) -> Study:
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return fitted


def read(path: Path, **options: Any) -> ImageSet:
    return FORMAT.read(Source(path), FORMAT.options("read", options))[0].image_sets[0]


@pytest.mark.parametrize(("highest", "mode"), [(255, "P"), (256, "I;16"), (65_535, "I;16")])
def test_labels_stay_what_they_are_and_show_in_colour(tmp_path: Path, highest: int, mode: str) -> None:
    study = labels_of(np.array([[0, 3], [7, highest]], np.int64))
    write(study, tmp_path / "a.png")
    assert diff(study, FORMAT.read(Source(tmp_path / "a.png"))[0]) == {}
    with Pillow.open(tmp_path / "a.png") as picture:
        assert picture.mode == mode
        np.testing.assert_array_equal(np.asarray(picture), [[0, 3], [7, highest]])
        if mode == "P":
            assert picture.convert("RGB").getpixel((1, 0)) == tuple(label_colours()[3])


def test_the_palette_can_be_left_out(tmp_path: Path) -> None:
    write(labels_of([[0, 3]]), tmp_path / "a.png", colours=False)
    with Pillow.open(tmp_path / "a.png") as picture:
        assert picture.mode == "L"


@pytest.mark.parametrize(
    ("study", "what"),
    [
        (labels_of([[65_536]]), "labels from 0 to 65,536"),
        (labels_of([[-1]]), "labels from -1 to 0"),
        (labels_of(np.ones((3, 2, 2), np.uint8), "zyx"), "3 z planes"),
        (image_of(np.ones((2, 2, 2), np.uint8), "tyx"), "2 time points"),
        (image_of(np.ones((5, 2, 2), np.uint8), "cyx"), "5 channels"),
        (image_of(np.ones((2, 2), np.float32)), "float32"),
        (image_of(np.ones((2, 2), np.int16)), "int16"),
        (image_of(np.ones((2, 2), np.uint32)), "uint32"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(tmp_path: Path, study: Study, what: str) -> None:
    with pytest.raises(Incompatible, match=rf"PNG cannot hold .*{what}.*write TIFF"):
        write(study, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_images(tmp_path: Path, channels: int, dtype: str) -> None:
    study = image_of(np.random.default_rng(0).integers(0, 256, (channels, 5, 6)).astype(dtype), "cyx")
    write(study, tmp_path / "a.png")
    assert diff(study, FORMAT.read(Source(tmp_path / "a.png"))[0]) == {}


def test_true_and_false_become_one_and_zero(tmp_path: Path) -> None:
    study = image_of(np.eye(3, dtype=bool))
    assert diff(study, write(study, tmp_path / "a.png")) == {F.PIXEL_TYPE: 1}


def test_a_foreign_palette_is_colours_or_labels(tmp_path: Path) -> None:
    picture = Pillow.frombytes("P", (3, 1), bytes([0, 1, 2]))
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    picture.save(tmp_path / "a.png")
    assert read(tmp_path / "a.png").images[0].axes == "cyx"
    assert in_memory(read(tmp_path / "a.png", role="labels").labels[0].pixels).tolist() == [[0, 1, 2]]


def test_foreign_colour_is_no_label_image(tmp_path: Path) -> None:
    Pillow.new("RGB", (3, 2)).save(tmp_path / "a.png")
    with pytest.raises(Incompatible, match="3 channels"):
        read(tmp_path / "a.png", role="labels")


@pytest.mark.golden
def test_real_overlays(golden: Path) -> None:
    assert read(golden / "imagej" / "blobs_overlay.png").name == ""


class TestBlocks:
    def export(self, path: Path, array: np.ndarray[Any, Any], axes: str, **options: Any) -> None:
        image_set = image_of(array, axes).image_sets[0]
        with FileSink(path) as sink:
            with FORMAT.open_blocks(image_set, sink, FORMAT.options("write", options)) as writer:
                write_whole(writer, image_set.images[0].pixels)
            sink.keep()

    @pytest.mark.parametrize("dtype", ["uint8", "uint16"])
    @pytest.mark.parametrize("axes", ["yx", "xy", "zyx", "yxc", "xcy", "tczyx"])
    def test_one_plane_in_any_order_of_axes(self, tmp_path: Path, axes: str, dtype: str) -> None:
        array = np.random.default_rng(0).integers(0, 256, [{"c": 3, "y": 9, "x": 12}.get(axis, 1) for axis in axes]).astype(dtype)
        self.export(tmp_path / "a.png", array, axes)
        image = read(tmp_path / "a.png").images[0]
        wanted = array.transpose([axes.index(axis) for axis in "tzcyx" if axis in axes])
        np.testing.assert_array_equal(in_memory(image.pixels), wanted.reshape(wanted.shape[-3:] if "c" in axes else wanted.shape[-2:]))

    def test_labels_have_colours(self, tmp_path: Path) -> None:
        self.export(tmp_path / "a.png", np.arange(12, dtype=np.uint8).reshape(3, 4), "yx", role="labels")
        assert len(read(tmp_path / "a.png").labels) == 1
        with Pillow.open(tmp_path / "a.png") as picture:
            assert picture.mode == "P"

    @pytest.mark.parametrize(
        ("shape", "dtype", "axes", "what"),
        [
            ((5, 6), "float32", "yx", "it stores uint8 or uint16, not float32"),
            ((2, 5, 6), "uint8", "zyx", r"2 axes larger than 1 \(channels apart\), and there are 3: z 2, y 5, x 6"),
            ((5, 6, 2), "uint8", "yxc", "1, 3 or 4 channels, not 2"),
        ],
    )
    def test_what_a_plan_says_does_not_fit(self, shape: tuple[int, ...], dtype: str, axes: str, what: str) -> None:
        assert FORMAT.holds is not None
        (found,) = problems(FORMAT.holds, shape, np.dtype(dtype), axes)
        assert re.search(what, found)
