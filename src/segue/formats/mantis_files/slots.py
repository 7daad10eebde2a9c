"""The seven channels that Mantis shows: which marker is in which, beside the colour that it has there.

A mapping is a preset of display (``Study.displays``) with a channel for each marker. Its slots follow from the colours; where they are others, they
stand in the extras of the study (entity ``display``, id = the name of the mapping, payload ``{"slots": [...]}``, one for each channel).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import polars as pl

from segue.codecs.json_text import dumps
from segue.formats.mantis_files.terms import OWN
from segue.model.display import ChannelDisplay, Display
from segue.model.study import EXTRAS

COLOURS = {
    "kChannel": 0xFFFFFFFF,
    "yChannel": 0xFFFF00FF,
    "mChannel": 0xFF00FFFF,
    "cChannel": 0x00FFFFFF,
    "bChannel": 0x0000FFFF,
    "gChannel": 0x00FF00FF,
    "rChannel": 0xFF0000FF,
}
"""The slots in the order in which Mantis writes them, with the colours that they have from the start (k is white)."""
ORDER = tuple(COLOURS)
_FREE = tuple(reversed(ORDER))
ENTITY = "display"


def slots_of(channels: Sequence[ChannelDisplay]) -> list[str | None]:
    """The slot of each channel: the one of its colour, else the next free one (r, g, b, c, m, y, k); None = all seven are taken."""
    by_colour = {colour: slot for slot, colour in COLOURS.items()}
    found: list[str | None] = [None] * len(channels)
    for nth, one in enumerate(channels):
        slot = by_colour.get(one.colour | 0xFF)
        if slot is not None and slot not in found:
            found[nth] = slot
    free = (slot for slot in _FREE if slot not in found)
    return [slot or next(free, None) for slot in found]


def stated_slots(extras: pl.DataFrame) -> dict[str, list[str]]:
    """Name of a mapping -> the slots that the extras of a study state."""
    rows = extras.filter((pl.col("format") == OWN) & (pl.col("entity") == ENTITY))
    found = {}
    for name, payload in rows.select("id", "payload").iter_rows():
        slots = _listed(payload)
        if slots is not None and name is not None:
            found[name] = slots
    return found


def _listed(payload: str | None) -> list[str] | None:
    try:
        value: Any = msgspec.json.decode(payload or "null")
    except msgspec.MsgspecError:
        return None
    slots = value.get("slots") if isinstance(value, dict) else None
    if not isinstance(slots, list) or not all(isinstance(slot, str) and slot in COLOURS for slot in slots) or len(set(slots)) < len(slots):
        return None
    return slots


def in_slots(display: Display, stated: Mapping[str, Sequence[str]]) -> list[tuple[str, ChannelDisplay]]:
    """(slot, channel) in Mantis' order; channels beyond the seventh have no place."""
    slots = stated.get(display.name)
    known: Sequence[str | None] = slots if slots is not None and len(slots) == len(display.channels) else slots_of(display.channels)
    found = [(slot, channel) for slot, channel in zip(known, display.channels, strict=True) if slot is not None]
    return sorted(found, key=lambda one: ORDER.index(one[0]))


def slot_rows(mappings: Mapping[str, Sequence[tuple[str, ChannelDisplay]]]) -> pl.DataFrame:
    """Rows of extras for the mappings whose slots do not follow from the colours."""
    rows = []
    for name, channels in mappings.items():
        slots = [slot for slot, _ in channels]
        if slots != slots_of([channel for _, channel in channels]):
            rows.append((OWN, ENTITY, name, dumps({"slots": slots}).decode()))
    return pl.DataFrame(rows, schema=EXTRAS, orient="row")
