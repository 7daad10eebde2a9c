"""Display: how an image set is looked at. Keyed by channel name, so that a preset fits other image sets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChannelDisplay:
    """One channel."""

    channel: str
    colour: int = 0xFFFFFFFF
    """0xRRGGBBAA."""
    low: float | None = None
    high: float | None = None
    visible: bool = True


@dataclass(frozen=True)
class Display:
    """Everything that a picture of an image set needs."""

    name: str = ""
    channels: tuple[ChannelDisplay, ...] = ()
    plane: tuple[tuple[str, int], ...] = ()
    """Chosen planes: (axis, index from 0)."""
    label_opacity: float = 0.0
    """Fill of the segments, 0 to 1."""
    label_outlines: bool = True
    regions: bool = True
    legend: bool = False
    scale_bar: bool = False
