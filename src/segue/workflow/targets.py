"""Which format an output is written in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segue.errors import UnknownFormat, UsageError
from segue.formats.catalog import FORMATS, by_suffix, named
from segue.formats.format import Format
from segue.formats.lossy_files import LOSSY

COMMON = (".tif", ".zip", ".geojson", ".csv", ".segue")
"""Endings that are named where none is known: a mask, ROIs, outlines, a table, a study."""


def target_format(target: Path, to: str | None) -> Format:
    """The format named by ``--to``, else the one whose suffix the target has.

    Raises
    ------
    UsageError
        JPEG and the like; a format that segue only reads.
    UnknownFormat
        The suffix says nothing.
    """
    lossy = LOSSY.get(target.suffix.lower())
    if lossy:
        raise UsageError(
            f"{target.name}: {lossy[0]} {lossy[1]}, so labels and measurements would be destroyed; write .tif or .png instead",
            target=target,
        )
    found = [named(to)] if to else by_suffix(target.name)
    writers = [record for record in found if record.writes]
    if not found:
        raise UnknownFormat(_unknown(target), target=target)
    if not writers:
        raise UsageError(f"segue reads {found[0].title}, but does not write it", format=found[0].name)
    usual = [record for record in writers if any(target.name.lower().endswith(suffix) for suffix in record.usual)]
    if len(writers) > 1 and len(usual) != 1:
        names = " or ".join(record.name for record in writers)
        raise UsageError(f"{target.name} could be {names}; say which with --to {writers[0].name}", target=target)
    return usual[0] if len(usual) == 1 else writers[0]


def folder_format(folder: str, to: str | None) -> Format:
    """The format of the files in a folder, which has no suffix that could say it.

    Raises
    ------
    UnknownFormat
        Nobody says it.
    """
    if not to:
        place = folder if folder.endswith(("/", "\\")) else f"{folder}, which is a folder"
        raise UnknownFormat(f"nothing says in which format to write into {place}; add --to FORMAT (segue formats lists them)", target=Path(folder))
    return named(to)


def _unknown(target: Path) -> str:
    """Why no format is taken for a name, with the endings that are near."""
    from difflib import get_close_matches

    known = sorted({suffix for record in FORMATS.values() if record.writes for suffix in record.suffixes})
    near = get_close_matches(target.suffix.lower(), known, n=3, cutoff=0.7) if target.suffix else []
    ending = f"did you mean {' or '.join(near)}?" if near else f"end its name in one that is known, such as {', '.join(COMMON)}"
    return f"nothing says in which format to write {target}; add --to FORMAT (segue formats lists them), or {ending}"


def implied_options(record: Format, target: Path) -> Mapping[str, Any]:
    """The write options that the suffix of a target implies; of several suffixes the longest counts."""
    fitting = [suffix for suffix in record.implied if target.name.lower().endswith(suffix)]
    return record.implied[max(fitting, key=len)] if fitting else {}
