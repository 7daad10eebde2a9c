"""What the keyword SEGUE says in JSON: what each channel means, and everything about image sets and populations that no channel can hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from segue.model.grid import Axis, Grid
from segue.model.populations import Population
from segue.model.study import ImageSet
from segue.model.tables import KEYS, TYPES, Column

KEYWORD = "SEGUE"
MOST_IMAGES = 2**24
AxisFacts = tuple[str, int | None, float | None, str | None, float | None]
"""Axis, size, step, unit, translation."""


class ChannelFacts(msgspec.Struct, omit_defaults=True):
    """One channel."""

    name: str
    """``$PnN`` when it was written; programs may have moved or renamed it since."""
    role: str
    """value, population, or what it is of an object: x, y, z, t, track, label, label_high, label_highest, layer, id, name, image_index."""
    column: str = ""
    """Of a value: the name of its column."""
    table: str = ""
    type: Literal["number", "integer", "text", "boolean", "json"] = "number"
    property: str | None = None
    path: tuple[str, ...] = ()
    unit: str | None = None
    measurement: str | None = None
    channel: str | None = None
    layer: str | None = None
    images: list[int] | None = None
    """Of a value: numbers of the image sets that have the column; None = all."""
    levels: list[str] | None = None
    """Texts that its numbers from 1 on stand for; 0 = missing."""
    population: int | None = None
    """Place of the population among the definitions."""


class ImageFacts(msgspec.Struct, omit_defaults=True):
    """One image set."""

    index: int
    name: str = ""
    group: str | None = None
    position: list[tuple[str, int]] = []
    axes: list[AxisFacts] = []
    world: list[list[float | None]] | None = None


class PopulationFacts(msgspec.Struct, omit_defaults=True):
    """The definition of a population."""

    id: str
    name: tuple[str, ...]
    kind: str = "population"
    colour: int | None = None
    visible: bool = True
    order: int | None = None
    number: int | None = None
    exclusive: bool = False


class Facts(msgspec.Struct, omit_defaults=True):
    """All of it."""

    channels: list[ChannelFacts]
    images: list[ImageFacts]
    populations: list[PopulationFacts] = []
    version: int = 1


@dataclass(frozen=True)
class Known:
    """The same in the words of the model, checked."""

    channels: tuple[ChannelFacts, ...]
    columns: tuple[Column | None, ...]
    """Of each channel that is a value."""
    images: dict[int, ImageSet]
    """Index -> an image set without objects."""
    populations: tuple[Population, ...]


def encode(facts: Facts) -> str:
    return msgspec.json.encode(facts).decode("utf-8")


def decode(text: str) -> Known:
    """What the keyword says.

    Raises
    ------
    ValueError
        It says nothing that could be.
    """
    facts = msgspec.json.decode(text.encode("utf-8", "replace"), type=Facts)
    images = {one.index: image_of(one) for one in facts.images}
    populations = tuple(Population(**msgspec.structs.asdict(one)) for one in facts.populations)
    columns = tuple(_column(one) if one.role == "value" else None for one in facts.channels)
    values = [(one.table, one.column) for one in facts.channels if one.role == "value"]
    alone = [one.role for one in facts.channels if one.role not in ("value", "population")]
    if len(set(values)) < len(values) or len(set(alone)) < len(alone) or len(images) < len(facts.images) or facts.version != 1:
        raise ValueError("something stands there twice, or a later version wrote it")
    if len({one.id for one in populations}) < len(populations) or any(not 0 < index <= MOST_IMAGES for index in images):
        raise ValueError("populations or image sets that cannot be")
    if any(one.colour is not None and not 0 <= one.colour < 2**32 for one in populations):
        raise ValueError("a colour that cannot be")
    if any(one.population is None or not 0 <= one.population < len(populations) for one in facts.channels if one.role == "population"):
        raise ValueError("a channel of no population")
    return Known(tuple(facts.channels), columns, images, populations)


def image_of(facts: ImageFacts) -> ImageSet:
    """An image set without objects."""
    axes = tuple(Axis(name, size, scale, unit, translation or 0.0) for name, size, scale, unit, translation in facts.axes)
    world = None if facts.world is None else tuple(tuple(math.nan if number is None else number for number in row) for row in facts.world)
    return ImageSet(facts.name, Grid(axes, world) if axes else Grid(world=world), facts.group, tuple(facts.position))


def image_facts(s: ImageSet, index: int) -> ImageFacts:
    axes: list[AxisFacts] = [(axis.name, axis.size, axis.scale, axis.unit, axis.translation) for axis in s.grid.axes]
    world: list[list[float | None]] | None = None if s.grid.world is None else [list(row) for row in s.grid.world]
    return ImageFacts(index, s.name, s.group, list(s.position), [] if s.grid.axes == Grid().axes else axes, world)


def population_facts(populations: Sequence[Population]) -> list[PopulationFacts]:
    return [PopulationFacts(p.id, p.name, p.kind, p.colour, p.visible, p.order, p.number, p.exclusive) for p in populations]


def _column(one: ChannelFacts) -> Column:
    if one.column in KEYS["objects"] or one.type not in TYPES:
        raise ValueError("a column that cannot be")
    return Column(one.column, one.type, one.property, one.path, one.unit, one.measurement, one.channel, one.layer)
