"""What a preset is: the columns of another program's table, and how that program shows the numbers in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from segue.errors import Incompatible
from segue.measure.catalog import MEASUREMENTS
from segue.measure.measurement import BOTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Convention = Literal["plain", "truncated index", "from centre", "degrees", "full scale"]
"""How a number is shown: as it is; as the number of a pixel, its fraction cut off; as a place counted from the centre of the first pixel;
an angle in degrees; a value as a part of the largest that the image's type of number holds."""

CHANNEL = "{channel}"
PERCENTILE = "percentile "
FULL_SCALE = {"u1": 255.0, "i1": 255.0, "u2": 65535.0, "i2": 65535.0, "u4": 2.0**32, "i4": 2.0**32 - 1}
"""What CellProfiler divides values by; fractions stay as they are, and so do whole numbers of 64 bits, which it does not read."""


class Heading(NamedTuple):
    """A column, or one per channel."""

    name: str
    """``{channel}`` stands for the channel's name; without it the name follows the channel's where there are several."""
    measurement: str
    """Of the catalogue, or ``percentile N``."""
    convention: Convention = "plain"


class PresetColumn(NamedTuple):
    """A column of a table."""

    name: str
    measurement: str
    channel: int | None
    """Which of the channels; None where it is about none."""
    convention: Convention


@dataclass(frozen=True)
class Preset:
    """The columns of a program's table."""

    name: str
    program: str
    """With the version whose numbers these are."""
    headings: tuple[Heading, ...]
    last: tuple[Heading, ...] = ()
    """Columns that stand behind the others when these are sorted."""
    by_name: bool = False
    """Whether the columns are sorted by name (by the numbers of their letters), not in the order of ``headings``."""
    pixels_only: bool = False
    """Whether the program measures in pixels whatever their size."""
    dimensions: tuple[int, ...] = BOTH
    """Of the images whose segments its columns are about."""
    label: str | None = None
    """Its heading for the label of a segment; None = its own numbering, or none."""
    populations: str | None = None
    """Its heading for the names of populations, joined by commas."""
    ending: str = ""
    """What the program adds to the name of an image for that of its table."""
    left_out: tuple[str, ...] = ()
    """Columns of the program that are not measured here."""

    @property
    def measurements(self) -> tuple[str, ...]:
        """What to measure, by the names of the catalogue, each once."""
        return tuple(dict.fromkeys(one.measurement for one in self.headings + self.last if not one.measurement.startswith(PERCENTILE)))

    @property
    def percentiles(self) -> tuple[float, ...]:
        """The percentiles among the columns."""
        found = dict.fromkeys(one.measurement for one in self.headings + self.last if one.measurement.startswith(PERCENTILE))
        return tuple(float(one.removeprefix(PERCENTILE)) for one in found)

    def table(self, channels: Sequence[str], dimensions: int = 2) -> tuple[PresetColumn, ...]:
        """The columns in the order of the program.

        Parameters
        ----------
        channels
            Their names; empty where one has none.
        dimensions
            2, or 3 for volumes: what is not measured of these is left out.

        Raises
        ------
        Incompatible
            None of it is about images of so many dimensions.
        """
        if dimensions not in self.dimensions:
            raise Incompatible(f"the preset {self.name} is made for planes; measure volumes with the preset all, or name what to measure")
        first, last = (self._expanded(part, channels, dimensions) for part in (self.headings, self.last))
        return (*(sorted(first, key=lambda one: one.name) if self.by_name else first), *last)

    def _expanded(self, headings: Sequence[Heading], channels: Sequence[str], dimensions: int) -> list[PresetColumn]:
        found = []
        for one in headings:
            record = _RECORDS.get(one.measurement)
            if record is not None and dimensions not in record.dimensions:
                continue
            if record is not None and not record.channels:
                found.append(PresetColumn(one.name, one.measurement, None, one.convention))
                continue
            name = one.name if CHANNEL in one.name or len(channels) == 1 else f"{CHANNEL} {one.name}"
            found += [PresetColumn(_filled(name, channel), one.measurement, row, one.convention) for row, channel in enumerate(channels)]
        return found


def _filled(name: str, channel: str) -> str:
    """The name of a channel's column; without a name of the channel, what joins it goes, too."""
    return name.replace(CHANNEL, channel) if channel else name.replace(f"{CHANNEL} ", "").replace(f"_{CHANNEL}", "").replace(CHANNEL, "value")


_RECORDS = {one.name: one for one in MEASUREMENTS}


def shown(values: NDArray[np.generic], convention: Convention, dtype: np.dtype[Any] | None = None) -> NDArray[np.generic]:
    """The numbers of a column as the program shows them.

    Parameters
    ----------
    values : (s,)
        In pixels, radians, or values of the image.
    convention
        Of the column.
    dtype
        Of the channel's pixels; for "full scale" only.
    """
    if convention == "truncated index":
        return np.floor(values.astype(np.float64) - 0.5).astype(np.int64)
    if convention == "from centre":
        return values.astype(np.float64) - 0.5
    if convention == "degrees":
        return np.degrees(values.astype(np.float64))
    if convention == "full scale" and dtype is not None:
        return values.astype(np.float64) / FULL_SCALE.get(dtype.str[1:], 1.0)
    return values
