"""Which column of a table stands where among the values of properties: a place is the id of a property and keys of nested objects.

NimbusImage accepts no key with a dot, none that begins with a dollar sign, and no value at a place that also is an object; such keys are replaced,
and such columns stand in a property that is made for their table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from segue.formats.nimbus_files.ids import one_made
from segue.formats.nimbus_files.terms import JOIN
from segue.model.objects import unique_texts
from segue.model.study import ImageSet
from segue.model.tables import Column

Path = tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """Where the columns of all tables stand."""

    of: Mapping[tuple[str, Column], Path]
    """(table, column) -> place in the file."""
    made: Mapping[str, str]
    """Id of a property that was made -> the name of its table."""


def legal_key(text: str) -> str:
    """A key that NimbusImage accepts."""
    text = text.replace(".", "_").replace("\x00", "_")
    return "_" + text[1:] if text.startswith("$") else text or "_"


def column_name(property_name: str, path: Sequence[str]) -> str:
    """What a column is called: the names joined as NimbusImage does in its tables."""
    return JOIN.join([property_name, *path])


def column_names(names: Sequence[str]) -> list[str]:
    """The same, each once, and none like a key column."""
    return unique_texts(pl.Series(["row", *names], dtype=pl.Utf8))[1:].to_list()


def place_columns(image_sets: Sequence[ImageSet], ids: Mapping[str, str]) -> Places:
    """A place for every column of the tables about objects.

    Parameters
    ----------
    image_sets
        Their tables; a column of the same table, name and description in several of them has one place.
    ids
        Id of a property of the study -> id in the file.
    """
    columns = {(name, column): None for s in image_sets for name, table in s.tables.items() if table.about == "objects" for column in table.columns}
    found: dict[tuple[str, Column], Path] = {}
    taken: set[Path] = set()
    inner: set[Path] = set()
    rest = []
    for name, column in columns:
        place = (ids[column.property], *map(legal_key, column.path)) if column.property is not None and column.property in ids else None
        if place is None or place in taken or place in inner or any(place[:depth] in taken for depth in range(1, len(place))):
            rest.append((name, column))
            continue
        found[name, column] = place
        taken.add(place)
        inner.update(place[:depth] for depth in range(1, len(place)))
    made = _made(dict.fromkeys(name for name, _ in rest), ids.values())
    for name, own in made.items():
        mine = [column for table, column in rest if table == name]
        keys = unique_texts(pl.Series([legal_key(column.name) for column in mine], dtype=pl.Utf8))
        found |= {(name, column): (own, key) for column, key in zip(mine, keys, strict=True)}
    return Places({key: found[key] for key in columns}, {own: name for name, own in made.items()})


def _made(tables: Collection[str], taken: Collection[str]) -> dict[str, str]:
    """Table -> id of the property that is made for it."""
    used = set(taken)
    found = {}
    for name in tables:
        found[name] = one_made("property", f"table\n{name}", used)
        used.add(found[name])
    return found
