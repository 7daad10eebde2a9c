# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return, call-arg"
# ruff: noqa: ANN001, ANN202
"""Rows of PNG, filtered and packed, compiled: so many of them at a time as stay in the caches of a processor."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.codecs.adler_kernel import adler
from segue.codecs.deflate_codes_kernel import LITERALS, PLACES
from segue.codecs.deflate_kernel import BLOCK, most_packed, pack_block, stored
from segue.storage.compiled import njit
from segue.storage.peek_kernel import poke8

Array = np.ndarray[Any, np.dtype[Any]]


def pack_rows(rows: Array, step: int, before: int, behind: int) -> tuple[Array, int]:
    """Filter and pack a band of rows: filter 2 (Up) on every row; filter 1 (Sub) on the first, because the row above it is in another band.

    Parameters
    ----------
    rows
        (rows, bytes) uint8, contiguous.
    step
        Bytes per pixel, at least 1.
    before, behind
        Bytes that are left free around the result.

    Returns
    -------
    The bytes of a piece of a raw stream that goes on behind a whole byte, and the Adler checksum of the filtered rows.
    """
    given = rows.view()
    given.flags.writeable = False  # or the kernel would be compiled twice
    out = np.empty(before + most_packed(rows.size + len(rows)) + behind, np.uint8)
    end, low, high = _pack_rows(given, step, out, before)
    return out[: end + behind], high << 16 | low


@njit(nogil=True)
def _pack_rows(rows, step, out, at):
    """Where the packed stream ends in ``out``, and the two sums of the checksum."""
    height, line = rows.shape[0], rows.shape[1] + 1
    each = max(BLOCK // line, 1)
    data = np.empty(1 + min(each, height) * line, np.uint8)
    found = np.empty((data.size // 4 + 2, 3), np.int64)
    counts, codes = np.empty(LITERALS + PLACES, np.int64), np.empty((LITERALS + PLACES, 2), np.int64)
    low, high, acc, bits = np.int64(1), np.int64(0), np.int64(0), np.int64(0)
    table = np.empty(0, np.int32)
    first, stop = 0, 1
    while first < height:
        last = min(first + each, height)
        stop = _filter(rows, first, last, step, data)
        if first == 0:
            data[0] = ~data[1]  # no run begins before the band
        low, high = adler(data, 1, stop, low, high)
        at, acc, bits = pack_block(data, 1, stop, 0, True, table, found, counts, codes, out, at, acc, bits)
        data[0] = data[stop - 1]
        first = last
    at, acc, bits = stored(data, stop, stop, 0, out, at, acc, bits)
    poke8(out, at, acc)
    return at, low, high


@njit(nogil=True)
def _filter(rows, first, last, step, data):
    """Differences of rows behind the first byte of ``data``, each row behind the number of its filter; where they end."""
    at, width = 1, rows.shape[1]
    for row in range(first, last):
        here, line = rows[row], data[at + 1 : at + 1 + width]
        if row == 0:
            data[at] = 1
            for k in range(min(step, width)):
                line[k] = here[k]
            for k in range(step, width):
                line[k] = here[k] - here[k - step]
        else:
            data[at] = 2
            above = rows[row - 1]
            for k in range(width):
                line[k] = here[k] - above[k]
        at += width + 1
    return at
