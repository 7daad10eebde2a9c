"""Facts about image, populations and columns as JSON values: what formats keep in a member that other programs pass over.

The words and their order are the same in every file of segue.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from segue.model.grid import Axis, Grid
from segue.model.populations import Population
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table

MEMBER = "segue"
"""The name of the member."""
VERSION = 1
Described = dict[str, list[tuple[str, Column]]]
"""Name of a table -> keys and columns."""
DAMAGED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What reading a damaged description raises; the format makes it a Malformed that names the file."""


def image_facts(s: ImageSet) -> dict[str, Any]:
    """Name, group and place of an image set, and its grid, where there is something to say."""
    found: dict[str, Any] = {}
    if (s.name, s.group, s.position) != ("", None, ()):
        found["image"] = {"name": s.name, "group": s.group, "position": [list(one) for one in s.position]}
    if s.grid != Grid():
        axes = [{key: _plain(value) for key, value in asdict(axis).items() if value is not None} for axis in s.grid.axes]
        world = None if s.grid.world is None else [[_plain(value) for value in row] for row in s.grid.world]
        found["grid"] = {"axes": axes, "world": world}
    return found


def _plain(value: Any) -> Any:
    """JSON has no words for NaN and infinities."""
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def population_facts(one: Population) -> dict[str, Any]:
    """Everything about a population but its rule."""
    facts = {"id": one.id, "name": list(one.name), "kind": one.kind, "colour": one.colour, "visible": one.visible}
    return facts | {"order": one.order, "number": one.number, "exclusive": one.exclusive}


def table_facts(tables: Mapping[str, Table], keys: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
    """The columns of tables; ``keys``: (table, column) -> the name it has in the file."""
    return [{"name": name, "columns": [column_facts(one, keys[name, one.name]) for one in table.columns]} for name, table in tables.items()]


def column_facts(column: Column, key: str) -> dict[str, Any]:
    """What is stated about a column, and the name it has in the file where that is another."""
    facts = {name: value for name, value in asdict(column).items() if value not in (None, ())}
    return facts if key == column.name else facts | {"key": key}


def read_image(value: Mapping[str, Any]) -> ImageSet:
    """The image set, without objects, that a description is about."""
    image = value.get("image", {})
    group = image.get("group")
    position = tuple((as_text(axis), as_whole(index)) for axis, index in image.get("position", []))
    return ImageSet(as_text(image.get("name", "")), read_grid(value), None if group is None else as_text(group), position)


def read_grid(value: Mapping[str, Any]) -> Grid:
    """The grid that a description states."""
    if "grid" not in value:
        return Grid()
    axes = tuple(_axis(one) for one in value["grid"]["axes"])
    world = value["grid"]["world"]
    return Grid(axes, None if world is None else tuple(tuple(float(number) for number in row) for row in world))


def _axis(one: Mapping[str, Any]) -> Axis:
    size, unit, scale = one.get("size"), one.get("unit"), one.get("scale")
    step = None if scale is None else float(scale)
    return Axis(
        as_text(one["name"]), None if size is None else as_whole(size), step, None if unit is None else as_text(unit), float(one.get("translation", 0.0))
    )


def read_population(one: Mapping[str, Any]) -> Population:
    """The population that a description is about."""
    order, number = (None if one[key] is None else as_whole(one[key]) for key in ("order", "number"))
    colour = None if one["colour"] is None else as_whole(one["colour"]) & 0xFFFFFFFF
    names = tuple(as_text(name) for name in one["name"])
    return Population(as_text(one["id"]), names, as_text(one["kind"]), colour, bool(one["visible"]), order, number, bool(one["exclusive"]))


def read_tables(value: Any) -> Described:
    """The tables that a description names, with the keys of their columns."""
    found: Described = {}
    for table in value:
        columns = [(as_text(one.get("key", one["name"])), _column(one)) for one in table["columns"]]
        names = [column.name for _, column in columns]
        if "row" in names or len(set(names)) != len(names) or table["name"] in found:
            raise ValueError("tables or columns with the same name")
        found[as_text(table["name"])] = columns
    return found


def _column(one: Mapping[str, Any]) -> Column:
    facts = {key: as_text(one[key]) for key in ("property", "unit", "measurement", "channel", "layer") if key in one}
    kind = one.get("type", "number")
    if kind not in TYPES:
        raise ValueError(f"a column of type {kind!r}")
    return Column(as_text(one["name"]), kind, path=tuple(as_text(part) for part in one.get("path", ())), **facts)


def as_text(value: Any) -> str:
    """A text; half a surrogate pair becomes U+FFFD. TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def as_whole(value: Any) -> int:
    """A whole number. TypeError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def with_sizes(grid: Grid, height: int, width: int) -> Grid:
    """The grid with the size of the image, for what it does not know."""
    sizes = {"y": height, "x": width}
    return replace(grid, axes=tuple(replace(axis, size=sizes[axis.name]) if axis.name in sizes else axis for axis in grid.axes))
