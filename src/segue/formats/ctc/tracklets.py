"""Tracks as the Cell Tracking Challenge understands them: a cell from one frame to the next without a gap, until it divides. Plain tables, no files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
NODES = {"t": pl.Int32, "label": pl.UInt64, "key": pl.Int64}
"""One row for each label in each frame, sorted by these; ``key`` says which belong together (-1 = it is not known)."""
LINKS = {"parent": pl.Int64, "child": pl.Int64}
"""Rows of nodes; the parent is in an earlier frame."""


@dataclass(frozen=True, eq=False)
class Tracklets:
    """The result."""

    of: Ints
    """Number of the tracklet of each node: its first node."""
    parents: pl.DataFrame
    """Columns ``tracklet`` and ``parent``, both as in ``of``; at most one row for each tracklet."""


def tracklets(nodes: pl.DataFrame, links: pl.DataFrame) -> Tracklets:
    """Cut and join nodes to tracklets.

    A key that is in every frame once at most links its nodes in the order of time; others say nothing. Of several links to a node one remains: that from
    its own key if it comes from the frame before, else the latest (merges cannot be told). A tracklet goes on over a link to the next frame if the
    parent has no other child, and both have the same key or none.

    Parameters
    ----------
    nodes, links
        As ``NODES`` and ``LINKS``.
    """
    key = _single(nodes)
    time = nodes["t"].to_numpy().astype(np.int64)
    one = _one_parent_each(pl.concat([_implied(key, time), links.select(*LINKS).with_columns(own=pl.lit(value=False))]), time)
    parent, child = one["parent"].to_numpy(), one["child"].to_numpy()
    children = np.bincount(parent, minlength=len(time))
    goes_on = (children[parent] == 1) & (time[child] == time[parent] + 1) & (key[parent] == key[child])
    root = np.arange(len(time), dtype=np.int64)
    root[child[goes_on]] = parent[goes_on]
    while not np.array_equal(further := root[root], root):
        root = further
    found = {"tracklet": root[child[~goes_on]], "parent": root[parent[~goes_on]]}
    return Tracklets(root, pl.DataFrame(found, schema={"tracklet": pl.Int64, "parent": pl.Int64}))


def _single(nodes: pl.DataFrame) -> Ints:
    """Keys, and -1 where a key is in a frame several times somewhere."""
    several = nodes.filter(pl.col("key") >= 0).filter(pl.struct("key", "t").is_duplicated())["key"].unique()
    return nodes["key"].set(nodes["key"].is_in(several.implode()), -1).to_numpy().astype(np.int64)


def _implied(key: Ints, time: Ints) -> pl.DataFrame:
    order = np.lexsort((time, key))
    order = order[key[order] >= 0]
    same = key[order[1:]] == key[order[:-1]]
    return pl.DataFrame({"parent": order[:-1][same], "child": order[1:][same]}, schema=LINKS).with_columns(own=pl.lit(value=True))


def _one_parent_each(links: pl.DataFrame, time: Ints) -> pl.DataFrame:
    gap = time[links["child"].to_numpy()] - time[links["parent"].to_numpy()]
    ranked = links.with_columns(gap=pl.Series(gap, dtype=pl.Int64), direct=pl.Series(links["own"].to_numpy() & (gap == 1)))
    ranked = ranked.filter(pl.col("gap") > 0).sort("child", "direct", "gap", "own", "parent", descending=[False, True, False, True, False])
    return ranked.unique("child", keep="first", maintain_order=True)
