"""Display: how an image set is looked at. Keyed by channel name, so that a preset fits other image sets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChannelDisplay:
    """One channel."""

    channel: str
    """Name of the channel."""
    colour: int = 0xFFFFFFFF
    """0xRRGGBBAA."""
    low: float | None = None
    """Value shown as black; None = automatic."""
    high: float | None = None
    """Value shown in full colour; None = automatic."""
    visible: bool = True
    """Whether it is shown."""


@dataclass(frozen=True)
class Display:
    """Everything that a picture of an image set needs."""

    name: str = ""
    """Of a preset; empty for the display of one image set."""
    channels: tuple[ChannelDisplay, ...] = ()
    """In the order in which they are laid over each other."""
    plane: tuple[tuple[str, int], ...] = ()
    """Chosen planes: (axis, index from 0)."""
    label_opacity: float = 0.0
    """Fill of the segments, 0 to 1."""
    label_outlines: bool = True
    """Whether segments are outlined."""
    regions: bool = True
    """Whether drawn regions are shown."""
    legend: bool = False
    """Whether a legend is drawn."""
    scale_bar: bool = False
    """Whether a scale bar is drawn."""
