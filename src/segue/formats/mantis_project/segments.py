"""Which objects are segments of Mantis, by which numbers, and their values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.formats.description_files import as_text
from segue.formats.mantis_project.database import LARGEST, SEGMENT, Features
from segue.formats.shape_files import area_rows
from segue.model.objects import unique_texts
from segue.model.rules import RegionRule
from segue.model.study import ImageSet, Study
from segue.model.tables import Table

Labels = np.ndarray[tuple[int], np.dtype[np.uint64]]


def region_objects(study: Study, s: ImageSet) -> dict[str, int]:
    """Id -> row of the objects that a population's rule names as its region: without a label, with an area."""
    wanted = {name for one in study.populations if isinstance(one.rule, RegionRule) for name in one.rule.regions}
    if not wanted:
        return {}
    drawn = set(s.shapes.frame["object"].gather(area_rows(s.shapes)))
    frame = s.objects.frame.select("id", "label", row=pl.int_range(pl.len())).filter(pl.col("label").is_null())
    return {name: row for name, row in zip(frame["id"], frame["row"], strict=True) if name in wanted and row in drawn}


def numbers_of(s: ImageSet, layer: str | None, regions: Collection[int]) -> pl.Series:
    """The number of each object in Mantis, UInt64; null = it is not written.

    A segment is known by its label: of the label image that is written, else of no other one. Objects without a usable label that are in a population or
    have values get the next free numbers.

    Parameters
    ----------
    s
        Any.
    layer
        The label image that is written; None = none is.
    regions
        Rows of objects that are regions.
    """
    others = [image.name for image in s.labels if image.name != layer]
    frame = s.objects.frame.select("layer", "label", row=pl.int_range(pl.len(), dtype=pl.Int32))
    elsewhere = pl.col("layer").is_in(others).fill_null(value=False) | pl.col("row").is_in(list(regions))
    usable = (pl.col("label") > 0) & (pl.col("label") < LARGEST)
    mine = pl.col("layer").eq_missing(pl.lit(layer, pl.Utf8))
    known = frame.filter(~elsewhere & usable).sort(mine, descending=True, maintain_order=True).unique("label", keep="first", maintain_order=True)
    rows = [s.membership.frame["object"], *(table.frame["row"] for table in s.tables.values() if table.about == "objects")]
    needed = pl.concat(rows).unique()
    wanting = frame.filter(~elsewhere & pl.col("row").is_in(needed.implode()) & ~pl.col("row").is_in(known["row"].implode()))["row"]
    free = pl.Series(np.arange(1, len(wanting) + known.height + 1), dtype=pl.UInt64)
    free = free.filter(~free.is_in(known["label"].implode())).head(len(wanting))
    found = pl.Series("label", [None], dtype=pl.UInt64).new_from_index(0, frame.height)
    return found.scatter(pl.concat([known["row"], wanting]).cast(pl.UInt32), pl.concat([known["label"], free])) if frame.height else found


def told(s: ImageSet, numbers: pl.Series, listed: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> pl.DataFrame:
    """What has to be said of segments beside the tables of Mantis: other ids, names, colours, and those that no table lists.

    Parameters
    ----------
    s
        Any.
    numbers
        `numbers_of`.
    listed
        Numbers of the segments that have values or are in a population, ascending.
    """
    frame = s.objects.frame.select(numbers.alias("label"), "id", "name", "colour").drop_nulls("label").sort("label")
    plain = (pl.col("id") == pl.col("label").cast(pl.Utf8)) & pl.col("name").is_null() & pl.col("colour").is_null()
    return frame.filter(~plain | ~pl.col("label").is_in(pl.Series(listed, dtype=pl.UInt64).implode())).select(*SEGMENT)


@dataclass(frozen=True, eq=False)
class _Values:
    """What a table says about segments."""

    labels: Labels
    """Numbers of the segments, in the order of the rows."""
    columns: list[pl.Series]
    """Float64, as many rows; null = missing."""

    def listed(self) -> Labels:
        """Numbers of the segments that have any value."""
        if any(not column.null_count() for column in self.columns):
            return self.labels
        filled = np.zeros(len(self.labels), np.bool_)
        for column in self.columns:
            filled |= column.is_not_null().to_numpy()
        return self.labels[filled]


def features_of(s: ImageSet, numbers: pl.Series) -> Features:
    """All numbers that tables say about segments, by name; texts have no place, and what is no number (NaN) is missing.

    Columns that are complete are not copied.
    """
    found = [_values(table, numbers) for table in s.tables.values() if table.about == "objects"]
    found = [one for one in found if one.columns and len(one.labels)]
    if not found:
        return Features()
    parts = [one.listed() for one in found]
    union = parts[0] if len(parts) == 1 and bool((parts[0][1:] > parts[0][:-1]).all()) else np.unique(np.concatenate(parts))
    names = unique_texts(pl.Series([column.name for one in found for column in one.columns], dtype=pl.Utf8))
    columns = [column for one in found for column in _on(union, one)]
    named = [column.alias(name) for column, name in zip(columns, names, strict=True)]
    return Features(union, tuple(sorted(named, key=lambda column: column.name.encode())))


def _values(table: Table, numbers: pl.Series) -> _Values:
    """The numbers in a table, without columns that say nothing."""
    labels = numbers.gather(table.frame["row"])
    known = labels.is_not_null() if labels.null_count() else None
    columns = []
    for column in table.columns:
        if column.type in ("number", "integer", "boolean"):
            name = column.path[0] if column.path in (("",), ("row",)) else column.name
            values = _floats(table.frame[column.name])
            columns.append((values if known is None else values.filter(known)).alias(as_text(name)))
    found = (labels if known is None else labels.filter(known)).to_numpy()
    return _Values(found, [column for column in columns if column.null_count() < len(column)])


def _floats(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Int64:
        column = column.set(((column > LARGEST) | (column < -LARGEST)).fill_null(value=False), None)
    found = column.cast(pl.Float64)
    return found.fill_nan(None) if found.is_nan().any() else found


def _on(union: Labels, one: _Values) -> list[pl.Series]:
    """The columns of a table beside these segments."""
    if len(union) == len(one.labels) and np.array_equal(union, one.labels):
        return one.columns
    there = np.isin(one.labels, union)
    at = np.searchsorted(union, one.labels[there])
    found = []
    for column in one.columns:
        filled = np.full(len(union), np.nan)
        filled[at] = column.to_numpy()[there]
        found.append(pl.Series(column.name, filled).fill_nan(None))
    return found
