"""The properties that segue writes into ROIs and reads from them, as columns. ImageJ and QuPath keep them; see codecs.roi_properties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from segue.codecs.roi_properties import parsed, sealed, unsealed

KEYS = {
    "segue.id": "id of the object; ROIs with equal ids are shapes of one object",
    "segue.label": "its number in a label image",
    "segue.layer": "its layer, % = none; written where it is not: labels if there is a label, else none",
    "segue.track": "its track",
    "segue.colour": "its colour, rrggbbaa",
    "segue.locked": "yes",
    "segue.populations": "its populations: ids, with =gN behind that of ROI group N and =class behind that of the QuPath class",
    "segue.role": "role of the shape; written where it is not outline",
    "segue.kind": "freehand or traced: written for composites, which are polygons otherwise; multipoint: for lists of one point",
    "segue.line": "width of a line and width it is drawn with, - = none; written where the ROI's one line width does not say it",
    "segue.stroke": "own: the line colour is the shape's, although it equals the object's",
    "segue.stack": "t or c: what the plane number counts; z otherwise",
    "segue.active": "selected: it was the active selection of its image; both: that, and in the overlay, too",
    "segue.about": "the image and the populations, where there is no zip comment to hold them",
    "qupath.object.classification": "the class: names of its path, joined by ': '",
    "qupath.object.id": "UUID",
    "qupath.object.name": "the name",
}
"""What each property holds. Values of the segue keys are percent-encoded where they are not plain ASCII."""

NO_LAYER = "%"
"""Value of segue.layer where an object with a label has no layer; no sealed text is like this."""
_TEXTS = ("segue.id", "segue.role", "segue.about")
_OURS = r"^(?:segue\.[a-z]+: [!-\[\]-~]*\n)+$"
"""Texts with our keys only: all rows of a file of ours, read without a loop."""
_UNSEALED = r"[^!-~]|[%\\]"


def key_columns(texts: Sequence[str | None]) -> tuple[pl.DataFrame, dict[int, dict[str, str]]]:
    """One column of texts per key (null = absent), and row -> all other properties. Layers and populations are still sealed."""
    series = pl.Series("text", texts, dtype=pl.Utf8)
    ours = series.str.contains(_OURS).fill_null(False)
    plain = series.set(~ours, None)
    frame = pl.DataFrame({key: _extracted(plain, key) for key in KEYS})
    found: dict[int, dict[str, str]] = {row: parsed(series[row]) for row in (series.is_not_null() & ~ours).arg_true().to_list()}
    for key in KEYS:
        rows = [row for row, values in found.items() if key in values]
        if rows:
            frame = frame.with_columns(put(frame[key], rows, [found[row].pop(key) for row in rows]))
    return frame.with_columns(opened(frame[key]) for key in _TEXTS), {row: values for row, values in found.items() if values}


def _extracted(texts: pl.Series, key: str) -> pl.Series:
    """The values of a key; most files have few of them, and looking is cheaper than extracting."""
    if not texts.str.contains(f"{key}: ", literal=True).any():
        return pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(texts))
    return texts.str.extract(rf"(?m)^{re.escape(key)}: (.*)$")


def opened(column: pl.Series) -> pl.Series:
    rows = column.str.contains("%", literal=True).fill_null(False).arg_true()
    return put(column, rows, [unsealed(value) for value in column[rows]])


def closed(column: pl.Series) -> pl.Series:
    """The texts as values of segue's keys."""
    rows = column.str.contains(_UNSEALED).fill_null(False).arg_true()
    return put(column, rows, [sealed(value) for value in column[rows]])


def put(column: pl.Series, rows: Any, values: list[Any]) -> pl.Series:
    """The column with other values in some rows; ``Series.scatter`` alone would change the column itself."""
    return column.clone().scatter(rows, values) if len(rows) else column


def lines(key: str, values: pl.Series) -> pl.Expr:
    """``key: value`` and a line break per row; nothing where the value is null."""
    return pl.when(values.is_not_null()).then(pl.concat_str(pl.lit(f"{key}: "), values, pl.lit("\n"))).otherwise(pl.lit(""))
