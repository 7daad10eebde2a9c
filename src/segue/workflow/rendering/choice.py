"""How pictures are made, as a recipe says it: checked, and in the words of the display."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segue.errors import InvalidOption
from segue.model.display import LEGEND_PARTS
from segue.workflow.colours import colour_of
from segue.workflow.exporting.cutout import LENGTHS, Cut, cuts_of
from segue.workflow.measuring.units import PixelSize, pixel_size_of
from segue.workflow.recipe_render import RenderRecipe

_LENGTH = re.compile(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*([^\W\d_]+)\s*")
_UNITS = {"µm": "um", "\u03bcm": "um", "micron": "um", "px": "pixel", "pixels": "pixel", "Å": "angstrom"}


@dataclass(frozen=True)
class ChannelWish:
    """One channel as a user asks for it."""

    text: str
    """All that was written: a channel may be called like that."""
    name: str
    colour: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Rendering:
    """How pictures are made: the same for all of a batch."""

    preset: str | None = None
    file: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the display that are said, and their values."""
    channels: tuple[ChannelWish, ...] = ()
    plane: tuple[tuple[str, int], ...] = ()
    crop: tuple[Cut, ...] = ()
    pixel_size: PixelSize | None = None
    image_set: str | int | None = None
    zoom: int = 1


def rendering_of(recipe: RenderRecipe) -> Rendering:
    """How the pictures of a recipe are made.

    Raises
    ------
    InvalidOption
        Something that was asked for cannot be understood.
    """
    return Rendering(
        recipe.display,
        recipe.display_file,
        dict(_changes(recipe)),
        tuple(map(channel_wish, recipe.channels)),
        () if recipe.plane is None else plane_of(recipe.plane),
        () if recipe.crop is None else crop_of(recipe.crop),
        None if recipe.pixel_size is None else pixel_size_of(recipe.pixel_size),
        recipe.image_set,
        recipe.zoom,
    )


_FIELDS = {
    "fill": "label_opacity",
    "outlines": "label_outlines",
    "outline_width": "outline_width",
    "outline_opacity": "outline_opacity",
    "show_populations": "populations",
    "population_fill": "population_opacity",
    "population_outlines": "population_outlines",
    "regions": "regions",
    "region_fill": "region_opacity",
    "drawings": "drawings",
    "text": "label_text",
    "text_size": "text_size",
    "legend": "legend",
}
"""Setting of the recipe -> field of the display."""


def _changes(recipe: RenderRecipe) -> list[tuple[str, Any]]:
    found = [(field_, value) for name, field_ in _FIELDS.items() if (value := getattr(recipe, name)) is not None]
    if recipe.outline_colour is not None:
        found.append(("outline_colour", None if recipe.outline_colour.strip().lower() == "own" else colour_of(recipe.outline_colour)))
    if recipe.legend_parts is not None:
        wrong = next((one for one in recipe.legend_parts if one not in LEGEND_PARTS), None)
        if wrong is not None:
            raise InvalidOption(f"a legend has no part {wrong!r}; there are {', '.join(LEGEND_PARTS)}", option="legend-parts", given=wrong)
        found += [("legend", recipe.legend is not False), ("legend_parts", recipe.legend_parts)]
    return found + ([] if recipe.scale_bar is None else _scale_bar(recipe.scale_bar))


def _scale_bar(text: str) -> list[tuple[str, Any]]:
    plain = text.strip().lower()
    if plain in ("none", "auto"):
        return [("scale_bar", plain == "auto"), ("scale_bar_length", None), ("scale_bar_unit", None)]
    found = _LENGTH.fullmatch(text)
    unit = _UNITS.get(found[2], found[2]) if found else ""
    try:
        length = float(found[1]) if found else math.nan
    except ValueError:
        length = math.nan
    if not 0 < length < math.inf or unit not in (*LENGTHS, "pixel"):
        raise InvalidOption(f"{text!r} is no length of a scale bar; write auto, none, 20um or 50px", option="scale-bar", given=text)
    return [("scale_bar", True), ("scale_bar_length", length), ("scale_bar_unit", unit)]


def channel_wish(text: str) -> ChannelWish:
    """What ``NAME``, ``NAME=COLOUR`` or ``NAME=COLOUR:LOW:HIGH`` asks for. The colour may be left out: ``NAME=:0:200``.

    Raises
    ------
    InvalidOption
    """
    name, equals, rest = text.rpartition("=")
    if not equals:
        return ChannelWish(text, text.strip())
    colour, *limits = rest.split(":")
    if len(limits) not in (0, 2):
        raise InvalidOption(f"{text!r} is no channel; write NAME=COLOUR or NAME=COLOUR:LOW:HIGH, such as CD3=green:0:200", option="channel", given=text)
    low, high = (_number(one, text) for one in limits) if limits else (None, None)
    return ChannelWish(text, name.strip(), colour_of(colour) if colour.strip() else None, low, high)


def _number(text: str, whole: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidOption(f"{text!r} in {whole!r} is no number; write NAME=COLOUR:LOW:HIGH, such as CD3=green:0:200", option="channel", given=whole)
    return value


def plane_of(text: str) -> tuple[tuple[str, int], ...]:
    """What ``z=3,t=0`` means.

    Raises
    ------
    InvalidOption
    """
    found = []
    for part in text.split(","):
        name, _, index = (one.strip().lower() for one in part.partition("="))
        if name not in ("z", "t") or not index.isdecimal():
            raise InvalidOption(f"{part.strip()!r} is no plane; write z=3, t=0 or z=3,t=0, counted from 0", option="plane", given=text)
        found.append((name, int(index)))
    return tuple(dict(found).items())


def crop_of(text: str) -> tuple[Cut, ...]:
    """The part of the image that is shown.

    Raises
    ------
    InvalidOption
    """
    cuts = cuts_of(text)
    wrong = next((one for one in cuts if one.axis not in ("y", "x")), None)
    if wrong is not None:
        raise InvalidOption(f"a picture is cut along x and y: --crop x=10:60,y=5:25; planes are chosen with --plane (given: {text})", option="crop", given=text)
    return cuts
