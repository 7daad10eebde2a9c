"""Row bands on a few threads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BANDS = 4
"""Kernels here are bound by memory: more threads than this gain nothing."""


def count(rows: int, *, worth: bool = True) -> int:
    """How many bands to cut ``rows`` rows into; 1 where the work is not ``worth`` a second thread (below about 20 ms)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(MOST_BANDS, cores, rows)) if worth else 1


def run(work: Callable[[int, int, int], Any], rows: int, bands: int) -> list[Any]:
    """``work(band, first row, end row)`` for every band at the same time; the results in order of the bands."""
    edges = [rows * band // bands for band in range(bands + 1)]
    if bands == 1:
        return [work(0, 0, rows)]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(bands) as pool:
        return list(pool.map(work, range(bands), edges[:-1], edges[1:]))
