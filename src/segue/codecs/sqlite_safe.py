"""SQLite files that others made, opened so that nothing in them can do harm, and SQLite files whose bytes depend on their content alone.

A database file is a small program: views, triggers and computed columns run when a table is looked at. Only plain tables are read here; the file is
never written to, not even its journal; and a query that goes on for too long is ended.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import numpy as np

from segue.errors import Malformed, TooLarge, WrongFormat

MAGIC = b"SQLite format 3\0"
PAGE = 4096
LONGEST = 1 << 29
"""Bytes of one value."""
_SECONDS, _PER_BYTE = 30.0, 2e-7
"""All queries may take so long, and so much longer for each byte of the file."""
_STEPS = 50_000
_VERSION = 3_040_001
"""What stands in every file that is written here as the version of the library: bytes that would else differ from machine to machine."""
_NOT_PLAIN = re.compile(r"\bgenerated\s+always\b|\bvirtual\b|\bas\s*\(", re.IGNORECASE)

Rows = list[tuple[Any, ...]]


class Tables:
    """Some plain tables of an open file."""

    def __init__(self, path: Path, connection: sqlite3.Connection, columns: dict[str, tuple[str, ...]]) -> None:
        self.path = path
        self.columns = columns
        """Table -> its columns; only tables that were asked for and are there."""
        self._connection = connection
        self._left = _SECONDS + path.stat().st_size * _PER_BYTE

    def __contains__(self, table: str) -> bool:
        return table in self.columns

    def rows(self, query: str, *values: object) -> Rows:
        """All rows of a query over these tables; texts are valid Unicode.

        Raises
        ------
        Malformed, TooLarge
        """
        try:
            with self._in_time():
                return self._connection.execute(query, values).fetchall()
        except (sqlite3.Error, MemoryError, OverflowError) as error:
            _refuse(self.path, error)

    def numbers(self, query: str, width: int, *values: object) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """The rows of a query whose columns are numbers, (rows, width) float64: 16 bytes per cell, never an object per row.

        Raises
        ------
        Malformed
            A cell is no number; or the file is damaged.
        """
        try:
            with self._in_time():
                flat = np.fromiter(chain.from_iterable(self._connection.execute(query, values)), np.float64)
        except (sqlite3.Error, MemoryError) as error:
            _refuse(self.path, error)
        except (TypeError, ValueError, OverflowError) as error:
            raise Malformed(f"{self.path} has something else than numbers where values are", path=self.path, position=query, expected="numbers") from error
        return flat.reshape(-1, width)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """End the query when all queries together have taken longer than a file of this size should."""
        start = time.monotonic()
        self._connection.set_progress_handler(lambda: time.monotonic() > start + self._left, _STEPS)
        try:
            yield
        finally:
            self._left -= time.monotonic() - start


@contextmanager
def opened(path: Path, wanted: Collection[str]) -> Iterator[Tables]:
    """Open a file to read some tables of it. What Mantis, a browser or any other program is writing at the same moment is not seen.

    Parameters
    ----------
    path
        The file.
    wanted
        Names of tables.

    Raises
    ------
    WrongFormat
        It is no SQLite file.
    Malformed
        It is damaged, or one of the tables is a view, a virtual table or has computed columns.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise WrongFormat(f"{path} is no SQLite database", path=path, expected="SQLite format 3")
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(path.resolve().as_posix())}?mode=ro&immutable=1", uri=True, isolation_level=None)
        _restrain(connection)
        yield Tables(path, connection, _plain(connection, path, wanted))
    except sqlite3.Error as error:
        _refuse(path, error)
    finally:
        if connection is not None:
            connection.close()


def _restrain(connection: sqlite3.Connection) -> None:
    connection.text_factory = _text
    for limit, most in ((sqlite3.SQLITE_LIMIT_LENGTH, LONGEST), (sqlite3.SQLITE_LIMIT_ATTACHED, 0), (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)):
        connection.setlimit(limit, most)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "mmap_size = 0"):
        connection.execute(f"PRAGMA {pragma}")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _plain(connection: sqlite3.Connection, path: Path, wanted: Collection[str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'view')"):
        if name not in wanted:
            continue
        if kind != "table" or _NOT_PLAIN.search(str(sql)):
            raise Malformed(f"{path}: {name} is not a plain table, and is not read", path=path, position=name, expected="a table")
        found[name] = tuple(row[1] for row in connection.execute(f'PRAGMA table_info("{name}")'))
    return found


def _refuse(path: Path, error: BaseException) -> NoReturn:
    if isinstance(error, MemoryError | OverflowError) or "too big" in str(error):
        raise TooLarge(f"{path} holds a value of more than {LONGEST:,} bytes", path=path, limit=LONGEST) from error
    if "interrupted" in str(error):
        raise TooLarge(f"{path} takes longer to read than a file of its size should; it may be damaged", path=path) from error
    raise Malformed(f"{path} is damaged or incomplete: {error}", path=path, position="database", expected="an intact SQLite database") from error


class Writer:
    """A new file that is being filled."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: str) -> None:
        self._connection.execute(statement)

    def insert(self, table: str, columns: Sequence[Sequence[Any]]) -> None:
        """Rows that are given as columns of equal length."""
        places = ", ".join("?" * len(columns))
        self._connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', zip(*columns, strict=True))


@contextmanager
def created(path: Path) -> Iterator[Writer]:
    """Make a new file, in one transaction and without a journal; it is complete when the block ends without an error.

    Equal statements make equal bytes with one version of SQLite.

    Raises
    ------
    OSError
        It cannot be written.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in (f"page_size = {PAGE}", "encoding = 'UTF-8'", "journal_mode = OFF", "synchronous = OFF", "cache_size = -65536", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        yield Writer(connection)
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise OSError(f"{path}: {error}") from error
    finally:
        connection.close()
    with path.open("r+b") as file:
        file.seek(96)
        file.write(_VERSION.to_bytes(4, "big"))
