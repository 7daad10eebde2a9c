"""NumPy files as a format: a bare array, understood by its shape and number type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segue.codecs.blocks import write_whole
from segue.errors import Incompatible, InvalidOption, UnsupportedVariant
from segue.formats.holds import problems
from segue.formats.numpy.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.storage.sink import FileSink
from segue.storage.source import Source

ALL = {"t": 2, "c": 3, "z": 4, "y": 5, "x": 6}


def labels_of(array: np.ndarray[Any, Any], axes: str = "yx") -> Study:
    return Study((ImageSet("", grid=grid_of(axes, array.shape), labels=(LabelImage(ArrayPixels(array), axes),)),))


def image_of(array: np.ndarray[Any, Any], axes: str = "yx") -> Study:
    return Study((ImageSet("", grid=grid_of(axes, array.shape), images=(Image(ArrayPixels(array), axes),)),))


def numbers(axes: str, dtype: str) -> np.ndarray[Any, Any]:
    shape = [ALL[axis] for axis in axes]
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)


def write(study: Study, path: Path, **options: Any) -> Study:
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return fitted


def read(path: Path, **options: Any) -> tuple[ImageSet, Notes]:
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study.image_sets[0], notes


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("axes", ["yx", "zyx", "tyx", "tzyx", "xy", "yxz"])
def test_labels_of_any_axes_come_back(tmp_path: Path, axes: str, suffix: str) -> None:
    study = labels_of(numbers(axes, "uint16"), axes)
    path = tmp_path / f"a{suffix}"
    write(study, path)
    assert diff(study, FORMAT.read(Source(path))[0]) == {}


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("axes", ["yx", "cyx", "zyx", "tyx", "zcyx", "tzyx", "tczyx", "yxc"])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "uint16", "float32", "float64"])
def test_images_of_any_axes_come_back(tmp_path: Path, axes: str, dtype: str, suffix: str) -> None:
    study = image_of(numbers(axes, dtype), axes)
    path = tmp_path / f"a{suffix}"
    write(study, path)
    assert diff(study, FORMAT.read(Source(path))[0]) == {}


@pytest.mark.parametrize(("highest", "dtype"), [(7, "int32"), ((1 << 31) - 1, "int32"), (1 << 31, "int64"), (1 << 63, "uint64")])
def test_labels_take_a_type_that_numpy_users_expect(tmp_path: Path, highest: int, dtype: str) -> None:
    write(labels_of(np.array([[0, highest]], np.uint64)), tmp_path / "a.npy")
    array = np.load(tmp_path / "a.npy")
    assert array.dtype == np.dtype(dtype)
    assert array.astype(np.uint64).tolist() == [[0, highest]]


def test_images_of_large_integers_become_floats_and_this_is_noted(tmp_path: Path) -> None:
    study = image_of(numbers("yx", "int32"))
    assert diff(study, write(study, tmp_path / "a.npy")) == {F.PIXEL_TYPE: 1}


def test_complex_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Incompatible, match="absolute values"):
        write(image_of(numbers("yx", "complex64")), tmp_path / "a.npy")


@pytest.mark.parametrize(
    ("dtype", "options", "axes", "role"),
    [
        ("int64", {}, "zyx", "labels"),
        ("uint16", {}, "cyx", "image"),
        ("uint16", {"role": "labels"}, "zyx", "labels"),
        ("uint16", {"role": "labels", "axes": "tyx"}, "tyx", "labels"),
        ("int64", {"role": "image", "axes": "YXC"}, "yxc", "image"),
        ("float32", {"role": "labels"}, "zyx", "labels"),
    ],
)
def test_foreign_arrays(tmp_path: Path, dtype: str, options: dict[str, Any], axes: str, role: str) -> None:
    array = numbers("zyx", dtype)
    np.save(tmp_path / "a.npy", array)
    s, _ = read(tmp_path / "a.npy", **options)
    picture = (s.labels if role == "labels" else s.images)[0]
    assert picture.axes == axes
    np.testing.assert_array_equal(in_memory(picture.pixels), array)


def test_archives_of_several_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", flows=numbers("cyx", "float32"), masks=numbers("yx", "int32"), diameter=np.float64(30))
    s, notes = read(tmp_path / "a.npz")
    assert s.labels[0].pixels.shape == (5, 6)
    assert "flows, diameter" in str(next(iter(notes)))
    assert read(tmp_path / "a.npz", array="flows")[0].images[0].axes == "cyx"
    with pytest.raises(InvalidOption, match="its arrays are: flows, masks, diameter"):
        read(tmp_path / "a.npz", array="outlines")


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(5))
    with pytest.raises(UnsupportedVariant, match=r"no picture.*but 5"):
        read(tmp_path / "a.npy")
    np.save(tmp_path / "b.npy", np.zeros((2, 2, 2, 2, 2, 2)))
    with pytest.raises(InvalidOption, match="name its axes"):
        read(tmp_path / "b.npy")


class TestBlocks:
    def export(self, path: Path, array: np.ndarray[Any, Any], axes: str, **options: Any) -> None:
        image_set = image_of(array, axes).image_sets[0]
        with FileSink(path) as sink:
            with FORMAT.open_blocks(image_set, sink, FORMAT.options("write", options)) as writer:
                write_whole(writer, image_set.images[0].pixels)
            sink.keep()

    @pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "uint64", "int64", "float16", "float64"])
    @pytest.mark.parametrize("axes", ["yx", "xyc", "tzyxc", "cxzyt"])
    def test_axes_and_type_stay_what_they_are(self, tmp_path: Path, axes: str, dtype: str) -> None:
        array = numbers(axes, dtype)
        self.export(tmp_path / "a.npy", array, axes)
        loaded = np.load(tmp_path / "a.npy")
        assert loaded.dtype == array.dtype
        np.testing.assert_array_equal(loaded, array)
        self.export(tmp_path / "a.npz", array, axes)
        np.testing.assert_array_equal(np.load(tmp_path / "a.npz")["image"], array)

    def test_labels_are_called_so_in_an_archive(self, tmp_path: Path) -> None:
        self.export(tmp_path / "a.npz", numbers("zyx", "uint8"), "zyx", role="labels")
        assert set(np.load(tmp_path / "a.npz")) == {"labels", "segue"}

    def test_whatever_a_plan_says_fits(self) -> None:
        assert FORMAT.holds is not None
        assert problems(FORMAT.holds, (2, 3, 4, 5, 6), np.dtype("int64"), "xyczt") == []
