"""Images whose low values are bright: how TIFF says so, and that the values stay."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from segue.formats.tiff.spec import FORMAT
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.storage.sink import FileSink
from segue.storage.source import Source

GREY = np.arange(48, dtype=np.uint8).reshape(6, 8)


def image(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))[0].image_sets[0].images[0]


def palette(path, colours):
    picture = Pillow.fromarray(GREY)
    picture = picture.convert("P") if picture.mode != "P" else picture
    picture.putdata(GREY.reshape(-1).tolist())
    picture.putpalette([value for colour in colours for value in colour])
    picture.save(path)
    return path


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_white_is_zero(tmp_path, dtype):
    tifffile.imwrite(tmp_path / "x.tif", GREY.astype(dtype), photometric="miniswhite")
    found = image(tmp_path / "x.tif")
    assert found.inverted
    np.testing.assert_array_equal(in_memory(found.pixels), GREY)


@pytest.mark.parametrize(
    ("colours", "inverted"),
    [
        ([(255 - i,) * 3 for i in range(256)], True),
        ([(i,) * 3 for i in range(256)], False),
        ([(255 - i, 255 - i, 0) for i in range(256)], False),
        ([(255 - i if i % 7 else 0,) * 3 for i in range(256)], False),
    ],
    ids=["from white to black", "from black to white", "yellow", "no ramp"],
)
def test_a_palette(tmp_path, colours, inverted):
    found = image(palette(tmp_path / "x.tif", colours))
    assert found.inverted is inverted
    np.testing.assert_array_equal(in_memory(found.pixels), GREY)


def written(path, picture, **options):
    study = Study((ImageSet("", grid_of("yx", GREY.shape), **picture),))
    chosen = FORMAT.options("write", options)
    with FileSink(path) as sink:
        FORMAT.write(FORMAT.fitted(study, chosen), sink, chosen)
        sink.keep()


@pytest.mark.parametrize("layout", ["imagej", "ome", "plain"])
@pytest.mark.parametrize("inverted", [False, True])
def test_every_layout_keeps_it(tmp_path, layout, inverted):
    written(tmp_path / "x.tif", {"images": (Image(ArrayPixels(GREY), "yx", inverted=inverted),)}, layout=layout)
    assert image(tmp_path / "x.tif").inverted is inverted
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "x.tif"), GREY)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_no_reader_is_led_to_invert_the_values(tmp_path, dtype):
    """Pillow and Bio-Formats subtract the values of WhiteIsZero from the highest; a palette says the same to ImageJ and is harmless."""
    written(tmp_path / "x.tif", {"images": (Image(ArrayPixels(GREY.astype(dtype)), "yx", inverted=True),)}, layout="imagej")
    with tifffile.TiffFile(tmp_path / "x.tif") as file:
        assert file.pages[0].photometric in (tifffile.PHOTOMETRIC.PALETTE, tifffile.PHOTOMETRIC.MINISBLACK)
    np.testing.assert_array_equal(np.array(Pillow.open(tmp_path / "x.tif")), GREY)


def test_labels_are_not_inverted(tmp_path):
    written(tmp_path / "x.tif", {"labels": (LabelImage(ArrayPixels(GREY), "yx"),)})
    assert image(tmp_path / "x.tif", role="image").inverted is False
