"""Labels or intensities: whether an image can be taken as a label image."""

from __future__ import annotations

import shlex
from typing import Any

import numpy as np

from segue.codecs.pixel_views import OnePlace
from segue.errors import InvalidOption, UnsupportedVariant
from segue.formats.lossy_files import refusal_as_labels
from segue.model.image import Image, LabelImage, Pixels, size_of
from segue.notes import Kind, Note, Notes
from segue.workflow.roles_parts import Parts, parts_of
from segue.workflow.roles_pixels import WholeNumbers
from segue.workflow.roles_survey import Survey, survey

FORCE = "--set role=labels"
"""What to add if the judgement is wrong."""

LAYER = "labels"


def as_labels(image: Image, *, components: int | None, where: str, force: bool = False, channel: str | int | None = None) -> tuple[LabelImage, Notes]:
    """Take an image as a label image, or refuse it in one sentence that says what to do.

    Pixels stay where they are; they are looked at plane by plane. Whole numbers of floating point are cast when they are read.

    Parameters
    ----------
    image
        Integer or floating point; one channel.
    components
        What a mask of one value means: 4 or 8, its connected parts are objects (pixels connected by edges, or also by corners); 0, it is
        one object; None, it is refused if it has several parts. In a z stack parts are connected through the planes too; at each t they
        are numbered anew. The parts of a single plane are in memory, those of a stack are counted again for each plane that is read.
        Images of several values are left as they are.
    where
        What the sentences call the image.
    force
        Take it as labels whatever it looks like.
    channel
        Name, or number from 0, of the channel to take.

    Returns
    -------
    labels
        Layer "labels".
    notes
        What was assumed.

    Raises
    ------
    UnsupportedVariant
        Not a label image: several channels, colours, fractions, negative or missing numbers, values that lie as those of an intensity
        image do, or a mask of one value in several parts.
    InvalidOption
        ``components`` or ``channel`` is none of the possible ones.
    """
    if components not in (None, 0, 4, 8):
        raise InvalidOption(f"components is 8, 4 or 0, not {components}", option="components", allowed="8, 4, 0")
    lossy = getattr(image.pixels, "lossy", "")
    if lossy:
        raise UnsupportedVariant(f"{where}: {refusal_as_labels(lossy)}", where=where)
    pixels, axes = _one_channel(image, where, channel)
    if pixels.dtype.kind not in "buif":
        raise UnsupportedVariant(f"{where} holds pixels of type {pixels.dtype}, which cannot be labels", where=where)
    facts = survey(pixels, axes, where, judge=not force)
    if facts.intensities:
        raise UnsupportedVariant(f"{where}: {_what_it_looks_like(facts)}, or {FORCE} if these are labels", where=where, values=facts.grey_values)
    if pixels.dtype.kind == "f":
        pixels = WholeNumbers(pixels, np.min_scalar_type(facts.largest).name)
    if len(facts.found.values) == 1 and components != 0:
        return _mask(pixels, axes, facts.largest, components, where, force=force)
    return LabelImage(pixels, axes, LAYER), _taken(len(facts.found.values))


def _mask(pixels: Pixels, axes: str, value: int, components: int | None, where: str, *, force: bool) -> tuple[LabelImage, Notes]:
    """A mask of one value."""
    if components is None and (force or value not in (1, 255, 65_535, _maximum(pixels))):
        return LabelImage(pixels, axes, LAYER), _taken(1)
    parts = parts_of(pixels, axes, components or 8)
    if components is not None:
        number = sum(parts.counts)
        return LabelImage(parts.pixels, axes, LAYER, persists=len(parts.counts) == 1), _taken(number, ": the separate parts of a mask of one value")
    if max(parts.counts) > 1:
        raise _several_parts(parts, where)
    return LabelImage(pixels, axes, LAYER), _taken(1)


def _maximum(pixels: Pixels) -> int:
    return 1 if pixels.dtype.kind == "b" else int(np.iinfo(pixels.dtype).max)


def _several_parts(parts: Parts, where: str) -> UnsupportedVariant:
    number = sum(parts.counts)
    sentence = f"{where}: one value, {number:,} separate parts; --set components=8 makes {number:,} objects (components=0 keeps it as one object)"
    return UnsupportedVariant(sentence, where=where, parts=number)


def _what_it_looks_like(facts: Survey) -> str:
    values = f"{'' if facts.complete else 'at least '}{facts.grey_values:,} grey values"
    if facts.like_jpeg:
        return f"{values} around 0 and 255, looks like a mask blurred by JPEG or by scaling; make labels of it with segue segment"
    return f"{values}, looks like an intensity image; use segue segment"


def _taken(objects: int, how: str = "") -> Notes:
    return Notes.of(Note(Kind.ASSUMED, f"taken as a label image of {{count object}}{how}", count=objects))


def _one_channel(image: Image, where: str, channel: Any) -> tuple[Pixels, str]:
    """The pixels without the channel axis."""
    if "c" not in image.axes:
        return image.pixels, image.axes
    count = size_of(image.pixels, image.axes, "c")
    if channel is None and count != 1:
        raise _too_many(image, count, where)
    axis = image.axes.index("c")
    place = 0 if channel is None else _place(image.channels, count, channel, where)
    return OnePlace(image.pixels, axis, place), image.axes.replace("c", "")


def _too_many(image: Image, count: int, where: str) -> UnsupportedVariant:
    if is_colour(image, count):
        sentence = (
            f"{where} is a colour picture, not labels; save the labels without colours, as one number per pixel, or choose a channel with --set channel=0"
        )
        return UnsupportedVariant(sentence, where=where, channels=count)
    names = ", ".join(image.channels[:8]) + (", ..." if len(image.channels) > 8 else "")
    example = f"channel={image.channels[0] if image.channels else 0}"
    sentence = f"{where} has {count} channels{f' ({names})' if names else ''}, a label image has one; choose it with --set {shlex.quote(example)}"
    return UnsupportedVariant(f"{sentence}, or save that channel alone", where=where, channels=count)


def is_colour(image: Image, count: int) -> bool:
    """Red, green, blue (and alpha), by name, or without names in 8 bits as pictures store them."""
    initials = "".join(name.strip().lower()[:1] for name in image.channels)
    named = {name.strip().lower() for name in image.channels[:3]} in ({"r", "g", "b"}, {"red", "green", "blue"}) and initials in ("rgb", "rgba")
    return named or (not image.channels and count in (3, 4) and image.pixels.dtype == np.uint8)


def _place(names: tuple[str, ...], count: int, channel: Any, where: str) -> int:
    if str(channel) in names:
        return names.index(str(channel))
    if str(channel).isdecimal() and int(channel) < count:
        return int(channel)
    allowed = ", ".join(names) if names else f"0 to {count - 1}"
    raise InvalidOption(f"{where} has no channel {channel}; there are: {allowed}", option="channel", allowed=allowed)
