"""Values about objects as columns of texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from segue.formats.cellprofiler.images import is_of_image
from segue.formats.cellprofiler.sheets import as_text, blank
from segue.formats.cellprofiler.terms import OWN
from segue.model.study import ImageSet, Study

Values = list[tuple[str, pl.Series]]
Rows = np.ndarray[Any, np.dtype[np.int64]]


def values_of(study: Study, rows: list[Rows], undefined: str | None) -> Values:
    """(name, values) of the columns that say something about the given objects of each image set, one behind the other."""
    wanted = dict.fromkeys(key for s, mine in zip(study.image_sets, rows, strict=True) for key in _about(s, mine))
    return [
        (_plain(name), pl.concat([_column(s, title, name, mine, undefined) for s, mine in zip(study.image_sets, rows, strict=True)])) for title, name in wanted
    ]


def _about(s: ImageSet, mine: Rows) -> list[tuple[str, str]]:
    """Columns of tables that have a row for one of some objects."""
    inside = pl.Series(mine).cast(pl.Int32).implode()
    tables = [(title, table) for title, table in s.tables.items() if table.about == "objects" and len(mine)]
    return [(title, column.name) for title, table in tables if table.frame["row"].is_in(inside).any() for column in table.columns]


def _column(s: ImageSet, title: str, name: str, mine: Rows, undefined: str | None) -> pl.Series:
    table = s.tables.get(title)
    if table is None or table.about != "objects" or name not in table.frame.columns:
        return blank(len(mine)).alias("")
    place = np.full(len(s.objects), -1, np.int64)
    place[table.frame["row"].to_numpy()] = np.arange(len(table))
    at = pl.Series(place[mine])
    return as_text(table.frame[name].gather(at.set(at < 0, None)), undefined).alias("")


def _plain(name: str) -> str:
    """A name that the table of objects has for nothing else."""
    return f"Value_{name}" if is_of_image(name) or name.startswith(OWN) else name or "unnamed"
