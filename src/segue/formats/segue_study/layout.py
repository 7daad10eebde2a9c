"""What stands in study.json, and where everything else lies. The README shows it as a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from segue.model.display import Display
from segue.model.grid import Grid
from segue.model.study import Property
from segue.storage.names import safe_names

VERSION = 1
"""Version of the layout; raised when an older segue could no longer read a study exactly."""
POPULATIONS = "populations.json"
STUDY_EXTRAS = "extras.parquet"
LONGEST = 40
"""Characters of a name that become part of a file name: paths stay short enough for Windows."""


class FileEntry(msgspec.Struct, frozen=True):
    """A file of the study: where, how long, and the checksum that tells whether it is whole."""

    path: str
    bytes: int
    sha256: str


class PixelsEntry(msgspec.Struct, frozen=True):
    """Pixels: in the study (``path``), or in the file that they came from (``reference``)."""

    axes: str
    shape: tuple[int, ...]
    type: str
    path: str | None = None
    """The OME-Zarr image; its only array is ``0``."""
    reference: dict[str, Any] | None = None


class ImageEntry(msgspec.Struct, frozen=True):
    """An image."""

    name: str
    channels: tuple[str, ...]
    data_range: tuple[float, float] | None
    pixels: PixelsEntry
    inverted: bool = False


class LabelsEntry(msgspec.Struct, frozen=True):
    """A label image."""

    name: str
    persists: bool
    pixels: PixelsEntry


class TableEntry(msgspec.Struct, frozen=True):
    """A table of values; what its columns mean stands in the file itself."""

    name: str
    file: FileEntry


class ImageSetEntry(msgspec.Struct, frozen=True):
    """An image set. Tables without a row have no file, except those of ``tables``."""

    name: str
    group: str | None
    position: tuple[tuple[str, int], ...]
    grid: Grid
    images: tuple[ImageEntry, ...]
    labels: tuple[LabelsEntry, ...]
    files: dict[str, FileEntry]
    """objects, shapes, connections, membership, extras, aliases, history."""
    tables: tuple[TableEntry, ...]
    display: Display | None


class JournalEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """The edits of a study: those that can be taken back, and those that wait."""

    path: str
    """One edit per line."""
    edits: int
    """Number of the last edit that is in the tables."""
    bytes: int
    """Where the lines of later edits begin."""
    pending: bool
    """Whether there may be any: they come on top of the tables."""
    revision: int
    """How often the tables were written; part of the names of files that were written again."""
    folders: tuple[str, ...] = ()
    """Folders of image sets that edits added; one that nothing names any more is deleted."""


class StudyEntry(msgspec.Struct, frozen=True):
    """All of study.json."""

    format: str
    version: int
    segue: str
    journal: JournalEntry | None
    """Null = it was never edited."""
    populations: FileEntry | None
    properties: tuple[Property, ...]
    displays: tuple[Display, ...]
    image_sets: tuple[ImageSetEntry, ...]
    extras: FileEntry | None = None
    """Details of other formats about the whole study."""


def revised(path: str, revision: int, taken: Collection[str] = ()) -> str:
    """The name of a file (or folder) that is written again: ``objects.parquet`` -> ``objects-r2.parquet``; none of ``taken``."""
    head, slash, name = path.rpartition("/")
    stem, dot, suffix = name.partition(".")
    while (found := f"{head}{slash}{stem}-r{revision}{dot}{suffix}") in taken:
        stem += "_"
    return found


def original(path: str) -> tuple[str, str]:
    """The name of a file without its revision, as (stem, suffix)."""
    head, slash, name = path.rpartition("/")
    stem, dot, suffix = name.partition(".")
    return f"{head}{slash}{re.sub(r'-r[0-9]+$', '', stem)}", dot + suffix


def folder_names(names: Sequence[str]) -> list[str]:
    """One folder per image set: its number and as much of its name as fits."""
    return safe_names(f"{nth:03}-{name[:LONGEST]}" if name else f"{nth:03}" for nth, name in enumerate(names, 1))


def file_names(names: Sequence[str], suffix: str) -> list[str]:
    """One file name per name."""
    return safe_names((name[:LONGEST] for name in names), suffix)
