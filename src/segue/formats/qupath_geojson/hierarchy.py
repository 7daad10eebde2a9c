"""QuPath's hierarchy: every object lies in at most one other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.model.connections import SCHEMA, Connections
from segue.model.objects import Objects

DEEPEST = 50
"""Levels of nesting; each takes four brackets of the text."""

Ints = npt.NDArray[np.int64]


def parents(connections: Connections, count: int) -> Ints:
    """(objects,) The object that each lies in, or -1: the first one named, no circles, at most 50 levels."""
    frame = connections.frame.filter((pl.col("kind") == "contains") & (pl.col("parent") != pl.col("child")))
    frame = frame.unique("child", keep="first", maintain_order=True)
    parent = np.full(count, -1, np.int64)
    parent[frame["child"].to_numpy()] = frame["parent"].to_numpy()
    level = levels(parent)
    return np.where(level > 0, parent, -1)


def levels(parent: Ints) -> Ints:
    """(objects,) How deep each lies, from 0; -1 for those in circles or deeper than 50."""
    level = np.where(parent < 0, 0, -1)
    for depth in range(1, DEEPEST + 1):
        inside = np.flatnonzero(level < 0)
        reached = inside[level[parent[inside]] == depth - 1]
        if not len(reached):
            break
        level[reached] = depth
    return level


def preorder(parent: Ints) -> Ints:
    """Rows in the order of the text: every object before those in it, siblings in their order."""
    if (parent < 0).all():
        return np.arange(len(parent))
    children: dict[int, list[int]] = {}
    for row in np.flatnonzero(parent >= 0).tolist():
        children.setdefault(int(parent[row]), []).append(row)
    order: list[int] = []
    todo = np.flatnonzero(parent < 0)[::-1].tolist()
    while todo:
        row = todo.pop()
        order.append(row)
        todo += reversed(children.get(row, ()))
    return np.array(order, np.int64)


def contains(objects: Objects, parent: pl.Series, child: pl.Series) -> Connections:
    """Connections of kind contains, named by the child."""
    names = pl.concat_str(pl.lit("contains "), objects.frame["id"].gather(child))
    frame = pl.DataFrame({"parent": parent, "child": child}).with_columns(id=names, kind=pl.lit("contains"), label=None, tags=None)
    return Connections(frame.select(list(SCHEMA)))
