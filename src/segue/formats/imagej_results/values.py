"""The values of a study as columns of one table: what ImageJ has room for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import polars as pl

from segue.codecs.delimited_numbers import numbers
from segue.codecs.imagej_numbers import DECIDING_ROWS, LARGEST_PLAIN, imagej_texts
from segue.formats.cell_files import usable
from segue.formats.imagej_results.headings import AREA, DENSITIES, FRAME, LABEL, NUMBER, X, Y, headings, one_line
from segue.formats.imagej_results.options import WriteOptions
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.model.tables import Column

_TAKEN = (LABEL, NUMBER, FRAME)


def typed_columns(sets: Sequence[ImageSet], options: WriteOptions) -> list[pl.Series]:
    """The columns of all image sets one below the other, as numbers (Float64, Int64) or texts; null where one does not have them."""
    parts = [_named(s, options) for s in sets]
    if not any(parts) and any(_points(s) for s in sets):
        parts = [_points(s) or {} for s in sets]
    names = dict.fromkeys(name for part in parts for name in part)
    found = [_below_each_other(name, [part.get(name) for part in parts], sets) for name in names]
    return [*found, *_frames(sets)]


def texts(columns: Sequence[pl.Series], fractions: Collection[str], options: WriteOptions) -> list[pl.Series]:
    """The cells of all columns; those of ``fractions`` have decimals whatever their values."""
    told = {*fractions, *multiplied(columns)}
    return [
        imagej_texts(column.alias(""), options.decimals, scientific=options.scientific, fractions=column.name in told)
        if column.dtype == pl.Float64
        else column.alias("").cast(pl.Utf8)
        for column in columns
    ]


def multiplied(columns: Sequence[pl.Series]) -> list[str]:
    """Columns of sums that ImageJ gets by mean times area, and that miss a whole number by a rounding error: it then writes them with decimals."""
    area = next((column for column in columns if column.name == AREA and column.dtype == pl.Float64), None)
    return [] if area is None else [one.name for one in columns if one.name in DENSITIES and one.dtype == pl.Float64 and _missed(one, area)]


def _missed(sums: pl.Series, area: pl.Series) -> bool:
    frame = pl.DataFrame({"sum": sums, "area": area}).head(DECIDING_ROWS).filter((pl.col("area") > 0) & pl.col("area").is_finite() & pl.col("sum").is_finite())
    return bool(frame.select((pl.col("sum") / pl.col("area") * pl.col("area") != pl.col("sum")).any()).item())


def _named(s: ImageSet, options: WriteOptions) -> dict[str, pl.Series]:
    """Heading -> the column over all objects."""
    tables = [table for table in s.tables.values() if table.about == "objects"]
    columns = [column for table in tables for column in table.columns]
    values = [_spread(table.frame["row"], table.frame[column.name], column, len(s.objects)) for table in tables for column in table.columns]
    clean = [_heading(name, options) for name in headings(columns)]
    return dict(zip(usable(clean, _TAKEN), values, strict=True)) if columns else {}


def _heading(name: str, options: WriteOptions) -> str:
    text = one_line(name.replace(",", ";") if options.separator == "comma" else name).strip().strip("\ufeff")
    return f"C{text}" if not options.row_numbers and numbers(pl.Series([text])).dtype != pl.Utf8 else text


def _spread(rows: pl.Series, given: pl.Series, column: Column, height: int) -> pl.Series:
    """The values of all objects."""
    values = _typed(given.alias(""), column)  # polars takes a name such as ^a$ for a pattern
    empty = pl.Series("", [None], dtype=values.dtype).new_from_index(0, height)
    return empty.scatter(rows, values) if len(rows) else empty


def _typed(given: pl.Series, column: Column) -> pl.Series:
    if column.type in ("number", "boolean"):
        return given.cast(pl.Float64)
    if column.type == "integer":
        return given
    if not given.str.contains(r'[\x00-\x1f\x7f"\u0085\u2028\u2029]|^\s*$').any():
        return given
    lines = [None if text is None else one_line(text) for text in given]
    return pl.Series(given.name, [line if line and line.strip() else None for line in lines], dtype=pl.Utf8)


def _points(s: ImageSet) -> dict[str, pl.Series] | None:
    """X and Y of objects that are points: the first one of each."""
    points = s.shapes.of_kinds((ShapeKind.POINT,))
    rows, coords = _first(points)
    if not len(rows):
        return None
    empty = pl.Series("", [None], dtype=pl.Float64).new_from_index(0, len(s.objects))
    return {name: empty.clone().scatter(rows, coords[:, axis]) for axis, name in enumerate((X, Y))}


def _first(points: Shapes) -> tuple[np.ndarray[tuple[int], np.dtype[np.int32]], np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    filled = np.flatnonzero(np.diff(points.rings.coord_start) == 1)
    rows, first = np.unique(points.frame["object"].to_numpy()[filled], return_index=True)
    return rows, points.rings.coords[points.rings.coord_start[:-1][filled[first]]]


def _below_each_other(name: str, parts: Sequence[pl.Series | None], sets: Sequence[ImageSet]) -> pl.Series:
    kinds = {part.dtype for part in parts if part is not None}
    kind = next(iter(kinds)) if len(kinds) == 1 else pl.Utf8 if pl.Utf8 in kinds else pl.Float64
    pieces = [
        pl.Series([None], dtype=kind).new_from_index(0, len(s.objects)) if part is None else part.cast(kind).alias("")
        for part, s in zip(parts, sets, strict=True)
    ]
    found = pl.concat(pieces)
    small = kind == pl.Int64 and found.is_between(-LARGEST_PLAIN, LARGEST_PLAIN).all()
    return (found.cast(pl.Float64) if small else found).alias(name)


def _frames(sets: Sequence[ImageSet]) -> list[pl.Series]:
    """Time points, counted from 1; 0 for what is at all of them."""
    if not any(s.objects.frame["t"].null_count() < len(s.objects) for s in sets):
        return []
    return [(pl.concat([s.objects.frame["t"] for s in sets]).cast(pl.Int64) + 1).fill_null(0).alias(FRAME)]
