"""Five channels of fractions under masks whose ids have gaps: numbers as scikit-image and numpy have them."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from skimage.measure import regionprops

from segue.measure.measuring import Channel, Wanted, measure
from segue.model.image import ArrayPixels, Image, LabelImage


@pytest.mark.golden
@pytest.mark.parametrize("name", ["E34", "G01"])
def test_area_centroid_mean_and_median_of_every_cell_and_channel(golden, name):
    labels = tifffile.imread(golden / "imc" / f"{name}_mask.tiff")
    labels = labels if labels.dtype.kind in "iu" else labels.astype(np.int64)
    pixels = tifffile.imread(golden / "imc" / f"{name}_imc.tiff")
    props = regionprops(labels, np.moveaxis(pixels, 0, -1))
    image = Image(ArrayPixels(pixels), "cyx")
    wanted = Wanted(("area", "x", "y", "mean", "median", "std"))
    found = measure(LabelImage(ArrayPixels(labels), "yx"), [Channel(image, number) for number in range(len(pixels))], wanted)
    assert found.label.tolist() == [cell.label for cell in props]
    assert found.columns["area", None].tolist() == [cell.area for cell in props]
    centres = np.stack([found.columns["y", None], found.columns["x", None]], axis=1)
    np.testing.assert_allclose(centres, [np.add(cell.centroid, 0.5) for cell in props], rtol=1e-9)
    values = [pixels[:, labels == cell.label].astype(float) for cell in props]
    for channel in range(len(pixels)):
        mine = {name: found.columns[name, channel] for name in ("mean", "median", "std")}
        np.testing.assert_allclose(mine["mean"], [cell.intensity_mean[channel] for cell in props], rtol=1e-6)
        np.testing.assert_allclose(mine["median"], [np.median(value[channel]) for value in values], rtol=1e-9)
        np.testing.assert_allclose(mine["std"], [value[channel].std() for value in values], rtol=1e-9, atol=1e-12)
