"""Every real label mask survives every road and back bit for bit, knowing nothing on the way back but the size of the image."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

import segue

MASKS = [
    "stardist/mask2d.tif",
    "imc/E34_mask.tiff",
    "imc/G01_mask.tiff",
    "imagej/blobs_labels.tif",
    "imagej/mito_t1_labels.tif",
    "imagej/randomshapes_labels.tif",
    "neubias/xy_8bit__mitocheck_incenp_t1_labels.tif",
    "neubias/xy_8bit__mitocheck_incenp_t1_nuclei_labels.tiff",
    "nimbus/deeptile_sample_tif_stitched_mask.tif",
    "mantis/test/files/project/set_one/segmentation.tif",
    "mantis/test/files/project/set_two/segmentation.tif",
]
ROADS = {
    "{}-RoiSet.zip": "imagej-roi",
    "{}.geojson": "qupath-geojson",
    "{}.geojson.gz": "qupath-geojson",
    "{}.segue": "segue-study",
    "{}-copy.tif": "tiff",
    "{}.npy": "numpy",
    "{}_seg.npy": "cellpose",
    "{}-coco.json": "coco",
    "{}.ome.xml": "ome-roi",
    "{}.parquet": "geoparquet",
}
"""Names of files, and their formats."""


@pytest.mark.golden
@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("name", MASKS)
def test_a_real_mask_comes_back_bit_for_bit(golden, tmp_path, name, road):
    there_and_back(tifffile.imread(golden / name), tmp_path, road)


def tricky(labels_at_most=2**32):
    """Holes, an island in a hole, corner contacts, parts, single pixels, edges, > 65,535 labels, gaps, noise."""
    rng = np.random.default_rng(7)
    a = np.zeros((300, 400), np.uint32)
    a[10:60, 10:60] = 3
    a[20:40, 20:40] = 0
    a[25:30, 25:30] = 9
    a[70:80, 10:20] = a[80:90, 20:30] = 5
    a[100:110, 10:20] = 6
    a[110:120, 20:30] = 7
    a[0:5, 395:400] = 70000
    a[299, 399] = 70001
    a[150, :] = 11
    a[200:280, 100:300] = (rng.random((80, 200)) > 0.5) * (1000 + np.arange(200))[None, :]
    return a


@pytest.mark.parametrize("road", ROADS)
def test_a_tricky_mask_comes_back_bit_for_bit(tmp_path, road):
    there_and_back(tricky(), tmp_path, road)


@pytest.mark.parametrize("road", ["{}-RoiSet.zip", "{}.geojson", "{}.segue", "{}-coco.json", "{}.ome.xml", "{}.parquet"])
def test_stacks_over_time_and_depth_come_back_bit_for_bit(tmp_path, road):
    rng = np.random.default_rng(3)
    stack = np.zeros((3, 2, 40, 50), np.uint16)
    for t, z in np.ndindex(3, 2):
        for number in range(1, 9):
            y, x = rng.integers(0, 34, 2)
            stack[t, z, y : y + 6, x : x + 6] = number
    mask = tmp_path / "stack.tif"
    tifffile.imwrite(mask, stack, imagej=True, metadata={"axes": "TZYX"})
    middle, back = tmp_path / road.format("stack"), tmp_path / "back.tif"
    segue.convert(mask, middle, to=ROADS[road])
    zero = tmp_path / "zero.tif"
    tifffile.imwrite(zero, np.zeros_like(stack), imagej=True, metadata={"axes": "TZYX"})
    mask.unlink()
    segue.convert(middle, back, image=zero)
    assert np.array_equal(tifffile.imread(back), stack)


def there_and_back(array, folder, road):
    mask, middle, back, zero = (folder / name for name in ("mask.tif", road.format("there"), "back.tif", "zero.tif"))
    tifffile.imwrite(mask, array)
    tifffile.imwrite(zero, np.zeros(array.shape, np.uint8))
    segue.convert(mask, middle, to=ROADS[road], role="labels")
    mask.unlink()
    segue.convert(middle, back, image=zero, role="labels")
    result = tifffile.imread(back)
    assert result.shape == array.shape
    assert np.array_equal(result.astype(np.int64), array.astype(np.int64))
