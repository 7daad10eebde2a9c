"""Opening a file gives exactly what it holds, and a with block lets go of it."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

import segue
from segue.errors import Incompatible
from segue.storage import handles


@pytest.fixture
def mask(tmp_path):
    path = tmp_path / "mask.tif"
    tifffile.imwrite(path, np.array([[1, 0, 2], [1, 0, 2]], np.uint16))
    return path


def test_a_with_block_lets_go_of_the_file(mask):
    handles.close_all()
    before = handles.open_count()
    with segue.read(mask) as study:
        study.image_sets[0].images[0].pixels.read((slice(0, 1), slice(0, 3)))
        assert handles.open_count() == before + 1
    assert handles.open_count() == before


def test_an_image_says_how_large_the_grid_is(tmp_path, mask):
    segue.convert(mask, tmp_path / "a.geojson", layout="array")
    assert segue.read(tmp_path / "a.geojson").image_sets[0].grid.shape == (None, None)
    assert segue.read(tmp_path / "a.geojson", image=mask).image_sets[0].grid.shape == (2, 3)


def test_an_image_of_another_size_is_refused(tmp_path, mask):
    segue.convert(mask, tmp_path / "a-RoiSet.zip")
    other = tmp_path / "other.tif"
    tifffile.imwrite(other, np.zeros((9, 9), np.uint8))
    with pytest.raises(Incompatible, match="y 2 and 9, x 3 and 9"):
        segue.convert(tmp_path / "a-RoiSet.zip", tmp_path / "b.tif", image=other)


def test_outline_and_rasterize_are_inverse():
    labels = np.array([[7, 7, 0], [7, 0, 70_000]], np.uint32)
    outlined = segue.outline(labels)
    assert np.array_equal(segue.rasterize(outlined), labels)
    assert np.array_equal(segue.rasterize(outlined, (2, 3)), labels)
    assert outlined.objects.frame["label"].to_list() == [7, 70_000]
