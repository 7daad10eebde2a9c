"""What a file says about its image, populations and columns: the member ``segue`` of the feature collection, which QuPath ignores."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from segue.errors import Malformed
from segue.formats.qupath_geojson.tables import Placed
from segue.formats.qupath_geojson.terms import MEMBER
from segue.model.grid import Axis, Grid
from segue.model.populations import Population
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column

Described = dict[str, list[tuple[str, Column]]]
"""Name of a table -> keys and columns."""


def render(s: ImageSet, populations: tuple[Population, ...], columns: list[Placed]) -> dict[str, Any]:
    """The member as JSON values; empty where there is nothing to say."""
    found: dict[str, Any] = {}
    if (s.name, s.group, s.position) != ("", None, ()):
        found["image"] = {"name": s.name, "group": s.group, "position": [list(one) for one in s.position]}
    if s.grid != Grid():
        axes = [{key: _plain(value) for key, value in asdict(axis).items() if value is not None} for axis in s.grid.axes]
        world = None if s.grid.world is None else [[_plain(value) for value in row] for row in s.grid.world]
        found["grid"] = {"axes": axes, "world": world}
    if populations:
        found["populations"] = [_population(one) for one in populations]
    if s.tables:
        found["tables"] = [{"name": name, "columns": [_column(one) for one in columns if one.table == name]} for name in s.tables]
    return {"version": 1, **found} if found else {}


def _plain(value: Any) -> Any:
    """JSON has no words for NaN and infinities."""
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def _number(value: Any) -> Any:
    return float(value) if value is not None else None


def _population(one: Population) -> dict[str, Any]:
    facts = {"id": one.id, "name": list(one.name), "kind": one.kind, "colour": one.colour, "visible": one.visible}
    return facts | {"order": one.order, "number": one.number, "exclusive": one.exclusive}


def _column(one: Placed) -> dict[str, Any]:
    facts = {key: value for key, value in asdict(one.column).items() if value not in (None, ())}
    return facts if one.key == one.column.name else facts | {"key": one.key}


def parse(members: dict[str, Any], path: Any) -> tuple[ImageSet, tuple[Population, ...], Described]:
    """An image set without objects, the populations, and the columns of the tables.

    Raises
    ------
    Malformed
        The member is there, but damaged.
    """
    value = members.get(MEMBER)
    if value is None:
        return ImageSet(""), (), {}
    try:
        populations = tuple(_read_population(one) for one in value.get("populations", []))
        if len({one.id for one in populations}) != len(populations):
            raise ValueError("populations with the same id")
        return _image_set(value), populations, _tables(value.get("tables", []))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Malformed(
            f"{path} has a damaged member 'segue' ({error}); remove it and read again", path=path, position=MEMBER, expected="a description"
        ) from error


def _image_set(value: dict[str, Any]) -> ImageSet:
    image, grid = value.get("image", {}), Grid()
    if "grid" in value:
        axes = tuple(_axis(one) for one in value["grid"]["axes"])
        world = value["grid"]["world"]
        grid = Grid(axes, None if world is None else tuple(tuple(float(number) for number in row) for row in world))
    position = tuple((_text(axis), _whole(index)) for axis, index in image.get("position", []))
    group = image.get("group")
    return ImageSet(_text(image.get("name", "")), grid, None if group is None else _text(group), position)


def _axis(one: dict[str, Any]) -> Axis:
    size, unit = one.get("size"), one.get("unit")
    scale, translation = _number(one.get("scale")), float(one.get("translation", 0.0))
    return Axis(_text(one["name"]), None if size is None else _whole(size), scale, None if unit is None else _text(unit), translation)


def _read_population(one: dict[str, Any]) -> Population:
    order, number = (None if one[key] is None else _whole(one[key]) for key in ("order", "number"))
    colour = None if one["colour"] is None else _whole(one["colour"]) & 0xFFFFFFFF
    names = tuple(_text(name) for name in one["name"])
    return Population(_text(one["id"]), names, _text(one["kind"]), colour, bool(one["visible"]), order, number, bool(one["exclusive"]))


def _tables(value: list[Any]) -> Described:
    found: Described = {}
    for table in value:
        columns = [(_text(one.get("key", one["name"])), _read_column(one)) for one in table["columns"]]
        names = [column.name for _, column in columns]
        if "row" in names or len(set(names)) != len(names) or table["name"] in found:
            raise ValueError("tables or columns with the same name")
        found[_text(table["name"])] = columns
    return found


def _read_column(one: dict[str, Any]) -> Column:
    facts = {key: _text(one[key]) for key in ("property", "unit", "measurement", "channel", "layer") if key in one}
    kind = one.get("type", "number")
    if kind not in TYPES:
        raise ValueError(f"a column of type {kind!r}")
    return Column(_text(one["name"]), kind, path=tuple(_text(part) for part in one.get("path", ())), **facts)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value
