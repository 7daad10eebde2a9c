"""Sets of measurements under the names, and in the order, of other programs."""

from __future__ import annotations

from segue.errors import InvalidOption
from segue.measure.catalog import MEASUREMENTS
from segue.measure.preset import Heading, Preset

IMAGEJ = Preset(
    "imagej",
    "ImageJ 1.53t",
    (
        Heading("Area", "area"),
        Heading("Mean", "mean"),
        Heading("StdDev", "std_sample"),
        Heading("Mode", "mode"),
        Heading("Min", "min"),
        Heading("Max", "max"),
        Heading("X", "x"),
        Heading("Y", "y"),
        Heading("XM", "weighted_x"),
        Heading("YM", "weighted_y"),
        Heading("Perim.", "perimeter"),
        Heading("BX", "left"),
        Heading("BY", "top"),
        Heading("Width", "width"),
        Heading("Height", "height"),
        Heading("Major", "major"),
        Heading("Minor", "minor"),
        Heading("Angle", "angle"),
        Heading("Circ.", "circularity"),
        Heading("Feret", "feret"),
        Heading("IntDen", "integrated_density"),
        Heading("Median", "median_imagej"),
        Heading("Skew", "skewness"),
        Heading("Kurt", "kurtosis"),
        Heading("%Area", "nonzero_percent"),
        Heading("RawIntDen", "raw_integrated_density"),
        Heading("FeretX", "feret_x"),
        Heading("FeretY", "feret_y"),
        Heading("FeretAngle", "feret_angle"),
        Heading("MinFeret", "min_feret"),
        Heading("AR", "aspect_ratio"),
        Heading("Round", "roundness"),
        Heading("Solidity", "solidity"),
    ),
)

MANTIS = Preset(
    "mantis",
    "Mantis Viewer 1.2",
    (
        Heading("{channel} Mean", "mean"),
        Heading("{channel} Median", "median"),
        Heading("{channel} Num0", "zeros"),
        Heading("{channel} Sum", "sum"),
        Heading("Segment Area", "area"),
    ),
    last=(Heading("Centroid X", "x", "truncated index"), Heading("Centroid Y", "y", "truncated index")),
    by_name=True,
    pixels_only=True,
    label="Segment ID",
    populations="Populations",
)

ALL = Preset("all", "segue", tuple(Heading(f"{{channel}} {one.name}" if one.channels else one.name, one.name) for one in MEASUREMENTS), label="label")

PRESETS: tuple[Preset, ...] = (IMAGEJ, MANTIS, ALL)


def preset_of(name: str) -> Preset:
    """The preset of that name.

    Raises
    ------
    InvalidOption
        There is none.
    """
    for preset in PRESETS:
        if preset.name == name:
            return preset
    names = ", ".join(preset.name for preset in PRESETS)
    raise InvalidOption(f"there is no preset {name!r}; choose one of {names}", option="preset", given=name)
