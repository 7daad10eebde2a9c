# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled twin of ``values``: a block is read once and written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from segue.transform.change import Range

    Array = np.ndarray[Any, np.dtype[Any]]
    Counts = tuple[int, int, int]


def scaled(block: Array, to: Range, dtype: np.dtype[Any]) -> tuple[Array, Counts]:
    """As ``values.scaled``; to whole numbers."""
    out = np.empty(block.shape, dtype)
    low_end, high_end = sorted((to.new_low, to.new_high))
    ratio = (to.new_high - to.new_low) / (to.high - to.low)
    ends = _ends(dtype)
    counts = _scaled(np.ascontiguousarray(block).reshape(-1), out.reshape(-1), to.low, to.high, ratio, to.new_low, low_end, high_end, *ends)
    return out, counts


def rounded(block: Array, dtype: np.dtype[Any]) -> tuple[Array, Counts]:
    """As ``values.of_fractions``; to whole numbers."""
    out = np.empty(block.shape, dtype)
    counts = _rounded(np.ascontiguousarray(block).reshape(-1), out.reshape(-1), *_ends(dtype))
    return out, counts


def _ends(dtype: np.dtype[Any]) -> tuple[float, float, Any, Any]:
    """The first number and the one behind the last as fractions, and the first and last number."""
    info = np.iinfo(dtype)
    return float(info.min), float(info.max) + 1.0 if dtype.itemsize < 8 else float(int(info.max) + 1), dtype.type(info.min), dtype.type(info.max)


@njit(nogil=True, _nrt=False)
def _scaled(block, out, low, high, ratio, new_low, low_end, high_end, first, behind, least, most):
    outside, inexact, missing = 0, 0, 0
    for k in range(block.size):
        value = np.float64(block[k])
        nan = value != value
        outside += (value < low) | (value > high)
        near = min(max(value, low), high)
        exact = (near - low) * ratio + new_low
        exact = min(max(exact, low_end), high_end)
        whole = np.rint(exact)
        below, above = whole < first, whole >= behind
        outside += below | above
        inexact += (whole != exact) & (not nan) & (not below) & (not above)
        missing += nan
        safe = whole if not (nan | below | above) else 0.0
        out[k] = least if below else most if above else out.dtype.type(safe)
    return outside, inexact, missing


@njit(nogil=True, _nrt=False)
def _rounded(block, out, first, behind, least, most):
    outside, inexact, missing = 0, 0, 0
    for k in range(block.size):
        value = np.float64(block[k])
        nan = value != value
        whole = np.rint(value)
        below, above = whole < first, whole >= behind
        outside += below | above
        inexact += (whole != value) & (not nan) & (not below) & (not above)
        missing += nan
        safe = whole if not (nan | below | above) else 0.0
        out[k] = least if below else most if above else out.dtype.type(safe)
    return outside, inexact, missing
