"""What a set of ROIs says about its image and its populations: a small JSON text in the comment of the zip file.

``{"segue": {"version": 1, "image": {...}, "populations": [...]}}``. ImageJ does not look at it, and drops it when it saves.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec
import orjson

from segue.model.grid import Axis, Grid
from segue.model.populations import Population
from segue.model.study import ImageSet, Study

LONGEST = 0xFFFF
"""Bytes that the comment of a zip file can have."""


class _Axis(msgspec.Struct):
    name: str
    size: int | None = None
    scale: float | None = None
    unit: str | None = None
    translation: float = 0.0


class _Image(msgspec.Struct):
    name: str = ""
    group: str | None = None
    position: list[tuple[str, int]] = []
    axes: list[_Axis] = []
    world: list[list[float]] | None = None


class _Population(msgspec.Struct):
    id: str
    name: list[str]
    kind: str = "population"
    colour: int | None = None
    visible: bool = True
    order: int | None = None
    number: int | None = None
    exclusive: bool = False


class _About(msgspec.Struct):
    version: int
    image: _Image = msgspec.field(default_factory=_Image)
    populations: list[_Population] = []


class _Comment(msgspec.Struct):
    segue: _About


def render(s: ImageSet, populations: tuple[Population, ...]) -> bytes:
    """The JSON text; empty where there is nothing to say."""
    image: dict[str, Any] = {}
    if (s.name, s.group, s.position) != ("", None, ()):
        image |= {"name": s.name, "group": s.group, "position": s.position}
    if s.grid != Grid():
        image |= {"axes": [_without_defaults(asdict(axis)) for axis in s.grid.axes], "world": s.grid.world}
    listed = [_population(population) for population in populations]
    if not image and not listed:
        return b""
    return orjson.dumps({"segue": {"version": 1, "image": image, "populations": listed}})


def _population(population: Population) -> dict[str, Any]:
    facts = {"id": population.id, "name": population.name, "kind": population.kind, "colour": population.colour, "visible": population.visible}
    return facts | {"order": population.order, "number": population.number, "exclusive": population.exclusive}


def _without_defaults(axis: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in axis.items() if value is not None and (key, value) != ("translation", 0.0)}


def parse(text: bytes) -> tuple[ImageSet, tuple[Population, ...]] | None:
    """An image set without objects, and the populations; None where the text is not of segue.

    Raises
    ------
    ValueError
        It is of segue, but damaged.
    """
    if not text.startswith(b'{"segue"'):
        return None
    about = msgspec.json.decode(text, type=_Comment).segue
    populations = tuple(
        Population(one.id, tuple(one.name), one.kind, one.colour, one.visible, one.order, one.number, one.exclusive) for one in about.populations
    )
    image, axes = about.image, tuple(Axis(axis.name, axis.size, axis.scale, axis.unit, axis.translation) for axis in about.image.axes)
    world = None if image.world is None else tuple(tuple(row) for row in image.world)
    grid = Grid(axes, world) if axes else Grid()
    image_set = ImageSet(image.name, grid, image.group, tuple((axis, index) for axis, index in image.position))
    return Study((image_set,), populations).image_sets[0], populations
