"""Sets of measurements under the names, and in the order, of other programs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """The columns of a program's table."""

    name: str
    program: str
    """With the version whose numbers these are."""
    columns: tuple[tuple[str, str], ...]
    """The program's heading and the measurement of the catalogue that it is."""


IMAGEJ = Preset(
    "imagej",
    "ImageJ 1.53t",
    (
        ("Area", "area"),
        ("Mean", "mean"),
        ("StdDev", "std_sample"),
        ("Mode", "mode"),
        ("Min", "min"),
        ("Max", "max"),
        ("X", "x"),
        ("Y", "y"),
        ("XM", "weighted_x"),
        ("YM", "weighted_y"),
        ("Perim.", "perimeter"),
        ("BX", "left"),
        ("BY", "top"),
        ("Width", "width"),
        ("Height", "height"),
        ("Major", "major"),
        ("Minor", "minor"),
        ("Angle", "angle"),
        ("Circ.", "circularity"),
        ("Feret", "feret"),
        ("IntDen", "integrated_density"),
        ("Median", "median_imagej"),
        ("Skew", "skewness"),
        ("Kurt", "kurtosis"),
        ("%Area", "nonzero_percent"),
        ("RawIntDen", "raw_integrated_density"),
        ("FeretX", "feret_x"),
        ("FeretY", "feret_y"),
        ("FeretAngle", "feret_angle"),
        ("MinFeret", "min_feret"),
        ("AR", "aspect_ratio"),
        ("Round", "roundness"),
        ("Solidity", "solidity"),
    ),
)

PRESETS: tuple[Preset, ...] = (IMAGEJ,)
