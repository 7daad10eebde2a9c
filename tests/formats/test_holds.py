"""What a container of pixels cannot store is said in sentences, all of them at once, before a pixel is read."""

import numpy as np
import pytest

from segue.formats.holds import Holds, problems

PICTURE = Holds(("uint8", "uint16"), ("yxc",), 2, (1, 3), sequence=True)


def said(holds, shape, dtype, axes):
    return problems(holds, shape, np.dtype(dtype), axes)


def test_pixels_that_fit_have_no_problem():
    assert said(PICTURE, (10, 20, 3), "uint8", "yxc") == []
    assert said(Holds(), (2, 3, 4, 5, 6), "float64", "tczyx") == []


def test_axes_of_size_1_count_as_absent():
    assert said(PICTURE, (1, 1, 1, 10, 20), ">u2", "tczyx") == []


def test_says_everything_at_once():
    assert said(PICTURE, (5, 2, 10, 20), "float32", "zcyx") == [
        "it stores uint8 or uint16, not float32",
        "it stores 2 axes larger than 1 (channels apart), and there are 3: z 5, y 10, x 20",
        "it stores 1 or 3 channels, not 2",
        "it stores the axes in the order yxc, not zcyx",
    ]


def test_one_channel_is_one_channel():
    assert said(Holds(channels=(1,)), (3, 10, 20), "uint8", "cyx") == ["it stores 1 channel, not 3"]


@pytest.mark.parametrize(("axes", "fits"), [("tzcyx", True), ("cyx", True), ("yx", True), ("xy", False), ("yxc", False)])
def test_an_order_may_lack_axes(axes, fits):
    shape = (2,) * len(axes)
    assert (said(Holds(axes=("tzcyx",)), shape, "uint8", axes) == []) == fits


def test_nothing_cannot_be_stored():
    assert said(Holds(), (0, 4), "uint8", "yx") == ["there is nothing along y"]
