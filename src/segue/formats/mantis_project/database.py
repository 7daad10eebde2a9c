"""``.mantisDb``: the tables of a project, in columns (Mantis Viewer, src/lib/Db.ts).

The tables ``segue`` and ``segue_objects`` are ours: names, grids, ids. Mantis never touches them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.codecs import sqlite_safe

FACTS, OBJECTS = "segue", "segue_objects"
TABLES = {
    "features": ("image_set", "feature", "segment_id", "value"),
    "features_generated": ("image_set",),
    "settings": ("setting", "value"),
    "selections": ("id", "image_set", "selection_json"),
    FACTS: ("image_set", "facts"),
    OBJECTS: ("image_set", "segment_id", "id", "name", "colour"),
}
_SCHEMA = (
    "CREATE TABLE features (image_set TEXT NOT NULL, feature TEXT NOT NULL, segment_id INTEGER NOT NULL, value REAL NOT NULL)",
    "CREATE TABLE features_generated (image_set TEXT NOT NULL)",
    "CREATE TABLE settings (setting TEXT NOT NULL UNIQUE, value TEXT NOT NULL)",
    "CREATE TABLE selections (id TEXT NOT NULL UNIQUE, image_set TEXT NOT NULL, selection_json TEXT NOT NULL)",
    f"CREATE TABLE {FACTS} (image_set TEXT NOT NULL UNIQUE, facts TEXT NOT NULL)",
    f"CREATE TABLE {OBJECTS} (image_set TEXT NOT NULL, segment_id INTEGER NOT NULL, id TEXT NOT NULL, name TEXT, colour INTEGER)",
)
_INDEXES = (
    "CREATE INDEX feature_index ON features (image_set, feature, segment_id, value)",
    "CREATE UNIQUE INDEX features_generated_index ON features_generated (image_set)",
    "CREATE INDEX settings_index ON settings (setting, value)",
    "CREATE INDEX selections_index ON selections (id, image_set)",
)
SEGMENT = {"label": pl.UInt64, "id": pl.Utf8, "name": pl.Utf8, "colour": pl.UInt32}
LARGEST = 2**53
"""Numbers of segments are below it: Mantis counts in floats."""


@dataclass(frozen=True, eq=False)
class Features:
    """The values of an image set."""

    labels: np.ndarray[tuple[int], np.dtype[np.uint64]] = field(default_factory=lambda: np.empty(0, np.uint64))
    """Of the segments that have any, ascending."""
    values: tuple[pl.Series, ...] = ()
    """Float64, one per feature, by name; null where a segment has none."""
    dropped: int = 0
    """Values of what can be no segment, and those that stand there twice."""


class Database:
    """The tables of an open file."""

    def __init__(self, tables: sqlite_safe.Tables) -> None:
        self._tables = tables
        self.usable = {name for name, columns in TABLES.items() if name in tables and set(columns) <= set(tables.columns[name])}

    def image_sets(self) -> list[str]:
        """Names of all image sets that a table is about: those of segue in their order, then others by name."""
        listed = [str(name) for (name,) in self._rows(FACTS, "SELECT image_set FROM segue ORDER BY rowid")]
        others = {name for table in ("features", "features_generated", "selections") for name in self._names(table, "image_set")}
        return list(dict.fromkeys([*listed, *sorted(others)]))

    def facts(self) -> dict[str, str]:
        """Image set -> JSON text of what segue knows about it."""
        return {str(name): str(text) for name, text in self._rows(FACTS, "SELECT image_set, facts FROM segue ORDER BY rowid")}

    def settings(self) -> dict[str, str]:
        """Setting -> JSON text, in the order of the file."""
        return {str(name): str(value) for name, value in self._rows("settings", "SELECT setting, value FROM settings ORDER BY rowid")}

    def generated(self) -> set[str]:
        """Image sets whose features Mantis has computed itself."""
        return {str(name) for (name,) in self._rows("features_generated", "SELECT image_set FROM features_generated")}

    def populations(self, image_set: str) -> list[bytes]:
        """The JSON texts of an image set's populations, in order."""
        rows = self._rows("selections", "SELECT selection_json FROM selections WHERE image_set = ? ORDER BY rowid", image_set)
        return [text if isinstance(text, bytes) else str(text).encode() for (text,) in rows]

    def segments(self, image_set: str) -> pl.DataFrame:
        """What segue knows about segments: label, id, name, colour."""
        rows = self._rows(OBJECTS, f"SELECT segment_id, id, name, colour FROM {OBJECTS} WHERE image_set = ? ORDER BY segment_id", image_set)
        good = [row for row in rows if isinstance(row[0], int) and 0 < row[0] < LARGEST and isinstance(row[1], str)]
        columns: tuple[list[Any], ...] = (
            [row[0] for row in good],
            [row[1] for row in good],
            [row[2] if isinstance(row[2], str) else None for row in good],
            [row[3] if isinstance(row[3], int) and 0 <= row[3] < 2**32 else None for row in good],
        )
        frame = pl.DataFrame([pl.Series(name, column, dtype=dtype) for (name, dtype), column in zip(SEGMENT.items(), columns, strict=True)])
        return frame.unique("label", keep="first", maintain_order=True)

    def features(self, image_set: str) -> Features:
        """The values of an image set, feature by feature. Memory: 8 bytes per value, and 40 per segment."""
        found: list[tuple[str, np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []
        dropped = 0
        for name in self._names("features", "feature", image_set):
            query = "SELECT segment_id, value FROM features WHERE image_set = ? AND feature = ? ORDER BY segment_id"
            rows = self._tables.numbers(query, 2, image_set, name)
            kept = _possible(rows)
            dropped += len(rows) - len(kept)
            if len(kept):
                found.append((name, kept[:, 0].astype(np.uint64), kept[:, 1].copy()))
        labels = _union([ids for _, ids, _ in found])
        return Features(labels, tuple(_column(name, ids, values, labels) for name, ids, values in found), dropped)

    def has_features(self, image_set: str) -> bool:
        """Whether an image set has any values."""
        return bool(self._rows("features", "SELECT 1 FROM features WHERE image_set = ? LIMIT 1", image_set))

    def _names(self, table: str, column: str, image_set: str | None = None) -> list[str]:
        """The different texts of a column in the order of their bytes; found by jumping through the index, not by looking at every row."""
        if table not in self.usable:
            return []
        where = "" if image_set is None else "image_set = ? AND"
        given = () if image_set is None else (image_set,)
        found: list[str] = []
        last: object = None
        while True:
            more = f"{where} {column} > ?" if last is not None else f"{where} 1"
            values = (*given, last) if last is not None else given
            rows = self._tables.rows(f'SELECT min({column}) FROM "{table}" WHERE {more}', *values)
            if rows[0][0] is None or rows[0][0] == last:
                return found
            last = rows[0][0]
            if isinstance(last, str):
                found.append(last)

    def _rows(self, table: str, query: str, *values: object) -> sqlite_safe.Rows:
        return self._tables.rows(query, *values) if table in self.usable else []


def _possible(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rows (segment, value) of what can be segments, ascending; of several for one segment the last."""
    good = (rows[:, 0] >= 1) & (rows[:, 0] < LARGEST) & (rows[:, 0] == np.floor(rows[:, 0])) & ~np.isnan(rows[:, 1])
    kept = rows if good.all() else rows[good]
    if (kept[1:, 0] > kept[:-1, 0]).all():
        return kept
    kept = kept[np.argsort(kept[:, 0], kind="stable")]  # an index that is damaged gives them in another order
    last: np.ndarray[Any, Any] = kept[np.append(kept[1:, 0] != kept[:-1, 0], True)]
    return last


def _union(many: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    if not many:
        return np.empty(0, np.uint64)
    if all(ids is many[0] or np.array_equal(ids, many[0]) for ids in many):
        return many[0]
    return np.unique(np.concatenate(many))


def _column(name: str, ids: np.ndarray[Any, Any], values: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> pl.Series:
    if len(ids) == len(labels):
        return pl.Series(name, values)
    filled = np.full(len(labels), np.nan)
    filled[np.searchsorted(labels, ids)] = values
    return pl.Series(name, filled).fill_nan(None)


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """Read a database; it is not written to.

    Raises
    ------
    WrongFormat, Malformed, TooLarge
    """
    with sqlite_safe.opened(path, TABLES) as tables:
        yield Database(tables)


@dataclass(frozen=True)
class Sheet:
    """What a database says about one image set."""

    image_set: str
    facts: str
    features: Features = field(default_factory=Features)
    generated: bool = False
    populations: Sequence[tuple[str, str]] = ()
    """(id, JSON text)."""
    segments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEGMENT))


def write(path: Path, settings: dict[str, str], sheets: Iterable[Sheet]) -> None:
    """Write a database; of the image sets one is in memory at a time.

    Raises
    ------
    OSError
    """
    with sqlite_safe.created(path) as file:
        for statement in (*_SCHEMA, *_INDEXES):  # rows come in the order of the indexes, so there is nothing to sort in the end
            file.run(statement)
        file.insert("settings", [list(settings), list(settings.values())])
        for one in sheets:
            _write_sheet(file, one)


def _write_sheet(file: sqlite_safe.Writer, one: Sheet) -> None:
    name = one.image_set
    file.insert(FACTS, [[name], [one.facts]])
    if one.generated:
        file.insert("features_generated", [[name]])
    file.insert("selections", [[name + own for own, _ in one.populations], [name] * len(one.populations), [text for _, text in one.populations]])
    file.insert(OBJECTS, [[name] * one.segments.height, *(one.segments[column].to_list() for column in SEGMENT)])
    labels = pl.Series(one.features.labels).cast(pl.Int64)
    for column in one.features.values:
        stated = column.is_not_null()
        ids, values = labels.filter(stated).to_list(), column.filter(stated).to_list()
        file.insert("features", [[name] * len(ids), [column.name] * len(ids), ids, values])
