"""Names of outputs: templates with placeholders, filled for every item; nothing behind a dot is ever cut off."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from segue.errors import UsageError
from segue.storage.names import safe_name

SLICE = "slice_index"
ALLOWED = (
    *("nickname", "dataset_dir", "parent", "result_type", "roi", "channel", "index", "ext", SLICE),
    *(f"{name}_{end}" for name in "tczyx" for end in ("start", "stop")),
)
"""The placeholders that there are."""


@dataclass(frozen=True)
class Part:
    """Text, and the placeholder behind it."""

    text: str
    name: str | None = None
    spec: str = ""


@dataclass(frozen=True)
class Template:
    """An output's name as a user wrote it, taken apart."""

    parts: tuple[Part, ...]
    given: str

    @property
    def names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.parts if one.name)

    @property
    def tail(self) -> str:
        """The text behind the last placeholder."""
        return "" if self.parts and self.parts[-1].name else self.parts[-1].text if self.parts else ""

    @property
    def names_its_ending(self) -> bool:
        return bool(self.parts) and self.parts[-1].name == "ext"

    def filled(self, values: Mapping[str, Any], *, keep: Collection[str] = ()) -> str:
        """The name with its values; the placeholders ``keep`` stay, and everything else becomes literal.

        Raises
        ------
        UsageError
            A format specification does not fit its value, or a placeholder has no value here.
        """
        made = []
        for one in self.parts:
            made.append(one.text.replace("{", "{{").replace("}", "}}") if keep else one.text)
            if one.name is not None:
                made.append(f"{{{one.name}{':' * bool(one.spec)}{one.spec}}}" if one.name in keep else _value(one, values, self.given, literal=bool(keep)))
        return "".join(made)


def template_of(given: str) -> Template:
    """Take a template apart.

    Raises
    ------
    UsageError
        Its braces do not match, or it has a placeholder that does not exist.
    """
    try:
        found = [(text, name, spec, conversion) for text, name, spec, conversion in Formatter().parse(given)]
    except ValueError as error:
        raise UsageError(f"{given!r} is no template: {error}; write {{{{ and }}}} for braces in a name", template=given) from error
    parts = []
    for text, name, spec, conversion in found:
        if name is not None and (name not in ALLOWED or conversion or "{" in (spec or "")):
            shown = f"{{{name}{f'!{conversion}' if conversion else ''}}}"
            raise UsageError(
                f"{shown} in {given!r} is no placeholder; there are {', '.join(f'{{{one}}}' for one in ALLOWED)}", template=given, placeholder=name
            )
        parts.append(Part(text, name, spec or ""))
    return Template(tuple(parts), given)


def with_ending(template: Template, suffixes: tuple[str, ...], ending: str) -> Template:
    """The template with the ending of a format, unless it is there already. What stands before it stays whole, dots included."""
    tail = template.tail.lower()
    if template.names_its_ending or any(tail.endswith(one) and not tail[: -len(one)].endswith(("/", os.sep)) and tail != one for one in suffixes):
        return template
    if template.parts and any(tail == one for one in suffixes) and len(template.parts) > 1:
        return template
    return Template((*template.parts, Part(ending)), template.given)


def plain(text: str) -> str:
    """A value as a part of a file name: without spaces, and with nothing that some system forbids."""
    return safe_name(text).replace(" ", "_")


def roi_text(axes: str, shape: tuple[int, ...], cutout: Mapping[str, tuple[int, int]]) -> str:
    """``[(0, 0, 0), (10, 20, 3)]``: starts and stops in the order of the source's axes, as ilastik writes them."""
    ends = [cutout.get(name, (0, size)) for name, size in zip(axes, shape, strict=True)]
    return str([tuple(start for start, _ in ends), tuple(stop for _, stop in ends)])


def padded(template: Template, indexes: range) -> Template:
    """The template whose ``{slice_index}`` without a specification is as wide as the largest index."""
    width = len(str(indexes[-1])) if len(indexes) else 1
    return Template(tuple(Part(one.text, one.name, f"0{width}d") if one.name == SLICE and not one.spec else one for one in template.parts), template.given)


def _value(part: Part, values: Mapping[str, Any], given: str, *, literal: bool) -> str:
    assert part.name is not None
    if part.name not in values:
        raise UsageError(f"{{{part.name}}} in {given!r} has no value here{_WHY.get(part.name, '')}", template=given, placeholder=part.name)
    value = values[part.name]
    try:
        text = format(str(value) if isinstance(value, Path) else value, part.spec)
    except (ValueError, TypeError) as error:
        raise UsageError(f"{{{part.name}:{part.spec}}} in {given!r} does not fit its value {value!r}: {error}", template=given) from error
    return text.replace("{", "{{").replace("}", "}}") if literal else text


_WHY = {
    "channel": ": the output has several channels; cut out one (c=0:1), or make c the axis of a sequence",
    SLICE: ": it counts the files of a sequence",
}
