"""A picture that is painted when it is read, tile by tile: whatever is read, it is the same picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.geometry.rings import Rings
from segue.render.areas import paint_areas, touching
from segue.render.channels import add_channel
from segue.render.drawn import Areas, Light, Paths, Window, Writing
from segue.render.lettering import paint_writing
from segue.render.paint import black, finished
from segue.render.paths import paint_paths
from segue.render.segments import labels_of, paint_segments
from segue.render.stamps import Stamp, paint_stamp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.model.image import Region
    from segue.render.plane import Plane
    from segue.render.styles import Styles

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Segments:
    """A label image and how its segments are painted."""

    plane: Plane
    styles: Styles


@dataclass(frozen=True, eq=False)
class Figures:
    """Vectors that are painted together: areas, then lines."""

    areas: Areas
    bounds: Floats
    """(n, 4) of the areas: left, top, right, bottom."""
    paths: Paths


def figures_of(areas: Areas, paths: Paths) -> Figures:
    """Areas and lines with what is needed to find those of a tile."""
    return Figures(areas, Rings.of(areas.rings).bounds(), paths)


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything on a picture; pixels of red, green and blue that are painted when they are read (``segue.model.image.Pixels``)."""

    window: Window
    """Which part of the image is shown."""
    channels: tuple[tuple[Plane, Light], ...] = ()
    segments: tuple[Segments, ...] = ()
    figures: tuple[Figures, ...] = ()
    """Regions, then drawings."""
    writing: tuple[Writing, ...] = ()
    """In pixels of the picture, from the corner of the image."""
    stamps: tuple[Stamp, ...] = ()
    """In pixels of the picture, from its own corner."""
    zoom: int = 1
    """Pixels of the picture along each side of a pixel of the image."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Rows, columns, and red, green, blue."""
        return self.window.height * self.zoom, self.window.width * self.zoom, 3

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint8)

    @property
    def chunks(self) -> tuple[int, int, int] | tuple[()]:
        """Size of what has to be decoded at once of the largest source; empty = not known."""
        known = [chunk for plane in (*(one for one, _ in self.channels), *(one.plane for one in self.segments)) if (chunk := plane.chunks)]
        if not known:
            return ()
        largest = (max(one[axis] for one in known) * self.zoom for axis in (0, 1))
        rows, columns = (min(size, most) for size, most in zip(largest, self.shape, strict=False))
        return rows, columns, 3

    def read(self, region: Region) -> NDArray[np.uint8]:
        """The picture in a region, as (y, x, red green blue)."""
        rows, columns, colours = region
        tile = Window(rows.start, rows.stop, columns.start, columns.stop)
        canvas = self._zoomed(tile)
        top, left = self.window.top * self.zoom, self.window.left * self.zoom
        for writing in self.writing:
            paint_writing(canvas, Window(tile.top + top, tile.bottom + top, tile.left + left, tile.right + left), writing)
        for stamp in self.stamps:
            paint_stamp(canvas, tile, stamp)
        return finished(canvas)[..., colours]

    def _zoomed(self, tile: Window) -> Floats:
        """What lies under text and stamps, of a tile of the picture."""
        if self.zoom == 1:
            return self._painted(tile)
        inner = Window(tile.top // self.zoom, -(-tile.bottom // self.zoom), tile.left // self.zoom, -(-tile.right // self.zoom))
        large = self._painted(inner).repeat(self.zoom, axis=0).repeat(self.zoom, axis=1)
        top, left = tile.top - inner.top * self.zoom, tile.left - inner.left * self.zoom
        return np.ascontiguousarray(large[top : top + tile.height, left : left + tile.width])

    def _painted(self, part: Window) -> Floats:
        """A part of the window, pixel by pixel of the image."""
        top, left = self.window.top, self.window.left
        tile = Window(top + part.top, top + part.bottom, left + part.left, left + part.right)
        canvas = black(tile.height, tile.width)
        for plane, light in self.channels:
            add_channel(canvas, plane.read(tile), light)
        np.minimum(canvas, 255.0, out=canvas)
        for segments in self.segments:
            self._paint_segments(canvas, tile, segments)
        for figures in self.figures:
            _paint_figures(canvas, tile, figures)
        return canvas

    @staticmethod
    def _paint_segments(canvas: Floats, tile: Window, segments: Segments) -> None:
        halo = int(segments.styles.width)
        labels = segments.plane.read(tile.grown(halo))
        labels = labels.view(np.uint8) if labels.dtype.kind == "b" else labels
        known = labels_of(labels)
        fill, line = segments.styles.of(known)
        paint_segments(canvas, labels, halo, known, fill, line, segments.styles.width)


def _paint_figures(canvas: Floats, tile: Window, figures: Figures) -> None:
    areas = figures.areas
    rows = touching(figures.bounds, tile, float(areas.width.max()) + 1 if len(areas) else 1)
    if len(rows):
        fill, line = areas.fill.take(rows), areas.line.take(rows)
        paint_areas(canvas, tile, Areas(areas.rings.take(rows), fill, line, areas.width[rows]))
    paint_paths(canvas, tile, figures.paths)
