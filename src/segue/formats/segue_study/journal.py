"""journal.jsonl: one edit per line, with what it changed; each line with its own checksum, on the disk before the edit is acknowledged."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from segue.errors import Malformed, NotFound, TooLarge
from segue.formats.segue_study.files import Files, blamed_on
from segue.formats.segue_study.layout import JournalEntry
from segue.formats.segue_study.patch_text import from_plain, to_plain
from segue.formats.segue_study.plain import as_record, from_text, to_text
from segue.model.patch import Patch
from segue.storage.fault import sink_error
from segue.storage.source import Source

NAME = "journal.jsonl"
LONGEST_LINE = 1 << 30
"""Bytes of what one edit changes."""
LONGEST = 2 * LONGEST_LINE
"""Bytes of a journal that is read."""
_HEAD = b'{"sha256": "'
_REST = b'", '
_BEGIN = len(_HEAD) + 64 + len(_REST)


class _Line(msgspec.Struct, frozen=True):
    number: int
    edit: dict[str, Any]
    undoes: int | None
    segue: str
    patches: list[dict[str, Any]]


class _Head(msgspec.Struct, frozen=True):
    """What a line is, but for what it changes."""

    number: int
    undoes: int | None


@dataclass(frozen=True)
class Entry:
    """An edit that was made."""

    number: int
    """Counted from 1."""
    edit: dict[str, Any]
    """What was asked for, as a recipe says it."""
    undoes: int | None
    """The number of the edit that it takes back; None = it is one of its own."""
    version: str
    """Version of segue."""
    patches: tuple[Patch, ...]
    size: int = 0
    """Bytes of its line."""


def encode(entry: Entry, root: Path | None = None, names: Sequence[str] = ()) -> bytes:
    """A line.

    Parameters
    ----------
    entry
        The edit.
    root, names
        The study, and the names of its image sets before the edit: for edits that add image sets, or take them away.

    Raises
    ------
    TooLarge
    """
    patches = []
    for patch in entry.patches:
        stay = list(names)[: len(names) - len(patch.sets_gone)]
        patches.append(to_plain(patch, root, stay))
        names = [*stay, *(s.name for s in patch.sets_come)]
    body = to_text(_Line(entry.number, entry.edit, entry.undoes, entry.version, patches), indent=None)
    if len(body) > LONGEST_LINE:
        raise TooLarge(f"this edit changes too much at once to be remembered ({len(body):,} bytes); choose fewer objects at a time", limit=LONGEST_LINE)
    rest = body[1:]  # the checksum stands first, and is that of everything behind it
    return _HEAD + hashlib.sha256(rest).hexdigest().encode() + _REST + rest


def decode(data: bytes, where: str, files: Files | None = None) -> tuple[list[Entry], int]:
    """The edits of a journal, and how many bytes they take: a last line that is not whole was never acknowledged, and is left out.

    Raises
    ------
    Malformed
        A line that is not the last one is not whole.
    """
    found, at = lines(data, where)
    return [made(one, where, files) for one in found], at


@dataclass(frozen=True)
class Line:
    """A line of which nobody has looked at what it changes."""

    number: int
    undoes: int | None
    data: bytes


def lines(data: bytes, where: str) -> tuple[list[Line], int]:
    """The whole lines of a journal, and how many bytes they take.

    Raises
    ------
    Malformed
        A line that is not the last one is not whole.
    """
    found: list[Line] = []
    at = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1
        line = data[at:end] if end else b""
        if not _whole(line):
            if end and end < len(data):
                raise Malformed(f"{where}: the line of edit {len(found) + 1} is damaged; take the study from a backup", path=where, position=f"byte {at}")
            break
        with blamed_on(where):
            head: _Head = as_record(from_text(b"{" + line[_BEGIN:], where), _Head, where)
        found.append(Line(head.number, head.undoes, line))
        at = end
    return found, at


def read(files: Files, journal: JournalEntry) -> list[Entry]:
    """The edits that wait.

    Raises
    ------
    NotFound, Malformed, TooLarge
    """
    where = str(files.inside(journal.path))
    return [made(one, where, files) for one in _lines(files, journal)]


def undoable(files: Files, journal: JournalEntry) -> list[Entry]:
    """The edits that can be taken back, the latest last; of image sets that they added, only the names.

    Raises
    ------
    NotFound, Malformed, TooLarge
    """
    stack: list[Line] = []
    for one in _lines(files, msgspec.structs.replace(journal, bytes=0), shortest=journal.bytes):
        stack = [*stack, one] if one.undoes is None else [other for other in stack if other.number != one.undoes]
    where = str(files.inside(journal.path))
    return [made(one, where) for one in stack]


def _lines(files: Files, journal: JournalEntry, shortest: int = 0) -> list[Line]:
    path = files.inside(journal.path)
    try:
        data = Source(path).read_bytes(LONGEST)
    except NotFound:
        if max(journal.bytes, shortest) == 0:
            return []
        raise
    if len(data) < max(journal.bytes, shortest):
        raise Malformed(f"{path} is shorter than study.json states; take the study from a backup", path=path, expected=f"{journal.bytes} bytes")
    return lines(data[journal.bytes :], str(path))[0]


def append(path: Path, at: int, line: bytes) -> int:
    """Write a line behind ``at`` bytes, whatever stood there, and wait until it is on the disk; returns where the next one begins.

    Raises
    ------
    SinkError
    """
    try:
        new = not path.exists()
        with path.open("ab") as file:
            file.truncate(at)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if new and os.name == "posix":
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        raise sink_error(path, error) from error
    return at + len(line)


def _whole(line: bytes) -> bool:
    return line.startswith(_HEAD) and line[len(_HEAD) : _BEGIN - len(_REST)] == hashlib.sha256(line[_BEGIN:]).hexdigest().encode()


def made(line: Line, where: str, files: Files | None = None) -> Entry:
    """The edit that a line holds; ``files`` as in `patch_text.from_plain`.

    Raises
    ------
    Malformed
    """
    with blamed_on(where):
        plain: _Line = as_record(from_text(b"{" + line.data[_BEGIN:], where), _Line, where)
        patches = tuple(from_plain(one, where, files) for one in plain.patches)
    return Entry(plain.number, plain.edit, plain.undoes, plain.segue, patches, len(line.data))
