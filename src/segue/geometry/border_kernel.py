# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ANN001, ANN201
"""Following edges from one to the next, compiled."""

from __future__ import annotations

import numpy as np

from segue.storage.compiled import njit


@njit(nogil=True)
def follow(after, first):
    """As ``border_follow.follow``."""
    found = np.empty(len(after), np.int64)
    count = 0
    for way in range(len(first)):
        edge = first[way]
        while True:
            found[count] = edge
            count += 1
            edge = after[edge]
            if edge == first[way]:
                break
    return found[:count]
