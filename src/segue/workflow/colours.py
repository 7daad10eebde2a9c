"""Colours as users write them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from segue.errors import InvalidOption
from segue.render.colours import NAMED

_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{8})")


def colour_of(text: str) -> int:
    """0xRRGGBBAA of ``red``, ``#ff0000``, ``ff0000`` or ``#ff000080``.

    Raises
    ------
    InvalidOption
        It is no colour.
    """
    plain = text.strip().lower()
    if plain in NAMED:
        return NAMED[plain]
    found = _HEX.fullmatch(plain)
    if found is None:
        raise InvalidOption(f"{text!r} is no colour; write #rrggbb, or one of {', '.join(NAMED)}", option="colour", given=text)
    return int(found[1].ljust(8, "f"), 16)


def _written_out(colour: object) -> object:
    return text_of(colour_of(colour)) if isinstance(colour, str) else colour


Colour = Annotated[str, BeforeValidator(_written_out), Field(pattern="^#([0-9a-f]{6}|[0-9a-f]{8})$")]
"""A colour of a recipe: ``#rrggbb`` or ``#rrggbbaa``, whatever way it was written in."""


def packed(colour: str | None) -> int | None:
    """0xRRGGBBAA of a colour of a recipe."""
    return None if colour is None else colour_of(colour)


def text_of(colour: int) -> str:
    """A colour as ``#rrggbb``, with its opacity where it is not opaque."""
    return f"#{colour >> 8:06x}" if colour & 255 == 255 else f"#{colour:08x}"
