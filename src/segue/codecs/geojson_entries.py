"""Measurements, metadata and other properties of many features as columns, from places in a text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs import json_entries_kernel as kernel
from segue.codecs.geojson_features import ENTRIES, enough
from segue.codecs.json_columns import unquoted
from segue.codecs.json_spans import entries, floats, interned, texts

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

ROWS = 50_000
"""How many features are taken apart at a time."""


def others(b: Bytes, spans: Ints) -> pl.DataFrame:
    """``feature``, ``key``, ``value`` (JSON text) of all members of the objects at ``spans`` (features, 2)."""
    pieces = [_entries(b, entries(b, spans, first, min(first + ROWS, len(spans)))) for first in range(0, len(spans), ROWS)]
    return last_of_each(pl.concat([pl.DataFrame(schema=ENTRIES), *pieces]))


def last_of_each(frame: pl.DataFrame) -> pl.DataFrame:
    """Of entries of the same feature with the same key the last."""
    return frame.unique(["feature", "key"], keep="last", maintain_order=True)


def _entries(b: Bytes, found: Ints) -> pl.DataFrame:
    codes, names = interned(b, *_pair(found, kernel.NAME_BEGIN))
    columns = {"feature": found[:, kernel.ROW], "key": unquoted(names).gather(codes), "value": texts(b, found[:, kernel.VALUE_BEGIN :])}
    return pl.DataFrame(columns, schema_overrides=ENTRIES)


def measurements(b: Bytes, spans: Ints) -> pl.DataFrame:
    """One column per name, one row per feature; null where there is none or no number.

    Raises
    ------
    TooLarge
        There are more than 5,000 names.
    """
    columns: dict[str, npt.NDArray[np.float64]] = {}
    there: dict[str, npt.NDArray[np.bool_]] = {}
    for first in range(0, len(spans), ROWS):
        found = entries(b, spans, first, min(first + ROWS, len(spans)))
        numbers, valid = _numbers(b, found)
        codes, names = interned(b, *_pair(found, kernel.NAME_BEGIN))
        order = np.argsort(codes, kind="stable")
        cuts = np.searchsorted(codes[order], np.arange(len(names) + 1))
        for code, name in enumerate(unquoted(names)):
            if name not in columns:
                enough(len(columns) + 1)
                columns[name], there[name] = np.full(len(spans), np.nan), np.zeros(len(spans), np.bool_)
            some = order[cuts[code] : cuts[code + 1]]
            rows = found[some, kernel.ROW]
            columns[name][rows], there[name][rows] = numbers[some], valid[some]
    return pl.DataFrame({name: _column(name, columns[name], there[name]) for name in columns})


def _column(name: str, values: npt.NDArray[np.float64], there: npt.NDArray[np.bool_]) -> pl.Series:
    column = pl.Series(name, values)
    return column if there.all() else column.set(pl.Series(~there), None)


def _numbers(b: Bytes, found: Ints) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    begin, end = _pair(found, kernel.VALUE_BEGIN)
    numbers, kinds = np.empty(len(found)), np.empty(len(found), np.uint8)
    kernel.values(b, begin, end, numbers, kinds, np.zeros(3, np.int64))
    slow = kinds == kernel.SLOW
    if slow.any():
        numbers[slow] = floats(b, begin[slow])
    return numbers, kinds != kernel.OTHER


def _pair(found: Ints, at: int) -> tuple[Ints, Ints]:
    return np.ascontiguousarray(found[:, at]), np.ascontiguousarray(found[:, at + 1])
