"""Moving what is imported to other planes: ``time=+1``, ``z=3:0``, ``channel=DAPI:0``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from segue.errors import InvalidOption
from segue.model.objects import Objects
from segue.model.shapes import Shapes
from segue.model.study import ImageSet

AXES = {"time": "t", "t": "t", "z": "z", "channel": "c", "c": "c"}
"""What users write, and the axis that they mean."""
NAMES = {"t": "time", "z": "z", "c": "channel"}
_SHIFT = re.compile(r"[+-][0-9]+")


@dataclass(frozen=True)
class Mapping:
    """Where planes go."""

    shifts: dict[str, int] = field(default_factory=dict)
    """Axis -> what is added to the number of a plane."""
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    """Axis -> number from 0 (or name of a channel) -> number, or name of a channel of the study."""


def mapping_of(given: Sequence[str]) -> Mapping:
    """Read what a user wrote.

    Raises
    ------
    InvalidOption
    """
    found = Mapping()
    for text in given:
        name, equals, value = text.partition("=")
        axis = AXES.get(name.strip().lower())
        old, colon, new = value.rpartition(":")
        if axis is None or not equals or not ((colon and old and new) or (axis != "c" and _SHIFT.fullmatch(value))):
            raise InvalidOption(f"--map {text}: write time=+1 or z=-2 to move all planes, or time=3:0 or channel=DAPI:0 for one of them", option="map")
        if colon:
            found = replace(found, places={**found.places, axis: {**found.places.get(axis, {}), old: new}})
        else:
            found = replace(found, shifts={**found.shifts, axis: found.shifts.get(axis, 0) + int(value)})
    return found


def mapped(s: ImageSet, mapping: Mapping, channels: Sequence[str]) -> ImageSet:
    """An image set whose objects and shapes lie on the planes that they are mapped to; ``channels`` are those of the study's image set.

    A plane that is named goes where it was sent, and is not shifted in addition.

    Raises
    ------
    InvalidOption
        A channel of that name is on neither side.
    """
    objects = Objects(_moved(s.objects.frame, "t", mapping, {}, {}))
    frame = _moved(s.shapes.frame, "z", mapping, {}, {})
    own = [name for image in s.images for name in image.channels]
    frame = _moved(frame, "c", mapping, _numbers(own), _numbers(channels))
    return replace(s, objects=objects, shapes=Shapes(frame, s.shapes.rings))


def _numbers(names: Sequence[str]) -> dict[str, int]:
    return {name: nth for nth, name in enumerate(names)}


def _moved(frame: pl.DataFrame, axis: str, mapping: Mapping, own: dict[str, int], theirs: dict[str, int]) -> pl.DataFrame:
    places = {_place(old, axis, own): _place(new, axis, theirs) for old, new in mapping.places.get(axis, {}).items()}
    shift = mapping.shifts.get(axis, 0)
    if not places and not shift:
        return frame
    column = pl.col(axis).cast(pl.Int64)
    sent = column.replace_strict(list(places), list(places.values()), default=None, return_dtype=pl.Int64) if places else pl.lit(None, pl.Int64)
    return frame.with_columns(pl.coalesce(sent, column + shift).cast(pl.Int32).alias(axis))


def _place(text: str, axis: str, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    known = f"; there are: {', '.join(names)}" if names else ""
    raise InvalidOption(f"--map {NAMES[axis]}: nothing says which {NAMES[axis]} {text!r} is{known}; give its number, counted from 0", option="map", given=text)
