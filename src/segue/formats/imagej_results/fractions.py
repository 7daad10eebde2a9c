"""Columns that ImageJ wrote with decimals though they show whole numbers: what it measured missed these by a rounding error, which the text does not tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from segue.codecs.imagej_numbers import DECIDING_ROWS
from segue.formats.imagej_results.spec import FORMAT
from segue.formats.imagej_results.values import multiplied
from segue.model.study import EXTRAS, ImageSet

_COLUMN, _PAYLOAD = "column", '{"decimals":true}'
_DECIMALS = r"^-?[0-9]+\.[0-9]+$"


def fractions_of(texts: Sequence[pl.Series], columns: Sequence[pl.Series]) -> pl.DataFrame:
    """The extras that say so.

    Parameters
    ----------
    texts
        The cells of the columns.
    columns
        The same as numbers or texts, with their names.
    """
    usual = multiplied(columns)
    found = [column.name for text, column in zip(texts, columns, strict=True) if column.name not in usual and _hidden(text, column)]
    rows = {"format": [FORMAT.name] * len(found), "entity": [_COLUMN] * len(found), "id": found, "payload": [_PAYLOAD] * len(found)}
    return pl.DataFrame(rows, schema=EXTRAS)


def _hidden(texts: pl.Series, column: pl.Series) -> bool:
    if column.dtype != pl.Float64:
        return False
    first = column.alias("").head(DECIDING_ROWS).drop_nulls().drop_nans()
    return bool(texts.str.contains(_DECIMALS).any()) and bool((first == first.round()).all())


def fractions_in(sets: Iterable[ImageSet]) -> set[str]:
    """The columns of which some image set says so."""
    return {one for s in sets for one in s.extras.filter((pl.col("format") == FORMAT.name) & (pl.col("entity") == _COLUMN))["id"].drop_nulls()}
