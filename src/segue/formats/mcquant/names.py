"""What the columns of mcquant are: markers first, then where and what shape the cell is."""

from __future__ import annotations

import re

import polars as pl

from segue.formats.cell_files import typed
from segue.model.tables import Column

CELL, X, Y = "CellID", "X_centroid", "Y_centroid"
KEYS = (CELL, X, Y)
HALF = 0.5
"""scikit-image counts from the centre of the first pixel, the model from its corner."""
_UNITS = {"Area": "pixel^2", "MajorAxisLength": "pixel", "MinorAxisLength": "pixel", "Orientation": "rad", "column_centroid": "pixel", "row_centroid": "pixel"}
_SHAPES = {*_UNITS, "Eccentricity", "Solidity", "Extent"}
_SHAPE = re.compile(
    r"(area|bbox|centroid|convex|coords|eccentricity|equivalent|euler|extent|feret|filled|inertia|label|local|major|minor|axis|moments|orientation|perimeter|slice|solidity)"
    r"(_[a-z_]+)?(-[0-9]+)*"
)
"""Further properties of scikit-image, as ``--mask_props`` names them."""
_STATISTIC = re.compile(
    r"(?P<channel>.+)_(intensity_(median|sum|std|min|max|mean)|gini_index|contrast|dissimilarity|homogeneity|energy|correlation|ASM|(min|max|mean)_intensity)"
)
"""What ``--intensity_props`` adds to the name of a marker."""


def is_shape(name: str) -> bool:
    return name in _SHAPES or _SHAPE.fullmatch(name) is not None


def described(column: pl.Series) -> Column:
    """The description of a column: its unit if it is one of shape, else its marker if it holds numbers."""
    if is_shape(column.name):
        return typed(column, unit=_UNITS[column.name]) if column.name in _UNITS else typed(column)
    if not column.dtype.is_numeric():
        return typed(column)
    statistic = _STATISTIC.fullmatch(column.name)
    return typed(column, channel=statistic["channel"] if statistic else column.name)
