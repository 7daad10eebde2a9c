# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN202
"""Compiled sorting of runs by segment: counted, then placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


def by_owner(owner: Ints, owners: int) -> tuple[Ints, Ints, Ints]:
    """As ``band._by_owner``."""
    number, segment, start = np.full(owners, -1), np.empty(owners, np.int64), np.zeros(owners + 2, np.int64)
    order = np.empty(len(owner), np.int64)
    found, items = _by_owner(owner, number, segment, start, order)
    return segment[:found], start[: found + 1], order[:items]


@njit(nogil=True, _nrt=False)
def _by_owner(owner, number, segment, start, order):
    found, items = 0, 0
    for one in owner:
        if one < 0:
            continue
        if number[one] < 0:
            number[one] = found
            segment[found] = one
            found += 1
        start[number[one] + 2] += 1
        items += 1
    for k in range(2, found + 2):
        start[k] += start[k - 1]
    for item in range(len(owner)):
        if owner[item] >= 0:
            at = number[owner[item]] + 1
            order[start[at]] = item
            start[at] += 1
    return found, items
