"""Which format an output is written in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segue.errors import UnknownFormat, UsageError
from segue.formats.catalog import FORMATS, by_suffix, named
from segue.formats.format import Format
from segue.formats.lossy_files import LOSSY


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
        known = ", ".join(sorted({suffix for record in FORMATS.values() if record.writes for suffix in record.suffixes}))
        raise UnknownFormat(f"nothing says in which format to write {target}; add --to FORMAT, or use one of the endings {known}", target=target)
    if not writers:
        raise UsageError(f"segue reads {found[0].title}, but does not write it", format=found[0].name)
    usual = [record for record in writers if any(target.name.lower().endswith(suffix) for suffix in record.usual)]
    if len(writers) > 1 and len(usual) != 1:
        names = " or ".join(record.name for record in writers)
        raise UsageError(f"{target.name} could be {names}; say which with --to {writers[0].name}", target=target)
    return usual[0] if len(usual) == 1 else writers[0]


def implied_options(record: Format, target: Path) -> Mapping[str, Any]:
    """The write options that the suffix of a target implies; of several suffixes the longest counts."""
    fitting = [suffix for suffix in record.implied if target.name.lower().endswith(suffix)]
    return record.implied[max(fitting, key=len)] if fitting else {}
