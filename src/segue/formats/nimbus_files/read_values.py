"""Values of properties as tables: one column per place, of the type that is stated or that the values have."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs.json_columns import unquoted
from segue.codecs.json_text import dumps
from segue.codecs.nimbus_documents import FLOAT, INTEGER, NULL, OTHER, TEXT, Leaf
from segue.formats.nimbus_files.places import column_name, column_names
from segue.formats.nimbus_files.terms import TABLE
from segue.model.objects import unique_texts
from segue.model.tables import TYPES, Column, Table

Path = tuple[str, ...]
Ints = npt.NDArray[np.int64]
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@dataclass(frozen=True)
class Cells:
    """The values at one place that belong to objects of one image set."""

    rows: Ints
    """Rows of the objects."""
    leaf: Leaf

    def taken(self, which: npt.NDArray[np.bool_]) -> Cells:
        leaf = Leaf(self.leaf.rows[which], self.leaf.kinds[which], self.leaf.numbers[which], self.leaf.texts.filter(pl.Series(which)))
        return Cells(self.rows[which], leaf)


def tables_of(
    cells: Mapping[Path, Cells],
    kinds: Mapping[Path, str],
    names: Mapping[str, str],
    stated: Mapping[str, list[tuple[Path, Column]]],
    exact: Iterable[tuple[int, Mapping[str, Mapping[str, Any]]]],
    count: int,
) -> dict[str, Table]:
    """The tables of an image set.

    Parameters
    ----------
    cells
        Place -> values.
    kinds
        Place -> the type of its values, over all image sets.
    names
        Id of a property -> its name.
    stated
        Tables that the file describes: where each column stands.
    exact
        (row of an object, table -> column -> value): what NimbusImage cannot hold.
    count
        Number of objects.
    """
    series = {(table, column.name): _typed(cells.get(place), column.type, count) for table, columns in stated.items() for place, column in columns}
    used = {place for table, columns in stated.items() for place, column in columns if series[table, column.name] is not None}
    for row, by_table in exact:
        for table, by_column in by_table.items():
            for column, value in by_column.items():
                found = series.get((table, column))
                if found is not None:
                    series[table, column] = found.scatter(row, _exact(value, found.dtype))
    tables = {table: _table([(column, series[table, column.name]) for _, column in columns], count) for table, columns in stated.items()}
    rest = {place: one.taken(one.leaf.kinds != NULL) for place, one in cells.items() if place not in used and (one.leaf.kinds != NULL).any()}
    if rest:
        titles = column_names([column_name(names.get(place[0], place[0]), place[1:]) for place in rest])
        columns = [
            (Column(title, kinds[place], place[0], place[1:]), _typed(one, kinds[place], count))  # type: ignore[arg-type]
            for title, (place, one) in zip(titles, rest.items(), strict=True)
        ]
        name = str(unique_texts(pl.Series([*tables, TABLE], dtype=pl.Utf8))[-1])
        tables[name] = _table(columns, count)
    return tables


def _exact(value: Any, dtype: Any) -> Any:
    if dtype == pl.Float64:
        return _SPECIAL.get(value) if isinstance(value, str) else None
    return value if isinstance(value, str) and dtype == pl.Utf8 else None


def _table(columns: list[tuple[Column, pl.Series | None]], count: int) -> Table:
    frame: dict[str, Any] = {"row": pl.int_range(count, dtype=pl.Int32, eager=True)}
    for column, values in columns:
        empty = pl.Series([None], dtype=TYPES[column.type]).new_from_index(0, count)
        frame[column.name] = empty if values is None else values
    return Table("objects", pl.DataFrame(frame), tuple(column for column, _ in columns))


def kind_of(leaf: Leaf) -> str:
    """The type of a column of which nothing is stated."""
    kinds = set(np.unique(leaf.kinds).tolist()) - {NULL}
    others = leaf.texts.filter(pl.Series(leaf.kinds == OTHER)).unique() if OTHER in kinds else pl.Series([], dtype=pl.Utf8)
    whole = [_long(text) for text in others]
    if all(value is not None for value in whole) and kinds <= {INTEGER, FLOAT, OTHER} and kinds:
        return "integer" if FLOAT not in kinds and all(value is not None and -(2**63) <= value < 2**63 for value in whole) else "number"
    if kinds == {TEXT}:
        return "text"
    if kinds == {OTHER} and set(others) <= {"true", "false"}:
        return "boolean"
    return "json" if kinds else "number"


def _long(text: str) -> int | None:
    """The whole number that a text is, if it is one."""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 400 else None


def _typed(cells: Cells | None, kind: str, count: int) -> pl.Series | None:
    """The values as a column with a row for every object; None if they are of another type."""
    if cells is None:
        return pl.Series([None], dtype=TYPES[kind]).new_from_index(0, count)
    values: pl.Series | None = _VALUES[kind](cells.leaf)
    if values is None:
        return None
    if len(values) == count and (cells.rows == np.arange(count)).all():
        return values
    return pl.Series([None], dtype=TYPES[kind]).new_from_index(0, count).scatter(pl.Series(cells.rows), values) if len(values) else _typed(None, kind, count)


def _mapped(leaf: Leaf, which: npt.NDArray[np.bool_], change: Any, dtype: Any) -> pl.Series:
    return pl.Series([change(text) for text in leaf.texts.filter(pl.Series(which))], dtype=dtype)


def _numbers(leaf: Leaf) -> pl.Series | None:
    """Null is NaN: NimbusImage writes it as such. Whoever states nothing about a column takes it as missing."""
    values = leaf.numbers
    other = leaf.kinds == OTHER
    if (leaf.kinds == TEXT).any():
        return None
    if other.any():
        longs = [_long(text) for text in leaf.texts.filter(pl.Series(other))]
        if None in longs:
            return None
        values = values.copy()
        values[other] = [_as_float(one) for one in longs]
    return pl.Series(values, dtype=pl.Float64)


def _as_float(value: int | None) -> float:
    try:
        return float(value or 0)
    except OverflowError:
        return math.inf if (value or 0) > 0 else -math.inf


def _integers(leaf: Leaf) -> pl.Series | None:
    other = leaf.kinds == OTHER
    if np.isin(leaf.kinds, (FLOAT, TEXT)).any():
        return None
    values = np.where(leaf.kinds == INTEGER, leaf.numbers, 0.0).astype(np.int64)
    if other.any():
        longs = [_long(text) for text in leaf.texts.filter(pl.Series(other))]
        if any(one is None or not -(2**63) <= one < 2**63 for one in longs):
            return None
        values[other] = np.array(longs, np.int64)
    found = pl.Series(values, dtype=pl.Int64)
    return found.set(pl.Series(leaf.kinds == NULL), None) if (leaf.kinds == NULL).any() else found


def _texts(leaf: Leaf) -> pl.Series | None:
    return None if np.isin(leaf.kinds, (INTEGER, FLOAT, OTHER)).any() else unquoted(leaf.texts)


def _booleans(leaf: Leaf) -> pl.Series | None:
    other = leaf.kinds == OTHER
    plain = (leaf.kinds == INTEGER) & np.isin(leaf.numbers, (0.0, 1.0))
    if not (other | plain | (leaf.kinds == NULL)).all() or not leaf.texts.filter(pl.Series(other)).is_in(["true", "false"]).all():
        return None
    found = pl.Series(np.where(plain, leaf.numbers == 1.0, (leaf.texts == "true").fill_null(value=False).to_numpy()), dtype=pl.Boolean)
    return found.set(pl.Series(leaf.kinds == NULL), None)


def _json(leaf: Leaf) -> pl.Series:
    """JSON as `dumps` writes it."""
    number = np.isin(leaf.kinds, (INTEGER, FLOAT))
    found: list[str | None] = [None if text is None else dumps(json.loads(text)).decode() for text in leaf.texts]
    for row in np.flatnonzero(number):
        value = float(leaf.numbers[row])
        found[row] = (str(int(value)) if leaf.kinds[row] == INTEGER else repr(value)) if math.isfinite(value) else None
    return pl.Series(found, dtype=pl.Utf8)


_VALUES: dict[str, Any] = {"number": _numbers, "integer": _integers, "text": _texts, "boolean": _booleans, "json": _json}
