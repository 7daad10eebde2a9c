"""Which number each tracklet gets: that of its track where it can, else a free one."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.formats.ctc.spec import HIGHEST
from segue.formats.ctc.tracklets import Ints

_LONG = "write a shorter series, or keep the tracks in a segue study or TIFF"


def numbered(of: Ints, wanted: pl.Series, *, renumber: bool) -> Ints:
    """The number of each node's tracklet, from 1 to 65,535.

    Parameters
    ----------
    of
        Tracklet of each node: the row of its first node.
    wanted
        For each node the number of its track, Int64; null where it has none. The first tracklet that wants a number gets it.
    renumber
        Number all tracklets from 1, in the order of their first nodes.

    Raises
    ------
    Incompatible
        There are more than 65,535 tracklets.
    """
    roots = np.unique(of)
    if len(roots) > HIGHEST:
        raise Incompatible(f"there are {len(roots):,} tracks, and masks of the Cell Tracking Challenge have 16 bits (up to {HIGHEST:,}); {_LONG}")
    asked = np.zeros(len(roots), np.int64) if renumber else wanted.gather(roots).fill_null(0).to_numpy().astype(np.int64)
    fits = (asked >= 1) & (asked <= HIGHEST) & pl.Series(asked).is_first_distinct().to_numpy()
    used = asked[fits]
    others = np.setdiff1d(np.arange(1, HIGHEST + 1), used)
    highest = int(used.max(initial=0))
    free = np.concatenate([others[others > highest], others[others < highest]])
    numbers = asked.copy()
    numbers[~fits] = free[: int((~fits).sum())]
    return numbers[np.searchsorted(roots, of)]
