"""The documents of a NimbusImage export as tables: what both of its readers return. Nothing is judged here but the JSON itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Path = tuple[str, ...]

SECTIONS = {
    "annotations": "annotations",
    "annotationConnections": "connections",
    "connections": "connections",
    "annotationProperties": "properties",
    "properties": "properties",
    "annotationPropertyValues": "values",
    "propertyValues": "values",
}
"""Member of the file -> what is in it (the second name of each is that of the import's own request)."""
ACCOUNT = ("access", "creatorId", "creator", "createdBy", "owner", "ownerId", "userId", "user", "users", "groups", "email", "login")
"""Members that are about somebody's account."""
SIDE = "segue"

INTEGER, FLOAT, TEXT, NULL, OTHER = range(5)
"""Kinds of values: a whole number that float64 holds exactly, another number, a text, null, and everything that is none of these."""
EXACT = 2**53
MOST_PLACES = 5000
"""Places at which values stand; more are no properties but data in the wrong place."""

ANNOTATIONS: dict[str, Any] = {
    "id": pl.Utf8,
    "shape": pl.Utf8,
    "xy": pl.Float64,
    "z": pl.Float64,
    "t": pl.Float64,
    "c": pl.Float64,
    "tags": pl.Utf8,
    "dataset": pl.Utf8,
    "colour": pl.Utf8,
    "name": pl.Utf8,
    "side": pl.Utf8,
    "other": pl.Utf8,
    "account": pl.Boolean,
}
"""Columns of annotations: JSON texts of the values (null = not there or null), the four places as numbers (NaN = not there), ``other`` =
an object of the members that are not known, ``account`` = whether members about an account were left out."""
CONNECTIONS: dict[str, Any] = {
    **dict.fromkeys(("id", "parent", "child", "label", "tags", "dataset", "side", "other"), pl.Utf8),
    "account": pl.Boolean,
}
"""The same of connections."""
MEMBERS = {"tags": "tags", "datasetId": "dataset", "color": "colour", "name": "name", SIDE: "side", "shape": "shape"}
"""Member of an annotation -> column. Ids and places are looked at apart."""
CONNECTION_MEMBERS = {"parentId": "parent", "childId": "child", "label": "label", "tags": "tags", "datasetId": "dataset", SIDE: "side"}
LOCATION = {"XY": "xy", "Z": "z", "Time": "t"}


@dataclass(frozen=True, eq=False)
class Leaf:
    """The values at one place: in the order of their annotations."""

    rows: npt.NDArray[np.int32]
    """Rows of ``Documents.keys``."""
    kinds: npt.NDArray[np.uint8]
    numbers: Floats
    """The value of INTEGER and FLOAT."""
    texts: pl.Series
    """The JSON text of TEXT and OTHER; null for the rest."""


@dataclass(frozen=True, eq=False)
class Documents:
    """Everything in a file, section by section."""

    annotations: pl.DataFrame
    coords: Floats
    """(n, 2) float64: x, y as they stand in the file; NaN for what is null or missing."""
    start: Ints
    """(annotations + 1,) int64: where the vertices of each begin."""
    connections: pl.DataFrame
    properties: list[dict[str, Any]]
    """Definitions, as they stand."""
    keys: pl.Series
    """Ids of the annotations that have values."""
    leaves: dict[Path, Leaf]
    """Place (id of the property, then keys of nested objects) -> values."""
    members: dict[str, Any] = field(default_factory=dict)
    """Further members of the file."""
    sections: frozenset[str] = frozenset()
    """Which sections there are."""


def id_member(document: dict[str, Any]) -> Any:
    """The id of a document: ``_id``, else ``id``."""
    return document["_id"] if document.get("_id") is not None else document.get("id")
