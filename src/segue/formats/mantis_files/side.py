"""The member ``segue`` of a row: what Mantis has no words for. It stands only where there is something to say."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from segue.errors import Malformed
from segue.formats.description_files import as_text
from segue.formats.mantis_files.terms import SIDE

Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Region(msgspec.Struct, gc=False):
    """The region of a population."""

    id: str | msgspec.UnsetType = msgspec.UNSET
    """Not stated: that of the population."""
    name: str | msgspec.UnsetType | None = msgspec.UNSET
    """Not stated: that of the population."""
    kind: str = "freehand"
    """Of its shape."""
    by: str = "mantis-1.0"
    """How it selects segments."""
    outline: list[float] | None = None
    """x, y of its vertices, one behind the other, where the row itself has its pixels only."""


class Side(msgspec.Struct):
    """Everything else about a population."""

    path: list[str] | None = None
    """Its names, where it has not just one."""
    kind: str = "population"
    order: Whole | msgspec.UnsetType | None = msgspec.UNSET
    """Where it is not the renderOrder."""
    number: Whole | None = None
    exclusive: bool = False
    rule: dict[str, Any] | None = None
    """How it selects segments, if not by its region (``rule_files``)."""
    labels: str | None = None
    """Fingerprint of the label image that the members were chosen on."""
    ids: dict[str, str] | None = None
    """Segment -> id of the object, where it is not the number."""
    region: Region | None = None
    kept: dict[str, Any] | None = None
    """What segue keeps beside the population: members that are stale."""


NOTHING = Side()
_KINDS = ("freehand", "polygon", "traced")


def read_side(value: Any, path: object = "") -> Side:
    """The member as a record; texts in it are valid Unicode.

    Raises
    ------
    Malformed
    """
    try:
        found: Side = msgspec.convert(_clean(value), Side)
        if found.path == [] or (found.region is not None and found.region.kind not in _KINDS):
            raise ValueError("a population without a name, or a region of an unknown kind")
    except (ValueError, TypeError, RecursionError) as error:
        message = f"{path} has a damaged member {SIDE!r} ({error}); remove it and read again"
        raise Malformed(message, path=path, position=SIDE, expected="what segue wrote") from error
    return found


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, dict):
        return {as_text(key): _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value


def plain_side(side: Side) -> dict[str, Any]:
    """The record as JSON values; empty where there is nothing to say."""
    found = _told(side, NOTHING)
    if side.region is not None:
        found["region"] = _told(side.region, Region())
    return {name: value for name, value in found.items() if value != {}}


def _told(record: msgspec.Struct, usual: msgspec.Struct) -> dict[str, Any]:
    """What is not as usual (``omit_defaults`` compares texts by identity)."""
    values: dict[str, Any] = msgspec.to_builtins(record)
    return {name: value for name, value in values.items() if value != getattr(usual, name)}
