"""Definitions of properties: documents of NimbusImage and ``Property`` of a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from segue.codecs.json_text import dumps, loads
from segue.codecs.nimbus_documents import ACCOUNT, SIDE, id_member
from segue.codecs.nimbus_plain import clean, json_of
from segue.errors import Malformed
from segue.formats.nimbus_files.ids import one_made
from segue.formats.nimbus_files.terms import MADE_BY_HAND, PROPERTY_SHAPES
from segue.model.study import Property

_OWN = ("_id", "id", "name", "image", *ACCOUNT, SIDE)


def read_property(document: dict[str, Any]) -> Property:
    """The property that a definition is about; its id is empty if it states none."""
    settings = {key: value for key, value in document.items() if key not in _OWN}
    return Property(_text(id_member(document)), _text(document.get("name")), _text(document.get("image")), clean(json_of(settings)))


def _text(value: Any) -> str:
    if isinstance(value, dict) and isinstance(value.get("$oid"), str):
        value = value["$oid"]
    return "" if value is None else clean(value if isinstance(value, str) else json_of(value))


def read_properties(documents: Iterable[dict[str, Any]]) -> tuple[tuple[Property, ...], int, int, bool]:
    """All properties, how many had an id that another one has, how many had none, and whether members about an account were left out."""
    found: dict[str, Property] = {}
    repeated, nameless, account = 0, 0, False
    for document in documents:
        one = read_property(document)
        account |= any(name in document for name in ACCOUNT)
        if not one.id:
            nameless += 1
            one = Property(one_made("property", one.name, found), one.name, one.kind, one.settings)
        repeated += one.id in found
        found[one.id] = one
    return tuple(found.values()), repeated, nameless, account


def document(one: Property, own: str) -> dict[str, Any]:
    """The definition of a property, with what NimbusImage accepts; ``own``: the id that it has in the file."""
    return {"_id": own, "name": one.name, **({"image": one.kind} if one.kind else {}), **_settings(one.settings)}


def _settings(text: str) -> dict[str, Any]:
    try:
        given = loads(text.encode())
    except Malformed:
        return {}
    if not isinstance(given, dict):
        return {}
    return {key: value for key, value in given.items() if key not in _OWN and _is_legal(key, value)}


def _is_legal(key: str, value: Any) -> bool:
    if key == "shape":
        return value in PROPERTY_SHAPES
    if key == "tags":
        return (
            isinstance(value, dict)
            and isinstance(value.get("exclusive", False), bool)
            and isinstance(value.get("tags", []), list)
            and all(isinstance(tag, str) for tag in value.get("tags", []))
        )
    return isinstance(value, dict) if key == "workerInterface" else True


def made_for(name: str, own: str, shape: str | None) -> dict[str, Any]:
    """The definition of a property that holds the columns of a table which belong to no property."""
    facts: dict[str, Any] = {"_id": own, "name": name, "image": MADE_BY_HAND, "tags": {"tags": [], "exclusive": False}}
    return {**facts, **({"shape": shape} if shape else {}), "workerInterface": {}}


def native_ids(properties: Sequence[Property]) -> dict[str, str]:
    """Id of the study -> id in the file: the same, but never empty."""
    taken = {one.id for one in properties if one.id}
    return {one.id: one.id or one_made("property", one.name, taken) for one in properties}


def differing(properties: Sequence[Property], ids: dict[str, str]) -> list[dict[str, Any]]:
    """What the definitions in the file do not say of their properties."""
    return [
        {"_id": ids[one.id], "id": one.id, "name": one.name, "kind": one.kind, "settings": one.settings}
        for one in properties
        if read_property(loads(dumps(document(one, ids[one.id])))) != one
    ]


def corrected(properties: Sequence[Property], stated: Sequence[dict[str, Any]], made: Sequence[str]) -> tuple[tuple[Property, ...], dict[str, str]]:
    """The properties as they were before they were written, without those that were made for tables; and id in the file -> own id."""
    facts = {str(one["_id"]): one for one in stated}
    found: dict[str, Property] = {}
    ids: dict[str, str] = {}
    for one in properties:
        if one.id in made:
            continue
        said = facts.get(one.id)
        own = one if said is None else Property(*(_stated(said, key) for key in ("id", "name", "kind", "settings")))
        ids[one.id] = own.id
        found.setdefault(own.id, own)
    return tuple(found.values()), ids


def _stated(said: dict[str, Any], key: str) -> str:
    value = said[key]
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return clean(value)
