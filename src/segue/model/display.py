"""Display: how an image set is looked at. Keyed by channel name, so that a preset fits other image sets."""

from __future__ import annotations

from dataclasses import dataclass

LEGEND_PARTS = ("title", "channels", "populations")
"""What a legend can say."""


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
    """Everything that a picture of an image set needs, besides its pixels, segments, shapes and populations.

    Lengths are pixels of the image; opacities go from 0 (not to be seen) to 1 (nothing below is to be seen). What is drawn, from bottom to top:
    channels, fill of segments, fill of populations, outlines of segments, outlines of populations, regions, drawings, text, legend and scale bar.
    """

    name: str = ""
    """Of a preset; empty for the display of one image set."""
    channels: tuple[ChannelDisplay, ...] = ()
    """In the order in which they are laid over each other; empty = automatic. A channel that is not named is not shown."""
    plane: tuple[tuple[str, int], ...] = ()
    """Chosen planes: (axis, index from 0)."""
    label_opacity: float = 0.0
    """Fill of the segments, each in its own colour."""
    label_outlines: bool = True
    """Whether segments are outlined."""
    regions: bool = True
    """Whether drawn regions are shown."""
    legend: bool = False
    """Whether a legend is drawn."""
    scale_bar: bool = False
    """Whether a scale bar is drawn."""
    label_layers: tuple[str, ...] | None = None
    """Label images that are shown; None = all."""
    outline_colour: int | None = None
    """0xRRGGBBAA of all outlines of segments (Mantis Viewer: white); None = each segment in its own colour."""
    outline_width: float = 1.0
    """How far an outline reaches into its segment."""
    outline_opacity: float = 1.0
    """Of the outlines of segments; those of populations are opaque."""
    populations: tuple[str, ...] | None = None
    """Ids or names of those that are shown, whose later ones are drawn over earlier ones; None = those that are visible, in their order."""
    population_opacity: float = 0.0
    """Fill of the segments of populations, in the colours of the populations."""
    population_outlines: bool = True
    """Whether the segments of populations are outlined in the colours of the populations."""
    region_opacity: float = 0.4
    """Fill of the regions, in the colours of the populations that they select; their outlines are opaque."""
    drawings: bool = True
    """Whether objects are drawn that have shapes, but no segment on the picture."""
    label_text: bool = False
    """Whether the label (or the name) of each object stands at its centre."""
    legend_parts: tuple[str, ...] = ("channels", "populations")
    """What the legend says: ``title`` (the name of the display), ``channels``, ``populations``."""
    scale_bar_length: float | None = None
    """In ``scale_bar_unit``; None = a round length of about a fifth of the width."""
    scale_bar_unit: str | None = None
    """``um``, ``nm``, ``mm``, ... or ``pixel``; None = that of the image."""
    text_size: float | None = None
    """Height of the letters; None = by the size of the picture."""

    @property
    def numbers(self) -> tuple[float, ...]:
        """Every number that is not whole; JSON has finite ones only."""
        limits = (value for one in self.channels for value in (one.low, one.high))
        shares = (self.label_opacity, self.outline_opacity, self.population_opacity, self.region_opacity)
        return tuple(value for value in (*limits, *shares, self.outline_width, self.scale_bar_length, self.text_size) if value is not None)
