"""Pixels, unless units are asked for."""

from __future__ import annotations

import pytest

from segue.errors import Incompatible, InvalidOption
from segue.workflow.measuring.units import PixelSize, pixel_size_of


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0.5um", PixelSize((None, 0.5, 0.5), "um")),
        ("0.5 µm", PixelSize((None, 0.5, 0.5), "um")),
        ("0.4x0.5 nm", PixelSize((None, 0.4, 0.5), "nm")),
        ("2x0.5x0.5 micron", PixelSize((2, 0.5, 0.5), "um")),
        ("1e-3mm", PixelSize((None, 1e-3, 1e-3), "mm")),
    ],
)
def test_a_pixel_size_in_words(text, size):
    assert pixel_size_of(text) == size


@pytest.mark.parametrize("text", ["", "5", "um", "0um", "-1um", "1x2x3x4um", "5 apples", "1..2um", "infum"])
def test_what_is_no_pixel_size_is_refused(text):
    with pytest.raises(InvalidOption, match=r"write 0\.5um"):
        pixel_size_of(text)


STATISTICS = ("area", "perimeter", "left", "mean", "angle", "integrated_density", "circularity")


def test_pixels_are_the_unit_whatever_the_image_states(cells):
    cells.measure(statistics=STATISTICS, channels=("A", "B"))
    table = cells.table()
    assert table["area"].to_list() == [48, 120, 108]
    assert table["left"].to_list() == [3, 3, 20]
    assert "um" not in " ".join(table.columns)


@pytest.mark.parametrize("how", [{"physical": True}, {"pixel_size": "0.5um"}])
def test_units_stand_in_the_names_of_the_columns(cells, how):
    cells.measure("px.csv", statistics=STATISTICS, channels=("A", "B"))
    cells.measure("um.csv", statistics=STATISTICS, channels=("A", "B"), **how)
    px, um = cells.table("px.csv"), cells.table("um.csv")
    for name, unit, factor in (("area", "um^2", 0.25), ("perimeter", "um", 0.5), ("left", "um", 0.5), ("A integrated_density", "um^2", 0.25)):
        assert um[f"{name} {unit}"].to_list() == pytest.approx((px[name] * factor).to_list())
    for name in ("A mean", "angle", "circularity", "x", "y"):  # positions of a table are in pixels unless its own option says otherwise
        assert um[name].to_list() == pytest.approx(px[name].to_list())


def test_a_preset_keeps_its_names_and_states_the_unit_in_the_column(cells):
    import segue

    cells.measure("um.segue", preset="imagej", physical=True)
    with segue.read("um.segue") as study:
        columns = {one.name: one for one in study.image_sets[0].tables["measurements"].columns}
    assert (columns["Area"].unit, columns["Feret"].unit, columns["FeretX"].unit, columns["Circ."].unit) == ("um^2", "um", "px", None)
    assert columns["channel 2 Mean"].channel == "channel 2"


def test_a_program_that_knows_pixels_only_gets_pixels(cells):
    cells.measure("a.csv", preset="mantis", physical=True)
    assert cells.table("a.csv")["Segment Area"].to_list() == [48, 120, 108]


def test_without_a_pixel_size_units_are_refused(cells):
    import tifffile

    tifffile.imwrite("cells.tif", cells.image, metadata={"axes": "CYX"})
    with pytest.raises(Incompatible, match=r"--pixel-size 0\.5um, or measure in pixels"):
        cells.measure(physical=True)


def test_pixels_that_are_not_square(cells):
    cells.measure("a.csv", statistics=("width", "height", "area", "feret"), pixel_size="2x1um")
    table = cells.table("a.csv")
    assert (table["width um"].to_list(), table["height um"].to_list()) == ([6, 12, 18], [16, 20, 12])
    assert table["area um^2"].to_list() == [96, 240, 216]
    assert table["feret um"].to_list() == pytest.approx([(6**2 + 16**2) ** 0.5, (12**2 + 20**2) ** 0.5, (18**2 + 12**2) ** 0.5])
