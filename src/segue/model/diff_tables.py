"""Comparing connections and tables of values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import polars as pl

from segue.model.connections import Connections
from segue.model.features import Feature as F
from segue.model.study import ImageSet
from segue.model.tables import ABOUT, KEYS, Column, Table

Place = tuple[str, str]
Cell = tuple[str, Column, Table]
Cells = dict[Place, Cell]
"""(table, column) -> (table, description, where its cells are)."""


def compare_tables(a: ImageSet, b: ImageSet, pairs: pl.DataFrame, found: Counter[F]) -> None:
    """Count differences of connections and values, given the pairs of rows (a, b) of matched objects."""
    connected = _connections(a.connections, b.connections, pairs, found)
    for about in ABOUT:
        rows = connected if about == "connections" else pairs
        left, right = _cells(a, about), _cells(b, about)
        for one, other in _partners(left, right):
            _column(left.get(one), right.get(other), rows, found)
        _stale(a, b, about, rows, found)


def _connections(a: Connections, b: Connections, objects: pl.DataFrame, found: Counter[F]) -> pl.DataFrame:
    if not len(a) and not len(b):
        return objects.clear()
    to = objects.rename({"a": "from", "b": "to"})
    left = a.frame.with_row_index("a")
    for end in ("parent", "child"):
        left = left.join(to, left_on=end, right_on="from", how="left", maintain_order="left").with_columns(pl.col("to").alias(end)).drop("to")
    right = b.frame.with_row_index("b")
    both = left.join(right, on="id", how="inner", maintain_order="left")
    equal = both.filter(pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_right")) for name in ("kind", "parent", "child", "label", "tags")))
    found[F.CONNECTIONS] += left.height + right.height - both.height - equal.height
    return both.select(pl.col("a").cast(pl.Int32), pl.col("b").cast(pl.Int32))


def _cells(image_set: ImageSet, about: str) -> Cells:
    return {(name, column.name): (name, column, table) for name, table in image_set.tables.items() if table.about == about for column in table.columns}


def _partners(a: Collection[Place], b: Collection[Place]) -> list[tuple[Place, Place]]:
    """Which column is which: of the same table and name, else the next of that name; one without a partner stands twice."""
    waiting: dict[str, list[Place]] = {}
    for place in b:
        if place not in a:
            waiting.setdefault(place[1], []).append(place)
    partners = {place: place if place in b or not waiting.get(place[1]) else waiting[place[1]].pop(0) for place in a}
    return [*partners.items(), *((place, place) for places in waiting.values() for place in places)]


def _filled(table: Table, column: str) -> pl.DataFrame:
    """The cells of a column that are not null; rows of tables without keys are told apart by their number."""
    keys = [table.frame[key] for key in table.keys] or [pl.int_range(len(table), dtype=pl.Int32, eager=True).alias("z")]
    found = pl.DataFrame([*keys, table.frame[column].alias("value")])
    return found.filter(pl.col("value").is_not_null()) if found["value"].null_count() else found


def _column(a: Cell | None, b: Cell | None, rows: pl.DataFrame, found: Counter[F]) -> None:
    """Count the differences of a column; the cells that are filled are copied here, column by column."""
    if a is None or b is None:
        only = a or b
        assert only is not None
        count = _filled(only[2], only[1].name).height
        found[F.VALUES] += count
        found[F.COLUMNS] += count == 0
        return
    found[F.COLUMNS] += a[:2] != b[:2]
    left, right = _filled(a[2], a[1].name), _filled(b[2], b[1].name)
    if "row" in left.columns and _same_rows(left, right, rows):
        found[F.VALUES] += left.height - int(_equal(left["value"], right["value"]).sum())
        return
    keys = [name for name in KEYS["objects on planes"] if name in left.columns]
    if "row" in keys:
        left = left.join(rows, left_on="row", right_on="a", how="left").with_columns(row="b").drop("b")
    both = left.join(right, on=keys, how="inner", nulls_equal=True)
    found[F.VALUES] += left.height + right.height - both.height - int(_equal(both["value"], both["value_right"]).sum())


def _same_rows(left: pl.DataFrame, right: pl.DataFrame, rows: pl.DataFrame) -> bool:
    """Whether the cells of two columns stand side by side: nothing moved, and the same ones are filled."""
    if left.width > 2 or not left["row"].equals(right["row"]) or not left.height:
        return False
    last = int(left["row"].max())  # type: ignore[arg-type]
    here = rows.head(last + 1)
    return here.height > last and here["a"].equals(here["b"]) and bool((here["a"] == pl.int_range(here.height, dtype=pl.Int32, eager=True)).all())


def _stale(a: ImageSet, b: ImageSet, about: str, rows: pl.DataFrame, found: Counter[F]) -> None:
    """Count the rows of tables that are marked as stale in only one of the two."""
    left, right = _marked(a, about), _marked(b, about)
    if left.is_empty() and right.is_empty():
        return
    moved = left.join(rows, left_on="row", right_on="a", how="inner").select("table", row="b")
    found[F.STALE] += left.height + right.height - 2 * moved.join(right, on=["table", "row"], how="inner").height


def _marked(image_set: ImageSet, about: str) -> pl.DataFrame:
    """(table, row) of everything that is stale."""
    marks = [
        table.stale.to_frame("row").select(pl.lit(name).alias("table"), "row")
        for name, table in image_set.tables.items()
        if table.about == about and len(table.stale)
    ]
    return pl.concat(marks) if marks else pl.DataFrame(schema={"table": pl.Utf8, "row": pl.Int32})


def _equal(a: pl.Series, b: pl.Series) -> pl.Series:
    """Per cell whether two values, neither of them null, are the same: 1 equals 1.0, NaN equals NaN, anything else compares as text."""
    if a.dtype == b.dtype:
        return a == b
    if a.dtype.is_numeric() and b.dtype.is_numeric():
        return ((a.cast(b.dtype, strict=False) == b) & (b.cast(a.dtype, strict=False) == a)).fill_null(value=False)
    return a.cast(pl.Utf8) == b.cast(pl.Utf8)


def compare_rows(a: pl.DataFrame, b: pl.DataFrame) -> int:
    """How many rows stand in only one of two tables of text, repeated rows counted."""
    if a.is_empty() and b.is_empty():
        return 0
    counts = pl.concat([a.with_columns(_n=pl.lit(1)), b.with_columns(_n=pl.lit(-1))]).group_by(a.columns).agg(pl.col("_n").sum())
    return int(counts["_n"].abs().sum())
