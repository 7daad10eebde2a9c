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
    found[F.OBJECT_ORDER] += int((pairs["b"].diff().drop_nulls() < 0).sum())
    left, right = a.frame[pairs["a"]], b.frame[pairs["b"]]
    for feature, column in _COLUMNS.items():
        found[feature] += int(_unequal(left, right, [column]).sum())
    layers = pl.DataFrame({"a": left["layer"], "b": right["layer"]}).filter(pl.col("a").ne_missing(pl.col("b")))
    found[F.LAYER] += layers.n_unique() if layers.height else 0
    _compare_shapes(a_shapes, b_shapes, pairs, found)


def _compare_shapes(a: Shapes, b: Shapes, pairs: pl.DataFrame, found: Counter[F]) -> None:
    both, only_a, only_b = _matched(a, b, pairs)
    for shapes, rows in ((a, only_a), (b, only_b)):
        _count_kinds(shapes.frame["kind"][rows], found)
    rows_a, rows_b = both["row"].to_numpy(), both["row_right"].to_numpy()
    left, right = a.frame[rows_a], b.frame[rows_b]
    differs = _unequal(left, right, ["kind", *PARAMETERS]).to_numpy() | ~a.rings.same_rows(rows_a, b.rings, rows_b)
    _count_kinds(left["kind"].filter(pl.Series(differs)), found)
    found[F.SHAPE_ROLE] += int(_unequal(left, right, ["role"]).sum())
    found[F.SHAPE_PLANE] += int(_unequal(left, right, ["z", "c"]).sum())
    found[F.SHAPE_STYLE] += int(_unequal(left, right, list(STYLE)).sum())


def _matched(a: Shapes, b: Shapes, pairs: pl.DataFrame) -> tuple[pl.DataFrame, Ints, Ints]:
    """Pairs of rows (row, row_right): the nth shape of an object in both; and the rows that only one side has."""
    left, right = (
        shapes.frame.lazy()
        .select(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), "object")
        .join(pairs.lazy().select(pl.col(side).alias("object"), pl.col("a").alias("pair")), on="object", how="left", maintain_order="left")
        .with_columns(nth=pl.int_range(pl.len()).over("object"))
        .collect()
        for shapes, side in ((a, "a"), (b, "b"))
    )
    both = left.join(right, on=["pair", "nth"], how="inner").select("row", "row_right").sort("row")
    return both, _others(len(a), both["row"]), _others(len(b), both["row_right"])


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
