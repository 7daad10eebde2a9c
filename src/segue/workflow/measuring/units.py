"""The size of a pixel, as users say it and files state it, and what it makes of a column."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from segue.errors import Incompatible, InvalidOption
from segue.measure.preset import PresetColumn
from segue.measure.units import AREAS, Size, unit_text
from segue.model.grid import Grid
from segue.model.study import ImageSet

_UNITS = {"µm": "um", "\u03bcm": "um", "micron": "um", "microns": "um", "micrometer": "um", "micrometre": "um", "Å": "angstrom", "A": "angstrom"}
_LENGTHS = ("um", "nm", "mm", "cm", "m", "pm", "angstrom")
_GIVEN = re.compile(r"\s*([0-9.eE+-]+(?:\s*[x×,*]\s*[0-9.eE+-]+){0,2})\s*([^\W\d_]+)\s*")


@dataclass(frozen=True)
class PixelSize:
    """How large a pixel is."""

    zyx: tuple[float | None, float, float]
    """Along z (None = not said), y and x."""
    unit: str


def pixel_size_of(text: str) -> PixelSize:
    """What ``0.5um``, ``0.4x0.5 um`` (y, x) or ``2x0.5x0.5um`` (z, y, x) means.

    Raises
    ------
    InvalidOption
        It is no size, or without a unit of length.
    """
    found = _GIVEN.fullmatch(text)
    unit = _UNITS.get(found[2], found[2]) if found else ""
    try:
        sizes = [float(one) for one in re.split("[x×,*]", found[1])] if found else []
    except ValueError:
        sizes = []
    if not sizes or unit not in _LENGTHS or not all(0 < one < float("inf") for one in sizes):
        raise InvalidOption(
            f"{text!r} is no size of a pixel; write 0.5um, or 2x0.5x0.5um for z, y and x (units: {', '.join(_LENGTHS)})", option="pixel-size", given=text
        )
    return PixelSize((sizes[0] if len(sizes) == 3 else None, sizes[-2 if len(sizes) > 1 else 0], sizes[-1]), unit)


def with_pixel_size(s: ImageSet, size: PixelSize) -> ImageSet:
    """The image set on a grid of that pixel size; a distance of planes that is not said stays as it is."""
    given = dict(zip("zyx", size.zyx, strict=True))
    axes = tuple(replace(axis, scale=given[axis.name], unit=size.unit) if given.get(axis.name) else axis for axis in s.grid.axes)
    return replace(s, grid=replace(s.grid, axes=axes))


def physical_size(grid: Grid, dimensions: int, where: str) -> tuple[Size, str]:
    """The sizes of a pixel along z, y and x, and their unit.

    Raises
    ------
    Incompatible
        It is not known, or in several units.
    """
    axes = {axis.name: axis for axis in grid.axes if axis.name in ("zyx" if dimensions == 3 else "yx")}
    wanting = [name for name, axis in axes.items() if axis.scale is None or axis.unit is None]
    if wanting:
        example = "2x0.5x0.5um" if dimensions == 3 else "0.5um"
        raise Incompatible(f"the pixel size of {where} is not known (along {' and '.join(wanting)}); give it as --pixel-size {example}, or measure in pixels")
    units = {axis.unit for axis in axes.values()}
    if len(units) > 1:
        raise Incompatible(f"the pixel size of {where} is in different units ({', '.join(sorted(map(str, units)))}); give it as --pixel-size")
    z, y, x = (axes[name].scale if name in axes else 1.0 for name in "zyx")
    return (z or 1.0, y or 1.0, x or 1.0), str(units.pop())


def unit_of(measurement: str, unit: str | None, dimensions: int) -> str | None:
    """The unit of a column as the model writes it: ``px``, ``um``, ``um^2``, ``degrees``; None = a plain number or a value of the image."""
    if unit is not None and measurement in AREAS and measurement != "area":
        return f"{unit}^{dimensions}"
    text = unit_text(measurement, unit, dimensions)
    return None if text is None else text.replace("²", "^2").replace("³", "^3").replace("pixels", "px")


def named(column: PresetColumn, unit: str | None, own: str | None) -> str:
    """The name of a column, with its unit behind it where that is one of length: so the numbers of two files cannot be mixed up."""
    return f"{column.name} {own}" if unit is not None and own is not None and own.startswith(unit) else column.name
