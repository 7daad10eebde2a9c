"""What a file says about its image, populations and columns: the entry ``segue`` of its key-value metadata."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segue.codecs.json_text import dumps, loads
from segue.errors import Malformed
from segue.formats.description_files import (
    DAMAGED,
    MEMBER,
    VERSION,
    Described,
    image_facts,
    population_facts,
    read_image,
    read_population,
    read_tables,
    table_facts,
)
from segue.formats.geoparquet.layout import Placed
from segue.model.populations import Population
from segue.model.study import ImageSet


@dataclass(frozen=True)
class Entry:
    """What was said."""

    image_set: ImageSet
    """Without objects."""
    populations: tuple[Population, ...]
    tables: Described
    own: bool
    """Whether there was an entry: the columns then mean what segue means by them."""


def render(s: ImageSet, populations: tuple[Population, ...], columns: list[Placed]) -> dict[str, str]:
    """The entry."""
    keys = {(one.table, one.column.name): one.key for one in columns}
    facts = {"version": VERSION, **image_facts(s), "populations": [population_facts(one) for one in populations], "tables": table_facts(s.tables, keys)}
    return {MEMBER: dumps(facts).decode()}


def parse(metadata: dict[str, str], path: Path) -> Entry:
    """The entry, or an empty one.

    Raises
    ------
    Malformed
        It is there, but damaged.
    """
    text = metadata.get(MEMBER)
    if text is None:
        return Entry(ImageSet(""), (), {}, own=False)
    try:
        value = loads(text.encode(), path)
        populations = tuple(read_population(one) for one in value["populations"])
        if len({one.id for one in populations}) != len(populations):
            raise ValueError("populations with the same id")
        return Entry(read_image(value), populations, read_tables(value["tables"]), own=True)
    except (*DAMAGED, Malformed) as error:
        what = f"{path} has a damaged entry 'segue' in its metadata ({error}); write it anew with GeoPandas, which drops the entry, and read again"
        raise Malformed(what, path=path, position=MEMBER, expected="a description") from error
