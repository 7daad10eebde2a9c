"""The columns of all tables about objects, one after the other, for all image sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table


@dataclass(frozen=True)
class Held:
    """One column of one table."""

    table: str
    column: Column
    series: pl.Series
    """One value per object of all image sets; null where there is none."""
    sets: list[int]
    """Places of the image sets that have it."""


def held(sets: Sequence[ImageSet]) -> Iterator[Held]:
    """Every column in the order in which they first occur; of several descriptions the first counts, of several types text or number."""
    places = dict.fromkeys((name, column.name) for s in sets for name, table in s.tables.items() if table.about == "objects" for column in table.columns)
    for table, name in places:
        facts = {nth: column for nth, s in enumerate(sets) if (column := _column(s, table, name)) is not None}
        column = next(iter(facts.values()))
        kinds = {one.type for one in facts.values()}
        if len(kinds) > 1:
            column = Column(name, "number" if kinds <= {"number", "integer"} else "text")
        yield Held(table, column, pl.concat([_cells(s, table, name, column, here=nth in facts) for nth, s in enumerate(sets)]), list(facts))


def _column(s: ImageSet, table: str, name: str) -> Column | None:
    found = s.tables.get(table)
    return None if found is None or found.about != "objects" else next((one for one in found.columns if one.name == name), None)


def _cells(s: ImageSet, table: str, name: str, column: Column, *, here: bool) -> pl.Series:
    rows, dtype = len(s.objects), TYPES[column.type]
    if not here or not len(s.tables[table]):
        return pl.Series("", [None], dtype=dtype).new_from_index(0, rows)
    return by_object(s.tables[table], name, rows).cast(dtype)


def by_object(table: Table, name: str, rows: int) -> pl.Series:
    """A column of a table about objects, one value per object."""
    values, row = table.frame[name].alias(""), table.frame["row"]
    if len(table) == rows and bool((row == pl.int_range(rows, dtype=pl.Int32, eager=True)).all()):
        return values
    places = np.full(rows, -1, np.int64)
    places[row.to_numpy()] = np.arange(len(table))
    at = pl.Series(places)
    return values.gather(at.set(at < 0, None))
