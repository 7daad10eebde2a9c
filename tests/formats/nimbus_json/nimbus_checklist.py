"""What NimbusImage accepts, as a list of complaints: written from its import rules alone, in plain Python, without anything of segue."""

from __future__ import annotations

import json

KEYS = {"annotations", "annotationConnections", "annotationProperties", "annotationPropertyValues"}


def _no_constant(word):
    raise ValueError(f"{word} is not JSON")


def problems(text):
    """Everything that NimbusImage would refuse, or lose, of an export (bytes)."""
    return list(_problems(json.loads(text.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_pairs)))


def _pairs(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"a name stands twice in an object: {sorted(names)[:5]}")
    found = dict(pairs)
    if "x" in found and "y" in found and names.index("x") > names.index("y"):
        found["__order__"] = True
    return found


def _problems(whole):
    missing = KEYS - set(whole)
    if missing:
        yield f"missing keys {sorted(missing)}"
        return
    ids = [one.get("_id") for one in whole["annotations"]]
    if len(set(ids)) != len(ids):
        yield "annotations with the same id"
    for one in whole["annotations"]:
        yield from _annotation(one)
    for one in whole["annotationConnections"]:
        yield from _connection(one, set(ids))
    listed = [one.get("_id") for one in whole["annotationProperties"]]
    if len(set(listed)) != len(listed):
        yield "properties with the same id"
    for one in whole["annotationProperties"]:
        yield from _property(one)
    for key, values in whole["annotationPropertyValues"].items():
        if key not in ids:
            yield f"values of {key!r}, which is not there"
        if not set(values) <= set(listed):
            yield f"values of properties that are not listed: {sorted(set(values) - set(listed))}"
        if not values:
            yield f"an empty entry of values: {key!r}"
        for value in values.values():
            yield from _value(value)


def _is_text(value):
    return isinstance(value, str) and value != ""


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _annotation(one):
    name = one.get("_id")
    if not _is_text(name):
        yield f"an annotation with the id {name!r}"
    if one.get("shape") not in ("point", "line", "polygon", "rectangle"):
        yield f"{name}: shape {one.get('shape')!r}"
    if not _is_whole(one.get("channel")) or one["channel"] < 0:
        yield f"{name}: channel {one.get('channel')!r}"
    place = one.get("location")
    if not isinstance(place, dict) or set(place) != {"XY", "Z", "Time"} or not all(_is_whole(value) and value >= 0 for value in place.values()):
        yield f"{name}: location {place!r}"
    if not isinstance(one.get("tags"), list) or not all(isinstance(tag, str) for tag in one["tags"]):
        yield f"{name}: tags {one.get('tags')!r}"
    for key in ("name", "color", "datasetId"):
        if key in one and not isinstance(one[key], str):
            yield f"{name}: {key} {one[key]!r}"
    vertices = one.get("coordinates")
    if not isinstance(vertices, list) or not vertices:
        yield f"{name}: no coordinates"
        return
    for vertex in vertices:
        if "__order__" in vertex or not _is_number(vertex.get("x")) or not _is_number(vertex.get("y")) or not set(vertex) <= {"x", "y", "z"}:
            yield f"{name}: vertex {vertex!r}"
        if "z" in vertex and (not _is_number(vertex["z"]) or list(vertex)[-1] != "z"):
            yield f"{name}: z {vertex!r}"
    fewest = {"point": 1, "line": 2, "polygon": 3, "rectangle": 4}.get(one.get("shape"), 1)
    if len(vertices) < fewest or (one.get("shape") in ("point", "rectangle") and len(vertices) != fewest):
        yield f"{name}: a {one.get('shape')} of {len(vertices)} vertices"
    if "access" in one:
        yield f"{name}: access"


def _connection(one, ids):
    if not _is_text(one.get("_id")):
        yield f"a connection with the id {one.get('_id')!r}"
    for end in ("parentId", "childId"):
        if one.get(end) not in ids:
            yield f"connection {one.get('_id')}: {end} {one.get(end)!r} is not there"
    if not isinstance(one.get("tags"), list) or not all(isinstance(tag, str) for tag in one["tags"]):
        yield f"connection {one.get('_id')}: tags {one.get('tags')!r}"
    if "label" in one and not isinstance(one["label"], str):
        yield f"connection {one.get('_id')}: label {one['label']!r}"
    if "access" in one:
        yield f"connection {one.get('_id')}: access"


def _property(one):
    if not _is_text(one.get("_id")):
        yield f"a property with the id {one.get('_id')!r}"
    if not isinstance(one.get("name"), str):
        yield f"property {one.get('_id')}: name {one.get('name')!r}"
    if "shape" in one and one["shape"] not in ("point", "line", "polygon"):
        yield f"property {one.get('_id')}: shape {one['shape']!r}"
    if "image" in one and not isinstance(one["image"], str):
        yield f"property {one.get('_id')}: image {one['image']!r}"
    if "tags" in one and not (isinstance(one["tags"], dict) and isinstance(one["tags"].get("tags", []), list)):
        yield f"property {one.get('_id')}: tags {one['tags']!r}"
    if "access" in one:
        yield f"property {one.get('_id')}: access"


def _value(value):
    if isinstance(value, bool | list):
        yield f"a value {value!r}"
    elif isinstance(value, dict):
        if not value:
            yield "an empty object as value"
        for key, one in value.items():
            if "." in key or key.startswith("$") or not key:
                yield f"a key {key!r} of a value"
            yield from _value(one)
