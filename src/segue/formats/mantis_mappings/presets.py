"""Mappings as presets of display: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from segue.codecs.javascript_numbers import trim
from segue.formats.mantis_files.colours import opaque
from segue.formats.mantis_files.slots import in_slots, slot_rows, stated_slots
from segue.model.display import ChannelDisplay, Display
from segue.model.objects import unique_texts
from segue.model.study import ImageSet, Study

Channels = Sequence[tuple[str, ChannelDisplay]]


def assembled(mappings: Mapping[str, Channels]) -> Study:
    """A study with a preset for each mapping, by its name."""
    displays = tuple(Display(name, tuple(channel for _, channel in channels)) for name, channels in mappings.items())
    return Study((ImageSet(""),), displays=displays, extras=slot_rows(mappings))


def mappings_of(study: Study) -> dict[str, Channels]:
    """The presets that can be written: names that are not empty and have no blanks around them, at least one channel with a marker."""
    stated = stated_slots(study.extras)
    found = [(one, channels) for one in study.displays if (channels := _channels(in_slots(one, stated)))]
    names = unique_texts(pl.Series([trim(one.name) or f"mapping {nth + 1}" for nth, (one, _) in enumerate(found)], dtype=pl.Utf8)).to_list()
    return {name: channels for name, (_, channels) in zip(names, found, strict=True)}


def _channels(channels: Channels) -> Channels:
    return [(slot, ChannelDisplay(trim(one.channel), opaque(one.colour) or 0xFF)) for slot, one in channels if trim(one.channel)]
