"""Shapes: where objects are, as vectors. 0..n rows per object; the geometry is flat (``segue.model.rings``)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.model.features import Feature
from segue.model.frames import conform, replaced
from segue.model.rings import Ints, Rings, concat


class ShapeKind(StrEnum):
    """The closed list of kinds. The value is what stands in the table."""

    POINT = "point"
    MULTIPOINT = "multipoint"
    LINE = "line"
    POLYLINE = "polyline"
    ANGLE = "angle"
    ARROW = "arrow"
    RECTANGLE = "rectangle"
    ROTATED_RECTANGLE = "rotated rectangle"
    OVAL = "oval"
    ELLIPSE = "ellipse"
    POLYGON = "polygon"
    FREEHAND = "freehand"
    TRACED = "traced"
    SPLINE = "spline"
    TEXT = "text"
    IMAGE = "image"
    MASK = "mask"

    @property
    def feature(self) -> Feature:
        return Feature["IMAGE_SHAPE" if self is ShapeKind.IMAGE else self.name]


VERTICES = {
    ShapeKind.POINT: ("the point", ()),
    ShapeKind.MULTIPOINT: ("the points, in order", ()),
    ShapeKind.LINE: ("start, end", ("width",)),
    ShapeKind.POLYLINE: ("the corners, in order", ("width", "freehand")),
    ShapeKind.ANGLE: ("end of the first arm, apex, end of the second arm", ()),
    ShapeKind.ARROW: ("start, tip", ("width", "head", "head_size", "double", "hollow")),
    ShapeKind.RECTANGLE: ("top-left corner, bottom-right corner", ("arc", "whole")),
    ShapeKind.ROTATED_RECTANGLE: ("the two ends of its middle line", ("width",)),
    ShapeKind.OVAL: ("top-left and bottom-right corner of its box", ("whole",)),
    ShapeKind.ELLIPSE: ("the two ends of its major axis", ("ratio",)),
    ShapeKind.POLYGON: ("rings: parts with holes", ()),
    ShapeKind.FREEHAND: ("rings: parts with holes, drawn by hand", ()),
    ShapeKind.TRACED: ("rings along pixel edges: parts with holes", ()),
    ShapeKind.SPLINE: ("the points it runs through", ("closed", "width", "freehand")),
    ShapeKind.TEXT: ("top-left and bottom-right corner of its box", ("angle",)),
    ShapeKind.IMAGE: ("top-left and bottom-right corner of its box; the pixels are in extras", ("opacity",)),
    ShapeKind.MASK: ("ring 0: top-left and bottom-right corner of its box; ring 1: start and end (x, y) of each row run", ()),
}
"""Defining vertices and named parameters of each kind."""

PARAMETERS = {
    "width": "width of a line, arrow, open spline or rotated rectangle, pixels",
    "freehand": "1 for a line or spline drawn by hand",
    "head": "arrow head: 0 filled, 1 notched, 2 open, 3 headless, 4 bar",
    "head_size": "length of an arrow head, pixels",
    "double": "1 for an arrow with two heads",
    "hollow": "1 for an arrow of which only the outline is drawn",
    "arc": "diameter of rounded corners, pixels",
    "whole": "1 if it covers whole pixels by ImageJ's own rule; null = the pixels whose centres are inside",
    "ratio": "minor axis / major axis, 0 to 1",
    "closed": "1 for a closed spline",
    "angle": "degrees, counter-clockwise",
    "opacity": "percent",
}

AREAS = (
    ShapeKind.RECTANGLE,
    ShapeKind.ROTATED_RECTANGLE,
    ShapeKind.OVAL,
    ShapeKind.ELLIPSE,
    ShapeKind.POLYGON,
    ShapeKind.FREEHAND,
    ShapeKind.TRACED,
    ShapeKind.MASK,
)
"""Kinds that enclose pixels."""

RINGED = (ShapeKind.POLYGON, ShapeKind.FREEHAND, ShapeKind.TRACED)
"""Kinds whose vertices are rings with parts and holes."""

KindType = pl.Enum([str(kind) for kind in ShapeKind])
STYLE = {"stroke": pl.UInt32, "fill": pl.UInt32, "stroke_width": pl.Float64, "text": pl.Utf8, "font": pl.Utf8, "font_size": pl.Float64}
SCHEMA: dict[str, Any] = {
    "object": pl.Int32,
    "role": pl.Utf8,
    "z": pl.Int32,
    "c": pl.Int32,
    "kind": KindType,
    **dict.fromkeys(PARAMETERS, pl.Float64),
    **STYLE,
}

COLUMNS = {
    "object": "row of the object it belongs to",
    "role": "outline, nucleus, ...",
    "z": "its z plane, from 0; null = all",
    "c": "its channel, from 0; null = all",
    "kind": "one of the kinds below",
    **PARAMETERS,
    "stroke": "line colour, 0xRRGGBBAA; null = not stated",
    "fill": "fill colour, 0xRRGGBBAA; null = none",
    "stroke_width": "line width in pixels; null = not stated",
    "text": "the text it shows",
    "font": "name of its font",
    "font_size": "points",
}


@dataclass(frozen=True, eq=False)
class Shapes:
    """One row per shape in ``frame``, its vertices in ``rings``."""

    frame: pl.DataFrame
    rings: Rings

    def __post_init__(self) -> None:
        frame = self.frame
        if "role" not in frame.columns:
            frame = frame.with_columns(role=pl.lit("outline"))
        object.__setattr__(self, "frame", conform(frame, SCHEMA, "shapes"))
        if len(self.rings) != frame.height:
            raise ValueError(f"{frame.height} shapes with geometry for {len(self.rings)}")
        if any(self.frame[name].null_count() for name in ("object", "role", "kind")):
            raise ValueError("every shape has an object, a role and a kind")

    def __len__(self) -> int:
        return self.frame.height

    @classmethod
    @cache
    def empty(cls) -> Shapes:
        return cls(pl.DataFrame(schema=SCHEMA), Rings.empty())

    def take(self, rows: Ints) -> Shapes:
        """The shapes of the given rows, in their order."""
        return Shapes(self.frame[rows], self.rings.take(rows))

    def of_kinds(self, kinds: tuple[ShapeKind, ...]) -> Shapes:
        """Only the shapes of some kinds."""
        return self.take(np.flatnonzero(self.are(kinds)).astype(np.int64))

    def are(self, kinds: Collection[ShapeKind]) -> npt.NDArray[np.bool_]:
        """(shapes,) bool: which of the shapes are of one of some kinds."""
        wanted: npt.NDArray[np.bool_] = np.array([kind in kinds for kind in ShapeKind])[self.frame["kind"].to_physical().to_numpy()]
        return wanted

    def with_columns(self, **columns: object) -> Shapes:
        """The same shapes with some columns replaced (a polars expression, a series, or one value for all; None = null)."""
        return Shapes(replaced(self.frame, columns), self.rings)


def joined(many: list[Shapes]) -> Shapes:
    """The shapes of several tables about the same objects, one behind the other."""
    return Shapes(pl.concat([shapes.frame for shapes in many]), concat([shapes.rings for shapes in many])) if many else Shapes.empty()
