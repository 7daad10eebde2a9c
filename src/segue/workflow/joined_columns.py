"""Columns of a table that is joined: what is there already is recognised, what differs stands beside it, what is new is added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from segue.model.objects import unique_texts
from segue.model.study import Property
from segue.model.tables import Column, Table
from segue.notes import Kind, Note

_LISTED = 3
_BETWEEN = " / "
"""Between the names of a property and of its nested parts, in the names of columns."""


def with_columns(there: Mapping[str, Table], found: Mapping[str, Table], properties: Sequence[Property], where: str) -> tuple[dict[str, Table], list[Note]]:
    """The tables with the columns that come.

    A column whose values are those of one that is there under the same name, in a table about the same things, is that one: what is missing in
    it is no difference. A column of the same name and other values gets a name of its own; nothing that is there is replaced or filled in.

    Parameters
    ----------
    there
        Tables of an image set.
    found
        Tables that come, with the rows of the same objects.
    properties
        Of which columns may be values: a column is also known by the names of its property and path.
    where
        What they come from.
    """
    names = {one.id: one.name for one in properties}
    tables, notes = dict(there), []
    for name, table in found.items():
        rest, differing = _new_columns(table, [one for one in there.values() if one.about == table.about], names)
        if table.columns and not rest.columns:
            continue
        own, came = name, rest.columns
        if name in tables and tables[name].about == table.about:
            rest = _renamed(rest, tables[name])
            tables[name] = _beside(tables[name], rest)
        else:
            own = str(unique_texts(pl.Series([*tables, name], dtype=pl.Utf8))[-1])
            tables[own] = rest
        notes += _differing([(came[nth].name, rest.columns[nth].name) for nth in differing], own, where)
    return tables, notes


def _new_columns(table: Table, known: Sequence[Table], names: Mapping[str, str]) -> tuple[Table, list[int]]:
    """The table without columns that are known, and which of those that stay differ from one of the same name."""
    called: dict[str, list[tuple[int, Column]]] = {}
    for nth, one in enumerate(known):
        for other in one.columns:
            for name in _names(other, names):
                called.setdefault(name, []).append((nth, other))
    places: dict[int, pl.Series] = {}
    kept, differing = [], []
    for column in table.columns:
        alike = [found for name in sorted(_names(column, names)) for found in called.get(name, [])]
        for nth in {nth for nth, _ in alike} - places.keys():
            places[nth] = _places(table, known[nth])
        if any(_is_same(column, table.frame[column.name], other, known[nth].frame[other.name].gather(places[nth])) for nth, other in alike):
            continue
        kept.append(column)
        differing += [len(kept) - 1] if alike else []
    if len(kept) == len(table.columns):
        return table, differing
    return replace(table, frame=table.frame.select(*table.keys, *(one.name for one in kept)), columns=tuple(kept)), differing


def _places(new: Table, old: Table) -> pl.Series:
    """The row in the old table that is about the same as each of the new one; null where there is none."""
    known = old.frame.select(*old.keys, pl.int_range(pl.len()).alias("\0at"))
    return new.frame.select(*new.keys).join(known, on=new.keys, how="left", nulls_equal=True, maintain_order="left")["\0at"]


def _names(column: Column, names: Mapping[str, str]) -> set[str]:
    own = column.property
    return {column.name} | ({_BETWEEN.join([names[own], *column.path])} if own is not None and own in names else set())


def _is_same(column: Column, coming: pl.Series, other: Column, there: pl.Series) -> bool:
    """Whether all values that come are there."""
    if any(a is not None and b is not None and a != b for a, b in ((getattr(column, key), getattr(other, key)) for key in ("unit", "channel", "layer"))):
        return False
    a, b = _alike(there), _alike(coming)
    if a.dtype != b.dtype:
        numbers = [one.cast(pl.Float64, strict=False) if one.dtype == pl.Utf8 else one for one in (a, b)]
        if any(one.null_count() > text.null_count() for one, text in zip(numbers, (a, b), strict=True)):
            return False
        a, b = numbers
    return not bool((b.is_not_null() & a.ne_missing(b)).any())


def _alike(values: pl.Series) -> pl.Series:
    """Numbers as such, whatever their type; NaN is as good as missing."""
    return values if values.dtype == pl.Utf8 else values.cast(pl.Float64).fill_nan(None)


def _renamed(table: Table, old: Table) -> Table:
    """The table with names of columns that the other one does not have."""
    taken = old.frame.columns
    names = unique_texts(pl.Series([*taken, *(one.name for one in table.columns)], dtype=pl.Utf8))[len(taken) :].to_list()
    frame = table.frame.rename(dict(zip((one.name for one in table.columns), names, strict=True)))
    return replace(table, frame=frame, columns=tuple(replace(one, name=name) for one, name in zip(table.columns, names, strict=True)))


def _beside(old: Table, new: Table) -> Table:
    """One table of two about the same things, whose columns have different names."""
    frame = old.frame.join(new.frame, on=old.keys, how="full", coalesce=True, nulls_equal=True)
    frame = frame.sort(old.keys, nulls_last=False, maintain_order=True) if old.keys else frame
    columns = (*old.columns, *new.columns)
    stale = pl.concat([old.stale, new.stale]).unique().sort()
    return replace(old, frame=frame.select(*old.keys, *(one.name for one in columns)), columns=columns, stale=stale)


def _differing(pairs: Sequence[tuple[str, str]], table: str, where: str) -> list[Note]:
    if not pairs:
        return []
    shown = ", ".join(f"{old!r} is {new!r}" if old != new else f"{old!r} of the table {table!r}" for old, new in pairs[:_LISTED])
    what = f"{{count column}} of {where} beside one of the same name and other values, which stays: {shown}{', ...' if len(pairs) > _LISTED else ''}"
    return [Note(Kind.ASSUMED, what, count=len(pairs))]
