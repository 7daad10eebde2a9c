"""The features of a GeoJSON text, read in plain Python: for small texts, and the oracle of ``segue.codecs.geojson_large``."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import polars as pl

from segue.codecs.geojson_features import ENTRIES, FRAME, KNOWN, SHAPES, TEXTS, TYPES, Features, closed_rings, enough, no_closing, ordered
from segue.codecs.json_columns import text_of
from segue.codecs.json_text import loads
from segue.errors import Malformed

_NESTING = dict(zip(TYPES, (1, 2, 2, 3, 3, 4, 0), strict=True))
_SPECIAL = {"nan": math.nan, "infinity": math.inf, "inf": math.inf, "-infinity": -math.inf, "-inf": -math.inf}
_SPECIAL |= {"+" + word: value for word, value in list(_SPECIAL.items()) if word[0] != "-"} | {"-nan": math.nan}


class _Tables:
    """What grows while the features are walked."""

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.frame: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.coords: list[list[Any]] = []
        self.starts: tuple[list[int], list[int], list[int]] = ([0], [0], [0])
        self.measurements: list[dict[str, float | None]] = []
        self.metadata: list[dict[str, Any]] = []
        self.properties: list[dict[str, Any]] = []

    def fail(self, expected: str) -> NoReturn:
        where = f"feature {len(self.frame)}"
        raise Malformed(f"{self.path or 'the text'} is damaged at {where}: expected {expected}", path=self.path, position=where, expected=expected)


def read(data: bytes, path: Path | str = "") -> Features:
    """All features of a text.

    Raises
    ------
    Malformed, TooLarge
    """
    value = loads(data, path)
    tables = _Tables(path)
    todo: list[tuple[Any, int | None]] = [(value, None)]
    while todo:  # depth first, in the order of the text
        item, parent = todo.pop()
        children, row = _item(item, parent, tables)
        todo += [(child, row) for child in reversed(children)]
    collection = isinstance(value, dict) and _kind(value, tables) == "FeatureCollection"
    members = {name: what for name, what in value.items() if name not in ("type", "features")} if collection else {}
    return _features(tables, members)


def _item(item: Any, parent: int | None, tables: _Tables) -> tuple[list[Any], int | None]:
    """Add what an item is; returns the items inside it and the feature they belong to."""
    if isinstance(item, list):
        return item, parent
    if not isinstance(item, dict):
        tables.fail("a feature or a list of features")
    kind = _kind(item, tables)
    if kind == "FeatureCollection":
        return _list(item.get("features")), parent
    feature = item if kind == "Feature" else {"geometry": item}
    row = len(tables.frame)
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    _feature(feature, properties, parent, tables)
    for role in ("geometry", "nucleusGeometry"):
        if feature.get(role) is not None:
            _geometry(feature[role], row, role == "nucleusGeometry", tables)
    inside = [child for name, value in properties.items() if name in ("childObjects", "children") for child in _list(value)]
    return inside + (_list(item.get("features")) if kind == "Feature" else []), row


def _kind(item: dict[str, Any], tables: _Tables) -> str:
    kind: Any
    if "type" not in item:
        found = next((name for name in item if name in ("geometry", "nucleusGeometry", "features")), "")
        if found == "features" and not isinstance(item[found], list):
            found = ""
        kind = {"features": "FeatureCollection", "": ""}.get(found, "Feature")
    else:
        kind = item["type"]
    if not isinstance(kind, str) or kind not in ("Feature", "FeatureCollection", *TYPES):
        tables.fail('"type": "Feature", "FeatureCollection" or a geometry')
    return kind


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"))


def _feature(feature: dict[str, Any], properties: dict[str, Any], parent: int | None, tables: _Tables) -> None:
    row = len(tables.frame)
    texts = {name: _text((feature if name == "id" else properties).get(name)) for name in TEXTS}
    tables.frame.append({"parent": parent, **texts})
    tables.measurements.append(dict(_measurements(properties.get("measurements"))))
    tables.metadata += _entries(row, dict(_named(properties.get("metadata"))))
    tables.properties += _entries(row, {name: value for name, value in properties.items() if name not in KNOWN})


def _entries(row: int, members: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"feature": row, "key": _clean(name), "value": json.dumps(value, separators=(",", ":"))} for name, value in members.items()]


def _clean(name: str) -> str:
    return text_of(json.dumps(name)) or ""


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of an object, or of a list of ``{"name": .., "value": ..}``."""
    if isinstance(value, dict):
        yield from value.items()
    for item in _list(value):
        if isinstance(item, dict) and isinstance(item.get("name"), str) and "value" in item:
            yield item["name"], item["value"]


