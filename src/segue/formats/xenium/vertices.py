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
from segue.model.rings import Floats, Ints, Rings
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

    Memory: of Parquet, ids and places one after the other, 50 bytes per vertex; of text three times the text and its columns.

    Raises
    ------
    Malformed
        A column is missing, holds no numbers, or the file is damaged.
    NotFound, SourceChanged, TooLarge, UnsupportedVariant
    """
    source = Source(path)
    if look(source) is None:
        frame = _text_columns(source)
        return _polygons(frame[_ID], frame[_LABEL] if _LABEL in frame.columns else None, lambda: frame, path)
    schema = parquet_foreign.facts(source).schema
    _need(list(schema), path)
    keys = parquet_foreign.table(source, [name for name in (_ID, _LABEL) if name in schema])
    label = keys[_LABEL] if _LABEL in keys.columns else None
    return _polygons(keys[_ID], label, lambda: parquet_foreign.table(source, _XY), path)


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


def _polygons(ids: pl.Series, label: pl.Series | None, places: Callable[[], pl.DataFrame], path: Path) -> Polygons:
    frame = places()
    if any(not (frame[name].dtype.is_numeric() or frame[name].dtype == pl.Null) for name in _XY):
        raise Malformed(f"{path} holds something else than numbers among the coordinates; fetch or export it again", path=path, expected="numbers")
    coords = np.column_stack([frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in _XY])
    del frame
    kept = ids.is_not_null().to_numpy() & np.isfinite(coords).all(axis=1)
    skipped = int(len(kept) - kept.sum())
    if skipped:
        ids, coords, label = ids.filter(pl.Series(kept)), coords[kept], None if label is None else label.filter(pl.Series(kept))
    first = np.flatnonzero(_changes(ids) | (_changes(label) if label is not None else False)).astype(np.int64)
    start = np.append(first, len(coords)).astype(np.int64)
    start = start if label is not None else _split(coords, start)
    found = sound(Rings.simple(coords, start), np.full(len(start) - 1, POLYGON, np.uint8), np.arange(len(start) - 1), np.empty(0, np.uint8), deep=False)
    rows = pl.Series(start[:-1][found.row])
    texts = id_texts(ids.gather(rows))
    return Polygons(texts, None if label is None else label.gather(rows), found.rings, skipped, len(start) - 1 - len(found.rings))


def _changes(values: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(rows,) whether a row differs from the one above."""
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = values.ne_missing(values.shift(1)).to_numpy().copy()
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
