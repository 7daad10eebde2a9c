"""The row filters of PNG, compiled. The plain twin is ``png_rows._by_rows``."""

from __future__ import annotations

from typing import Any

import numpy as np

from segue.storage.compiled import njit

Array = np.ndarray[Any, np.dtype[Any]]


@njit(nogil=True)
def undo(rows: Array, step: int, out: Array) -> None:
    """Undo the filters of (rows, 1 + bytes) uint8 into (rows, bytes) uint8."""
    for row in range(rows.shape[0]):
        kind = rows[row, 0]
        for at in range(out.shape[1]):
            left = np.int64(out[row, at - step]) if at >= step else 0
            up = np.int64(out[row - 1, at]) if row > 0 else 0
            value = np.int64(rows[row, at + 1])
            if kind == 1:
                value += left
            elif kind == 2:
                value += up
            elif kind == 3:
                value += (left + up) // 2
            elif kind == 4:
                corner = np.int64(out[row - 1, at - step]) if row > 0 and at >= step else 0
                guess = left + up - corner
                to_left = np.abs(guess - left)
                to_up = np.abs(guess - up)
                to_corner = np.abs(guess - corner)
                if to_left <= to_up and to_left <= to_corner:
                    value += left
                elif to_up <= to_corner:
                    value += up
                else:
                    value += corner
            out[row, at] = value & 255
