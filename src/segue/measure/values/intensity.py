"""What the values of segments are, per channel: columns by the names of the catalogue, made of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from segue.measure.survey import Segments

    Floats = NDArray[np.float64]

MADE_OF: dict[str, tuple[str, ...]] = {
    "mean": ("mean",),
    "std": ("second",),
    "std_sample": ("count", "second"),
    "mode": ("mode",),
    "min": ("min",),
    "max": ("max",),
    "median": ("lower", "upper"),
    "median_imagej": ("lower", "upper"),
    "sum": ("count", "sum"),
    "integrated_density": ("mean",),
    "raw_integrated_density": ("count", "mean"),
    "skewness": ("second", "third"),
    "kurtosis": ("second", "fourth"),
    "zeros": ("zeros",),
    "missing": ("missing",),
    "nonzero_percent": ("count", "zeros"),
    "weighted_x": ("x",),
    "weighted_y": ("y",),
    "weighted_z": ("z",),
}
"""The facts that each measurement of values is made of."""


def column(name: str, of: Mapping[str, Floats], segments: Segments, *, fractions: bool) -> Floats:
    """(s,) One measurement of one channel, from the facts (s,) that it is made of.

    ``fractions`` says whether the pixels are fractions (not whole numbers).
    """
    with np.errstate(all="ignore"):
        return _COLUMNS["median" if fractions and name == "median_imagej" else name](of, segments)


def _std_sample(of: Mapping[str, Floats], segments: Segments) -> Floats:
    count, second = of["count"], of["second"]
    return np.where(count > 1, np.sqrt(second * count / (count - 1)), second)


def _fact(name: str) -> Callable[[Mapping[str, Floats], Segments], Floats]:
    return lambda of, segments: of[name]


_COLUMNS: dict[str, Callable[[Mapping[str, Floats], Segments], Floats]] = {
    **{name: _fact(name) for name in ("mean", "mode", "min", "max", "zeros", "missing")},
    "median": lambda of, segments: (of["lower"] + of["upper"]) / 2,
    "median_imagej": _fact("upper"),
    "std": lambda of, segments: np.sqrt(of["second"]),
    "std_sample": _std_sample,
    "sum": lambda of, segments: np.where(of["count"] > 0, of["sum"], np.nan),
    "integrated_density": lambda of, segments: of["mean"] * segments.area,
    "raw_integrated_density": lambda of, segments: of["mean"] * of["count"],
    "skewness": lambda of, segments: of["third"] / of["second"] ** 1.5,
    "kurtosis": lambda of, segments: of["fourth"] / of["second"] ** 2 - 3,
    "nonzero_percent": lambda of, segments: 100 * (of["count"] - of["zeros"]) / of["count"],
    "weighted_x": lambda of, segments: of["x"] + segments.low[:, 2] + 0.5,
    "weighted_y": lambda of, segments: of["y"] + segments.low[:, 1] + 0.5,
    "weighted_z": lambda of, segments: of["z"] + segments.low[:, 0],
}
