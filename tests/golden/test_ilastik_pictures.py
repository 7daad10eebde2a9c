"""The TIFF and PNG files of ilastik's own tests: axes, pixel sizes in all their spellings, values."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from segue.formats.png.spec import FORMAT as PNG
from segue.formats.tiff.spec import FORMAT as TIFF
from segue.model.image import in_memory
from segue.storage.source import Source

pytestmark = pytest.mark.golden

NOTHING = (None, None)
SIZES = {
    "2d.tif": {"y": (7, "nm"), "x": (2, "cm")},
    "2d_stringified_tuple.tif": {"y": (6, "nm"), "x": (5, "cm")},
    "2d_t.tif": {"t": (3, "min"), "y": (3, "pm"), "x": (50, "um")},
    "2d_zero_division.tif": {"y": NOTHING, "x": NOTHING},
    "3d.tif": {"z": (2, "pm"), "y": (6, "mm"), "x": (11, "cm")},
    "3d_c.tif": {"z": (13, "cm"), "y": (11, "nm"), "x": (2, "um")},
    "3d_t.tif": {"t": (3, "s"), "z": (7, "mm"), "y": (5, "mm"), "x": (3, "mm")},
    "3d_t_no_meta.tif": dict.fromkeys("tzyx", NOTHING),
    "3d_t_other_meta.tif": {"t": (2, "min"), "z": (2, "cm"), "y": (0.1, "um"), "x": (3.1415, "nm")},
    "5d.tif": {"t": (3, "h"), "z": (8, "nm"), "y": (13, "pm"), "x": (17, "cm")},
}
"""As resolutions of six digits, escapes (``\\u03BCm``), tuples turned into text, "micron", "hr", and 0/0."""


def read(record, path):
    study, notes = record.read(Source(path))
    assert not notes
    return study.image_sets[0]


@pytest.mark.parametrize("name", SIZES)
def test_pixel_sizes(golden, name):
    found = read(TIFF, golden / "ilastik" / "pix_res" / name)
    stated = {axis.name: (None if axis.scale is None else pytest.approx(axis.scale, rel=1e-5), axis.unit) for axis in found.grid.axes}
    assert stated == SIZES[name]
    with tifffile.TiffFile(golden / "ilastik" / "pix_res" / name) as file:
        series = file.series[0]
        assert found.images[0].axes == series.axes.lower()
        np.testing.assert_array_equal(in_memory(found.images[0].pixels), series.asarray())


@pytest.mark.parametrize(
    ("name", "record", "shape"),
    [
        ("compressed_lzw.tiff", TIFF, (3, 10, 20)),
        ("2d_with_pixel_sizes.tif", TIFF, (16, 16)),
        ("rgba.png", PNG, (4, 400, 640)),
        *((f"3c{number}.png", PNG, (3, 15, 16)) for number in range(3)),
    ],
)
def test_values(golden, name, record, shape):
    """The oracle is Pillow, whose TIFF is libtiff."""
    image = read(record, golden / "ilastik" / name).images[0]
    assert (image.axes, image.pixels.shape) == ("cyx"[-len(shape) :], shape)
    with Pillow.open(golden / "ilastik" / name) as picture:
        theirs = np.asarray(picture)
    np.testing.assert_array_equal(in_memory(image.pixels), np.moveaxis(theirs, -1, 0) if theirs.ndim == 3 else theirs)
