"""Row runs of segments: what every measurement of pixels is made from. Labels are looked at once; what follows looks at runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import Malformed
from segue.geometry.runs import row_runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

SMALL = 2_000_000
"""Pixels below which the numpy twin runs: loading compiled code would take longer."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Pixels of segments that follow each other within a row, in raster order."""

    row: Ints
    """(r,) Row in the whole image; rows of a volume are counted through: plane * height + y."""
    begin: Ints
    """(r,) First column."""
    length: Ints
    """(r,) Pixels."""
    label: NDArray[np.uint64]
    """(r,) Never 0."""

    def take(self, rows: NDArray[np.bool_]) -> Runs:
        """The runs at which ``rows`` (r,) is true."""
        return Runs(self.row[rows], self.begin[rows], self.length[rows], self.label[rows])


def label_runs(labels: NDArray[np.generic], first_row: int = 0, first_column: int = 0, *, compiled: bool | None = None) -> Runs:
    """The runs of a band of rows.

    Parameters
    ----------
    labels : (rows, x) integer or bool, any byte order
        0 is background.
    first_row, first_column
        Where the band begins in the whole image.
    compiled
        Whether compiled code is worth loading; None = for a large band.

    Raises
    ------
    Malformed
        Not two-dimensional, not of whole numbers, or with negative labels.
    """
    band = np.asarray(labels)
    if band.ndim != 2 or band.dtype.kind not in "biu":
        raise Malformed(f"segments are measured in rows of whole numbers, not in {band.ndim} axes of {band.dtype}", expected="(rows, x) integers")
    native = np.ascontiguousarray(band, band.dtype.newbyteorder("="))
    if native.size >= SMALL if compiled is None else compiled:
        from segue.measure import runs_kernel

        row, begin, end, value = runs_kernel.row_runs(native)
    else:
        row, begin, end, value = row_runs(native)
    if value.dtype.kind == "i" and len(value) and value.min() < 0:
        raise Malformed(f"label {value.min()} is negative; labels are positive and 0 is background", expected="labels >= 0")
    return Runs(row + first_row, begin + first_column, end - begin, value.astype(np.uint64))
