"""The channels of a picture: which, in what colours, and between which values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import InvalidOption, UnsupportedVariant
from segue.model.display import ChannelDisplay, Display
from segue.model.image import Image, size_of
from segue.notes import Kind, Note, Notes
from segue.render.colours import MOST_CHANNELS, channel_colours, rgba
from segue.render.contrast import HIGH, LOW, percentiles
from segue.render.drawn import Light
from segue.render.plane import Plane
from segue.workflow.measuring.channels import Named, channels_of
from segue.workflow.rendering.choice import ChannelWish
from segue.workflow.roles import is_colour

if TYPE_CHECKING:
    from segue.model.study import ImageSet

ONLY = "image"
"""What the only channel is called where nobody has given it a name."""
_RGB = (0xFF0000FF, 0x00FF00FF, 0x0000FFFF)


@dataclass(frozen=True)
class Lit:
    """A channel of a picture."""

    plane: Plane
    light: Light
    display: ChannelDisplay
    """With its colour and its values stated."""


@dataclass(frozen=True)
class LitChannels:
    """The channels of a picture."""

    shown: tuple[Lit, ...]
    stated: tuple[ChannelDisplay, ...]
    """All that the display names, also what is not shown: with it the picture is made again."""
    notes: Notes


def lit_channels(s: ImageSet, display: Display, wishes: Sequence[ChannelWish], place: tuple[tuple[str, int], ...], where: str) -> LitChannels:
    """The channels of a picture, in the order in which they are listed.

    A channel without stated values is shown between those that the image states, else between two percentiles of the whole plane, whatever part of
    it is shown.

    Raises
    ------
    InvalidOption
        The image has no such channel.
    """
    known = channels_of(s, (), where)
    names = [one.name or ONLY for one in known]
    asked, notes = _asked(known, names, display, wishes, where)
    shown, stated, ranked = [], [], []
    for one in asked:
        if not one.visible or one.channel not in names:
            stated.append(one)
            continue
        named = known[names.index(one.channel)]
        ranked += [one.channel] if (one.low is None or one.high is None) and _stated(named.channel.image) is None else []
        shown.append(_lit(named, one, place, where))
        stated.append(shown[-1].display)
    if ranked:
        listed = ", ".join(ranked[:MOST_CHANNELS]) + ", ..." * (len(ranked) > MOST_CHANNELS)
        notes += Notes.of(Note(Kind.ASSUMED, f"{listed} shown between the percentiles {LOW:g} and {HIGH:g} of the plane", where=where))
    return LitChannels(tuple(shown), tuple(stated), notes)


def _asked(known: Sequence[Named], names: list[str], display: Display, wishes: Sequence[ChannelWish], where: str) -> tuple[tuple[ChannelDisplay, ...], Notes]:
    if wishes:
        return _wished(names, display, wishes, where), Notes()
    if display.channels:
        absent = [one.channel for one in display.channels if one.visible and one.channel not in names]
        said = f"{{count channel}} of the display {'is' if len(absent) == 1 else 'are'} not in the image: {', '.join(absent[:8])}"
        return display.channels, Notes.of(Note(Kind.SKIPPED, said, where=where, count=len(absent))) if absent else Notes()
    return _automatic(known, names, where)


def _automatic(known: Sequence[Named], names: list[str], where: str) -> tuple[tuple[ChannelDisplay, ...], Notes]:
    if known and _is_picture(known[0].channel.image):
        return tuple(ChannelDisplay(name, colour) for name, colour in zip(names, _RGB, strict=False)), Notes()
    shown = names[:MOST_CHANNELS]
    found = tuple(ChannelDisplay(name, colour) for name, colour in zip(shown, channel_colours(len(shown)), strict=True))
    left = len(names) - len(shown)
    if not left:
        return found, Notes()
    said = f"the first {MOST_CHANNELS} channels are shown ({', '.join(shown)}), {{count other}} not; choose with --channel"
    return found, Notes.of(Note(Kind.ASSUMED, said, where=where, count=left))


def _wished(names: list[str], display: Display, wishes: Sequence[ChannelWish], where: str) -> tuple[ChannelDisplay, ...]:
    styles = {one.channel: one for one in display.channels}
    usual = channel_colours(len(wishes))
    found = []
    for nth, wish in enumerate(wishes):
        name = _name(names, wish, where)
        wish = ChannelWish(wish.text, name) if name == wish.text else wish
        own = styles.get(name)
        colour = wish.colour if wish.colour is not None else own.colour if own else usual[nth]
        low, high = (wish.low, wish.high) if (wish.low, wish.high) != (None, None) else (own.low, own.high) if own else (None, None)
        found.append(ChannelDisplay(name, colour, low, high))
    twice = next((one.channel for nth, one in enumerate(found) if one.channel in [other.channel for other in found[:nth]]), None)
    if twice is not None:
        raise InvalidOption(f"the channel {twice} is named twice", option="channel", given=twice)
    return tuple(found)


def _name(names: list[str], wish: ChannelWish, where: str) -> str:
    for given in (wish.text.strip(), wish.name):
        if given in names:
            return given
    near = [name for name in names if name.casefold() == wish.name.casefold()]
    if len(near) == 1:
        return near[0]
    if wish.name.isdecimal() and 1 <= int(wish.name) <= len(names):
        return names[int(wish.name) - 1]
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    raise InvalidOption(f"{where} has no channel {wish.name!r}; there are {shown or 'none'} (or their numbers, from 1)", option="channel", given=wish.name)


def _lit(named: Named, asked: ChannelDisplay, place: tuple[tuple[str, int], ...], where: str) -> Lit:
    image = named.channel.image
    if image.pixels.dtype.kind not in "buif":
        raise UnsupportedVariant(f"{where} holds pixels of type {image.pixels.dtype}, which cannot be shown", where=where)
    plane = Plane(image.pixels, image.axes, (*place, ("c", named.channel.index)))
    low, high = asked.low, asked.high
    if low is None or high is None:
        usual = _usual(image, plane)
        low, high = usual[0] if low is None else low, usual[1] if high is None else high
    parts = rgba([asked.colour])[0]
    red, green, blue = (float(part * parts[3]) for part in parts[:3])
    return Lit(plane, Light((red, green, blue), low, high, image.inverted), replace(asked, low=low, high=high))


def _usual(image: Image, plane: Plane) -> tuple[float, float]:
    blocks: Callable[[], Iterator[Any]] = partial(plane.strips)
    return _stated(image) or percentiles(blocks, plane.dtype) or (0.0, 1.0)


def _stated(image: Image) -> tuple[float, float] | None:
    """The values between which an image is to be shown, where it says so, or is a picture of 8 bits."""
    return image.data_range or ((0.0, 255.0) if _is_picture(image) and image.pixels.dtype == np.uint8 else None)


def _is_picture(image: Image) -> bool:
    """Whether the channels are red, green and blue."""
    return is_colour(image, size_of(image.pixels, image.axes, "c"))
