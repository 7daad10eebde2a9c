"""Colour pictures in TIFF: what is written is what tifffile and Pillow read, whatever the axes, the packing and the size."""

from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile
from PIL import Image

import segue
from segue.codecs.blocks import write_whole
from segue.codecs.pixel_facts import Facts
from segue.codecs.tiff_colour import colour_blocks
from segue.errors import UnsupportedVariant
from segue.model.image import ArrayPixels


def written(picture, axes="yxc", **how):
    file = io.BytesIO()
    with colour_blocks(file, pixels := ArrayPixels(picture), axes, Facts(), **how) as writer:
        write_whole(writer, pixels)
    return file.getvalue()


@pytest.fixture
def picture():
    return np.random.default_rng(5).integers(0, 256, (700, 801, 3)).astype(np.uint8)


@pytest.mark.parametrize("compression", ["none", "deflate", "lzw"])
@pytest.mark.parametrize("bigtiff", [False, True])
def test_other_libraries_read_it(picture, compression, bigtiff):
    data = written(picture, compression=compression, bigtiff=bigtiff)
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[0]
        assert (page.photometric, page.samplesperpixel, file.is_bigtiff, len(file.pages)) == (2, 3, bigtiff, 1)
        if compression in ("none", "deflate"):
            assert np.array_equal(page.asarray(), picture)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGB"
        assert np.array_equal(np.asarray(image), picture)


def test_the_axes_of_the_pixels_make_no_difference(picture):
    assert written(np.moveaxis(picture, 2, 0), "cyx") == written(picture) == written(picture.transpose(1, 2, 0), "xcy")


@pytest.mark.parametrize(("shape", "dtype"), [((4, 5, 4), np.uint8), ((4, 5, 3), np.uint16), ((0, 5, 3), np.uint8)])
def test_other_pixels_are_refused(shape, dtype):
    with pytest.raises(UnsupportedVariant):
        written(np.zeros(shape, dtype))


def test_export_and_convert_write_it_too(picture, tmp_path):
    segue.export(picture, tmp_path / "a.tif", input_axes="yxc", options={"colour": True, "compression": "deflate"})
    assert np.array_equal(tifffile.imread(tmp_path / "a.tif"), picture)
    with segue.read(tmp_path / "a.tif") as study:
        image = study.image_sets[0].images[0]
        assert image.pixels.shape[image.axes.index("c")] == 3
        segue.write(study, tmp_path / "b.tif", colour=True)
    assert tifffile.imread(tmp_path / "b.tif").shape == picture.shape


@pytest.mark.parametrize("compression", ["lzw", "zstd"])
def test_what_few_libraries_read_segue_does(picture, tmp_path, compression):
    (tmp_path / "a.tif").write_bytes(written(picture, compression=compression))
    with segue.read(tmp_path / "a.tif") as study:
        image = study.image_sets[0].images[0]
        back = image.pixels.read(tuple(slice(0, size) for size in image.pixels.shape))
    assert np.array_equal(back.transpose([image.axes.index(name) for name in "yxc"]), picture)


def test_drawings_are_not_lost_in_silence(picture, tmp_path):
    segue.export(picture, tmp_path / "a.tif", input_axes="yxc", options={"colour": True})
    labels = np.zeros(picture.shape[:2], np.uint8)
    labels[3:9, 4:20] = 1
    tifffile.imwrite(tmp_path / "labels.tif", labels)
    segue.convert(tmp_path / "labels.tif", tmp_path / "cell.geojson")
    how = {"image": str(tmp_path / "a.tif"), "role": "image"}
    drawn = segue.convert(tmp_path / "cell.geojson", tmp_path / "drawn.tif", **how)
    assert not drawn.refused
    lost = segue.convert(tmp_path / "cell.geojson", tmp_path / "colour.tif", colour=True, **how)
    assert any("objects" in str(note) for note in lost.refused)
    assert tifffile.imread(tmp_path / "colour.tif").shape == picture.shape
