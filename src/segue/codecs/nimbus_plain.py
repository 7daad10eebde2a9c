"""NimbusImage documents in plain Python: for files that are not large, and the oracle of ``segue.codecs.nimbus_large``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_text import dumps, loads
from segue.codecs.nimbus_documents import (
    ACCOUNT,
    ANNOTATIONS,
    CONNECTION_MEMBERS,
    CONNECTIONS,
    EXACT,
    FLOAT,
    INTEGER,
    LOCATION,
    MEMBERS,
    MOST_PLACES,
    NULL,
    OTHER,
    SECTIONS,
    TEXT,
    Documents,
    Leaf,
    Path,
    id_member,
)
from segue.errors import Malformed, TooLarge

KNOWN_OF_ANNOTATIONS = {*MEMBERS, "_id", "id", "location", "channel", "coordinates", *ACCOUNT}
_CONNECTION = {*CONNECTION_MEMBERS, "_id", "id", *ACCOUNT}


def read(data: bytes, path: File | str = "") -> Documents:
    """All documents of a text: an object of sections, or a list of annotations.

    Raises
    ------
    Malformed
        It is not JSON, or a section is not what it should be.
    TooLarge
        Values stand at more than 5,000 places.
    """
    whole = loads(data, path)
    if isinstance(whole, list):
        whole = {"annotations": whole}
    if not isinstance(whole, dict):
        raise Malformed(f"{path} is no export of NimbusImage: expected an object with annotations", path=path, expected="an object")
    found: dict[str, Any] = {}
    for name, value in whole.items():
        if name in SECTIONS and value is not None:
            found[SECTIONS[name]] = value
    rest = {name: value for name, value in whole.items() if name not in SECTIONS and name not in ACCOUNT}
    annotations = documents_in(found.get("annotations", []), "annotations", path)
    coords, start = _coordinates(annotations, path)
    keys, leaves = values_of(found.get("values", {}), path)
    return Documents(
        annotations=pl.DataFrame([_annotation(one, path) for one in annotations], schema=ANNOTATIONS),
        coords=coords,
        start=start,
        connections=connections_of(documents_in(found.get("connections", []), "connections", path)),
        properties=documents_in(found.get("properties", []), "properties", path),
        keys=keys,
        leaves=leaves,
        members=rest,
        sections=frozenset(found),
    )


def documents_in(value: Any, what: str, path: File | str) -> list[dict[str, Any]]:
    """The documents of a section.

    Raises
    ------
    Malformed
        It is no list of objects.
    """
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Malformed(f"{path} is damaged in its {what}: expected a list of objects", path=path, position=what, expected="a list of objects")
    return value


def _text(value: Any) -> str | None:
    return None if value is None else json_of(value)


def json_of(value: Any) -> str:
    """A value as JSON text; a number too large for a float64 is null, as NimbusImage writes it."""
    try:
        return dumps(value).decode()
    except ValueError:
        return dumps(_finite(value)).decode()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _annotation(one: dict[str, Any], path: File | str) -> dict[str, Any]:
    place = one.get("location")
    if place is not None and not isinstance(place, dict):
        raise Malformed(f"{path} is damaged: expected a location of XY, Z and Time", path=path, position="location", expected="an object")
    other = {name: value for name, value in one.items() if name not in KNOWN_OF_ANNOTATIONS}
    return {
        "id": _text(id_member(one)),
        **{column: _text(one.get(name)) for name, column in MEMBERS.items()},
        **{column: _number((place or {}).get(name), path) for name, column in LOCATION.items()},
        "c": _number(one.get("channel"), path),
        "other": _text(other or None),
        "account": any(name in one for name in ACCOUNT),
    }


def _number(value: Any, path: File | str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(f"{path} is damaged: expected a number, not {str(value)[:40]!r}", path=path, expected="a number")
    return _float(value)


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _coordinates(annotations: Sequence[dict[str, Any]], path: File | str) -> tuple[Any, Any]:
    coords: list[tuple[float, float]] = []
    start = [0]
    for one in annotations:
        given = one.get("coordinates")
        if given is not None and not (isinstance(given, list) and all(isinstance(vertex, dict) for vertex in given)):
            raise Malformed(f"{path} is damaged: expected coordinates with x and y", path=path, position="coordinates", expected="a list of x and y")
        coords += [(_number(vertex.get("x"), path), _number(vertex.get("y"), path)) for vertex in given or ()]
        start.append(len(coords))
    return np.array(coords, np.float64).reshape(-1, 2), np.array(start, np.int64)


def connections_of(documents: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The table of some connections."""
    rows = [
        {
            "id": _text(id_member(one)),
            **{column: _text(one.get(name)) for name, column in CONNECTION_MEMBERS.items()},
            "other": _text({name: value for name, value in one.items() if name not in _CONNECTION} or None),
            "account": any(name in one for name in ACCOUNT),
        }
        for one in documents
    ]
    return pl.DataFrame(rows, schema=CONNECTIONS)


