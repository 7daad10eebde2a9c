"""The catalogue's measurements of values, one per channel. NaN is passed over in all of them, and counted by ``missing``."""

from __future__ import annotations

from segue.measure.measurement import BOTH, IMAGEJ, SKIMAGE, VOLUME, Measurement, Unit

NUMPY = "NumPy 2"


def _value(name: str, unit: Unit, formula: str, source: str, made_of: tuple[str, ...] = (), dimensions: tuple[int, ...] = BOTH) -> Measurement:
    return Measurement(name, unit, formula, source, dimensions, made_of, channels=True)


INTENSITY: tuple[Measurement, ...] = (
    _value("mean", "value", "sum / number of pixels that are not NaN", IMAGEJ),
    _value("std", "value", "square root of the mean squared difference to the mean", NUMPY),
    _value("std_sample", "value", "the same with n - 1 for n; 0 of a single pixel", IMAGEJ),
    _value("mode", "value", "most frequent value, the smallest of several; of fractions the middle of the fullest of 256 bins from min to max", IMAGEJ),
    _value("min", "value", "smallest value", IMAGEJ),
    _value("max", "value", "largest value", IMAGEJ),
    _value("median", "value", "middle value; mean of the two middle ones", NUMPY),
    _value("median_imagej", "value", "middle value; of whole numbers the larger of the two middle ones, of fractions their mean", IMAGEJ),
    _value("sum", "value", "sum of the values", NUMPY),
    _value("integrated_density", "value x pixels", "mean * area", IMAGEJ, ("mean", "area")),
    _value("raw_integrated_density", "value", "mean * number of pixels that are not NaN: the sum, rounded as ImageJ rounds it", IMAGEJ, ("mean",)),
    _value("skewness", "number", "mean cubed difference to the mean / std^3; NaN where all values are equal", IMAGEJ),
    _value("kurtosis", "number", "mean fourth power of the difference to the mean / std^4 - 3; NaN where all values are equal", IMAGEJ),
    _value("zeros", "count", "pixels whose value is 0", SKIMAGE),
    _value("missing", "count", "pixels whose value is NaN", NUMPY),
    _value("nonzero_percent", "number", "100 * pixels whose value is not 0 / pixels that are not NaN", IMAGEJ),
    _value("weighted_x", "place", "mean of x weighted by value; NaN where the sum is 0", IMAGEJ),
    _value("weighted_y", "place", "mean of y weighted by value; NaN where the sum is 0", IMAGEJ),
    _value("weighted_z", "place", "mean of the plane number weighted by value; NaN where the sum is 0", SKIMAGE, dimensions=VOLUME),
)
