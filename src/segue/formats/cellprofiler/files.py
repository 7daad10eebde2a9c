"""Which files make up an export, and what each of them is, by its first lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from segue.errors import Malformed, NotFound, SegueError, WrongFormat
from segue.formats.cellprofiler.terms import EXPERIMENT, IMAGE, IMAGE_NUMBER, OBJECT_NUMBER, RELATIONSHIPS
from segue.storage.source import Source, split_suffix

Kind = Literal["image", "objects", "combined", "relations", "experiment"]
SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",\t;|"
_HEAD = 1 << 20
_MOST = 2000
"""Files of a folder that are looked at."""
_USUAL_PREFIX = "MyExpt_"
_TELLING = ("Count_", "FileName_", "Metadata_", "ExecutionTime_", "ModuleError_", "Group_", "URL_", "PathName_", "Mean_", "ImageQuality_", "Threshold_")
_ENDS = {"image": IMAGE, "experiment": EXPERIMENT, "relations": RELATIONSHIPS}


@dataclass(frozen=True)
class File:
    """A file of an export."""

    path: Path
    kind: Kind
    delimiter: str
    sure: bool
    """Whether nothing else looks like it."""

    @property
    def stem(self) -> str:
        return split_suffix(self.path.name)[0]

    @property
    def prefix(self) -> str | None:
        """The beginning of the names of the files of this export, where this file shows it."""
        end = _ENDS.get(self.kind)
        return self.stem[: -len(end)] if end and self.stem.endswith(end) else None


def look(path: Path) -> File | None:
    """What a file is, by its first two lines; None = none of CellProfiler's tables."""
    try:
        lines = Source(path).head(_HEAD).removeprefix(b"\xef\xbb\xbf").split(b"\n", 2)[:2]
    except SegueError:
        return None
    texts = [line.decode("utf-8", "replace").rstrip("\r") for line in lines]
    for delimiter in _DELIMITERS:
        first, *second = [[cell.strip('"') for cell in text.split(delimiter)] for text in texts]
        found = _kind(first, second[0] if second else [])
        if found:
            return File(path, found[0], delimiter, found[1])
    return None


def _kind(first: list[str], second: list[str]) -> tuple[Kind, bool] | None:
    if IMAGE_NUMBER in first:
        if OBJECT_NUMBER in first:
            return "objects", True
        return "image", sum(name.startswith(_TELLING) for name in first) > 1
    if {IMAGE_NUMBER, OBJECT_NUMBER} <= set(second) and IMAGE in first:
        return "combined", True
    if {"First Object Name", "Second Object Name"} <= set(first):
        return "relations", True
    if first == ["Key", "Value"]:
        return "experiment", False
    return None


def in_folder(folder: Path) -> list[File]:
    """The tables of CellProfiler in a folder, by name."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file())
    return [found for path in paths[:_MOST] if (found := look(path)) is not None]


def of_export(source: Source, prefix: str | None) -> tuple[list[File], str]:
    """The files of the one export that a folder, or the table of its images, stands for; a table of objects stands for itself. And the prefix of their names.

    Raises
    ------
    WrongFormat
        There is no table of CellProfiler.
    Malformed
        The folder holds several exports, and ``prefix`` does not say which.
    """
    if not source.is_folder:
        return _of_file(source, prefix)
    found = [file for file in in_folder(source.path) if file.sure or file.prefix is not None]
    prefixes = sorted({file.prefix for file in found if file.prefix is not None})
    if prefix is None and len(prefixes) > 1:
        named = ", ".join(repr(one) for one in prefixes)
        raise Malformed(f"{source.path} holds several exports of CellProfiler ({named}); say which with --set prefix=", path=source.path, expected="one export")
    chosen = prefix if prefix is not None else prefixes[0] if prefixes else ""
    mine = [file for file in found if file.path.name.startswith(chosen)]
    if not any(file.kind != "experiment" for file in mine):
        what = f"no table whose name begins with {chosen!r}" if chosen else "no table"
        raise WrongFormat(f"{source.path} holds {what} of CellProfiler's ExportToSpreadsheet", path=source.path, expected="tables of CellProfiler")
    return mine, chosen


def _of_file(source: Source, prefix: str | None) -> tuple[list[File], str]:
    file = look(source.path)
    if file is None:
        raise WrongFormat(f"{source.path} is no table of CellProfiler: no column is called {IMAGE_NUMBER}", path=source.path, expected=IMAGE_NUMBER)
    if file.kind in _ENDS and file.prefix is not None:
        folder = Source(source.path.parent)
        if not folder.is_folder:
            raise NotFound(f"{source.path.parent} is no folder", path=source.path.parent)
        return of_export(folder, prefix if prefix is not None else file.prefix)
    return [file], prefix if prefix is not None else _prefix_of(file)


def _prefix_of(file: File) -> str:
    """The prefix of a table of objects: that of a table of images beside it, else CellProfiler's usual one."""
    beside = [path for path in sorted(file.path.parent.glob(f"*{IMAGE}.*"))[:_MOST] if path.suffix.lower() in SUFFIXES and path != file.path]
    shown = [found.prefix for path in beside if (found := look(path)) is not None and found.prefix is not None]
    fitting = [prefix for prefix in [*sorted(shown, key=len, reverse=True), _USUAL_PREFIX] if file.stem.startswith(prefix) and file.stem != prefix]
    return fitting[0] if fitting else ""
