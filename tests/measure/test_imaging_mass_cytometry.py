"""Five channels of fractions under masks whose ids have gaps: numbers as scikit-image and numpy have them."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from skimage.measure import regionprops

from segue.measure.intensity import columns, intensities


@pytest.mark.golden
@pytest.mark.parametrize("name", ["E34", "G01"])
def test_area_centroid_mean_and_median_of_every_cell_and_channel(golden, name):
    labels = tifffile.imread(golden / "imc" / f"{name}_mask.tiff")
    labels = labels if labels.dtype.kind in "iu" else labels.astype(np.int64)
    pixels = tifffile.imread(golden / "imc" / f"{name}_imc.tiff")
    props = regionprops(labels, np.moveaxis(pixels, 0, -1))
    segments, facts = intensities(labels, pixels)
    assert segments.label.tolist() == [cell.label for cell in props]
    assert segments.area.tolist() == [cell.area for cell in props]
    np.testing.assert_allclose(segments.centroid[:, 1:], [np.add(cell.centroid, 0.5) for cell in props], rtol=1e-9)
    values = [pixels[:, labels == cell.label].astype(float) for cell in props]
    for channel, found in enumerate(facts):
        mine = columns(segments, found, fractions=True)
        np.testing.assert_allclose(mine["mean"], [cell.intensity_mean[channel] for cell in props], rtol=1e-6)
        np.testing.assert_allclose(mine["median"], [np.median(value[channel]) for value in values], rtol=1e-9)
        np.testing.assert_allclose(mine["std"], [value[channel].std() for value in values], rtol=1e-9, atol=1e-12)
