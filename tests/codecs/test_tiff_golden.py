"""Real TIFF files of ImageJ, ilastik, tifffile, MantisViewer, R and NimbusImage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from segue.codecs.tiff import TiffPixels, describe
from segue.errors import WrongFormat
from segue.storage.source import Source

pytestmark = pytest.mark.golden

UNREADABLE = {"invalid.tif": WrongFormat}


def whole(path: Path) -> np.ndarray[Any, Any]:
    image = TiffPixels.of(Source(path))
    return image.read(tuple(slice(0, size) for size in image.shape))


def test_every_file_gives_what_tifffile_gives(golden: Path) -> None:
    files = [path for path in sorted(golden.rglob("*.tif*")) if path.name not in UNREADABLE]
    assert len(files) > 40
    for path in files:
        expected = np.moveaxis(np.asarray(Image.open(path)), -1, 0) if "lzw" in path.name else tifffile.imread(path)
        np.testing.assert_array_equal(whole(path), expected, err_msg=str(path))


@pytest.mark.parametrize(
    ("file", "axes", "shape", "scale"),
    [
        ("2d.tif", "yx", (16, 16), {"x": (2.0, "cm"), "y": (7.0, "nm")}),
        ("2d_stringified_tuple.tif", "yx", (16, 16), {"x": (5.0, "cm"), "y": (6.0, "nm")}),
        ("2d_t.tif", "tyx", (5, 16, 16), {"x": (50.0, "um"), "y": (3.0, "pm"), "t": (3.0, "min")}),
        ("2d_zero_division.tif", "yx", (16, 16), {}),
        ("3d.tif", "zyx", (5, 16, 16), {"x": (11.0, "cm"), "y": (6.0, "mm"), "z": (2.0, "pm")}),
        ("3d_c.tif", "zcyx", (5, 3, 16, 16), {"x": (2.0, "um"), "y": (11.0, "nm"), "z": (13.0, "cm")}),
        ("3d_t.tif", "tzyx", (5, 5, 16, 16), {"x": (3.0, "mm"), "y": (5.0, "mm"), "z": (7.0, "mm"), "t": (3.0, "s")}),
        ("3d_t_no_meta.tif", "tzyx", (5, 5, 16, 16), {}),
        ("3d_t_other_meta.tif", "tzyx", (5, 5, 16, 16), {"x": (3.1415, "nm"), "y": (0.1, "um"), "z": (2.0, "cm"), "t": (2.0, "min")}),
        ("5d.tif", "tzcyx", (5, 5, 3, 16, 16), {"x": (17.0, "cm"), "y": (13.0, "pm"), "z": (8.0, "nm"), "t": (3.0, "h")}),
    ],
)
def test_pixel_sizes_of_imagej(golden: Path, file: str, axes: str, shape: tuple[int, ...], scale: dict[str, tuple[float, str]]) -> None:
    (series,) = describe(Source(golden / "ilastik" / "pix_res" / file))
    assert (series.axes, series.shape) == (axes, shape)
    found = series.facts.scale
    assert {axis: unit for axis, (_, unit) in found.items()} == {axis: unit for axis, (_, unit) in scale.items()}
    assert {axis: step for axis, (step, _) in found.items()} == pytest.approx({axis: step for axis, (step, _) in scale.items()}, rel=1e-4)


@pytest.mark.parametrize(
    ("file", "axes", "shape", "dtype"),
    [
        ("imc/E34_imc.tiff", "?yx", (5, 100, 100), "f4"),
        ("imc/E34_mask.tiff", "yx", (100, 100), "u2"),
        ("stardist/mask3d.tif", "?yx", (31, 61, 57), "u2"),
        ("nimbus/deeptile_sample.tif", "yx", (1022, 1024), "u2"),
        ("mantis/test/files/project/set_one/segmentation.tif", "yx", (100, 100), "f4"),
        ("imagej/zoo_hyperstack_with_overlay.tif", "tzcyx", (4, 3, 2, 160, 200), "u2"),
    ],
)
def test_shapes(golden: Path, file: str, axes: str, shape: tuple[int, ...], dtype: str) -> None:
    (series,) = describe(Source(golden / file))
    assert (series.axes, series.shape, series.dtype) == (axes, shape, np.dtype(dtype))


@pytest.mark.parametrize("file", sorted(UNREADABLE))
def test_files_that_cannot_be_read_say_why(golden: Path, file: str) -> None:
    path = next(golden.rglob(file))
    with pytest.raises(UNREADABLE[file]):
        whole(path)
