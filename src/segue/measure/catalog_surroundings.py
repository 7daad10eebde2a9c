"""The catalogue's measurements that look at other segments."""

from __future__ import annotations

from segue.measure.measurement import SEGUE, Measurement

SURROUNDINGS: tuple[Measurement, ...] = (
    Measurement("neighbours", "number", "other segments that share a side of a pixel (in volumes a face) with it", SEGUE),
    Measurement("nearest_distance", "length", "distance of its centroid to the nearest other centroid at that time; NaN where it is alone", SEGUE),
)
