# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled sums of runs, in whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def boxes(owner: Ints, owners: int, row: Ints, z: Ints, y: Ints, begin: Ints, length: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """As ``survey_reference.boxes``."""
    area, low, high = np.zeros(owners, np.int64), np.full((owners, 3), np.iinfo(np.int64).max), np.full((owners, 3), -1)
    rows = np.stack([low[:, 0], high[:, 0]], axis=1)
    _boxes(owner, row, z, y, begin, length, area, low, high, rows)
    return area, low, high, rows


def sums(owner: Ints, low: Ints, z: Ints, y: Ints, begin: Ints, length: Ints) -> tuple[Ints, Ints]:
    """As ``survey_reference.sums``."""
    first, second = np.zeros_like(low), np.zeros_like(low)
    _sums(owner, low, z, y, begin, length, first, second)
    return first, second


@njit(nogil=True, _nrt=False)
def _boxes(owner, row, z, y, begin, length, area, low, high, rows):
    for run in range(len(owner)):
        one = owner[run]
        area[one] += length[run]
        low[one, 0], high[one, 0] = min(low[one, 0], z[run]), max(high[one, 0], z[run] + 1)
        low[one, 1], high[one, 1] = min(low[one, 1], y[run]), max(high[one, 1], y[run] + 1)
        low[one, 2], high[one, 2] = min(low[one, 2], begin[run]), max(high[one, 2], begin[run] + length[run])
        rows[one, 0], rows[one, 1] = min(rows[one, 0], row[run]), max(rows[one, 1], row[run])


@njit(nogil=True, _nrt=False)
def _sums(owner, low, run_z, run_y, begin, length, first, second):
    for run in range(len(owner)):
        one, n = owner[run], length[run]
        y, x = run_y[run] - low[one, 1], begin[run] - low[one, 2]
        sum_x = n * x + n * (n - 1) // 2
        first[one, 0] += n * (run_z[run] - low[one, 0])
        first[one, 1] += n * y
        first[one, 2] += sum_x
        second[one, 0] += n * y * y
        second[one, 1] += n * x * x + x * n * (n - 1) + (n - 1) * n * (2 * n - 1) // 6
        second[one, 2] += y * sum_x
