"""Which palettes are ramps of grey."""

from __future__ import annotations

import numpy as np
import pytest

from segue.codecs.ramps import inverting_colours, ramp_of


def grey(*shades, dtype=np.uint8):
    return np.array([(shade,) * 3 for shade in shades], dtype)


@pytest.mark.parametrize(
    ("colours", "ramp"),
    [
        (grey(*range(256)), "rising"),
        (grey(*range(255, -1, -1)), "falling"),
        (inverting_colours(), "falling"),
        (grey(*range(0, 256, 17)), "rising"),
        (grey(0, 42, 85, 128, 170, 213, 255), "rising"),
        (grey(255, 0), "falling"),
        (grey(*(257 * i for i in range(255, -1, -1)), dtype=np.uint16), "falling"),
        (grey(*(256 * i for i in range(256)), dtype=np.uint16), "rising"),
        (grey(0, 10, 255), None),
        (grey(255, 10, 0), None),
        (grey(7, 7), None),
        (grey(0), None),
        (grey(), None),
        (np.array([(0, 0, 0), (255, 255, 254)], np.uint8), None),
    ],
)
def test_ramp_of(colours, ramp):
    assert ramp_of(colours.reshape(-1, 3)) == ramp
