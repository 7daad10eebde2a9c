# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled sides of convex hulls: Andrew's monotone chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]


def sides(xy: NDArray[np.float64], of: NDArray[np.int64]) -> tuple[Bools, Bools]:
    """As ``hull_reference.sides``."""
    left, right = np.zeros(len(xy), bool), np.zeros(len(xy), bool)
    stack = np.empty(len(xy), np.int64)
    _side(xy, of, 1.0, stack, left)
    _side(xy, of, -1.0, stack, right)
    return left, right


@njit(nogil=True, _nrt=False)
def _side(xy, of, sign, stack, corner):
    begin = 0
    while begin < len(xy):
        depth = 0
        point = begin
        while point < len(xy) and of[point] == of[begin]:
            while depth > 1:
                a, b = stack[depth - 2], stack[depth - 1]
                turn = (xy[b, 0] - xy[a, 0]) * (xy[point, 1] - xy[a, 1]) - (xy[b, 1] - xy[a, 1]) * (xy[point, 0] - xy[a, 0])
                if sign * turn < 0:
                    break
                depth -= 1
            stack[depth] = point
            depth += 1
            point += 1
        for place in range(depth):
            corner[stack[place]] = True
        begin = point
