"""A long list of JSON objects as columns: what each name stands for in every row, still as text, decoded by type afterwards.

The text is walked once; values stay where they are in it (``msgspec.Raw``) until somebody asks for them as numbers, texts or records.
Memory: the text, and about 60 bytes per value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from segue.codecs.json_text import malformed
from segue.errors import Malformed, TooLarge

ROWS = 1 << 14
"""Rows at a time."""
BYTES = 1 << 24
"""Bytes of values that are decoded at a time."""
MOST_NAMES = 5000
"""Names in a list of objects: more are no columns but data in the wrong place."""
_BAD = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


@dataclass
class Member:
    """The values of one name: in which rows, and which."""

    rows: list[int] = field(default_factory=list)
    values: list[msgspec.Raw] = field(default_factory=list)


def members(data: bytes, path: Path | str = "") -> dict[str, msgspec.Raw]:
    """The members of a JSON text that is one object.

    Raises
    ------
    Malformed
        It is not JSON, cut off, nests too deeply, or is no object.
    """
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=dict[str, msgspec.Raw])
    except msgspec.ValidationError as error:
        malformed(path, 0, "a JSON object", error)
    except _BAD as error:
        malformed(path, _position(error), f"valid JSON ({error})", error)


def _position(error: Exception) -> int:
    digits = str(error).rpartition("byte ")[2].rstrip(")")
    return int(digits) if digits.isdecimal() else 0


def items(value: msgspec.Raw | None, what: str, path: Path | str = "") -> list[msgspec.Raw]:
    """The items of a JSON list; none if there is no list.

    Raises
    ------
    Malformed
    """
    return [] if value is None else one(value, list[msgspec.Raw], f"a list of {what}", path)


def one(value: msgspec.Raw, kind: Any, expected: str, path: Path | str = "") -> Any:
    """One value, decoded.

    Raises
    ------
    Malformed
    """
    try:
        return msgspec.json.decode(value, type=kind)
    except _BAD as error:
        raise Malformed(f"{path} is damaged: expected {expected} ({error})", path=path, expected=expected) from error


def columns(rows: Sequence[msgspec.Raw], what: str, path: Path | str = "") -> dict[str, Member]:
    """Name -> values, over a list of objects.

    Raises
    ------
    Malformed
        A row is no object.
    TooLarge
        More than 5,000 names.
    """
    found: dict[str, Member] = {}
    for first in range(0, len(rows), ROWS):
        for row, entries in enumerate(_decoded(rows[first : first + ROWS], dict[str, msgspec.Raw], what, path), first):
            for name, value in entries.items():
                member = found.get(name)
                if member is None:
                    member = found[name] = Member()
                    if len(found) > MOST_NAMES:
                        raise TooLarge(f"{path} has more than {MOST_NAMES:,} names in its {what}", path=path, limit=MOST_NAMES)
                member.rows.append(row)
                member.values.append(value)
    return found


def decoded(values: Sequence[msgspec.Raw], kind: Any, what: str, path: Path | str = "") -> Iterator[list[Any]]:
    """The values as a type, a piece at a time.

    Raises
    ------
    Malformed
        One is not of this type.
    """
    first, size = 0, 0
    for last, value in enumerate(values):
        size += len(memoryview(value))
        if size > BYTES:
            yield _decoded(values[first : last + 1], kind, what, path)
            first, size = last + 1, 0
    if first < len(values):
        yield _decoded(values[first:], kind, what, path)


def _decoded(values: Sequence[msgspec.Raw], kind: Any, what: str, path: Path | str) -> list[Any]:
    try:
        found: list[Any] = msgspec.json.decode(b"[" + b",".join(values) + b"]", type=list[kind])
    except _BAD as error:
        raise Malformed(f"{path} is damaged in its {what}: {error}", path=path, position=what, expected="values of the right kind") from error
    return found


def dense(member: Member | None, count: int, kind: Any, what: str, path: Path | str = "") -> list[Any]:
    """One value per row, None where there is none.

    Raises
    ------
    Malformed
    """
    found: list[Any] = [None] * count
    if member is not None:
        at = 0
        for piece in decoded(member.values, kind, what, path):
            for value in piece:
                found[member.rows[at]] = value
                at += 1
    return found
