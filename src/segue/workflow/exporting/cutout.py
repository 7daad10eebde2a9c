"""Cut-outs as users write them: ``z=0:100,x=10um:60um``, or ilastik's ``[(0,0,0),(10,20,3)]``; the stop is exclusive."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from segue.errors import Incompatible, InvalidOption
from segue.model.grid import Axis, Grid

LENGTHS = {"pm": 1e-12, "angstrom": 1e-10, "nm": 1e-9, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0}
TIMES = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_OTHER = {"µm": "um", "\u03bcm": "um", "micron": "um", "micrometer": "um", "µs": "us", "\u03bcs": "us", "sec": "s", "Å": "angstrom"}
_PIXELS = ("", "px", "pixel", "pixels")
_BOUND = re.compile(r"\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)?\s*([^\W\d_]*)\s*")
_HINT = "write axis=start:stop with the stop exclusive, such as z=0:100,x=10um:60um"


@dataclass(frozen=True)
class Bound:
    """One end of a cut-out."""

    value: float
    unit: str = ""
    """Empty = pixels."""


@dataclass(frozen=True)
class Cut:
    """One axis of a cut-out; None = from the beginning, to the end."""

    axis: str
    """A letter; empty = the axis is known by its place."""
    start: Bound | None
    stop: Bound | None


def cuts_of(text: str) -> tuple[Cut, ...]:
    """What a cut-out says.

    Raises
    ------
    InvalidOption
        It is none, names an axis twice, has a negative end, or is empty.
    """
    cuts = _tuples(text) if text.strip().startswith(("[", "(")) else tuple(_named(part) for part in text.split(","))
    names = [one.axis for one in cuts if one.axis]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InvalidOption(f"the cut-out {text} names the axis {twice} twice", option="cutout", given=text)
    for one in cuts:
        _check(one, text)
    return cuts


def _named(part: str) -> Cut:
    name, equals, bounds = part.partition("=")
    start, colon, stop = bounds.partition(":")
    name = name.strip().lower()
    if not equals or not colon or len(name) != 1 or name not in "tczyx":
        raise InvalidOption(f"{part.strip()!r} is no cut-out; {_HINT} (axes: t c z y x)", option="cutout", given=part)
    return Cut(name, _bound(start, part), _bound(stop, part))


def _bound(text: str, part: str) -> Bound | None:
    if not text.strip():
        return None
    found = _BOUND.fullmatch(text)
    try:
        value = float(found[1]) if found and found[1] else math.nan
    except ValueError:
        value = math.nan
    unit = _OTHER.get(found[2], found[2]) if found else ""
    if math.isnan(value) or unit not in (*_PIXELS, *LENGTHS, *TIMES):
        raise InvalidOption(f"{text.strip()!r} in the cut-out {part.strip()} is no position; {_HINT}", option="cutout", given=part)
    unit = "" if unit in _PIXELS else unit
    if not unit and value != int(value):
        raise InvalidOption(
            f"{text.strip()} in the cut-out {part.strip()} is no whole pixel; add a unit, such as {text.strip()}um", option="cutout", given=part
        )
    return Bound(value, unit)


def _tuples(text: str) -> tuple[Cut, ...]:
    plain = text.replace("(", "[").replace(")", "]").replace("None", "null")
    try:
        found = json.loads(plain)
    except ValueError:
        found = None
    ends = found if isinstance(found, list) and len(found) == 2 and all(isinstance(one, list) for one in found) else None
    if ends is None or len(ends[0]) != len(ends[1]) or not all(one is None or type(one) is int for end in ends for one in end):
        raise InvalidOption(
            f"{text} is no cut-out; write its starts and its stops, as [(0,0,0),(10,20,3)], or {_HINT.removeprefix('write ')}", option="cutout", given=text
        )
    return tuple(Cut("", *(None if one is None else Bound(one) for one in pair)) for pair in zip(*ends, strict=True))


def _check(cut: Cut, text: str) -> None:
    ends = [one for one in (cut.start, cut.stop) if one is not None]
    if any(one.value < 0 for one in ends):
        raise InvalidOption(f"the cut-out {text} has a negative end; positions are counted from 0", option="cutout", given=text)
    if len(ends) == 2 and ends[0].unit == ends[1].unit and ends[0].value >= ends[1].value:
        raise InvalidOption(
            f"the cut-out {text} is empty{f' along {cut.axis}' * bool(cut.axis)}: the stop is exclusive, and above the start", option="cutout", given=text
        )


def pixels_of(cuts: tuple[Cut, ...], axes: str, shape: tuple[int, ...], grid: Grid) -> tuple[tuple[tuple[str, int, int], ...], list[str]]:
    """A cut-out in whole pixels of an image, and a sentence for each axis that was rounded to them.

    Physical positions are distances from the edge of the image.

    Raises
    ------
    Incompatible
        The image has no such axis, is smaller, has no pixel size, or nothing is left of it.
    """
    if any(not one.axis for one in cuts):
        if len(cuts) != len(axes):
            raise Incompatible(f"the cut-out has {len(cuts)} axes and the image has {len(axes)} ({axes}); name them: x=10:60", axes=axes)
        cuts = tuple(Cut(name, one.start, one.stop) for name, one in zip(axes, cuts, strict=True))
    sizes, found, said = dict(zip(axes, shape, strict=True)), [], []
    for one in cuts:
        if one.axis not in sizes:
            raise Incompatible(f"the cut-out names the axis {one.axis}, but the image has {', '.join(axes)}", axis=one.axis)
        size = sizes[one.axis]
        (start, inexact), (stop, more) = (_pixel(end, usual, one.axis, grid) for end, usual in ((one.start, 0), (one.stop, size)))
        if not 0 <= start < stop <= size:
            what = "is empty" if start >= stop else "is not inside the image"
            raise Incompatible(f"the cut-out {one.axis}={start}:{stop} {what}, which has {one.axis}=0:{size}", axis=one.axis, size=size)
        found.append((one.axis, start, stop))
        if inexact or more:
            said.append(f"the cut-out along {one.axis} was rounded to whole pixels: {one.axis}={start}:{stop}")
    return tuple(found), said


def _pixel(end: Bound | None, usual: int, name: str, grid: Grid) -> tuple[int, bool]:
    """(pixel, whether it was rounded)."""
    if end is None or not end.unit:
        return usual if end is None else int(end.value), False
    exact = end.value / _step(grid.axis(name), name, end.unit)
    pixel = int(_rounded(exact))
    return pixel, abs(exact - pixel) > 1e-6 * max(1.0, abs(exact))


def _rounded(value: float) -> float:
    """Half away from zero, as people round sizes."""
    return math.floor(value + 0.5)


def _step(axis: Axis | None, name: str, unit: str) -> float:
    """The size of a pixel in a unit."""
    if axis is None or axis.scale is None or axis.unit is None:
        raise Incompatible(f"the cut-out along {name} is in {unit}, but the image does not say how large a pixel is; give it in pixels", axis=name)
    own = _OTHER.get(axis.unit, axis.unit)
    for units in (LENGTHS, TIMES):
        if unit in units and own in units:
            return abs(axis.scale) * units[own] / units[unit]
    raise Incompatible(f"the cut-out along {name} is in {unit}, but the image is measured in {axis.unit} there", axis=name)
