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
    """Id of a property that was made -> its name: that of its table, or what the names of measurements begin with."""


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
    rest = []
    tree: dict[Path, list[tuple[str, Column]]] = {}
    for one in columns:
        name, column = one
        place = (ids[column.property], *map(legal_key, column.path)) if column.property is not None and column.property in ids else None
        if place is None or _is_taken(one, place, found, tree, image_sets):
            rest.append(one)
            continue
        found[one] = place
        for depth in range(1, len(place) + 1):
            tree.setdefault(place[:depth], []).append(one)
    groups, rest = _groups(rest)
    made = _made([*dict.fromkeys(name for name, _ in rest), *groups], ids.values())
    for head, members in groups.items():
        found |= {one: (made[head], *map(legal_key, path)) for one, path in members.items()}
    for name in dict.fromkeys(name for name, _ in rest):
        own = made[name]
        mine = [column for table, column in rest if table == name]
        keys = unique_texts(pl.Series([legal_key(column.name) for column in mine], dtype=pl.Utf8))
        found |= {(name, column): (own, key) for column, key in zip(mine, keys, strict=True)}
    return Places({key: found[key] for key in columns}, {own: name for name, own in made.items()})


def _groups(columns: Sequence[tuple[str, Column]]) -> tuple[dict[str, dict[tuple[str, Column], Path]], list[tuple[str, Column]]]:
    """Measurements called as NimbusImage calls nested values (``Blob metrics / Area``) as such values of one property, and the other columns.

    Only where the names of all columns of such a property are places that can be beside each other, and its name is that of no table.
    """
    tables = {name for name, _ in columns}
    found: dict[str, dict[tuple[str, Column], Path]] = {}
    for one in columns:
        head, *path = one[1].name.split(JOIN)
        if one[1].measurement is not None and path and head not in tables:
            found.setdefault(head, {})[one] = tuple(path)
    good = {head: members for head, members in found.items() if _apart(members)}
    nested = {one for members in good.values() for one in members}
    return good, [one for one in columns if one not in nested]


def _apart(members: Mapping[tuple[str, Column], Path]) -> bool:
    """Whether no place is twice there, or inside another one."""
    places = [tuple(map(legal_key, path)) for path in members.values()]
    every = set(places)
    return len(every) == len(places) and not any(place[:depth] in every for place in places for depth in range(1, len(place)))


def _is_taken(
    one: tuple[str, Column],
    place: Path,
    found: Mapping[tuple[str, Column], Path],
    tree: Mapping[Path, list[tuple[str, Column]]],
    image_sets: Sequence[ImageSet],
) -> bool:
    """Whether a place is that of another column, or inside or around one that has a value where this one has one."""
    inside = tree.get(place, [])
    around = [other for depth in range(1, len(place)) for other in tree.get(place[:depth], []) if len(found[other]) == depth]
    return any(found[other] == place or _overlap(one, other, image_sets) for other in [*inside, *around])


def _overlap(one: tuple[str, Column], other: tuple[str, Column], image_sets: Sequence[ImageSet]) -> bool:
    """Whether some object has values of both columns."""
    for s in image_sets:
        filled = [_filled(s, *which) for which in (one, other)]
        if filled[0] is not None and filled[1] is not None and filled[0].is_in(filled[1].implode()).any():
            return True
    return False


def _filled(s: ImageSet, name: str, column: Column) -> pl.Series | None:
    """Rows of the objects that have a value of a column."""
    table = s.tables.get(name)
    return None if table is None or column not in table.columns else table.frame["row"].filter(table.frame[column.name].is_not_null())


def _made(tables: Collection[str], taken: Collection[str]) -> dict[str, str]:
    """Table -> id of the property that is made for it."""
    used = set(taken)
    found = {}
    for name in tables:
        found[name] = one_made("property", f"table\n{name}", used)
        used.add(found[name])
    return found
