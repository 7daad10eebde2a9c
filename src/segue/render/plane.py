"""One plane of pixels: rows and columns at a place along the other axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.model.image import Pixels
    from segue.render.drawn import Window

    Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Plane:
    """A plane of pixels; nothing is read before it is asked for."""

    pixels: Pixels
    axes: str
    place: tuple[tuple[str, int], ...] = ()
    """(axis, index) of the axes besides y and x; 0 where not named."""

    @property
    def height(self) -> int:
        return self.pixels.shape[self.axes.index("y")]

    @property
    def width(self) -> int:
        return self.pixels.shape[self.axes.index("x")]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    @property
    def chunks(self) -> tuple[int, int] | None:
        """Rows and columns of what has to be decoded at once; None = not known."""
        chunks = tuple(getattr(self.pixels, "chunks", None) or ())
        return (chunks[self.axes.index("y")], chunks[self.axes.index("x")]) if chunks else None

    def read(self, window: Window) -> Array:
        """(y, x) the pixels in a window; 0 outside the image."""
        rows = slice(max(window.top, 0), max(min(window.bottom, self.height), 0))
        columns = slice(max(window.left, 0), max(min(window.right, self.width), 0))
        inside = self._read(rows, columns) if rows.start < rows.stop and columns.start < columns.stop else np.zeros((0, 0), self.dtype)
        if inside.shape == (window.height, window.width):
            return inside
        whole = np.zeros((window.height, window.width), inside.dtype)
        top, left = rows.start - window.top, columns.start - window.left
        whole[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
        return whole

    def _read(self, rows: slice, columns: slice) -> Array:
        known = dict(self.place)
        parts = {"y": rows, "x": columns}
        region = tuple(parts.get(name) or slice(known.get(name, 0), known.get(name, 0) + 1) for name in self.axes)
        block = self.pixels.read(region)
        block = block.reshape([size for name, size in zip(self.axes, block.shape, strict=True) if name in "yx"])
        return block if self.axes.index("y") < self.axes.index("x") else block.T

    def strips(self, pixels: int = 1 << 23) -> Iterator[Array]:
        """The plane from top to bottom, in strips of about so many pixels, and of whole chunks."""
        from segue.render.drawn import Window

        chunk = (self.chunks or (1, 1))[0]
        rows = max(pixels // max(self.width, 1) // chunk, 1) * chunk
        for top in range(0, self.height, rows):
            yield self.read(Window(top, min(top + rows, self.height), 0, self.width))
