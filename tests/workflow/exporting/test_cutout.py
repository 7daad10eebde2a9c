"""Cut-outs: stop exclusive, by name or in ilastik's form, in pixels or in units."""

from __future__ import annotations

import pytest

from segue.errors import Incompatible, InvalidOption
from segue.model.grid import Axis, Grid
from segue.workflow.exporting.cutout import cuts_of, pixels_of

GRID = Grid((Axis("z", 40, 2.0, "um"), Axis("y", 50, 0.5, "um"), Axis("x", 60, 0.5, "um")))


def cut(text, axes="zyx", shape=(40, 50, 60), grid=GRID):
    return pixels_of(cuts_of(text), axes, shape, grid)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z=0:10", (("z", 0, 10),)),
        ("x=10:60, y=5:50", (("x", 10, 60), ("y", 5, 50))),
        ("z=:10,x=3:", (("z", 0, 10), ("x", 3, 60))),
        ("[(0,0,0),(10,20,3)]", (("z", 0, 10), ("y", 0, 20), ("x", 0, 3))),
        ("[(0, None, 1), (None, 20, 3)]", (("z", 0, 40), ("y", 0, 20), ("x", 1, 3))),
        ("x=10um:20um", (("x", 20, 40),)),
        ("x=0.01mm:20 µm", (("x", 20, 40),)),
        ("x=4:10um", (("x", 4, 20),)),
        ("z=4um:", (("z", 2, 40),)),
        ("x=5px:9px", (("x", 5, 9),)),
    ],
)
def test_what_cutouts_mean(text, expected):
    assert cut(text) == (expected, [])


def test_physical_ends_become_whole_pixels_and_that_is_said():
    assert cut("x=10.2um:20.3um,y=1um:2um") == (
        (("x", 20, 41), ("y", 2, 4)),
        ["the cut-out along x was rounded to whole pixels: x=20:41"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x=3",
        "x=3:2",
        "x=3:3",
        "x=-1:3",
        "q=0:1",
        "x=0:1,x=2:3",
        "x=a:b",
        "x=0.5:3",
        "x=1parsec:2",
        "[(0,0)]",
        "[(0,0),(1)]",
        "[(1,),(0,)]",
        "[(0.5,),(2,)]",
        "xy=0:1",
        "[(true,),(2,)]",
    ],
)
def test_what_is_no_cutout(text):
    with pytest.raises(InvalidOption) as error:
        cuts_of(text)
    assert error.value.fields["option"] == "cutout"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x=10:61", r"x=10:61 is not inside the image, which has x=0:60"),
        ("x=70:", r"is empty"),
        ("x=1um:1.1um", r"is empty"),
        ("t=0:1", r"names the axis t, but the image has z, y, x"),
        ("[(0,0),(10,20)]", r"has 2 axes and the image has 3 \(zyx\)"),
        ("x=1s:2s", r"is in s, but the image is measured in um"),
    ],
)
def test_what_does_not_fit_the_image(text, sentence):
    with pytest.raises(Incompatible, match=sentence):
        cut(text)


def test_units_need_a_pixel_size():
    with pytest.raises(Incompatible, match="does not say how large a pixel is"):
        cut("x=1um:2um", grid=GRID.without_scale())
