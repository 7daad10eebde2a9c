"""Parquet files of others: nothing that stands in one can end this program or fill its memory (docs/adr/0022).

polars aborts on some damaged files (of 10,000 flipped page headers 13 ended the process), which no ``except`` catches. So it decodes in
a process of its own, the guard, which hands over an Arrow file: about 0.3 s once, 3 ms per file, and what it decodes once on the disk of
temporary files. Plain columns of numbers of large files are meanwhile decoded here, by a decoder that trusts nothing (docs/adr/0084).
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from segue.codecs import parquet_guard
from segue.codecs.parquet import decode
from segue.codecs.parquet import metadata as texts_of
from segue.codecs.parquet_layout import Numbers
from segue.codecs.parquet_numbers import candidates, decoded
from segue.errors import Malformed, NotFound, TooLarge
from segue.storage.source import Source

LEAST, RATIO = 256 << 20, 100
"""A file of n bytes may decode to ``LEAST + RATIO * n`` bytes."""
_SECONDS, _SPEED = 8.0, 2_000_000
"""Time to decode a file of n bytes: ``_SECONDS + n / _SPEED``."""
_MAGIC = b"PAR1"
WORTH = 32 << 20
"""Bytes of numbers from which on they are decoded here."""


@dataclass(frozen=True)
class Facts:
    """What a file says about itself."""

    schema: dict[str, str]
    """Column -> type, in the words of polars (``Int64``, ``List(Float64)``); in order."""
    metadata: dict[str, str]
    """Its key-value texts."""


def facts(source: Source) -> Facts:
    """Names and types of the columns, and the key-value metadata.

    Raises
    ------
    NotFound, SourceChanged, TooLarge
    Malformed
        It is not Parquet, damaged or incomplete.
    """
    _check(source)
    if not parquet_guard.possible():
        data = source.read_bytes()
        schema = {name: str(dtype) for name, dtype in decode(data, str(source.path)).schema.items()}
        return Facts(schema, texts_of(data, str(source.path)))
    answer = _asked(source, {"facts": _absolute(source)})
    return Facts(dict(answer["schema"]), answer["metadata"])


def table(source: Source, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The table, or only some columns of it, which must be there.

    Memory here: the columns asked for, once; of those that the guard decodes, twice.

    Raises
    ------
    NotFound, SourceChanged
    TooLarge
        It decodes to more than 256 MiB + 100 times its size, or the disk of temporary files has no room.
    Malformed
        It is not Parquet, damaged or incomplete.
    """
    _check(source)
    if not parquet_guard.possible():
        frame = decode(source.read_bytes(), str(source.path))
        return frame if columns is None else frame[list(columns)]
    mine = _worth(source, columns)
    with ThreadPoolExecutor(1) as pool:  # the guard is asked here, where Ctrl-C ends it
        decoding = pool.submit(decoded, source, mine)
        others = _handed_over(source, columns, without=tuple(mine))
        numbers = decoding.result()
    found = {name: values for name, values in numbers.items() if str(values.dtype) == others.schema.get(name) and values.len() == others.rows}
    found |= {column.name: column for column in others.columns}
    if missing := [name for name in mine if name not in found]:
        found |= {column.name: column for column in _handed_over(source, missing).columns}
    source.check()
    return pl.DataFrame({name: found[name] for name in (others.schema if columns is None else columns)})  # a list would rename a column without a name


def _worth(source: Source, columns: Sequence[str] | None) -> dict[str, Numbers]:
    """The columns to decode here, if there is enough of them, and not more than the file may decode to."""
    if source.size < WORTH // RATIO:
        return {}
    found = candidates(source, columns)
    return found if WORTH <= sum(column.bytes for column in found.values()) <= _most(source) else {}


@dataclass(frozen=True)
class _Handed:
    """What the guard hands over."""

    schema: dict[str, str]
    """All columns of the file."""
    rows: int
    columns: list[pl.Series]
    """Those asked for."""


def _handed_over(source: Source, columns: Sequence[str] | None, *, without: Sequence[str] = ()) -> _Handed:
    """Columns that the guard has decoded; None = all."""
    try:
        with tempfile.TemporaryDirectory(prefix="segue-", ignore_cleanup_errors=True) as folder:
            out = Path(folder) / "table.arrow"
            request = {"table": _absolute(source), "columns": None if columns is None else list(columns), "without": list(without), "out": str(out)}
            answer = _asked(source, request)
            if not answer["bytes"]:
                return _Handed(dict(answer["schema"]), answer["rows"], [])
            frame = pl.read_ipc(io.BytesIO(out.read_bytes()) if sys.platform == "win32" else out)  # there a mapped file cannot be removed
    except OSError as error:
        raise _no_room(source) from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise _damaged(source) from error
    return _Handed(dict(answer["schema"]), frame.height, _plain(frame).get_columns())


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Without Arrow's extension types (``geoarrow.wkb``, ``arrow.uuid``), which name a meaning: their plain values."""
    extension = getattr(pl, "BaseExtension", None)
    named = [column.name for column in frame.iter_columns() if extension is not None and isinstance(column.dtype, extension)]
    return frame.with_columns(*(frame[name].alias("").ext.storage().alias(name) for name in named)) if named else frame


def _asked(source: Source, request: dict[str, Any]) -> dict[str, Any]:
    limit = _most(source)
    try:
        answer = parquet_guard.ask({**request, "limit": limit}, _SECONDS + source.size / _SPEED)
    except parquet_guard.Ended as error:
        raise _damaged(source) from error
    problem = answer.get("error")
    if problem is None:
        return answer
    source.check()
    if "os error 27" in problem or "File too large" in problem:
        what = f"{source.path} has {source.size:,} bytes, but its table would need more than {limit:,}; a sound file is not packed so much"
        raise TooLarge(what, path=source.path, limit=limit)
    if "os error 28" in problem or "No space left" in problem:
        raise _no_room(source)
    raise Malformed(_damaged(source).message, path=source.path, expected="Parquet", found=problem)


def _most(source: Source) -> int:
    return LEAST + RATIO * source.size


def _check(source: Source) -> None:
    """The parts that every Parquet file has, before a process is troubled with it."""
    if source.is_folder:
        raise NotFound(f"{source.path} is a folder, not a file", path=source.path)
    source.check()
    size = source.size
    try:
        with source.path.open("rb") as file:
            head = file.read(4)
            file.seek(max(0, size - 8))
            tail = file.read(8)
    except OSError as error:
        raise NotFound(f"{source.path} cannot be read: {error.strerror or error}", path=source.path) from error
    if size < 12 or head != _MAGIC or tail[4:] != _MAGIC or int.from_bytes(tail[:4], "little") > size - 12:
        raise _damaged(source)


def _absolute(source: Source) -> str:
    return str(source.path.absolute())


def _damaged(source: Source) -> Malformed:
    what = f"{source.path} cannot be read as a Parquet table; it is damaged or incomplete, so fetch or export it again"
    return Malformed(what, path=source.path, expected="Parquet")


def _no_room(source: Source) -> TooLarge:
    return TooLarge(f"{tempfile.gettempdir()} has no room to unpack {source.path}; free some, or set TMPDIR to another folder", path=source.path)