def _measurements(value: Any) -> Iterator[tuple[str, float | None]]:
    for name, number in _named(value):
        if isinstance(number, str):
            yield _clean(name), _SPECIAL.get(number.lower())
        else:
            yield _clean(name), _float(number) if _is_number(number) else None


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer beyond 1e308
        return math.copysign(math.inf, number)


def _geometry(geometry: Any, row: int, nucleus: bool, tables: _Tables) -> None:  # noqa: FBT001 (one of two columns)
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(kind, str) or kind not in TYPES:
        tables.fail('a geometry with a "type" that GeoJSON knows')
    if kind != "GeometryCollection":
        if "coordinates" not in geometry:
            tables.fail('"coordinates"')
        _coordinates(geometry["coordinates"], kind, tables)
    given = geometry.get("plane")
    plane = {"c": -1, "z": 0, "t": 0}
    if isinstance(given, dict):
        plane |= {axis: int(value) for axis, value in given.items() if axis in plane and _is_number(value) and -1 <= value < 2**31}
    _, part_start, shape_start = tables.starts
    shape_start.append(len(part_start) - 1)
    flags = {"nucleus": nucleus, "ellipse": geometry.get("isEllipse") is True, "stated": isinstance(given, dict)}
    tables.shapes.append({"feature": row, "type": kind, **plane, **flags})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _coordinates(value: Any, kind: str, tables: _Tables) -> None:
    nesting = _NESTING[kind]
    if kind == "MultiLineString":
        value = [[line] for line in _checked(value, tables)]
    elif nesting < 4:
        for _ in range(4 - nesting):
            value = [value]
    for part in _checked(value, tables):
        _part(part, tables)


def _checked(value: Any, tables: _Tables) -> list[Any]:
    if not isinstance(value, list):
        tables.fail("a position [x, y]")
    return value


def _part(part: Any, tables: _Tables) -> None:
    ring_start, part_start, _ = tables.starts
    for ring in _checked(part, tables):
        for position in _checked(ring, tables):
            if not isinstance(position, list) or len(position) < 2 or not all(_is_number(number) for number in position):
                tables.fail("a position [x, y]")
            tables.coords.append(position[:2])
        if len(tables.coords) > ring_start[-1]:
            ring_start.append(len(tables.coords))
    if len(ring_start) - 1 > part_start[-1]:
        part_start.append(len(ring_start) - 1)


def _features(tables: _Tables, members: dict[str, Any]) -> Features:
    try:
        coords = np.array(tables.coords, np.float64).reshape(-1, 2)
    except OverflowError:  # an integer beyond 1e308
        coords = np.full((1, 2), np.inf)
    if not np.isfinite(coords).all():
        tables.fail("coordinates that a float64 can hold")
    ring_start, part_start, shape_start = (np.array(start, np.int64) for start in tables.starts)
    shapes = pl.DataFrame(tables.shapes, schema=SHAPES)
    coords, ring_start = no_closing(coords, ring_start, closed_rings(shapes["type"], part_start, shape_start))
    return Features(
        frame=pl.DataFrame(tables.frame, schema=FRAME),
        measurements=_table(tables.measurements),
        metadata=pl.DataFrame(tables.metadata, schema=ENTRIES),
        properties=pl.DataFrame(tables.properties, schema=ENTRIES),
        members=members,
        **ordered(shapes, coords, ring_start, part_start, shape_start),
    )


def _table(rows: list[dict[str, float | None]]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    enough(len(names))
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.Float64))
