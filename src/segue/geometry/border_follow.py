"""Following edges from one to the next: what small inputs run, and what the compiled twin is held to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def follow(after: npt.NDArray[np.int64], first: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The edges of the ways that begin at ``first``, one way after the other.

    Parameters
    ----------
    after : (edges,) int64
        Which edge comes after each; every way returns to where it began.
    first : (ways,) int64
        The edges at which they begin.
    """
    following = after.tolist()
    found: list[int] = []
    for begin in first.tolist():
        edge = begin
        while True:
            found.append(edge)
            edge = following[edge]
            if edge == begin:
                break
    return np.array(found, np.int64)
