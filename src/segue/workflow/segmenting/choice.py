"""How images are segmented: what a user says, checked and in the numbers that the kernels take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from segue.errors import InvalidOption
from segue.measure.segmenting.particles import VOLUMES, Wish
from segue.measure.segmenting.threshold import METHODS, Level
from segue.model.grid import Grid
from segue.workflow.measuring.units import physical_size, pixel_size_of

BINARY = "binary"
NAMES = tuple(method.name for method in METHODS)

_SIZE = re.compile(r"\s*([0-9.eE+-]+)\s*([^\W\d_²³]+)(?:\^?([23²³]))?\s*")


@dataclass(frozen=True)
class Segmenting:
    """How images are segmented: the same for all of a batch."""

    threshold: str | float | Level = "otsu"
    """A method, ``binary``, a number (the first value of objects), or the values of objects."""
    background: Literal["dark", "light"] = "dark"
    per_plane: bool = False
    channel: str | int | None = None
    connectivity: int = 8
    min_size: float | str = 0
    max_size: float | str | None = None
    min_circularity: float = 0
    max_circularity: float = 1
    exclude_edges: bool = False
    include_holes: bool = False

    @property
    def volumes(self) -> bool:
        """Whether particles go through the planes."""
        return self.connectivity in VOLUMES

    @property
    def by_form(self) -> bool:
        return self.min_circularity > 0 or self.max_circularity < 1

    def wish(self, grid: Grid, where: str) -> Wish:
        """Which particles are wanted on a grid.

        Raises
        ------
        Incompatible
            A size has a unit, and the size of a pixel is not known.
        """
        largest = float("inf") if self.max_size is None else self._pixels(self.max_size, grid, where)
        smallest = self._pixels(self.min_size, grid, where)
        if smallest > largest:
            raise InvalidOption(f"the smallest size {self.min_size} is above the largest {self.max_size}", option="min-size")
        return Wish(self.connectivity, smallest, largest, self.max_circularity, self.min_circularity, self.exclude_edges, self.include_holes)

    def _pixels(self, size: float | str, grid: Grid, where: str) -> float:
        number, unit = size_of_text(size)
        if unit is None:
            return number
        dimensions = 3 if self.volumes else 2
        if unit[1] != dimensions:
            raise InvalidOption(f"{size} is no size of a particle of {'volumes' if self.volumes else 'planes'}; write it as 5um{dimensions}", option="min-size")
        pixel, own = physical_size(grid, dimensions, where)
        z, y, x = (one * _FACTORS[own] / _FACTORS[unit[0]] if own != unit[0] else one for one in pixel)
        pixels = number / (z * y * x if self.volumes else x * y)
        return float(round(pixels)) if abs(pixels - round(pixels)) < 1e-9 * pixels else pixels


_FACTORS = {"pm": 1e-12, "angstrom": 1e-10, "nm": 1e-9, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0}
"""Units of length in metres."""


def size_of_text(size: float | str) -> tuple[float, tuple[str, int] | None]:
    """A size of particles: a number of pixels, or a number and its unit (``5um2`` is 5, um, 2).

    Raises
    ------
    InvalidOption
        It is none.
    """
    try:
        number, unit = float(size), None
    except ValueError:
        number, unit = _with_unit(str(size))
    if not 0 <= number < float("inf"):
        raise InvalidOption(f"{size!r} is no size; write a number of pixels, such as 20, or 5um2", option="min-size", given=size)
    return number, unit


def _with_unit(text: str) -> tuple[float, tuple[str, int] | None]:
    found = _SIZE.fullmatch(text)
    if found is None:
        return -1.0, None
    try:
        number = float(found[1])
    except ValueError:
        return -1.0, None
    if found[2].lower() in ("px", "pixel", "pixels", "voxel", "voxels") and not found[3]:
        return number, None
    if not found[3]:
        raise InvalidOption(f"{text!r} is a length, not the size of a particle; write {found[1]}{found[2]}2", option="min-size", given=text)
    unit = pixel_size_of(f"1{found[2]}").unit
    return number, (unit, {"2": 2, "3": 3, "²": 2, "³": 3}[found[3]])


def threshold_of(given: str | float) -> str | float | Level:
    """A threshold as a user writes it: the name of a method, ``binary``, ``100``, ``100:900``, ``:900``.

    Raises
    ------
    InvalidOption
        It is none of these.
    """
    if isinstance(given, int | float) and not isinstance(given, bool):
        return _finite(float(given), str(given))
    text = str(given).strip().lower()
    if text in (*NAMES, BINARY):
        return text
    low, colon, high = text.partition(":")
    if not colon:
        return _finite(_number(text), text)
    level = Level(_number(low) if low else -float("inf"), _number(high) if high else float("inf"))
    if not level.low <= level.high:
        raise InvalidOption(
            f"no value lies in {given}: the first number is the lowest value of objects, the second the highest", option="threshold", given=given
        )
    return level


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        names = ", ".join((*NAMES, BINARY))
        raise InvalidOption(f"{text!r} is no threshold; there are {names}, a number such as 100, or a range such as 100:900", option="threshold") from None


def _finite(value: float, text: str) -> float:
    if value != value or abs(value) == float("inf"):
        raise InvalidOption(f"{text} is no threshold; write a number that values can have", option="threshold", given=text)
    return value


def checked(how: Segmenting) -> Segmenting:
    """The same, where all of it makes sense together.

    Raises
    ------
    InvalidOption
    """
    if how.connectivity not in (4, 8, *VOLUMES):
        raise InvalidOption(f"connectivity is 4 or 8, or 6 or 26 for volumes, not {how.connectivity}", option="connectivity", allowed="4, 8, 6, 26")
    if how.background not in ("dark", "light"):
        raise InvalidOption(f"the background is dark or light, not {how.background!r}", option="background", allowed="dark, light")
    if not 0 <= how.min_circularity <= how.max_circularity <= 1:
        raise InvalidOption("circularity is between 0 and 1 (a circle), the smaller one first", option="min-circularity")
    if how.volumes and how.by_form:
        raise InvalidOption("circularity is measured of planes; leave it out, or choose connectivity 4 or 8", option="min-circularity")
    if how.volumes and how.per_plane:
        raise InvalidOption("particles that go through the planes have one threshold; leave out --per-plane, or choose connectivity 4 or 8", option="per-plane")
    for size in (how.min_size, how.max_size):
        if size is not None:
            size_of_text(size)
    return how
