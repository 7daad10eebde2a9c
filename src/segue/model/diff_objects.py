"""Comparing objects and their shapes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl

from segue.model.features import Feature as F
from segue.model.objects import Objects
from segue.model.rings import Ints
from segue.model.shapes import PARAMETERS, STYLE, ShapeKind, Shapes

_COLUMNS = {
    F.OBJECT_ID: "id",
    F.OBJECT_LABEL: "label",
    F.OBJECT_TIME: "t",
    F.TRACK: "track",
    F.OBJECT_NAME: "name",
    F.OBJECT_COLOUR: "colour",
    F.OBJECT_LOCKED: "locked",
}


def compare_objects(a: Objects, b: Objects, a_shapes: Shapes, b_shapes: Shapes, pairs: pl.DataFrame, found: Counter[F]) -> None:
    """Count differences of matched objects (``pairs`` of rows a, b) and of their shapes."""
    found[F.OBJECTS] += len(a) + len(b) - 2 * pairs.height
    in_place = _in_place(pairs, len(a), len(b))
    found[F.OBJECT_ORDER] += 0 if in_place else int((pairs["b"].diff().drop_nulls() < 0).sum())
    left, right = (a.frame, b.frame) if in_place else (a.frame[pairs["a"]], b.frame[pairs["b"]])
    for feature, column in _COLUMNS.items():
        found[feature] += int(_unequal(left, right, [column]).sum())
    layers = pl.DataFrame({"a": left["layer"], "b": right["layer"]}).filter(pl.col("a").ne_missing(pl.col("b")))
    found[F.LAYER] += layers.n_unique() if layers.height else 0
    if not (in_place and _alike(a_shapes, b_shapes)):
        _compare_shapes(a_shapes, b_shapes, pairs, found)


def _in_place(pairs: pl.DataFrame, *heights: int) -> bool:
    """Whether every object is matched with that of its own row."""
    return set(heights) == {pairs.height} and bool((pairs["a"] == pairs["b"]).all() and pairs["a"].is_sorted())


def _alike(a: Shapes, b: Shapes) -> bool:
    """Whether all is equal at a glance: most writers keep the shapes as they are, and pairing a million of them takes half a second."""
    return a.rings.same_structure(b.rings) and np.array_equal(a.rings.coords, b.rings.coords) and a.frame.equals(b.frame)


def _compare_shapes(a: Shapes, b: Shapes, pairs: pl.DataFrame, found: Counter[F]) -> None:
    both, only_a, only_b = _matched(a, b, pairs)
    rows_a, rows_b = both["row"].to_numpy(), both["row_right"].to_numpy()
    for shapes, rows in ((a, only_a), (b, _added(a, b, rows_a, rows_b, only_b))):
        _count_kinds(shapes.frame["kind"][rows], found)
    left, right = a.frame[rows_a], b.frame[rows_b]
    differs = _unequal(left, right, ["kind", *PARAMETERS]).to_numpy() | ~a.rings.same_rows(rows_a, b.rings, rows_b)
    _count_kinds(left["kind"].filter(pl.Series(differs)), found)
    found[F.SHAPE_ROLE] += int(_unequal(left, right, ["role"]).sum())
    found[F.SHAPE_PLANE] += int(_unequal(left, right, ["z", "c"]).sum())
    found[F.SHAPE_STYLE] += int(_unequal(left, right, list(STYLE)).sum())


def _added(a: Shapes, b: Shapes, rows_a: Ints, rows_b: Ints, only_b: Ints) -> Ints:
    """Those that only ``b`` has, but for a kind that a shape of the same object has become: it became several, as multipoints do, and counts once."""
    if not len(only_b):
        return only_b
    kind_a, kind_b = (shapes.frame["kind"].to_physical().to_numpy().astype(np.int64) for shapes in (a, b))
    owned = b.frame["object"].to_numpy() * 256 + kind_b
    return only_b[~np.isin(owned[only_b], owned[rows_b[kind_a[rows_a] != kind_b[rows_b]]])]


def _matched(a: Shapes, b: Shapes, pairs: pl.DataFrame) -> tuple[pl.DataFrame, Ints, Ints]:
    """Pairs of rows (row, row_right) of the same shape in both; and the rows that only one side has.

    Where an object has as many shapes in both, they are matched by order; else the nth of a kind with the nth of that kind, and what
    is left by order: a shape that is left out must not make all that follow look different.
    """
    left, right = _of_pairs(a, pairs["a"]), _of_pairs(b, pairs["b"])
    even = np.bincount(left["pair"], minlength=pairs.height) == np.bincount(right["pair"], minlength=pairs.height)
    if even.all():
        both = pl.DataFrame({"row": left.sort("pair", maintain_order=True)["row"], "row_right": right.sort("pair", maintain_order=True)["row"]})
    else:
        left, right = (side.with_columns(kind=pl.when(pl.Series(even[side["pair"]])).then(None).otherwise("kind")) for side in (left, right))
        both = _in_order(left, right, ["pair", "kind"])
        left, right = left.join(both, on="row", how="anti"), right.join(both, left_on="row", right_on="row_right", how="anti")
        both = pl.concat([both, _in_order(left.sort("row"), right.sort("row"), ["pair"])])
    both = both.sort("row")
    return both, _others(len(a), both["row"]), _others(len(b), both["row_right"])


def _of_pairs(shapes: Shapes, objects: pl.Series) -> pl.DataFrame:
    """(row, pair, kind) of every shape whose object is one of ``objects`` (row numbers; the place there is the pair)."""
    owner, paired = shapes.frame["object"].to_numpy(), objects.to_numpy()
    pair_of = np.full(max(owner.max(initial=-1), paired.max(initial=-1)) + 1, -1, np.int64)
    pair_of[paired] = np.arange(len(paired))
    frame = pl.DataFrame({"row": pl.int_range(len(shapes), eager=True), "pair": pair_of[owner], "kind": shapes.frame["kind"].to_physical()})
    return frame.filter(pl.col("pair") >= 0)


def _in_order(left: pl.DataFrame, right: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The nth row of a key on the left with the nth of that key on the right."""
    left, right = (side.select("row", *keys, nth=pl.int_range(pl.len()).over(keys)) for side in (left, right))
    return left.join(right, on=[*keys, "nth"], how="inner", nulls_equal=True).select("row", "row_right")


def _others(height: int, rows: pl.Series) -> Ints:
    left_out = np.ones(height, bool)
    left_out[rows.to_numpy()] = False
    return np.flatnonzero(left_out)


def _count_kinds(kinds: pl.Series, found: Counter[F]) -> None:
    for kind, count in kinds.cast(pl.Utf8).value_counts().rows():
        found[ShapeKind(kind).feature] += count


def _unequal(left: pl.DataFrame, right: pl.DataFrame, columns: list[str]) -> pl.Series:
    """Per row whether any of the columns differs; null equals null, NaN equals NaN."""
    if left.is_empty():
        return pl.Series([], dtype=pl.Boolean)
    differs = [left[column].ne_missing(right[column]) for column in columns]
    result = differs[0]
    for more in differs[1:]:
        result = result | more
    return result
