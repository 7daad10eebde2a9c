"""What the name of a measurement says: ``Intensity_MeanIntensity_DNA`` was measured in the channel DNA."""

from __future__ import annotations

import re
from collections.abc import Iterable

from segue.formats.cellprofiler.terms import HEIGHT, WIDTH

_OF_CHANNELS = re.compile(
    r"^(?:Intensity_[A-Za-z]+|Texture_[A-Za-z0-9]+|Granularity_\d+|RadialDistribution_[A-Za-z]+|Location_(?:CenterMassIntensity|MaxIntensity)_[XYZ]"
    r"|ImageQuality_[A-Za-z0-9]+|(?:Mean|Median|StDev)_[^_]+_Intensity_[A-Za-z]+)_(?P<channel>.+?)(?:_(?:\d+|\d+_\d+_\d+|\d+of\d+))?$"
)
_STATES = ("FileName_", "Scaling_", HEIGHT, WIDTH, "MD5Digest_", "Frame_", "Series_", "Channel_")


def channels_in(names: Iterable[str]) -> list[str]:
    """The names of images that columns about files state, the longest first."""
    found = {name.removeprefix(start) for name in names for start in _STATES if name.startswith(start) and name != start}
    return sorted(found, key=lambda name: (-len(name), name))


def channel_of(name: str, known: Iterable[str]) -> str | None:
    """The channel that a column is about: one that the tables name, else what stands where CellProfiler puts it; None = none, or two of them."""
    if name.startswith(_STATES):
        return next((name.removeprefix(start) for start in _STATES if name.startswith(start) and name != start), None)
    if name.startswith("Correlation_"):
        return None
    for channel in known:
        if name.endswith(f"_{channel}") or f"_{channel}_" in name:
            return channel
    found = _OF_CHANNELS.match(name)
    return found["channel"] if found else None
