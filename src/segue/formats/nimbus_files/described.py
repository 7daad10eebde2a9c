"""The member ``segue`` of a file: what NimbusImage has no place for, about image sets, populations, properties and tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segue.errors import Malformed
from segue.formats.description_files import DAMAGED, as_text, as_whole, read_image, read_population, read_tables
from segue.model.populations import Population
from segue.model.study import ImageSet
from segue.model.tables import Column

Place = tuple[str, ...]


@dataclass(frozen=True)
class Described:
    """One image set."""

    xy: int
    image_set: ImageSet
    """Without objects."""
    everywhere: str = ""
    """Axes in which nothing of it is at one place, where NimbusImage says 0."""
    columns: dict[str, list[tuple[Place, Column]]] = field(default_factory=dict)
    """Table -> columns and where they stand."""
    made_on: dict[str, str] = field(default_factory=dict)
    """Population id -> fingerprint of the label image that its members were found on."""
    about: dict[str, Any] = field(default_factory=dict)
    """Channel names and fingerprints of label images, as information."""


@dataclass(frozen=True)
class Description:
    """The whole file."""

    images: tuple[Described, ...] = ()
    populations: tuple[tuple[str, Population], ...] = ()
    """(tag, population)."""
    properties: tuple[dict[str, Any], ...] = ()
    made: tuple[str, ...] = ()
    """Ids of properties that were made for tables."""
    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """Id of an annotation -> table -> column -> value, where NimbusImage cannot hold the value."""


def described(value: Any, path: Path | str) -> Description:
    """The description; an empty one where there is none.

    Raises
    ------
    Malformed
    """
    if value is None:
        return Description()
    try:
        return _described(value)
    except DAMAGED as error:
        raise Malformed(f"{path} is damaged in its member 'segue' ({error})", path=path, position="segue", expected="what segue writes") from error


def _described(value: dict[str, Any]) -> Description:
    images = tuple(_image(one) for one in value.get("image_sets", []))
    populations = tuple((as_text(one["tag"]), read_population(one)) for one in value.get("populations", []))
    if len({one.xy for one in images}) != len(images):
        raise ValueError("two image sets at the same position")
    if len({tag for tag, _ in populations}) != len(populations) or len({one.id for _, one in populations}) != len(populations):
        raise ValueError("two populations with the same tag or id")
    values = value.get("values", {})
    if not all(isinstance(cells, dict) for tables in values.values() for cells in tables.values()):
        raise TypeError("values that are no tables")
    properties = tuple({key: as_text(text) for key, text in one.items()} for one in value.get("properties", []))
    if not all({"_id", "id", "name", "kind", "settings"} <= set(one) for one in properties):
        raise KeyError("properties without their facts")
    return Description(images, populations, properties, tuple(as_text(one) for one in value.get("made", [])), values)


def _image(one: dict[str, Any]) -> Described:
    tables = read_tables([{**table, "columns": [{**column, "key": ""} for column in table["columns"]]} for table in one.get("tables", [])])
    columns = {}
    for table in one.get("tables", []):
        places = [tuple(as_text(part) for part in column["at"]) for column in table["columns"]]
        columns[as_text(table["name"])] = [(place, column) for place, (_, column) in zip(places, tables[as_text(table["name"])], strict=True)]
    made_on = {as_text(key): as_text(text) for key, text in one.get("made_on", {}).items()}
    about = one.get("about", {})
    if not isinstance(about, dict):
        raise TypeError("facts that are no object")
    return Described(as_whole(one["xy"]), read_image(one), as_text(one.get("everywhere", "")), columns, made_on, about)
