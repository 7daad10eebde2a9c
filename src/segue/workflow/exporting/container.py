"""The container of an export: a format that is written block by block, by segue's name, by ilastik's, or by its suffix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from segue.errors import UnknownFormat, UsageError
from segue.formats.catalog import FORMATS
from segue.formats.format import Format
from segue.formats.holds import Holds

SEQUENCE = " sequence"


@dataclass(frozen=True)
class Container:
    """What is written."""

    record: Format
    implied: Mapping[str, Any]
    """Write options that the name implies, unless the user says otherwise."""
    ending: str
    """What names of outputs end with, where they do not end like the format."""
    sequence: bool = False
    """Whether a sequence was asked for by name."""

    @property
    def holds(self) -> Holds:
        return self.record.holds or Holds()


def containers() -> list[Format]:
    """The formats that pixels are exported to."""
    return [record for record in FORMATS.values() if record.blocks]


def names() -> list[str]:
    """Every name of a format, ours first."""
    return list(dict.fromkeys([record.name for record in containers()] + [alias for record in containers() for alias in record.aliases]))


def container_of(name: str | None, output: str) -> Container:
    """The container that a user names, else the one whose suffix the output has.

    Raises
    ------
    UnknownFormat
        There is none of this name or suffix.
    UsageError
        The suffix is that of several.
    """
    if name is None:
        return _by_suffix(output)
    plain = " ".join(name.lower().split())
    base = plain.removesuffix(SEQUENCE)
    found = next(_named(base), None)
    if found is None:
        raise _unknown(name, base)
    record, implied = found
    ending = f".{base}" if base != record.name and f".{base}" in record.suffixes else record.ending
    return Container(record, implied, ending, base != plain)


def _named(base: str) -> Iterator[tuple[Format, Mapping[str, Any]]]:
    for record in containers():
        known = {alias.lower(): implied for alias, implied in record.aliases.items()}
        if base in known:
            yield record, known[base]
    for record in containers():
        if base == record.name or f".{base}" in record.suffixes:
            yield record, {}


def _unknown(name: str, base: str) -> UnknownFormat:
    if base in FORMATS:
        return UnknownFormat(f"{FORMATS[base].title} is no format for pixels; segue convert writes it. Formats for pixels: {', '.join(names())}", given=name)
    near = get_close_matches(base, names(), n=3, cutoff=0.4)
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    return UnknownFormat(f"no format for pixels is called {name!r}{hint}; there are {', '.join(names())}", given=name, near=near)


def _by_suffix(output: str) -> Container:
    lower = output.lower()
    fitting = [(max((len(one) for one in record.suffixes if lower.endswith(one)), default=0), record) for record in containers()]
    longest = max((length for length, _ in fitting), default=0)
    found = [record for length, record in fitting if length == longest and length]
    usual = [record for record in found if any(lower.endswith(one) for one in record.usual)] or found
    if not usual:
        raise UnknownFormat(f"nothing says in which format to write {output}; add --format, one of {', '.join(names())}", target=output)
    if len(usual) > 1:
        raise UsageError(f"{output} could be {' or '.join(record.name for record in usual)}; say which with --format", target=output)
    return Container(usual[0], {}, output[-longest:])
