"""The ROI files that StarDist and Cellpose write, read by way of ImageJ's format. Neither tool says in the file that it was the one.

The bytes are made by the steps of their sources: stardist/utils.py (export_imagej_rois, polyroi_bytearray; 650d3a19) and cellpose/io.py
(save_rois; 849ca11f), the latter with the same library, roifile.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import roifile

import segue
from segue.model.grid import grid_of
from segue.model.image import in_memory
from segue.model.study import ImageSet
from segue.workflow.derive import labels_from_shapes

TRUTH = np.zeros((24, 24), np.uint16)
TRUTH[2:9, 3:12] = 1
TRUTH[12:20, 5:9] = 2


def stardist_roi(x: np.ndarray, y: np.ndarray, position: int) -> bytes:
    x, y = x + 0.5, y + 0.5
    whole_x, whole_y = np.round(x), np.round(y)
    top, left, bottom, right = (int(value) for value in (whole_y.min(), whole_x.min(), whole_y.max(), whole_x.max()))
    head = struct.pack(">4shhhhhhH", b"Iout", 227, 0, top, left, bottom, right, len(x)).ljust(50, b"\0") + struct.pack(">h", 128)
    head = head.ljust(56, b"\0") + struct.pack(">i", position) + bytes(4)
    integers = np.concatenate([whole_x - left, whole_y - top]).astype(">i2").tobytes()
    return head + integers + np.concatenate([x, y]).astype(">f4").tobytes()


def export_imagej_rois(path: Path, images: list[np.ndarray]) -> Path:
    """``images``: per image (n, 2, rays), y before x, pixel centres at whole numbers."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for position, polygons in enumerate(images, 1):
            for nth, (y, x) in enumerate(polygons, 1):
                archive.writestr(f"{position:03d}_{nth:03d}.roi", stardist_roi(x, y, position))
    return path


def star(y: float, x: float, radius: float, rays: int = 32) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, rays, endpoint=False)
    return np.stack([y + radius * np.sin(angle), x + radius * np.cos(angle)])


def drawn(path: Path, shape: tuple[int, int]) -> np.ndarray:
    study = segue.read(path)
    s = study.image_sets[0]
    on_grid = ImageSet("", grid=grid_of("yx", shape), objects=s.objects, shapes=s.shapes)
    return in_memory(labels_from_shapes(on_grid)[0].labels[0].pixels)


def test_stardist_polygons_are_where_stardist_saw_them(tmp_path: Path) -> None:
    """It adds the half pixel by itself: the circle around the centre of pixel (7, 10) covers the pixels around that."""
    path = export_imagej_rois(tmp_path / "rois.zip", [np.stack([star(7, 10, 3.2), star(16, 5, 2.2)])])
    s = segue.read(path).image_sets[0]
    assert s.objects.frame["id"].to_list() == ["001_001", "001_002"]
    np.testing.assert_allclose(s.shapes.rings.take([0]).coords.mean(axis=0), (10.5, 7.5), atol=1e-5)
    pixels = drawn(path, (24, 24))
    yy, xx = np.mgrid[:24, :24]
    np.testing.assert_array_equal(pixels == 1, (yy - 7) ** 2 + (xx - 10) ** 2 <= 3.2**2)
    np.testing.assert_array_equal(pixels == 2, (yy - 16) ** 2 + (xx - 5) ** 2 <= 2.2**2)


def test_stardist_numbers_images_as_planes(tmp_path: Path) -> None:
    """The position is the number of the image in the list, which is 1 for a single picture: its first and only plane, so nothing is lost."""
    one = export_imagej_rois(tmp_path / "one.zip", [np.stack([star(7, 10, 3)])])
    two = export_imagej_rois(tmp_path / "two.zip", [np.stack([star(7, 10, 3)]), np.stack([star(7, 10, 3)])])
    assert segue.read(one).image_sets[0].shapes.frame["z"].to_list() in ([0], [None])
    assert segue.read(two).image_sets[0].shapes.frame["z"].to_list() == [0, 1]


def test_cellpose_rois_are_a_pixel_smaller_and_its_masks_are_not(tmp_path: Path) -> None:
    """What save_rois keeps: a polygon along the border pixels, which ImageJ takes for corners; names are label numbers."""
    squares = [np.array([(3, 2), (3, 8), (11, 8), (11, 2)]), np.array([(5, 12), (5, 19), (8, 19), (8, 12)])]
    rois = [roifile.ImagejRoi.frompoints(points, name=str(nth)) for nth, points in enumerate(squares, 1)]
    for roi in rois:
        roi.roitype = roifile.ROI_TYPE.FREEHAND
    roifile.roiwrite(tmp_path / "a_rois.zip", rois, mode="w")
    pixels = drawn(tmp_path / "a_rois.zip", TRUTH.shape)
    assert ((pixels != 0) & (pixels != TRUTH)).sum() == 0
    assert ((pixels == 1).sum(), (TRUTH == 1).sum()) == (6 * 8, 7 * 9)
    assert segue.read(tmp_path / "a_rois.zip").image_sets[0].objects.frame["name"].to_list() == ["1", "2"]
