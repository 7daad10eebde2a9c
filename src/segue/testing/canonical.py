"""One fixed study with something of everything: for snapshots, examples and damaged files."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.model.connections import Connections
from segue.model.display import ChannelDisplay, Display
from segue.model.features import Feature as F
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.keep import keep
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rules import GateRule, PolygonTerm, Range, RegionRule, SetsRule
from segue.model.shapes import RINGED, ShapeKind, Shapes
from segue.model.study import EXTRAS, ImageSet, Property, Study
from segue.model.tables import Column, Table
from segue.testing.allowed import Allowed
from segue.testing.drawings import HOLE, OUTER, Parts, ShapeList

KINDS = tuple(kind for kind in ShapeKind if kind not in (ShapeKind.IMAGE, ShapeKind.MASK))


def canonical(allowed: Allowed | None = None) -> Study:
    """Two image sets of 24 x 24 pixels: cells with names, colours, holes, values and populations, and a drawing of every kind of shape.

    Parameters
    ----------
    allowed
        The features it may use (None = all). Limits are not looked at, but for the number of image sets, images and label images.
    """
    populations = _populations()
    study = Study(
        (_cells(), _drawings()), populations, (Property("area", "Area", "shape", '{"unit": "pixel"}'),), (_display("day"), _display("night")), _study_details()
    )
    if allowed is None:
        return study
    most = {feature: allowed.limit(feature).at_most for feature in (F.IMAGE_SETS, F.IMAGES, F.LABELS)}
    study = Study(study.image_sets[: most[F.IMAGE_SETS]], study.populations, study.properties, study.displays, study.extras)
    return keep(study, allowed.features)


def _study_details() -> pl.DataFrame:
    return pl.DataFrame({"format": ["another-tool"], "entity": ["study"], "id": [""], "payload": ['{"plot": "scatter"}']}, schema=EXTRAS)


def _cells() -> ImageSet:
    labels = np.zeros((24, 24), np.uint16)
    labels[1:4, 1:4] = 1
    labels[2, 2] = 0
    labels[7:10, 1:4] = 2
    labels[7:9, 2:4] = 0
    labels[14:20, 10:22] = 300
    image = (np.arange(2 * 24 * 24, dtype=np.uint16) * 57).reshape(2, 24, 24)
    frame = pl.DataFrame(
        {
            "id": ["1", "2", "cell-300"],
            "layer": ["labels"] * 3,
            "label": [1, 2, 300],
            "track": [7, 7, None],
            "name": ["SEPT7", 'CD3/CD8 "µm²"', None],
            "colour": [0xFF0000FF, 0x00FF0080, None],
            "locked": [False, True, False],
        }
    )
    return ImageSet(
        "field 1",
        grid=Grid((Axis("y", 24, 0.325, "um", 100.0), Axis("x", 24, 0.325, "um", -20.5))),
        group="plate A",
        position=(("x", 1), ("y", 0)),
        images=(Image(ArrayPixels(image), "cyx", "raw", ("DAPI", "CD3/CD8"), (0.0, 60000.0)),),
        labels=(LabelImage(ArrayPixels(labels), "yx"),),
        objects=Objects(frame),
        shapes=_outlines(),
        connections=Connections(
            pl.DataFrame(
                {"id": ["c1"], "kind": ["track"], "parent": [0], "child": [1], "label": ["divides"], "tags": [["mother", "daughter"]]},
                schema_overrides={"parent": pl.Int32, "child": pl.Int32},
            )
        ),
        tables=_tables(),
        membership=Membership.of(pl.DataFrame({"population": ["p1", "p1", "p2"], "object": [1, 0, 0]})),
        display=_display(""),
        extras=pl.DataFrame({"format": ["another-tool"], "entity": ["object"], "id": ["1"], "payload": ['{"score": 0.5}']}),
        aliases=pl.DataFrame({"format": ["another-tool"], "entity": ["object"], "id": ["1"], "alias": ["65f0"]}),
    )


def _outlines() -> Shapes:
    found = ShapeList()
    found.add({"object": 0, "role": "outline", "kind": "traced"}, [[_moved(OUTER[0], 1, 1), _moved(HOLE, 1, 1)]])
    found.add({"object": 1, "role": "outline", "kind": "traced"}, [[_moved(OUTER[1], 1, 7)]])
    found.add({"object": 2, "role": "outline", "kind": "traced"}, [[[(10.0, 14.0), (22.0, 14.0), (22.0, 20.0), (10.0, 20.0)]]])
    return found.table()


def _drawings() -> ImageSet:
    found = ShapeList()
    for nth, kind in enumerate(KINDS):
        plane = {"z": nth % 3, "c": 0, "stroke": 0xFFFF00FF, "fill": None, "stroke_width": 1.0 + nth % 2}
        text = {"text": "three\nlines", "font": "SansSerif", "font_size": 12.0} if kind is ShapeKind.TEXT else {}
        found.add({"object": nth, "role": "outline", "kind": str(kind), **_PARAMETERS.get(kind, {}), **plane, **text}, _vertices(kind))
    ids = [f"drawing {nth}" for nth in range(len(KINDS))]
    objects = Objects(pl.DataFrame({"id": ids, "name": [str(kind) for kind in KINDS], "t": [nth % 2 for nth in range(len(KINDS))]}))
    return ImageSet("field 2", grid=Grid((Axis("t", 2), Axis("z", 3), Axis("y", 24), Axis("x", 24))), objects=objects, shapes=found.table())


_PARAMETERS: dict[ShapeKind, dict[str, float]] = {
    ShapeKind.LINE: {"width": 2.0},
    ShapeKind.ARROW: {"width": 1.0, "head": 1.0, "head_size": 5.0, "double": 1.0},
    ShapeKind.RECTANGLE: {"arc": 2.0},
    ShapeKind.ROTATED_RECTANGLE: {"width": 3.0},
    ShapeKind.ELLIPSE: {"ratio": 0.5},
    ShapeKind.SPLINE: {"closed": 1.0},
    ShapeKind.TEXT: {"angle": 30.0},
}


def _vertices(kind: ShapeKind) -> Parts:
    if kind in RINGED:
        return [[_moved(OUTER[0], 2, 2), _moved(HOLE, 2, 2)], [_moved(OUTER[1], 10, 12)]]
    path = [(2.5, 3.5), (9.5, 3.5), (9.5, 12.5), (4.5, 15.5)]
    if kind in (ShapeKind.RECTANGLE, ShapeKind.OVAL, ShapeKind.TEXT):
        return [[[(2.0, 3.0), (11.0, 9.0)]]]
    return [[path[: {ShapeKind.POINT: 1, ShapeKind.ANGLE: 3}.get(kind, 4 if kind in (ShapeKind.MULTIPOINT, ShapeKind.POLYLINE, ShapeKind.SPLINE) else 2)]]]


def _moved(ring: list[tuple[float, float]], x: float, y: float) -> list[tuple[float, float]]:
    return [(x + a, y + b) for a, b in ring]


def _tables() -> dict[str, Table]:
    columns = (
        Column("Area", "number", "area", (), "pixel^2", "area", None, "labels"),
        Column("count", "integer", channel="DAPI"),
        Column("note", "text", path=("comments", "first")),
        Column("good", "boolean"),
        Column("details", "json"),
    )
    frame = pl.DataFrame(
        {
            "row": [0, 1, 2],
            "Area": [8.0, float("nan"), None],
            "count": [2**53 + 1, None, -1],
            "note": ["=1+1", "", "a, b; c"],
            "good": [True, False, None],
            "details": ['{"a": [1, null]}', None, "3"],
        }
    )
    planes = pl.DataFrame({"row": [0, 0], "t": [None, None], "c": [0, 1], "z": [None, None], "mean": [1.5, float("inf")]})
    return {
        "measurements": Table("objects", frame, columns, pl.Series("row", [2])),
        "intensities": Table("objects on planes", planes, (Column("mean", unit="count"),)),
        "image": Table("image set", pl.DataFrame({"temperature": [37.0]}), (Column("temperature", unit="degC"),)),
        "links": Table("connections", pl.DataFrame({"row": [0], "weight": [0.25]}), (Column("weight"),)),
    }


def _populations() -> tuple[Population, ...]:
    polygon = PolygonTerm("Area", "mean", ((0.0, 0.0), (10.0, 0.0), (5.0, 8.5)), "log10", "arcsinh", 5.0)
    return (
        Population("p1", ("Immune", "T cells"), "class", 0xC83232FF, True, 0, 1, True),
        Population("p2", ("in the follicle",), "population", None, False, 1, None, False, RegionRule(("1",), "majority")),
        Population("p3", ("large",), "gate", 0x0000FFFF, rule=GateRule((Range("Area", 5.0), polygon), "p1")),
        Population("p4", ("either",), "tag", rule=SetsRule("union", ("p1", "p2"))),
    )


def _display(name: str) -> Display:
    channels = (ChannelDisplay("DAPI", 0x0000FFFF, 0.0, 4095.0), ChannelDisplay("CD3/CD8", 0x00FF00FF, visible=False))
    return Display(
        name,
        channels,
        (("z", 1),),
        label_opacity=0.25,
        label_outlines=False,
        scale_bar=True,
        label_layers=("labels",),
        outline_colour=0xFFFFFFFF,
        outline_width=2.0,
        outline_opacity=0.5,
        populations=("p1", "large"),
        population_opacity=0.3,
        legend_parts=("channels",),
        scale_bar_length=5.0,
        scale_bar_unit="um",
        text_size=12.0,
    )
