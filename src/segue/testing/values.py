"""Tables of values and connections to draw."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import strategies as st

from segue.formats.format import Limit
from segue.model.connections import KINDS, Connections
from segue.model.connections import SCHEMA as CONNECTIONS
from segue.model.features import Feature as F
from segue.model.tables import ABOUT, KEYS, TYPES, Column, Table
from segue.testing.allowed import Allowed
from segue.testing.scalars import integers, numbers, texts

JSON = ("{}", "[1, 2.5, null]", '{"a": "\\u00b5"}', '"text"', "null")
_USUAL = ("measurements",)
"""Names of tables of formats that do not store what columns are (the name of the table is one of these facts)."""
_FACTS = ("property", "path", "unit", "measurement", "channel", "layer")


def connections(draw: st.DrawFn, allowed: Allowed, count: int) -> Connections:
    """Up to three connections between objects."""
    if F.CONNECTIONS not in allowed or not count:
        return Connections.empty()
    limit = allowed.limit(F.CONNECTIONS)
    row = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(texts(limit), row, row), max_size=3, unique_by=lambda one: one[0]))
    rows = [
        {
            "id": name,
            "kind": draw(st.sampled_from(KINDS)),
            "parent": parent,
            "child": child,
            "label": draw(st.none() | texts(limit)),
            "tags": draw(st.none() | st.lists(texts(limit), max_size=2)),
        }
        for name, parent, child in pairs
    ]
    return Connections(pl.DataFrame(rows, schema=CONNECTIONS))


def tables(draw: st.DrawFn, allowed: Allowed, things: int, connected: int) -> dict[str, Table]:
    """Up to two tables, about anything there is."""
    if F.VALUES not in allowed:
        return {}
    height = {"objects": things, "connections": connected, "image set": 1, "objects on planes": things}
    about = [one for one in ABOUT if height[one] and allowed.may(F.VALUES, one)]
    if not about:
        return {}
    word = texts(Limit(text=allowed.limit(F.VALUES).text)) if F.COLUMNS in allowed else st.sampled_from(_USUAL)
    names = draw(st.lists(word, max_size=min(allowed.at_most(F.VALUES, 2), 2 if F.COLUMNS in allowed else len(_USUAL)), unique=True))
    chosen = [draw(st.sampled_from(about)) for _ in names]
    return {name: _table(draw, allowed, one, height[one]) for name, one in zip(names, chosen, strict=True)}


def _table(draw: st.DrawFn, allowed: Allowed, about: Any, height: int) -> Table:
    keys = list(KEYS[about])
    name = texts(Limit(text=allowed.limit(F.COLUMNS).text)).filter(lambda text: text not in keys)
    names = draw(st.lists(name, min_size=1, max_size=3, unique=True))
    columns = tuple(_column(draw, allowed, name) for name in names)
    rows = _rows(draw, about, height)
    cells = {column.name: [draw(st.none() | _value(allowed, column.type)) for _ in rows] for column in columns}
    schema = {**KEYS[about], **{column.name: TYPES[column.type] for column in columns}}
    by_key = {key: [row[nth] for row in rows] for nth, key in enumerate(keys)}
    stale = draw(st.lists(st.sampled_from(by_key["row"]), max_size=2)) if F.STALE in allowed and "row" in by_key else []
    return Table(about, pl.DataFrame(by_key | cells, schema=schema), columns, pl.Series("row", stale, pl.Int32))


def _rows(draw: st.DrawFn, about: str, height: int) -> list[tuple[int | None, ...]]:
    if about == "image set":
        return [()]
    row = st.integers(0, height - 1)
    if about != "objects on planes":
        return [(one,) for one in draw(st.lists(row, min_size=1, max_size=4, unique=True))]
    plane = st.none() | st.integers(0, 2)
    return draw(st.lists(st.tuples(row, plane, plane, plane), min_size=1, max_size=4, unique=True))


def _column(draw: st.DrawFn, allowed: Allowed, name: str) -> Column:
    kind: Any = draw(st.sampled_from(allowed.limit(F.VALUES).dtypes or tuple(TYPES)))
    word = texts(Limit(text=allowed.limit(F.COLUMNS).text))
    facts: dict[str, Any] = {}
    for fact in _FACTS:
        if allowed.may(F.COLUMNS, fact) and not draw(st.integers(0, 3)):
            facts[fact] = tuple(draw(st.lists(word, max_size=2))) if fact == "path" else draw(word)
    return Column(name, kind, **facts)


def _value(allowed: Allowed, kind: str) -> st.SearchStrategy[Any]:
    limit = allowed.limit(F.VALUES)
    values: dict[str, st.SearchStrategy[Any]] = {
        "number": numbers(limit, special=True),
        "integer": integers(limit, low=-(2**63), high=2**63 - 1),
        "text": texts(Limit(text=limit.text)),
        "boolean": st.booleans(),
        "json": st.sampled_from(JSON),
    }
    return values[kind]
