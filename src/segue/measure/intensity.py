"""What the values of segments are, per channel: columns by the names of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import Incompatible
from segue.measure.runs import label_runs
from segue.measure.statistics_reference import FACTS
from segue.measure.stream import Intensities
from segue.measure.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.measure.survey import Segments

    Floats = NDArray[np.float64]

BAND = 1 << 25
"""Bytes of pixels that are looked at together."""


def intensities(labels: NDArray[np.generic], pixels: NDArray[np.generic], percentiles: Sequence[float] = ()) -> tuple[Segments, Floats]:
    """Survey the labels and measure the pixels under them.

    Parameters
    ----------
    labels : (y, x) or (z, y, x) integer or bool
        0 is background.
    pixels : (channels, y, x) or (channels, z, y, x)
        Whole numbers, fractions of up to 64 bits, or bool.
    percentiles
        From 0 to 100.

    Returns
    -------
    segments
        Ascending by label.
    facts : (channels, s, facts + percentiles)
        See ``statistics_reference.FACTS``.

    Raises
    ------
    Incompatible
        Labels and pixels differ in size.
    """
    if pixels.shape[1:] != labels.shape or labels.ndim not in (2, 3):
        raise Incompatible(f"labels of {labels.shape} pixels do not fit (channels, ...) pixels of {pixels.shape}")
    height, width = labels.shape[-2:]
    rows, image = labels.reshape(-1, width), pixels.reshape(len(pixels), -1, width)
    each = max(1, BAND // max(1, image.itemsize * width * len(image)))
    survey, found = Survey(max(height, 1)), []
    for first in range(0, len(rows), each):
        found.append(label_runs(rows[first : first + each], first))
        survey.add(found[-1])
    segments = survey.segments()
    measured = Intensities(segments, len(image), image.dtype, percentiles, max(height, 1))
    for runs, first in zip(found, range(0, len(rows), each), strict=True):
        measured.add(runs, image[:, first : first + each], first)
    return segments, measured.facts()


def columns(segments: Segments, facts: Floats, *, fractions: bool) -> dict[str, Floats]:
    """(s,) columns of one channel, by the names of the catalogue, from its (s, facts) facts.

    ``fractions`` says whether the pixels are fractions (not whole numbers).
    """
    of = dict(zip(FACTS, facts.T, strict=False))
    count, second = of["count"], of["second"]
    middle = (of["lower"] + of["upper"]) / 2
    with np.errstate(all="ignore"):
        return {
            "mean": of["mean"],
            "std": np.sqrt(second),
            "std_sample": np.where(count > 1, np.sqrt(second * count / (count - 1)), second),
            "mode": of["mode"],
            "min": of["min"],
            "max": of["max"],
            "median": middle,
            "median_imagej": middle if fractions else of["upper"],
            "sum": np.where(count > 0, of["sum"], np.nan),
            "integrated_density": of["mean"] * segments.area,
            "raw_integrated_density": of["mean"] * count,
            "skewness": of["third"] / second**1.5,
            "kurtosis": of["fourth"] / second**2 - 3,
            "zeros": of["zeros"],
            "missing": of["missing"],
            "nonzero_percent": 100 * (count - of["zeros"]) / count,
            "weighted_x": of["x"] + segments.low[:, 2] + 0.5,
            "weighted_y": of["y"] + segments.low[:, 1] + 0.5,
        }
