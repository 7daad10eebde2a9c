"""The row filters of PNG, undone (PNG specification, chapter 9)."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

SMALL = 1 << 18
"""Bytes up to which plain Python and numpy are faster than loading the compiled kernel."""


def unfiltered(rows: Array, step: int) -> Array:
    """Undo the filters.

    Parameters
    ----------
    rows
        (rows, 1 + bytes) uint8: the filter of each row (0..4), then its bytes.
    step
        Bytes per pixel, at least 1.

    Returns
    -------
    (rows, bytes) uint8.
    """
    if not rows[:, 0].any():
        return rows[:, 1:].copy()
    if rows.size > SMALL and (rows[:, 0] > 2).any():
        from segue.codecs.png_rows_kernel import undo

        out = np.empty((rows.shape[0], rows.shape[1] - 1), np.uint8)
        undo(np.ascontiguousarray(rows), step, out)
        return out
    return _by_rows(rows, step)


def _by_rows(rows: Array, step: int) -> Array:
    out = np.empty((rows.shape[0], rows.shape[1] - 1), np.uint8)
    above = np.zeros(out.shape[1], np.uint8)
    for row, result in zip(rows, out, strict=True):
        _undo_row(int(row[0]), row[1:], above, step, result)
        above = result
    return out


def _undo_row(kind: int, row: Array, above: Array, step: int, out: Array) -> None:
    if kind == 0:
        out[:] = row
    elif kind == 1:
        for first in range(step):
            np.cumsum(row[first::step], dtype=np.uint8, out=out[first::step])
    elif kind == 2:
        np.add(row, above, out=out)
    else:
        out[:] = np.frombuffer(_sequential(kind, row.tolist(), above.tolist(), step), np.uint8)


def _sequential(kind: int, row: list[int], above: list[int], step: int) -> bytes:
    out = bytearray(len(row))
    for at, value in enumerate(row):
        left = out[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        out[at] = (value + ((left + above[at]) // 2 if kind == 3 else _paeth(left, above[at], corner))) & 255
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    nearest = min(abs(guess - left), abs(guess - up), abs(guess - corner))
    return left if abs(guess - left) == nearest else up if abs(guess - up) == nearest else corner
