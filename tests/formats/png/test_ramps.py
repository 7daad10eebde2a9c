"""PNG palettes that are ramps of grey: the numbers are the values, as ImageJ has them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow

from segue.formats.png.spec import FORMAT
from segue.model.image import in_memory
from segue.storage.source import Source

NUMBERS = np.arange(48, dtype=np.uint8).reshape(6, 8)


def image(path, colours):
    picture = Pillow.new("P", NUMBERS.shape[::-1])
    picture.putdata(NUMBERS.reshape(-1).tolist())
    picture.putpalette([value for colour in colours for value in colour])
    picture.save(path)
    return FORMAT.read(Source(path))[0].image_sets[0].images[0]


@pytest.mark.parametrize(("shades", "inverted"), [(range(256), False), (range(255, -1, -1), True), (range(0, 240, 5), False)])
def test_the_numbers_are_read(tmp_path, shades, inverted):
    found = image(tmp_path / "x.png", [(shade,) * 3 for shade in shades])
    assert (found.axes, found.inverted) == ("yx", inverted)
    np.testing.assert_array_equal(in_memory(found.pixels), NUMBERS)


def test_colours_stay_colours(tmp_path):
    found = image(tmp_path / "x.png", [(i, 255 - i, 3) for i in range(256)])
    assert (found.axes, found.inverted) == ("cyx", False)
