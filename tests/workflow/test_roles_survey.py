"""Large planes are judged band by band."""

from __future__ import annotations

import numpy as np
import pytest

from segue.errors import UnsupportedVariant
from segue.model.image import ArrayPixels, Image
from segue.workflow import roles_survey
from segue.workflow.roles import as_labels


@pytest.mark.parametrize("axes", ["yx", "xy"])
def test_a_large_plane_is_looked_at_band_by_band_with_the_same_result(axes, monkeypatch):
    array = np.zeros((90, 70), np.uint32)
    for nth in range(12):
        array[7 * nth : 7 * nth + 9, 5 * nth : 5 * nth + 4] = 3 * nth + 1
    image = array if axes == "yx" else np.ascontiguousarray(array.T)
    whole = as_labels(Image(ArrayPixels(image), axes), components=None, where="x")
    read = []

    class Watched(ArrayPixels):
        def read(self, region):
            read.append(region)
            return super().read(region)

    monkeypatch.setattr(roles_survey, "BAND", 70 * 8)
    banded = as_labels(Image(Watched(image), axes), components=None, where="x")
    assert len(read) == 12
    assert [str(note) for note in banded[1]] == [str(note) for note in whole[1]]
    monkeypatch.setattr(roles_survey, "BAND", 300 * 100)
    noise = np.random.default_rng(3).integers(0, 200, (400, 300)).astype(np.uint16)
    with pytest.raises(UnsupportedVariant, match="looks like an intensity image"):
        as_labels(Image(ArrayPixels(noise), "yx"), components=None, where="x")