@dataclass
class _Growing:
    rows: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    texts: list[str | None] = field(default_factory=list)

    def leaf(self) -> Leaf:
        return Leaf(np.array(self.rows, np.int32), np.array(self.kinds, np.uint8), np.array(self.numbers, np.float64), pl.Series(self.texts, dtype=pl.Utf8))


def values_of(section: Any, path: File | str) -> tuple[pl.Series, dict[Path, Leaf]]:
    """Keys and leaves of values: an object, or a list of documents with ``annotationId`` and ``values``.

    Raises
    ------
    Malformed, TooLarge
    """
    growing: dict[Path, _Growing] = {}
    keys: list[str | None] = []
    for key, value in _entries(section, path):
        for place, leaf in _leaves((), value):
            if place not in growing and len(growing) >= MOST_PLACES:
                raise TooLarge(f"{path} has values at more than {MOST_PLACES:,} places", path=path, limit=MOST_PLACES)
            _add(growing.setdefault(place, _Growing()), len(keys), leaf)
        keys.append(key)
    return pl.Series(keys, dtype=pl.Utf8), {place: one.leaf() for place, one in growing.items()}


def _entries(section: Any, path: File | str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pairs of JSON text of the id and values by property."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(section, dict):
        pairs = list(section.items())
    elif isinstance(section, list) and all(isinstance(one, dict) for one in section):
        pairs = [(one.get("annotationId"), one.get("values")) for one in section]
    else:
        raise Malformed(f"{path} is damaged in its values: expected an object of annotations", path=path, position="values", expected="an object")
    for key, value in pairs:
        if value is None:
            continue
        if not isinstance(value, dict):
            raise Malformed(f"{path} is damaged in its values: expected an object of properties", path=path, position="values", expected="an object")
        yield dumps(key).decode(), value


def _leaves(place: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    for key, one in value.items():
        if isinstance(one, dict) and one:
            yield from _leaves((*place, clean(key)), one)
        else:
            yield (*place, clean(key)), one


def clean(text: str) -> str:
    """A text in which half a surrogate pair is U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _add(to: _Growing, row: int, value: Any) -> None:
    kind, number, text = kind_of(value)
    if to.rows and to.rows[-1] == row:  # two names that are the same text once they are read: the last counts
        to.rows.pop(), to.kinds.pop(), to.numbers.pop(), to.texts.pop()
    to.rows.append(row)
    to.kinds.append(kind)
    to.numbers.append(number)
    to.texts.append(text)


def kind_of(value: Any) -> tuple[int, float, str | None]:
    """What a value is: its kind, its number, its JSON text."""
    if value is None:
        return NULL, math.nan, None
    if isinstance(value, str):
        return TEXT, math.nan, dumps(value).decode()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= EXACT:
        return INTEGER, float(value), None
    if isinstance(value, float):
        return FLOAT, value, None
    return OTHER, math.nan, json_of(value)
