"""The channels of an image set, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from segue.errors import Incompatible
from segue.measure.measuring import Channel
from segue.model.image import size_of
from segue.model.objects import unique_texts
from segue.model.study import ImageSet


@dataclass(frozen=True)
class Named:
    """A channel and its name; empty = the image has this one channel, and nobody has given it a name."""

    channel: Channel
    name: str

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers, small enough to be counted exactly."""
        dtype = self.channel.image.pixels.dtype
        return dtype.kind in "bui" and dtype.itemsize <= 4


def channels_of(s: ImageSet, names: Sequence[str] = (), where: str = "") -> tuple[Named, ...]:
    """Every channel of every image of an image set.

    Parameters
    ----------
    s
        With images.
    names
        What the channels are called; where the images name them already, those that are wanted, in this order. Empty = as the images say,
        else ``channel 1``, ``channel 2``, ...
    where
        What the sentences call the image.

    Raises
    ------
    Incompatible
        There are more or fewer channels than names.
    """
    found = [Channel(image, number) for image in s.images for number in range(size_of(image.pixels, image.axes, "c"))]
    own = [name for image in s.images for name in _own(image.channels, size_of(image.pixels, image.axes, "c"), image.name if len(s.images) > 1 else "")]
    if names and set(names) <= set(own):
        return tuple(Named(found[own.index(name)], name) for name in names)
    if names and len(names) != len(found):
        raise Incompatible(_count(len(names), len(found), own, where), channels=len(found), names=len(names))
    titles = list(names) or (own if len(own) != 1 or own[0] else [""])
    numbered = [title or (f"channel {place + 1}" if len(found) > 1 else "") for place, title in enumerate(titles)]
    return tuple(Named(channel, title) for channel, title in zip(found, unique_texts(pl.Series(numbered, dtype=pl.Utf8)), strict=True))


def _own(names: tuple[str, ...], count: int, image: str) -> list[str]:
    if names:
        return list(names)
    return [image] if count == 1 else [""] * count


def _count(names: int, channels: int, own: list[str], where: str) -> str:
    known = f" ({', '.join(own[:6])}{', ...' if len(own) > 6 else ''})" if any(own) else ""
    given = "1 name was given" if names == 1 else f"{names} names were given"
    return f"{where or 'the image'} has {channels} channel{'s' * (channels != 1)}{known}, but {given}; give one for each channel"
