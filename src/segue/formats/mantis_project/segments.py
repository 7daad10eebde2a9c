"""Which objects are segments of Mantis, by which numbers, and their values."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import polars as pl

from segue.formats.description_files import as_text
from segue.formats.mantis_project.database import LARGEST, SEGMENT, Features
from segue.formats.shape_files import area_rows
from segue.model.objects import unique_texts
from segue.model.rules import RegionRule
from segue.model.study import ImageSet, Study


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


def features_of(s: ImageSet, numbers: pl.Series) -> Features:
    """All numbers that tables say about segments, by name; texts have no place, and what is no number (NaN) is missing."""
    found: list[tuple[str, pl.Series, pl.Series]] = []
    for table in s.tables.values():
        if table.about == "objects":
            labels = numbers.gather(table.frame["row"])
            for column in table.columns:
                if column.type in ("number", "integer", "boolean"):
                    name = column.path[0] if column.path in (("",), ("row",)) else column.name
                    found.append((as_text(name), labels, _floats(table.frame[column.name])))
    stated = [(name, labels, values, values.is_not_null() & labels.is_not_null()) for name, labels, values in found]
    stated = [one for one in stated if one[3].any()]
    if not stated:
        return Features()
    names = unique_texts(pl.Series([name for name, *_ in stated], dtype=pl.Utf8))
    union = np.unique(np.concatenate([labels.filter(good).to_numpy() for _, labels, _, good in stated]))
    columns = [
        _spread(name, labels.filter(good).to_numpy(), values.filter(good).to_numpy(), union)
        for name, (_, labels, values, good) in zip(names, stated, strict=True)
    ]
    return Features(union, tuple(sorted(columns, key=lambda column: column.name.encode())))


def _floats(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Int64:
        column = column.set(((column > LARGEST) | (column < -LARGEST)).fill_null(value=False), None)
    return column.cast(pl.Float64).fill_nan(None)


def _spread(
    name: str,
    labels: np.ndarray[tuple[int], np.dtype[np.uint64]],
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
    union: np.ndarray[tuple[int], np.dtype[np.uint64]],
) -> pl.Series:
    filled = np.full(len(union), np.nan)
    filled[np.searchsorted(union, labels)] = values
    return pl.Series(name, filled).fill_nan(None)
