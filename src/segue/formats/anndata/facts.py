"""What ``uns/segue/facts`` says in JSON: what each column means, and everything about image sets and populations that no column can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import orjson

from segue.formats.description_files import VERSION, Described, as_text, column_facts, image_facts, population_facts, read_image, read_population, read_tables
from segue.model.populations import Population
from segue.model.study import ImageSet
from segue.model.tables import Column

MATRIX, COLUMN, LINK = "X:", "obs:", "connections:"
"""Where the values of a column are: under this name of a variable, or in this column of obs or of the connections."""


@dataclass
class Facts:
    """All of it."""

    images: dict[str, ImageSet] = field(default_factory=dict)
    """Category of the column of images -> an image set without objects."""
    populations: list[tuple[Population, str]] = field(default_factory=list)
    """With the column of obs of truth values, or the category, that holds the members; empty = none does."""
    category: str = ""
    """The column of obs whose categories are populations; empty = each has a column."""
    tables: Described = field(default_factory=dict)
    """Keys begin with ``MATRIX`` or ``COLUMN``."""
    partly: dict[str, list[int]] = field(default_factory=dict)
    """Key -> places of the image sets that have the column, where not all do."""
    roles: dict[str, str] = field(default_factory=dict)
    """What a column of obs is of an object -> its name."""
    escaped: list[str] = field(default_factory=list)
    """Columns of texts in which NUL is written otherwise."""


def encode(facts: Facts) -> str:
    """As JSON."""
    body = {
        "version": VERSION,
        "images": [{"title": title, **image_facts(s)} for title, s in facts.images.items()],
        "populations": [population_facts(one) | {"held": held} for one, held in facts.populations],
        "category": facts.category,
        "tables": [{"name": name, "columns": [column_facts(column, key) for key, column in columns]} for name, columns in facts.tables.items()],
        "partly": facts.partly,
        "roles": facts.roles,
        "escaped": facts.escaped,
    }
    return orjson.dumps(body).decode("utf-8")


def decode(text: str) -> Facts:
    """What the JSON says.

    Raises
    ------
    description_files.DAMAGED
        It says nothing that could be.
    """
    body = msgspec.json.decode(text.encode("utf-8", "replace"))
    if body["version"] != VERSION:
        raise ValueError("a later version wrote it")
    images = {as_text(one["title"]): read_image(one) for one in body["images"]}
    populations = [(read_population(one), as_text(one["held"])) for one in body["populations"]]
    if len(images) < len(body["images"]) or len({one.id for one, _ in populations}) < len(populations):
        raise ValueError("image sets or populations that are there twice")
    partly = {as_text(key): [int(place) for place in places] for key, places in body["partly"].items()}
    roles = {as_text(role): as_text(name) for role, name in body["roles"].items()}
    return Facts(images, populations, as_text(body["category"]), read_tables(body["tables"]), partly, roles, [as_text(one) for one in body["escaped"]])


def described(columns: Sequence[tuple[str, Column, str]]) -> Described:
    """(table, column, key) as tables."""
    found: Described = {}
    for table, column, key in columns:
        found.setdefault(table, []).append((key, column))
    return found


def stated(uns: Mapping[str, Any]) -> str | None:
    """The JSON, if there is any."""
    ours = uns.get("segue")
    text = ours.get("facts") if isinstance(ours, dict) else None
    return text if isinstance(text, str) else None
