"""Real masks to annotations of NimbusImage and back: bit for bit, unless holes are filled, which is counted."""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.test_every_mask import MASKS

import segue

pytestmark = pytest.mark.golden


@pytest.fixture
def deeptile(golden):
    return golden / "nimbus" / "deeptile_sample_tif_stitched_mask.tif"


def pixels(path):
    import tifffile

    return tifffile.imread(path)


def there_and_back(mask, folder, **options):
    """The masks that come back, and what writing the annotations changed."""
    with segue.read(mask) as study:
        notes = segue.write(study, folder / "annotations.json", to="nimbus-json", **options)
    with segue.read(folder / "annotations.json") as back:
        segue.write(back, folder / "back.tif", role="labels")
    return pixels(folder / "back.tif"), notes


@pytest.mark.parametrize("holes", ["keyhole", "parts"])
@pytest.mark.parametrize("name", MASKS)
def test_every_mask_comes_back_bit_for_bit(golden, tmp_path, name, holes):
    back, notes = there_and_back(golden / name, tmp_path, holes=holes)
    assert np.array_equal(back, pixels(golden / name))
    assert not notes.refused


@pytest.mark.parametrize("holes", ["keyhole", "parts"])
def test_661_labels_come_back_bit_for_bit(deeptile, tmp_path, holes):
    back, notes = there_and_back(deeptile, tmp_path, holes=holes)
    given = pixels(deeptile)
    assert len(np.unique(given)) == 662
    assert np.array_equal(back, given)
    assert not notes.refused


def test_two_of_them_have_a_hole_that_is_filled_and_counted(deeptile, tmp_path):
    back, notes = there_and_back(deeptile, tmp_path)
    given = pixels(deeptile)
    assert np.argwhere(back != given).tolist() == [[290, 1004], [942, 750]]
    assert set(given[back != given]) == {0}
    (lost,) = notes.refused
    assert "2 pixels of 2 segments differ" in str(lost)
