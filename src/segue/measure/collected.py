"""The columns of all segments, filled as the regions come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.measure.region import Found

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Collected:
    """Results of regions in the order of the segments.

    Parameters
    ----------
    segments
        How many there are.
    channels
        Of each image.
    columns
        Of each channel.

    Memory: 8 bytes per segment, channel and column: what is given back.
    """

    def __init__(self, segments: int, channels: Sequence[int], columns: int) -> None:
        self._segments = segments
        self._values = [np.empty((number, columns, segments)) for number in channels]
        self._forms: dict[str, NDArray[np.generic]] = {}

    def put(self, rows: Ints, found: Found) -> None:
        """The results of a region whose segments are ``rows`` of all."""
        for of_image, some in zip(self._values, found.values, strict=True):
            for of_channel, columns in zip(of_image, some, strict=True):
                for column, values in zip(of_channel, columns, strict=True):
                    column[rows] = values
        for name, values in found.forms.items():
            self.form(name, values.dtype)[rows] = values

    def form(self, name: str, dtype: np.dtype[np.generic]) -> NDArray[np.generic]:
        """The column of a form; empty at first."""
        return self._forms.setdefault(name, np.empty(self._segments, dtype))

    @property
    def forms(self) -> dict[str, NDArray[np.generic]]:
        """Those that were made."""
        return self._forms

    def value(self, image: int, channel: int, column: int) -> Floats:
        """A column of a channel."""
        found: Floats = self._values[image][channel, column]
        return found
