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


LONG = 512
"""Values of a row that make up for what each row costs: blocks of shorter ones (64 and 96 were measured) are copied first."""


def scaled(block: Array, to: Range, dtype: np.dtype[Any]) -> tuple[Array, Counts]:
    """As ``values.scaled``; to whole numbers."""
    out = np.empty(block.shape, dtype)
    low_end, high_end = sorted((to.new_low, to.new_high))
    ratio = (to.new_high - to.new_low) / (to.high - to.low)
    ends = _ends(dtype)
    counts = _scaled(*_in_rows(block), out.reshape(-1), to.low, to.high, ratio, to.new_low, low_end, high_end, *ends)
    return out, counts


def _in_rows(block: Array) -> tuple[Array, tuple[int, int], tuple[int, int, int]]:
    """A block as rows that lie in memory one by one: a flat array that holds them, the steps from row to row along two axes, and three sizes.

    A part of an array is not copied for this, if its rows are long, it has at most three axes that are longer than 1, and steps through memory forwards.
    """
    axes = [axis for axis, size in enumerate(block.shape) if size > 1]
    steps = [block.strides[axis] // block.itemsize for axis in axes]
    if (
        not block.size
        or not axes
        or len(axes) > 3
        or steps[-1] != 1
        or block.shape[axes[-1]] < LONG
        or min(steps) < 1
        or any(block.strides[axis] % block.itemsize for axis in axes)
    ):
        flat = np.ascontiguousarray(block).reshape(-1)
        return _read_only(flat), (0, 0), (1, 1, flat.size)
    sizes = [block.shape[axis] for axis in axes]
    length = 1 + sum(step * (size - 1) for step, size in zip(steps, sizes, strict=True))
    flat = np.lib.stride_tricks.as_strided(block, (length,), (block.itemsize,))
    outer = 3 - len(axes)
    both = (*(0,) * outer, *steps[:-1])
    every = (*(1,) * outer, *sizes)
    return _read_only(flat), (both[0], both[1]), (every[0], every[1], every[2])


def _read_only(flat: Array) -> Array:
    """A view that always has the same type, or the kernel would be compiled twice."""
    view = flat.view()
    view.flags.writeable = False
    return view


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
def _scaled(flat, steps, sizes, out, low, high, ratio, new_low, low_end, high_end, first, behind, least, most):
    outside, inexact, missing, at = 0, 0, 0, 0
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            start = i * steps[0] + j * steps[1]
            row, target = flat[start : start + sizes[2]], out[at : at + sizes[2]]
            at += sizes[2]
            for k in range(row.size):
                value = np.float64(row[k])
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
                target[k] = least if below else most if above else target.dtype.type(safe)
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
