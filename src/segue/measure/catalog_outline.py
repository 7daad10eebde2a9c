"""The catalogue's measurements of outlines, as NimbusImage makes them of the polygons of blobs."""

from __future__ import annotations

from segue.measure.measurement import NIMBUS, PLANE, Measurement, Unit


def _outline(name: str, unit: Unit, formula: str, made_of: tuple[str, ...] = ()) -> Measurement:
    return Measurement(name, unit, formula, NIMBUS, PLANE, made_of)


OUTLINE: tuple[Measurement, ...] = (
    _outline("outline_area", "pixels", "area within the outer outlines along pixel edges: holes count"),
    _outline("outline_length", "length", "length of these outlines"),
    _outline("outline_x", "place", "x of the centre of that area"),
    _outline("outline_y", "place", "y of the centre of that area"),
    _outline("elongation", "number", "1 - shorter / longer side of the rectangle of least area around it"),
    _outline("convexity", "number", "outline_area / area of the convex hull", ("outline_area",)),
    _outline("outline_solidity", "number", "outline_length / length of the convex hull", ("outline_length",)),
    _outline("rectangularity", "number", "outline_area / area of the rectangle of least area around it", ("outline_area",)),
    _outline("outline_circularity", "number", "4 pi outline_area / outline_length^2", ("outline_area", "outline_length")),
    _outline("outline_eccentricity", "number", "sqrt(1 - smaller / larger eigenvalue of the scatter of the corners of the outline about its centre)"),
)
