# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled connected parts: runs of equal pixels, joined by union-find, in one raster pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry.components_reference import NEIGHBOURS
from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def number(volume: NDArray[Any], *, corners: bool) -> tuple[NDArray[np.unsignedinteger[Any]], int]:
    """As ``components_reference.number``."""
    depth, height, width = volume.shape
    rows = volume.reshape(depth * height, width)
    runs = count_runs(rows)
    begin, end, parent = np.empty(runs, np.int32), np.empty(runs, np.int32), np.empty(runs, np.int64)
    row_start = np.zeros(len(rows) + 1, np.int64)
    _join_runs(rows, max(height, 1), NEIGHBOURS[corners], int(corners), begin, end, row_start, parent)
    count = _number_roots(parent)
    out = np.zeros(rows.shape, np.min_scalar_type(count))
    _paint(begin, end, row_start, parent, out)
    return out.reshape(volume.shape), count


@njit(nogil=True, _nrt=False)
def count_runs(rows: NDArray[Any]) -> int:
    """How many runs of one value other than 0 the rows (y, x) hold."""
    runs = 0
    for y in range(rows.shape[0]):
        before = rows.dtype.type(0)
        for x in range(rows.shape[1]):
            value = rows[y, x]
            if value != before and value != 0:
                runs += 1
            before = value
    return runs


@njit(nogil=True, _nrt=False)
def _root(parent, run):
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = parent[run]
    return run


@njit(nogil=True, _nrt=False)
def _join_runs(rows, height, neighbours, reach, begin, end, row_start, parent):
    """Fill the runs, row by row, and make the earliest run of each part the root of the others."""
    n = 0
    for y in range(rows.shape[0]):
        before = rows.dtype.type(0)
        for x in range(rows.shape[1]):
            value = rows[y, x]
            if value != before:
                if before != 0:
                    end[n - 1] = x
                if value != 0:
                    begin[n] = x
                    parent[n] = n
                    n += 1
            before = value
        if before != 0:
            end[n - 1] = rows.shape[1]
        row_start[y + 1] = n
        for k in range(len(neighbours)):
            dz, dy = neighbours[k]
            other = y + dz * height + dy
            if other < 0 or y % height + dy < 0 or y % height + dy >= height:
                continue
            first, last = row_start[other], row_start[other + 1]
            for run in range(row_start[y], n):
                while first < last and end[first] + reach <= begin[run]:
                    first += 1
                near = first
                while near < last and begin[near] < end[run] + reach:
                    if rows[other, begin[near]] == rows[y, begin[run]]:
                        one, two = _root(parent, near), _root(parent, run)
                        if one < two:
                            parent[two] = one
                        else:
                            parent[one] = two
                    near += 1


@njit(nogil=True, _nrt=False)
def _number_roots(parent):
    """Replace the parent of each run by the number of its part. A parent comes before its runs, so it is replaced already."""
    count = 0
    for run in range(len(parent)):
        if parent[run] == run:
            count += 1
            parent[run] = count
        else:
            parent[run] = parent[parent[run]]
    return count


@njit(nogil=True, _nrt=False)
def _paint(begin, end, row_start, part, out):
    for y in range(out.shape[0]):
        for run in range(row_start[y], row_start[y + 1]):
            out[y, begin[run] : end[run]] = part[run]
