"""Colours: Mantis' integer 0xRRGGBB and the model's 0xRRGGBBAA. Black (0) is a colour, none is None."""

from __future__ import annotations

import re
from typing import Any

LARGEST = 0xFFFFFF
_HEX = re.compile(r"\s*(?:#|0x)([0-9a-f]{6})\s*", re.IGNORECASE)
_SHORT = re.compile(r"\s*#([0-9a-f])([0-9a-f])([0-9a-f])\s*", re.IGNORECASE)


def from_mantis(number: int | None) -> int | None:
    """0xRRGGBBAA, opaque."""
    return None if number is None else (number & LARGEST) << 8 | 0xFF


def to_mantis(colour: int | None) -> int | None:
    """0xRRGGBB; how transparent it is, is lost."""
    return None if colour is None else colour >> 8 & LARGEST


def opaque(colour: int | None) -> int | None:
    """What comes back of a colour."""
    return from_mantis(to_mantis(colour))


def understood(value: Any) -> int | None:
    """Mantis' integer from anything that clearly says a colour: a whole number, ``"16711680"``, ``"0xff0000"``, ``"#ff0000"``, ``"#f00"``; else None."""
    if isinstance(value, str):
        if long := _HEX.fullmatch(value):
            return int(long[1], 16)
        if short := _SHORT.fullmatch(value):
            return int("".join(2 * digit for digit in short.groups()), 16)
        value = int(value) if value.strip().isascii() and value.strip().isdecimal() and len(value) < 16 else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST else None
