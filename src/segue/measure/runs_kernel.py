# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled search for row runs: counted, then written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry.components_kernel import count_runs
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Int = NDArray[np.int64]


def row_runs(plane: NDArray[Any]) -> tuple[Int, Int, Int, NDArray[Any]]:
    """As ``geometry.runs.row_runs`` of all labels."""
    bits = plane.view(f"u{plane.dtype.itemsize}")
    bits.flags.writeable = False  # one kind of array, so one compiled kernel
    runs = count_runs(bits)
    row, begin, end = (np.empty(runs, np.int64) for _ in range(3))
    value = np.empty(runs, bits.dtype)
    _write(bits, row, begin, end, value)
    return row, begin, end, value.view(plane.dtype)


@njit(nogil=True, _nrt=False)
def _write(rows, row, begin, end, label):
    n = 0
    for y in range(rows.shape[0]):
        before = rows.dtype.type(0)
        for x in range(rows.shape[1]):
            value = rows[y, x]
            if value != before:
                if before != 0:
                    end[n - 1] = x
                if value != 0:
                    row[n], begin[n], label[n] = y, x, value
                    n += 1
            before = value
        if before != 0:
            end[n - 1] = rows.shape[1]
