"""What formats of one large table share: the columns of all tables about objects, for all image sets, and one position for each object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table


@dataclass(frozen=True)
class Held:
    """One column of one table."""

    table: str
    column: Column
    series: pl.Series
    """One value per object (or connection) of all image sets; null where there is none."""
    sets: list[int]
    """Places of the image sets that have it."""


def held(sets: Sequence[ImageSet], about: Literal["objects", "connections"] = "objects") -> Iterator[Held]:
    """Every column in the order in which they first occur; of several descriptions the first counts, of several types text or number.

    Parameters
    ----------
    sets
        The image sets.
    about
        What the tables are about: one value for each object, or for each connection.
    """
    places = dict.fromkeys((name, column.name) for s in sets for name, table in s.tables.items() if table.about == about for column in table.columns)
    for table, name in places:
        facts = {nth: column for nth, s in enumerate(sets) if (column := _column(s, table, name, about)) is not None}
        column = next(iter(facts.values()))
        kinds = {one.type for one in facts.values()}
        if len(kinds) > 1:
            column = Column(name, "number" if kinds <= {"number", "integer"} else "text")
        cells = [_cells(s, table, name, column, len(s.objects if about == "objects" else s.connections), here=nth in facts) for nth, s in enumerate(sets)]
        yield Held(table, column, pl.concat(cells), list(facts))


def _column(s: ImageSet, table: str, name: str, about: str) -> Column | None:
    found = s.tables.get(table)
    return None if found is None or found.about != about else next((one for one in found.columns if one.name == name), None)


def _cells(s: ImageSet, table: str, name: str, column: Column, rows: int, *, here: bool) -> pl.Series:
    dtype = TYPES[column.type]
    if not here or not len(s.tables[table]):
        return pl.Series("", [None], dtype=dtype).new_from_index(0, rows)
    return by_object(s.tables[table], name, rows).cast(dtype)


def by_object(table: Table, name: str, rows: int) -> pl.Series:
    """A column of a table about objects (or connections), one value for each of them."""
    values, row = table.frame[name].alias(""), table.frame["row"]
    if len(table) == rows and bool((row == pl.int_range(rows, dtype=pl.Int32, eager=True)).all()):
        return values
    places = np.full(rows, -1, np.int64)
    places[row.to_numpy()] = np.arange(len(table))
    at = pl.Series(places)
    return values.gather(at.set(at < 0, None))


def first_of_each(objects: pl.Series, among: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The first row of each object, among the rows that count."""
    places = np.flatnonzero(among)
    rows = objects.to_numpy()[places]
    if bool((rows[1:] > rows[:-1]).all()):
        return places
    first: npt.NDArray[np.int64] = places[pl.Series(rows).is_first_distinct().to_numpy()]
    return first


def with_centres(s: ImageSet) -> ImageSet:
    """Centres as the positions of objects that have no other; they are no outlines, but such a table knows one position and no roles."""
    frame = s.shapes.frame
    points = frame["kind"] == str(ShapeKind.POINT)
    placed = frame.filter(points & (frame["role"] == "outline"))["object"]
    centres = points & (frame["role"] == "centre") & ~frame["object"].is_in(placed.implode())
    if not centres.any():
        return s
    return replace(s, shapes=Shapes(frame.with_columns(role=pl.when(centres).then(pl.lit("outline")).otherwise("role")), s.shapes.rings))
