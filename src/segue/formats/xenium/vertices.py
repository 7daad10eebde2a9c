"""Tables of vertices: one row per vertex, the vertices of a polygon one behind the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from segue.codecs import parquet_foreign
from segue.codecs.delimited import MISSING, numbers, read_delimited
from segue.codecs.id_texts import id_texts
from segue.codecs.parquet_footer import look
from segue.codecs.wkb_read import sound
from segue.codecs.wkb_walk import POLYGON
from segue.errors import Malformed
from segue.model.rings import Bools, Floats, Ints, Rings
from segue.storage.source import Source

_ROUNDS = 64
"""Polygons of one cell, without a label_id, that are told apart."""
_ID, _LABEL, _XY = "cell_id", "label_id", ("vertex_x", "vertex_y")


@dataclass(frozen=True)
class Polygons:
    """The polygons of a file."""

    id: pl.Series
    """(polygons,) the cell of each."""
    label: pl.Series | None
    """(polygons,) label_id, if there is such a column."""
    rings: Rings
    """(polygons,) one ring each, open, in micrometres."""
    skipped: int
    """Rows without a cell or a place."""
    degenerate: int
    """Polygons of fewer than three different vertices."""


def read_vertices(path: Path) -> Polygons:
    """The polygons of a file of boundaries.

    Memory: of Parquet, ids and places one after the other, 60 bytes per vertex; of text three times the text and its columns.

    Raises
    ------
    Malformed
        A column is missing, holds no numbers, or the file is damaged.
    NotFound, SourceChanged, TooLarge, UnsupportedVariant
    """
    source = Source(path)
    if look(source) is None:
        frame = _text_columns(source)
        return _polygons(frame.drop(_XY), lambda: frame, path)
    schema = parquet_foreign.facts(source).schema
    _need(list(schema), path)
    names = [name for name in (_ID, _LABEL) if name in schema]
    return _polygons(parquet_foreign.table(source, names), lambda: parquet_foreign.table(source, _XY), path)


def _text_columns(source: Source) -> pl.DataFrame:
    text = read_delimited(source)
    names = list(text.names)
    _need(names, source.path)
    wanted = [name for name in (_ID, _LABEL, *_XY) if name in names]
    given = {name: text.columns[str(names.index(name))] for name in wanted}
    return pl.DataFrame({name: values if name == _ID else numbers(values, text.dialect.decimal, MISSING) for name, values in given.items()})


def _need(names: list[str], path: Path) -> None:
    missing = [name for name in (_ID, *_XY) if name not in names]
    if missing:
        raise Malformed(f"{path} has no column {missing[0]}, so it is no table of vertices of Xenium", path=path, expected=", ".join((_ID, *_XY)))


def _polygons(keys: pl.DataFrame, places: Callable[[], pl.DataFrame], path: Path) -> Polygons:
    """From the columns of ids, and of places once these are no longer needed."""
    first = np.flatnonzero(np.logical_or.reduce([_changes(column) for column in keys.iter_columns()])).astype(np.int64)
    runs = keys.select(pl.all().gather(first))
    del keys
    coords = _coords(places(), path)
    start = np.append(first, len(coords)).astype(np.int64)
    kept: Bools = np.asarray(np.isfinite(coords).all(axis=1))
    kept[np.repeat(runs[_ID].is_null().to_numpy(), np.diff(start))] = False
    skipped = int(len(kept) - kept.sum())
    if skipped:
        coords, start, runs = _without(kept, coords, start, runs)
    if _LABEL not in runs.columns:
        split = _split(coords, start)
        runs = runs.select(pl.all().gather(np.searchsorted(start, split[:-1], side="right") - 1))
        start = split
    count = len(start) - 1
    found = sound(Rings.simple(coords, start), np.full(count, POLYGON, np.uint8), np.arange(count), np.empty(0, np.uint8), deep=False)
    runs = runs.select(pl.all().gather(found.row))
    label = runs[_LABEL] if _LABEL in runs.columns else None
    return Polygons(id_texts(runs[_ID]), label, found.rings, skipped, count - len(found.rings))


def _coords(frame: pl.DataFrame, path: Path) -> Floats:
    if any(not (frame[name].dtype.is_numeric() or frame[name].dtype == pl.Null) for name in _XY):
        raise Malformed(f"{path} holds something else than numbers among the coordinates; fetch or export it again", path=path, expected="numbers")
    coords = np.empty((frame.height, 2))
    for nth, name in enumerate(_XY):
        coords[:, nth] = frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return coords


def _without(kept: Bools, coords: Floats, start: Ints, runs: pl.DataFrame) -> tuple[Floats, Ints, pl.DataFrame]:
    """Without some vertices; what was one polygon before and behind them is one again."""
    length = np.add.reduceat(np.append(kept, False).astype(np.int64), start[:-1]) if len(start) > 1 else np.zeros(0, np.int64)
    runs, length = runs.filter(pl.Series(length > 0)), length[length > 0]
    whole = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    again = np.flatnonzero(np.logical_or.reduce([_changes(column) for column in runs.iter_columns()]))
    return coords[kept], np.append(whole[:-1][again], whole[-1]).astype(np.int64), runs.select(pl.all().gather(again))


def _changes(values: pl.Series) -> Bools:
    """(rows,) whether a row differs from the one above."""
    found: Bools = values.ne_missing(values.shift(1)).to_numpy().copy()
    found[:1] = True
    return found


def _split(coords: Floats, start: Ints) -> Ints:
    """Where polygons begin if the vertices of a cell come back to the first one before their end: Xenium closes every polygon."""
    for _ in range(_ROUNDS):
        length = np.diff(start)
        back = (coords == np.repeat(coords[start[:-1]], length, axis=0)).all(axis=1)
        back[start[:-1]] = False
        back[start[1:] - 1] = False
        places = np.flatnonzero(back)
        if not len(places):
            break
        run = np.searchsorted(start, places, side="right") - 1
        firsts = places[np.unique(run, return_index=True)[1]]
        start = np.union1d(start, firsts + 1).astype(np.int64)
    return start
