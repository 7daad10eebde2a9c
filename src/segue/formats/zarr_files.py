"""What formats that keep pixels as OME-Zarr have in common: the order of axes, pixel sizes and the display, as OME-Zarr has them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from segue.codecs import ngff
from segue.model.display import ChannelDisplay, Display
from segue.model.grid import Grid
from segue.model.image import Image, size_of
from segue.storage.names import safe_name, safe_names

LONGEST = 40
"""Characters of a name that become part of the name of a group."""
COLOURS = (0xFF0000FF, 0x00FF00FF, 0x0000FFFF, 0xFF00FFFF, 0x00FFFFFF, 0xFFFF00FF, 0xFFFFFFFF)
"""Of channels that have none, in OMERO's order: red, green, blue, magenta, cyan, yellow, white."""
_TAKEN = ("zarr.json", ".zarray", ".zattrs", ".zgroup")


def group_names(names: Sequence[str]) -> list[str]:
    """One Zarr node name per name: it does not begin with ``__``, and is not the metadata file's."""
    return safe_names([*_TAKEN, *(safe_name(name[:LONGEST]).lstrip("_ ") or "labels" for name in names)])[len(_TAKEN) :]


def stored_axes(axes: str) -> str:
    """The axes in the order that OME-Zarr prescribes."""
    return "".join(axis for axis in ngff.ORDER if axis in axes)


def stored_order(axes: str) -> tuple[int, ...]:
    """Dimension i of the stored array is dimension ``order[i]`` of pixels with these axes."""
    return tuple(axes.index(axis) for axis in stored_axes(axes))


def steps(grid: Grid) -> dict[str, ngff.Step]:
    """Pixel sizes as OME-Zarr has them."""
    return {axis.name: ngff.Step(axis.scale, axis.unit, axis.translation) for axis in grid.axes}


def channels(image: Image, display: Display | None) -> list[ngff.Channel]:
    """What OME-Zarr says about the channels; nothing if nothing is known.

    A channel without a colour is white if it is alone; several get colours that can be told apart, since viewers lay them over each other.
    """
    shown = {channel.channel: channel for channel in display.channels} if display else {}
    if not image.channels and image.data_range is None and not image.inverted:
        return []
    low, high = image.data_range or (math.nan, math.nan)
    names = image.channels or tuple(f"channel {nth + 1}" for nth in range(size_of(image.pixels, image.axes, "c")))
    colours = [0xFFFFFFFF] if len(names) == 1 else [COLOURS[nth % len(COLOURS)] for nth in range(len(names))]
    found = [shown.get(name) or ChannelDisplay(name, colour) for name, colour in zip(names, colours, strict=True)]
    return [
        ngff.Channel(name, one.colour, low if one.low is None else one.low, high if one.high is None else one.high, one.visible, image.inverted)
        for name, one in zip(names, found, strict=True)
    ]
