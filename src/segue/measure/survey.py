"""First look at a label image: which segments there are, how large, where, and their moments; in whole numbers, so in any order the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.measure.runs import Runs

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

SPARSE = 16
"""Labels per run up to which a table of all of them is faster than sorting."""
MOST = 2.0**63
"""Pixels times the square of their reach, below which second moments are whole numbers of 64 bits: a full square of 55,000 pixels."""


@dataclass(frozen=True, eq=False)
class Segments:
    """One row per segment, ascending by label."""

    label: NDArray[np.uint64]
    """(s,)"""
    area: Ints
    """(s,) Pixels (voxels)."""
    low: Ints
    """(s, 3) First plane, row and column."""
    high: Ints
    """(s, 3) Behind the last plane, row and column."""
    first: Ints
    """(s, 3) Sum over the pixels of z, y, x, counted from ``low``."""
    second: Ints
    """(s, 3) Sum of y * y, x * x and x * y, counted from ``low``."""
    first_row: Ints
    """(s,) First row with a pixel; rows of a volume are counted through."""
    last_row: Ints
    """(s,) Last row with a pixel."""

    @property
    def centroid(self) -> Floats:
        """(s, 3) z (the plane's number), y, x; the centre of the top-left pixel is at y = x = 0.5."""
        found: Floats = self.first / self.area[:, None] + self.low + np.array([0, 0.5, 0.5])
        return found

    @property
    def central(self) -> Floats:
        """(s, 3) Central second moments divided by the area: of y, of x, mixed; pixels are points."""
        mean = self.first / self.area[:, None]
        return self.second / self.area[:, None] - np.stack([mean[:, 1] ** 2, mean[:, 2] ** 2, mean[:, 1] * mean[:, 2]], axis=1)


class Survey:
    """Collects runs, band by band, into :class:`Segments`. Memory: about 200 bytes per segment, whatever the image.

    Parameters
    ----------
    height
        Rows of a plane; None = one plane.
    compiled
        Whether compiled code is worth loading.
    """

    def __init__(self, height: int | None = None, *, compiled: bool = False) -> None:
        self._height, self._compiled = height, compiled
        self._tables: list[Segments] = []

    def add(self, runs: Runs) -> None:
        """Take in the runs of another region; each pixel once, regions in any order."""
        if len(runs.row):
            self._tables.append(_of_runs(runs, self._height, compiled=self._compiled))
        while len(self._tables) > 1 and len(self._tables[-1].label) * 2 > len(self._tables[-2].label):
            self._tables[-2:] = [united(self._tables[-2:])]

    def segments(self) -> Segments:
        """What was collected so far."""
        self._tables = [united(self._tables)]
        return self._tables[0]


def united(tables: Sequence[Segments]) -> Segments:
    """The segments of several regions; those of the same label are one."""
    tables = [table for table in tables if len(table.label)]
    if not tables:
        none, three = np.zeros(0, np.int64), np.zeros((0, 3), np.int64)
        return Segments(none.astype(np.uint64), none, three, three, three, three, none, none)
    if len(tables) == 1:
        return tables[0]
    label = np.concatenate([table.label for table in tables])
    order = np.argsort(label, kind="stable")
    label = label[order]
    start = np.flatnonzero(np.r_[True, label[1:] != label[:-1]])
    owner = np.repeat(np.arange(len(start)), np.diff(start, append=len(label)))

    def all_of(name: str) -> Ints:
        found: Ints = np.concatenate([getattr(table, name) for table in tables])[order]
        return found

    low = np.minimum.reduceat(all_of("low"), start, axis=0)
    high = np.maximum.reduceat(all_of("high"), start, axis=0)
    area = np.add.reduceat(all_of("area"), start)
    _check(label[start], area, low, high)
    first, second = _moved(all_of("area"), all_of("first"), all_of("second"), all_of("low") - low[owner])
    first, second = np.add.reduceat(first, start, axis=0), np.add.reduceat(second, start, axis=0)
    rows = np.minimum.reduceat(all_of("first_row"), start), np.maximum.reduceat(all_of("last_row"), start)
    return Segments(label[start], area, low, high, first, second, *rows)


def _of_runs(runs: Runs, height: int | None, *, compiled: bool) -> Segments:
    """The segments of one region."""
    if compiled:
        from segue.measure.survey_kernel import boxes, sums
    else:
        from segue.measure.survey_reference import boxes, sums
    label, owner = _owners(runs.label)
    z, y = np.divmod(runs.row, height) if height else (np.zeros_like(runs.row), runs.row)
    area, low, high, rows = boxes(owner, len(label), runs.row, z, y, runs.begin, runs.length)
    _check(label, area, low, high)
    return Segments(label, area, low, high, *sums(owner, low, z, y, runs.begin, runs.length), rows[:, 0], rows[:, 1])


def _owners(label: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], Ints]:
    """The labels that occur, ascending, and which of them each is."""
    most = int(label.max())
    if most > SPARSE * len(label) + (1 << 20):
        found, owner = np.unique(label, return_inverse=True)
        return found, owner
    at = label.astype(np.int64)
    occurs = np.zeros(most + 1, bool)
    occurs[at] = True
    names = np.flatnonzero(occurs)
    number = np.empty(most + 1, np.int64)
    number[names] = np.arange(len(names))
    return names.astype(np.uint64), number[at]


def _moved(area: Ints, first: Ints, second: Ints, by: Ints) -> tuple[Ints, Ints]:
    """The sums counted from an origin that lies ``by`` before the old one."""
    y, x = by[:, 1], by[:, 2]
    yy = second[:, 0] + 2 * y * first[:, 1] + area * y * y
    xx = second[:, 1] + 2 * x * first[:, 2] + area * x * x
    xy = second[:, 2] + y * first[:, 2] + x * first[:, 1] + area * x * y
    return first + by * area[:, None], np.stack([yy, xx, xy], axis=1)


def _check(label: NDArray[np.uint64], area: Ints, low: Ints, high: Ints) -> None:
    wide = np.flatnonzero(area * (high - low).max(axis=1).astype(np.float64) ** 2 >= MOST)
    if len(wide):
        raise TooLarge(f"segment {label[wide[0]]} has {area[wide[0]]:,} pixels: too many to count its moments exactly; measure a part of the image")
