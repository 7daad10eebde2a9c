"""Values about objects as columns of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segue.formats.cellprofiler.images import is_of_image
from segue.formats.cellprofiler.sheets import as_text
from segue.formats.cellprofiler.terms import OWN
from segue.model.study import Study
from segue.model.tables import KEYS, Table

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Column:
    """A column of the tables of one name in all image sets."""

    name: str
    values: pl.Series
    """Texts, those of all image sets one behind the other."""
    place: Ints
    """(things,) where the value of each object stands; -1 = nowhere."""

    def covers(self, rows: Ints) -> bool:
        """Whether the tables have a row for one of some objects."""
        return bool((self.place[rows] >= 0).any())

    def texts(self, rows: Ints) -> pl.Series:
        """The values of some objects."""
        at = pl.Series(self.place[rows])
        return self.values.gather(at.set(at < 0, None))


def columns_of(study: Study, first: Ints, undefined: str | None) -> list[Column]:
    """All columns about objects; tables of the same name and columns are one, whatever their image sets.

    Parameters
    ----------
    study
        Its tables about objects.
    first
        (image sets + 1,) number of the first object of each image set, counted through the study.
    undefined
        What stands for NaN.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[int, Table]]] = {}
    for nth, s in enumerate(study.image_sets):
        for title, table in s.tables.items():
            if table.about == "objects" and len(table):
                groups.setdefault((title, tuple(column.name for column in table.columns)), []).append((nth, table))
    found: dict[tuple[str, str], list[Column]] = {}
    for (title, names), parts in groups.items():
        place = _place(parts, first)
        for name in names:
            columns = [table.frame[name].alias("") for _, table in parts]  # polars takes a name such as ^a$ for a pattern
            alike = all(column.dtype == columns[0].dtype for column in columns)
            texts = as_text(pl.concat(columns), undefined) if alike else pl.concat([as_text(column, undefined) for column in columns])
            found.setdefault((title, name), []).append(Column(_plain(name), texts, place))
    return [_one(parts) for parts in found.values()]


def _place(parts: list[tuple[int, Table]], first: Ints) -> Ints:
    rows = np.concatenate([table.frame[KEY].to_numpy() + first[nth] for nth, table in parts])
    place = np.full(int(first[-1]), -1, np.int64)
    place[rows] = np.arange(len(rows))
    return place


KEY = next(iter(KEYS["objects"]))


def _one(parts: list[Column]) -> Column:
    """Columns of one name in tables of one name that have other columns elsewhere."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(len(part.values) for part in parts)])
    place = np.full(len(parts[0].place), -1, np.int64)
    for part, start in zip(parts, starts, strict=False):
        place = np.where(part.place >= 0, part.place + start, place)
    return Column(parts[0].name, pl.concat([part.values for part in parts]), place)


def _plain(name: str) -> str:
    """A name that the table of objects has for nothing else."""
    return f"Value_{name}" if is_of_image(name) or name.startswith(OWN) else name or "unnamed"
