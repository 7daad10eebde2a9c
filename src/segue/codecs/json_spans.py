"""Columns from places in one JSON text, by kernels. The text has been checked already; a begin of -1 means that there is nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs import json_entries_kernel as kernel
from segue.codecs.json_text import DEEPEST

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

SEPARATOR = 1
"""A control character: it cannot stand in a JSON text."""
CHUNK = 1 << 24
"""About how many bytes are joined at a time."""


def texts(b: Bytes, spans: Ints) -> pl.Series:
    """The texts at ``spans`` (n, 2) as a column; null where there is none.

    Raises
    ------
    UnicodeDecodeError
        It is not UTF-8.
    """
    begin, end = np.ascontiguousarray(spans[:, 0]), np.ascontiguousarray(spans[:, 1])
    if not len(begin) or begin.max() < 0:
        return pl.repeat(None, len(begin), dtype=pl.Utf8, eager=True)
    ends = np.cumsum(end - begin + 1)
    cuts = np.searchsorted(ends, np.arange(CHUNK, int(ends[-1]), CHUNK))
    pieces = [_joined(b, begin[a:z], end[a:z]) for a, z in zip([0, *cuts], [*cuts, len(begin)], strict=True) if z > a]
    found = pl.concat(pieces).alias("")
    return found if begin.min() >= 0 else found.set(pl.Series(begin < 0), None)


def few_texts(b: Bytes, spans: Ints) -> pl.Series:
    """`texts` where most are equal: each is made once."""
    codes, distinct = interned(b, np.ascontiguousarray(spans[:, 0]), np.ascontiguousarray(spans[:, 1]))
    return distinct.gather(codes)


def _joined(b: Bytes, begin: Ints, end: Ints) -> pl.Series:
    out = np.empty(int((end - begin).sum()) + len(begin), np.uint8)
    size = kernel.gather(b, begin, end, SEPARATOR, out)
    whole = pl.Series([out[:size].tobytes().decode("utf-8")], dtype=pl.Utf8)
    return whole.str.split(chr(SEPARATOR)).explode()


def floats(b: Bytes, begin: Ints) -> npt.NDArray[np.float64]:
    """The numbers that begin at the given places, correctly rounded."""
    spans = np.stack([begin, number_ends(b, begin)], axis=1)
    return texts(b, spans).cast(pl.Float64).to_numpy()


def number_ends(b: Bytes, begin: Ints) -> Ints:
    """Behind the numbers that begin at the given places."""
    end = np.empty_like(begin)
    kernel.number_ends(b, begin, end, np.zeros(3, np.int64))
    return end


def entries(b: Bytes, spans: Ints, first: int, last: int) -> Ints:
    """(entries, 5) int64: row, begin and end of the name, begin and end of the value, of all members of some objects."""
    stack, state = np.zeros(DEEPEST, np.uint8), np.zeros(3, np.int64)
    found = np.empty((kernel.entries(b, spans, first, last, np.empty((0, 5), np.int64), stack, state), 5), np.int64)
    kernel.entries(b, spans, first, last, found, stack, state)
    return found


def interned(b: Bytes, begin: Ints, end: Ints) -> tuple[npt.NDArray[np.int32], pl.Series]:
    """Codes of equal texts (n,) int32 and the distinct texts, in order of appearance."""
    codes, firsts = np.empty(len(begin), np.int32), np.empty(len(begin), np.int64)
    table = np.full(1 << max(4, (2 * len(begin)).bit_length()), -1, np.int32)
    count = kernel.intern(b, begin, end, codes, firsts, table)
    first = firsts[:count]
    return codes, texts(b, np.stack([begin[first], end[first]], axis=1))
