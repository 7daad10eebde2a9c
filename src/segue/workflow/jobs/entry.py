"""What the record of a job says about one finished item. One line of JSON, the same bytes wherever and whenever it was done."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from segue.model.features import Feature
from segue.notes import Kind, Note, Notes
from segue.workflow.jobs.files import Read, Written


class _Note(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: str
    what: str
    feature: str | None = None
    where: str = ""
    count: int = 1


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finished item. Paths are relative to the folder in which the record lies."""

    item: str
    targets: tuple[str, ...]
    """Where the item was to be written; found by the first."""
    inputs: tuple[Read, ...]
    outputs: tuple[Written, ...]
    """What was written: the targets, or files beside them (one per population)."""
    settings: str
    """Digest of the settings (``places.settings_digest``)."""
    version: str
    """The version of segue that did it."""
    content: str
    result: dict[str, Any]
    notes: tuple[_Note, ...] = ()
    facts: dict[str, Any] = {}
    """What else decided about the outputs (``item.BatchItem``)."""

    @property
    def recorded(self) -> Recorded:
        """The result, as a batch reports it."""
        notes = Notes(tuple(_note(one) for one in self.notes))
        return Recorded(notes, sum(one.size for one in self.outputs), self.content, self.result)


@dataclass(frozen=True)
class Recorded:
    """The result of an item that an earlier run did."""

    notes: Notes
    size: int
    content: str
    facts: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Its facts as plain data, without the notes."""
        return dict(self.facts)


def notes_of(notes: Notes) -> tuple[_Note, ...]:
    """Notes as an entry holds them."""
    return tuple(_Note(str(n.kind), n.what, None if n.feature is None else str(n.feature), n.where, n.count) for n in notes)


def to_line(entry: Entry) -> bytes:
    """An entry as a line."""
    return msgspec.json.encode(entry, order="sorted") + b"\n"


def from_line(line: bytes) -> Entry | None:
    """The entry of a line; None = the line is not whole, or of another version of segue."""
    try:
        entry = msgspec.json.decode(line, type=Entry)
    except msgspec.DecodeError:
        return None
    return entry if entry.targets else None


def place(path: Path, base: Path) -> str:
    """A path as records name it: relative to a folder, with slashes; on another drive the path itself."""
    try:
        return Path(os.path.relpath(path.absolute(), base.absolute())).as_posix()
    except ValueError:
        return path.as_posix()


def _note(one: _Note) -> Note:
    try:
        return Note(Kind(one.kind), one.what, None if one.feature is None else Feature(one.feature), one.where, one.count)
    except ValueError:  # a kind or feature of another version of segue
        return Note(Kind.SKIPPED, one.what, None, one.where, one.count)
