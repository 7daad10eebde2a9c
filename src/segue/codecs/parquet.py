"""Tables to Parquet bytes and back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import BinaryIO

import polars as pl

from segue.errors import Malformed

_BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, TypeError, OverflowError, MemoryError, UnicodeError)
"""What polars raises on bytes that are not Parquet; a panic is an exception that is not even an ``Exception``."""


def encode(frame: pl.DataFrame, metadata: Mapping[str, str] | None = None) -> bytes:
    """A table as Parquet (zstd); the same table gives the same bytes.

    Parameters
    ----------
    frame
        Any table.
    metadata
        Texts for the file's own key-value metadata.
    """
    out = io.BytesIO()
    encode_into(out, frame, metadata)
    return out.getvalue()


def encode_into(file: BinaryIO, frame: pl.DataFrame, metadata: Mapping[str, str] | None = None) -> None:
    """The same into an open file, without a copy in memory."""
    frame.write_parquet(file, compression="zstd", compression_level=3, metadata=dict(metadata or {}))


def decode(data: bytes, where: str) -> pl.DataFrame:
    """The table.

    Parameters
    ----------
    data
        A whole Parquet file.
    where
        What to call it in messages.

    Raises
    ------
    Malformed
    """
    try:
        return pl.read_parquet(io.BytesIO(data), use_statistics=False)
    except _BROKEN as error:
        raise _damaged(where) from error


def metadata(data: bytes, where: str) -> dict[str, str]:
    """The key-value metadata of a Parquet file.

    Raises
    ------
    Malformed
    """
    try:
        return pl.read_parquet_metadata(io.BytesIO(data))
    except _BROKEN as error:
        raise _damaged(where) from error


def _damaged(where: str) -> Malformed:
    return Malformed(f"{where} cannot be read as a Parquet table; it is damaged or incomplete, so take it from a backup", path=where, expected="Parquet")
