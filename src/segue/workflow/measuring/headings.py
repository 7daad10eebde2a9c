"""What the name of a column means where nothing else says it: the names that segue gives, and those of other programs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segue.errors import Incompatible, InvalidOption
from segue.measure.preset import PresetColumn
from segue.measure.presets import PRESETS
from segue.workflow.measuring.choice import BY_NAME, Choice, choice_of

_PERCENTILE = re.compile(r"(?:(.*) )?(percentile (?:[0-9]*\.)?[0-9]+)", re.DOTALL)


def known_headings(channels: Sequence[str], dimensions: int) -> dict[str, PresetColumn]:
    """Every column that can be measured on channels of these names, by its name: segue's own names first, then those of each program."""
    found = {one.name: one for one in Choice(tuple(BY_NAME)).columns(channels, dimensions)}
    for preset in PRESETS:
        try:
            for one in preset.table(channels, dimensions):
                found.setdefault(one.name, one)
        except Incompatible:
            continue
    return found


def percentile(name: str, channels: Sequence[str]) -> PresetColumn | None:
    """The column ``CHANNEL percentile N``; None if it is none."""
    match = _PERCENTILE.fullmatch(name)
    if match is None or (match[1] or "") not in channels:
        return None
    try:
        (measurement,) = choice_of((match[2],)).names
    except InvalidOption:
        return None
    return PresetColumn(name, measurement, list(channels).index(match[1] or ""), "plain")
