"""What is painted: light of channels, areas, lines, text, and the window that a tile shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.model.rings import Rings
    from segue.render.paint import Coats

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Whole = NDArray[np.int32] | NDArray[np.int64]


class Window(NamedTuple):
    """A tile of a picture, in pixels of the image: rows and columns, each from the first to before the last."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def grown(self, by: int) -> Window:
        """The window with so many pixels more on each side."""
        return Window(self.top - by, self.bottom + by, self.left - by, self.right + by)


@dataclass(frozen=True)
class Light:
    """How a channel is shown."""

    colour: tuple[float, float, float]
    """Red, green, blue, 0 to 255, of the value ``high``."""
    low: float
    """Value shown as black."""
    high: float
    """Value shown in full colour. Not above ``low`` = every value above ``low`` is."""
    inverted: bool = False
    """Whether low values are bright."""


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas in the order in which they are painted."""

    rings: Rings
    fill: Coats
    line: Coats
    width: Floats
    """(n,) how far the outline of each reaches into it, pixels; 0 = it has none."""

    def __len__(self) -> int:
        return len(self.rings)


@dataclass(frozen=True, eq=False)
class Paths:
    """Lines in the order in which they are painted; each is painted once, however often it crosses itself."""

    pieces: Floats
    """(m, 4) x, y of the start, x, y of the end of straight pieces, line by line, in pixels from the corner of the image."""
    start: Ints
    """(n + 1,) where the pieces of each line begin."""
    width: Floats
    """(n,) pixels."""
    line: Coats

    def __len__(self) -> int:
        return len(self.width)


@dataclass(frozen=True, eq=False)
class Letters:
    """The pictures of some characters at one size."""

    masks: NDArray[np.uint8]
    """(n, rows, columns) 0 to 255: how far each pixel is covered."""
    rims: NDArray[np.uint8]
    """The same with everything that is ``RIM`` pixels away."""
    sizes: Ints
    """(n, 2) rows and columns of each that are used."""
    offsets: Ints
    """(n, 2) from the pen, at the top of a line, to its top-left pixel."""
    advance: Floats
    """(n,) how far the pen moves."""
    height: int
    """From the top of a line to the top of the next."""


@dataclass(frozen=True, eq=False)
class Writing:
    """Characters of many texts, each with its place."""

    letters: Letters
    glyph: Whole
    """(m,) which letter."""
    places: Whole
    """(m, 2) row and column of the pen; ascending by row."""

    def __len__(self) -> int:
        return len(self.glyph)
