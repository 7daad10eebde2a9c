"""ImageJ ROIs as columns: what ``roi_read.decode`` returns and ``roi_write.encode`` takes. Source: ImageJ 1.54u7, RoiDecoder and RoiEncoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

POLYGON, RECT, OVAL, LINE, FREELINE, POLYLINE, NO_ROI, FREEHAND, TRACED, ANGLE, POINT = range(11)
"""Values of ``type``. A composite has type RECT and ``composite`` set."""
TEXT, ARROW, ELLIPSE, IMAGE, ROTATED_RECT = range(1, 6)
"""Values of ``subtype``; 0 = none."""
SPLINE, SUB_PIXEL, SCALE_STROKE = 1, 128, 8192
"""The bits of ``options`` that matter for geometry and line width."""

VERTEX_TYPES = (POLYGON, FREELINE, POLYLINE, FREEHAND, TRACED, ANGLE, POINT)
"""Types that are lists of vertices."""
LOWEST, HIGHEST = -5000, 60535
"""The range of integer coordinates: 16 bits, of which everything below -5000 is read as unsigned."""
MOST_VERTICES = 65535
"""A polygon with more vertices is stored as a composite."""


@dataclass(frozen=True, eq=False)
class Rois:
    """n ROIs. All numbers are as they are in the file, except that 16-bit coordinates are widened by ImageJ's rule."""

    version: NDArray[np.int32]
    type: NDArray[np.int32]
    subtype: NDArray[np.int32]
    options: NDArray[np.int32]
    composite: Bools
    box: NDArray[np.int32]
    """(n, 4): left, top, right, bottom in pixels; right and bottom exclusive."""
    line: NDArray[np.float32]
    """(n, 4): x1, y1, x2, y2 of lines; x, y, width, height of sub-pixel rectangles and ovals."""
    width: NDArray[np.int32]
    """Line width; size of the symbol of points."""
    fine_width: NDArray[np.float32]
    """Line width with fractions; 0 in files before version 227."""
    stroke: NDArray[np.uint32]
    """ARGB, 0 = none."""
    fill: NDArray[np.uint32]
    """ARGB, 0 = none."""
    style: NDArray[np.uint32]
    """Bytes 52 to 55: arrow style and head size, arc of rounded rectangles, or a float32 (`parameter`)."""
    position: NDArray[np.int32]
    """Plane of a plain stack, from 1; 0 = all."""
    c: NDArray[np.int32]
    """Channel of a hyperstack, from 1; 0 = all. The same for z and t. They hold if any of the three is positive, else ``position``."""
    z: NDArray[np.int32]
    t: NDArray[np.int32]
    label_colour: NDArray[np.uint32]
    font_size: NDArray[np.int32]
    group: NDArray[np.int32]
    """0 = none, up to 255 (65,535 from version 229)."""
    opacity: NDArray[np.int32]
    image_size: NDArray[np.int32]
    names: Sequence[str | None]
    """The names inside the ROIs; None where there is none."""
    properties: Sequence[str | None]
    """Text of ``key: value`` lines; see ``roi_properties``."""
    coords: NDArray[np.float64]
    """(m, 2): x, y of the vertices of vertex types and composites, absolute, in pixels; see ImageJ's half pixel for lines and points."""
    ring_start: Ints
    """(rings + 1,): a ring is a list of vertices; composites have any number, vertex types one, other types none."""
    roi_start: Ints
    """(n + 1,): the rings of each ROI."""
    curved: Bools
    """Composites whose curves were replaced by straight pieces."""

    def __len__(self) -> int:
        return len(self.roi_start) - 1

    @property
    def sub_pixel(self) -> Bools:
        """Which ROIs have coordinates with fractions (rectangles and ovals: only from version 223)."""
        boxes = np.isin(self.type, (RECT, OVAL)) & ~self.composite
        found: Bools = ((self.options & SUB_PIXEL) != 0) & (self.version >= np.where(boxes, 223, 222))
        return found

    @property
    def parameter(self) -> NDArray[np.float32]:
        """Ratio of the axes of ellipses, width of rotated rectangles."""
        return self.style.view(np.float32)

    @property
    def arc(self) -> NDArray[np.int32]:
        """Diameter of the rounded corners of rectangles."""
        return (self.style & 0xFFFF).astype(np.int32)


DTYPES: dict[str, Any] = {
    **dict.fromkeys("version type subtype options width position c z t font_size group opacity image_size".split(), np.int32),
    **dict.fromkeys("stroke fill style label_colour".split(), np.uint32),
    **dict.fromkeys("composite curved".split(), np.bool_),
    "fine_width": np.float32,
    "box": np.int32,
    "line": np.float32,
}
"""Number types of the columns."""


def blank(count: int, **columns: Any) -> Rois:
    """``count`` ROIs of version 228 with the given columns; all others are zero, without names, properties and vertices."""
    none = np.zeros(1, np.int64)
    values: dict[str, Any] = {
        "version": np.full(count, 228),
        "names": [None] * count,
        "properties": [None] * count,
        "coords": np.empty((0, 2)),
        "ring_start": none,
        "roi_start": np.zeros(count + 1, np.int64),
    } | columns
    for name, dtype in DTYPES.items():
        shape = (count, 4) if name in ("box", "line") else (count,)
        values[name] = np.zeros(shape, dtype) if name not in values else np.ascontiguousarray(values[name], dtype)
    return Rois(**{field.name: values[field.name] for field in fields(Rois)})
