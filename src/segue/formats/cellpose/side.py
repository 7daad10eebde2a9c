"""The key ``segue`` of the dictionary: what Cellpose has no place for, as JSON text. Cellpose ignores it, and drops it when it saves."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from segue.codecs.pixel_facts import Facts, parse
from segue.model.objects import SCHEMA, Objects

KEY = "segue"
_COLUMNS = [name for name in SCHEMA if name != "t"]


def text_of(facts: Facts, objects: Objects, *, guessed: bool) -> str:
    """The JSON text; ``guessed`` says that nobody told the name of the image."""
    frame = objects.frame.select(_COLUMNS)
    columns = {name: frame[name].to_list() for name in _COLUMNS if frame[name].null_count() < frame.height}
    about = {"version": 1, "facts": json.loads(facts.to_json()), "count": frame.height, "objects": columns, "guessed": guessed}
    return json.dumps(about, separators=(",", ":"))


class Side:
    """What was read from the key."""

    def __init__(self, facts: Facts, objects: Objects, *, guessed: bool) -> None:
        self.facts, self.objects, self.guessed = facts, objects, guessed


def read_side(text: object) -> Side | None:
    """What the key says; None where it is absent or damaged."""
    about = parse(text) if isinstance(text, str) else None
    if not isinstance(about, dict) or not isinstance(about.get("facts"), dict):
        return None
    try:
        return Side(Facts().updated(about["facts"]), _objects(about), guessed=about.get("guessed") is True)
    except (ValueError, TypeError, KeyError, OverflowError, pl.exceptions.PolarsError):
        return None


def _objects(about: dict[str, Any]) -> Objects:
    count, columns = about["count"], about["objects"]
    if type(count) is not int or not all(len(column) == count for column in columns.values()):
        raise ValueError("columns of different lengths")
    frame = pl.DataFrame({name: pl.Series(columns[name], dtype=SCHEMA[name], strict=True) for name in _COLUMNS if name in columns})
    return Objects(frame if count else pl.DataFrame(schema=SCHEMA))
