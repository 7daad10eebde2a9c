"""What a file says about its image, populations and columns: the member ``segue`` of the feature collection, which QuPath ignores."""

from __future__ import annotations

from typing import Any

from segue.errors import Malformed
from segue.formats.description_files import DAMAGED, VERSION, Described, image_facts, population_facts, read_image, read_population, read_tables, table_facts
from segue.formats.qupath_geojson.tables import Placed
from segue.formats.qupath_geojson.terms import MEMBER
from segue.model.populations import Population
from segue.model.study import ImageSet


def render(s: ImageSet, populations: tuple[Population, ...], columns: list[Placed]) -> dict[str, Any]:
    """The member as JSON values; empty where there is nothing to say."""
    found = image_facts(s)
    if populations:
        found["populations"] = [population_facts(one) for one in populations]
    if s.tables:
        found["tables"] = table_facts(s.tables, {(one.table, one.column.name): one.key for one in columns})
    return {"version": VERSION, **found} if found else {}


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
        populations = tuple(read_population(one) for one in value.get("populations", []))
        if len({one.id for one in populations}) != len(populations):
            raise ValueError("populations with the same id")
        return read_image(value), populations, read_tables(value.get("tables", []))
    except DAMAGED as error:
        raise Malformed(
            f"{path} has a damaged member 'segue' ({error}); remove it and read again", path=path, position=MEMBER, expected="a description"
        ) from error
