"""Flow cytometry programs export numbers as text in two ways: as they are ("scale values"), or as bins of the display ("channel values").

Bins are whole numbers from 0 to 1023; no label can be had back from them. And some write six digits only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

BINS = 1024
_FEWEST = 4
_DIGITS = 6
Array = npt.NDArray[Any]


def binned(columns: Sequence[Array]) -> bool:
    """Whether columns of numbers look like bins: all of them whole numbers below 1024, and more than truth values.

    Fewer than four columns say nothing: a list of labels looks like that too.
    """
    filled = [column[np.isfinite(column)] for column in columns]
    filled = [column for column in filled if len(column)]
    if len(filled) < _FEWEST or all(column.max() <= 1 for column in filled):
        return False
    return all(column.min() >= 0 and column.max() < BINS and bool((column == np.floor(column)).all()) for column in filled)


def rounded(labels: Array) -> bool:
    """Whether labels beyond six digits all end in zeros, as numbers do that were written with six digits. Five such labels are needed to say so."""
    large = labels[np.isfinite(labels) & (labels >= 10**_DIGITS)].astype(np.float64)
    if len(large) < 5:
        return False
    steps = 10.0 ** (np.floor(np.log10(large)) + 1 - _DIGITS)
    return bool((np.mod(large, steps) == 0).all())
