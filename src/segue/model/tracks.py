"""Tracks in connections: chains of objects, lineages and generations. Plain arrays; no object is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Tracks:
    """What belongs together; numbers count from 1, in the order of time, then of rows."""

    track: Ints
    """(objects,) int64: an unbroken chain, cut where it divides and where it merges; an object without connections is one of its own."""
    lineage: Ints
    """(objects,) int64: everything that is connected."""
    generation: Ints
    """(objects,) int64: divisions and merges between the object and a founder of its lineage, on the shortest way; 0 = it is in a founder's track,
    or no founder leads to it."""
    parent: Ints
    """(tracks,) int64: the track before the one of number i + 1 (of several, the first by number); 0 = none."""

    def __len__(self) -> int:
        return len(self.parent)


def tracks(parent: npt.ArrayLike, child: npt.ArrayLike, count: int, time: npt.ArrayLike | None = None) -> Tracks:
    """Number the tracks of some objects.

    Connections that lead from an object to itself say nothing, and those that are there twice count once. Circles are allowed.

    Parameters
    ----------
    parent, child : (connections,) integer
        Rows of objects.
    count
        How many objects there are.
    time : (objects,) integer, optional
        Orders the numbers; without it the rows do.
    """
    ends = _plain(np.asarray(parent, np.int64), np.asarray(child, np.int64))
    order = np.argsort(np.zeros(count) if time is None else np.asarray(time), kind="stable")
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    a, b = rank[ends[0]], rank[ends[1]]
    goes_on = goes_on_with(ends[0], ends[1], count)
    track = _numbered(together(a[goes_on], b[goes_on], count))
    lineage = _numbered(together(a, b, count))
    before, after = track[a[~goes_on]], track[b[~goes_on]]
    generation, first = _generations(before, after, int(track.max(initial=-1)) + 1)
    return Tracks(track[rank] + 1, lineage[rank] + 1, generation[track][rank], first)


def _plain(parent: Ints, child: Ints) -> tuple[Ints, Ints]:
    """Without those from an object to itself, each once."""
    kept = parent != child
    ends = np.unique(np.stack([parent[kept], child[kept]]), axis=1) if kept.any() else np.empty((2, 0), np.int64)
    return ends[0], ends[1]


def goes_on_with(parent: Ints, child: Ints, count: int) -> Bools:
    """(connections,) Which lead from an object with no other child to an object with no other parent."""
    found: Bools = (np.bincount(parent, minlength=count)[parent] == 1) & (np.bincount(child, minlength=count)[child] == 1)
    return found


def together(one: Ints, other: Ints, count: int) -> Ints:
    """(objects,) int64: per object the first of all that are connected with it, in whichever direction and over whichever way."""
    root = np.arange(count, dtype=np.int64)
    while True:
        a, b = root[one], root[other]
        if np.array_equal(a, b):
            return root
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(further := root[root], root):
            root = further


def _numbered(root: Ints) -> Ints:
    """Numbers from 0 in the order of the first of each."""
    found: Ints = np.unique(root, return_inverse=True)[1].astype(np.int64)
    return found


def _generations(before: Ints, after: Ints, count: int) -> tuple[Ints, Ints]:
    """Per track its generation, and the number of the track before it."""
    first = np.full(count, count, np.int64)
    np.minimum.at(first, after, before)
    founder = first == count
    generation = np.where(founder, 0, -1)
    nth = 0
    while len(before):  # as often as there are generations
        reached = generation[before] == nth
        new = reached & (generation[after] < 0)
        if not reached.any():
            break
        generation[after[new]] = nth + 1
        left = ~reached
        before, after = before[left], after[left]
        nth += 1
    return np.maximum(generation, 0), np.where(founder, 0, first + 1)
