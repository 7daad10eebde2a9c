"""ImageJ ROIs as columns: what ``roi_read.decode`` returns and ``roi_write.encode`` takes. Source: ImageJ 1.54u7, RoiDecoder and RoiEncoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

POLYGON, RECT, OVAL, LINE, FREELINE, POLYLINE, NO_ROI, FREEHAND, TRACED, ANGLE, POINT = range(11)
"""Values of ``type``. A composite has type RECT and ``composite`` set."""
TEXT, ARROW, ELLIPSE, IMAGE, ROTATED_RECT = range(1, 6)
"""Values of ``subtype``; 0 = none."""
SPLINE, DOUBLE_HEADED, OUTLINE, SUB_PIXEL, SCALE_STROKE = 1, 2, 4, 128, 8192
"""The bits of ``options`` that matter for geometry and line width."""

BOX_TYPES = (RECT, OVAL)
"""Types that are a box: texts and images, too."""
SCALING = 228
"""From this version on SCALE_STROKE says whether a line width scales with the picture; before, it always does."""
VERTEX_TYPES = (POLYGON, FREELINE, POLYLINE, FREEHAND, TRACED, ANGLE, POINT)
"""Types that are lists of vertices."""
SPLINED = (POLYGON, FREELINE, POLYLINE, FREEHAND, TRACED)
"""Types through whose vertices a spline may run."""
LOWEST, HIGHEST = -5000, 60535
"""The range of integer coordinates: 16 bits, of which everything below -5000 is read as unsigned."""
MOST_VERTICES = 65535
"""A polygon with more vertices is stored as a composite."""


@dataclass(frozen=True)
class Text:
    """The body of a text ROI."""

    text: str | None
    """ImageJ ends every line with a line feed, the last one, too."""
    font: str
    size: int
    """Points."""
    style: int = 0
    """1 bold, 2 italic; justification (0 left, 1 centre, 2 right) in bits 8 and 9; 1024 = drawn as drawString would."""
    angle: float = 0.0
    """Degrees, a float32; 0 in files before version 225."""


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
    counters: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    """Per point: its counter in the low 8 bits, its place in the stack (from 1; 0 = all) above."""
    counter_start: Ints = field(default_factory=lambda: np.zeros(1, np.int64))
    """(n + 1,): the counters of each ROI, as many as it has points, or none. (1,) = no ROI has any."""
    texts: Mapping[int, Text] = field(default_factory=dict)
    """Row -> body of a text."""
    images: Mapping[int, bytes] = field(default_factory=dict)
    """Row -> a whole TIFF file, the picture of an image ROI."""
    origin: NDArray[np.float64] | None = None
    """(n, 2): what the integers of vertices with fractions are relative to; None = the smallest x and y."""

    def __len__(self) -> int:
        return len(self.roi_start) - 1

    @property
    def sub_pixel(self) -> Bools:
        """Which ROIs have coordinates with fractions (rectangles and ovals: only from version 223)."""
        boxes = np.isin(self.type, BOX_TYPES) & ~self.composite
        found: Bools = ((self.options & SUB_PIXEL) != 0) & (self.version >= np.where(boxes, 223, 222))
        return found

    @property
    def parameter(self) -> NDArray[np.float32]:
        """Ratio of the axes of ellipses, width of rotated rectangles."""
        return self.style.view(np.float32)

    @property
    def figure(self) -> Bools:
        """Ellipses and rotated rectangles: lists of vertices that follow from ``line`` and ``parameter``."""
        found: Bools = (self.type == FREEHAND) & np.isin(self.subtype, (ELLIPSE, ROTATED_RECT)) & ~self.composite
        return found

    @property
    def spline(self) -> Bools:
        """Curves through their vertices."""
        found: Bools = np.isin(self.type, SPLINED) & ((self.options & SPLINE) != 0) & ~self.composite & ~self.figure
        return found

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
    return Rois(**{one.name: values[one.name] for one in fields(Rois) if one.name in values})
