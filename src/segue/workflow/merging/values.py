"""Tables of values that come: rows of objects known already are filled in, others stand behind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from segue.model.objects import unique_texts
from segue.model.tables import Column, Table


@dataclass(frozen=True)
class Joined:
    """A table of the study with values that came."""

    table: Table
    differing: int = 0
    """Values of the study that were another than those that came."""


def join_tables(old: Table | None, new: Table, *, replacing: bool) -> Joined:
    """Two tables about the same things, whose rows are rows of the same objects.

    Columns of the same property and path, or of the same name and meaning, are one. Where both have a value and the values differ, that of the
    study stays, unless ``replacing``.
    """
    if old is None:
        return Joined(new)
    columns, names = _columns(old.columns, new.columns)
    coming = new.frame.rename(names)
    keys = old.keys
    both = old.frame.join(coming, on=keys, how="full", coalesce=True, suffix="\0", nulls_equal=True, maintain_order="left_right")
    shared = [name for name in coming.columns if name in old.frame.columns and name not in keys]
    differing = sum(int((pl_both := both.select(a=pl.col(name), b=pl.col(name + "\0"))).filter(_differ(pl_both)).height) for name in shared)
    first, second = ("\0", "") if replacing else ("", "\0")
    merged = both.with_columns(pl.coalesce(name + first, name + second).alias(name) for name in shared)
    types = {column.name: column for column in columns}
    frame = merged.select(*keys, *types)
    stale = pl.concat([old.stale, new.stale]).unique().sort()
    return Joined(replace(old, frame=frame, columns=tuple(columns), stale=stale), differing)


def _differ(both: pl.DataFrame) -> pl.Series:
    return both.select(pl.col("a").is_not_null() & pl.col("b").is_not_null() & pl.col("a").ne_missing(pl.col("b"))).to_series()


def _columns(old: tuple[Column, ...], new: tuple[Column, ...]) -> tuple[list[Column], dict[str, str]]:
    """All columns, and the names that the new ones get."""
    columns, names = list(old), {}
    for one in new:
        same = next((other for other in old if _same(other, one)), None)
        if same is None:
            free = str(unique_texts(pl.Series([*(other.name for other in columns), one.name], dtype=pl.Utf8))[-1])
            columns.append(replace(one, name=free))
        names[one.name] = columns[-1].name if same is None else same.name
    return columns, names


def _same(a: Column, b: Column) -> bool:
    if a.property is not None or b.property is not None:
        return (a.property, a.path, a.type) == (b.property, b.path, b.type)
    return replace(a, measurement=None) == replace(b, measurement=None)
