"""The catalogue of measurements: everything that segue can measure, each with its formula and where it comes from."""

from __future__ import annotations

from segue.measure.catalog_intensity import INTENSITY
from segue.measure.catalog_outline import OUTLINE
from segue.measure.catalog_shape import SHAPE
from segue.measure.catalog_surroundings import SURROUNDINGS
from segue.measure.measurement import Measurement

MEASUREMENTS: tuple[Measurement, ...] = SHAPE + OUTLINE + SURROUNDINGS + INTENSITY
"""In the order in which tables show them. Percentiles come on request and are not listed."""
