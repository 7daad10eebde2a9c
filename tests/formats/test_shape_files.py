"""Shapes as the kinds that a format has."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from segue.formats.shape_files import simplified
from segue.geometry.rings import Rings as Measured
from segue.model.rings import Rings, concat
from segue.model.shapes import ShapeKind, Shapes

K = ShapeKind


def shapes(*rows, **columns):
    """Shapes of one ring each from (kind, vertices); object i is shape i."""
    frame = pl.DataFrame({"object": range(len(rows)), "kind": [str(kind) for kind, _ in rows], **columns})
    rings = concat([Rings.simple(vertices, [0, len(vertices)]) for _, vertices in rows])
    return Shapes(frame, rings)


def kinds_of(found):
    return found.frame["kind"].cast(pl.Utf8).to_list()


BOX = [[2, 3], [12, 9]]
ZIGZAG = [[0, 0], [5, 5], [9, 0]]


def test_what_the_format_has_is_left_alone():
    given = shapes((K.OVAL, BOX), (K.POLYGON, ZIGZAG))
    assert simplified(given, [K.OVAL, K.POLYGON]) is given


@pytest.mark.parametrize(
    ("kind", "vertices", "has", "becomes"),
    [
        (K.OVAL, BOX, (K.ELLIPSE, K.POLYGON), "ellipse"),
        (K.OVAL, BOX, (K.POLYGON,), "polygon"),
        (K.RECTANGLE, BOX, (K.POLYGON,), "polygon"),
        (K.ARROW, BOX, (K.LINE, K.POLYLINE), "line"),
        (K.ARROW, BOX, (K.POLYLINE,), "polyline"),
        (K.ANGLE, ZIGZAG, (K.POLYLINE,), "polyline"),
        (K.SPLINE, ZIGZAG, (K.POLYGON, K.POLYLINE), "polyline"),
        (K.TRACED, ZIGZAG, (K.POLYGON,), "polygon"),
        (K.POINT, [[1, 1]], (K.MULTIPOINT,), "multipoint"),
    ],
)
def test_a_kind_becomes_the_nearest_that_there_is(kind, vertices, has, becomes):
    assert kinds_of(simplified(shapes((kind, vertices)), has)) == [becomes]


def test_a_closed_spline_is_an_area():
    assert kinds_of(simplified(shapes((K.SPLINE, ZIGZAG), closed=[1.0]), [K.POLYGON, K.POLYLINE])) == ["polygon"]


def test_a_multipoint_becomes_one_point_after_the_other_of_the_same_object():
    found = simplified(shapes((K.MULTIPOINT, ZIGZAG), (K.POINT, [[7, 7]])), [K.POINT])
    assert found.frame["object"].to_list() == [0, 0, 0, 1]
    assert found.rings.coords.tolist() == [*ZIGZAG, [7, 7]]


def test_shapes_keep_their_order_their_planes_and_their_style():
    given = shapes((K.RECTANGLE, BOX), (K.POLYGON, ZIGZAG), (K.OVAL, BOX), z=[3, None, 1], stroke=[1, 2, 3])
    found = simplified(given, [K.POLYGON])
    assert found.frame.select("object", "z", "stroke").rows() == [(0, 3, 1), (1, None, 2), (2, 1, 3)]


def test_what_encloses_nothing_is_left_out_of_a_format_of_areas():
    given = shapes((K.LINE, BOX), (K.TEXT, BOX), (K.POLYGON, ZIGZAG), (K.POINT, [[1, 1]]))
    assert simplified(given, [K.POLYGON]).frame["object"].to_list() == [2]
    assert len(simplified(shapes((K.TEXT, BOX)), [K.POLYGON])) == 0


@pytest.mark.parametrize("box", [[[0, 0], [10, 4]], [[0, 0], [4, 10]], [[1.5, 2], [9.25, 9.75]]])
def test_an_oval_as_an_ellipse_as_a_polygon_is_the_oval_as_a_polygon(box):
    direct = Measured.of(simplified(shapes((K.OVAL, box)), [K.POLYGON]).rings)
    ellipse = simplified(shapes((K.OVAL, box)), [K.ELLIPSE])
    around = Measured.of(simplified(ellipse, [K.POLYGON]).rings)
    assert around.areas() == pytest.approx(direct.areas())
    assert around.bounds()[0] == pytest.approx(np.ravel(box))


def test_a_rotated_rectangle_keeps_its_area():
    given = shapes((K.ROTATED_RECTANGLE, [[0, 0], [3, 4]]), width=[2.0])
    assert Measured.of(simplified(given, [K.POLYGON]).rings).areas()[0] == pytest.approx(10)


def test_a_mask_becomes_the_outline_of_its_pixels():
    runs = Rings([[0, 0], [3, 2], [0, 0], [3, 0], [1, 1], [2, 1]], [0, 2, 6], [0, 2], [0, 1])
    given = Shapes(pl.DataFrame({"object": [0], "kind": ["mask"]}), runs)
    assert Measured.of(simplified(given, [K.POLYGON]).rings).areas()[0] == 4


def test_a_figure_with_too_few_vertices_is_left_out():
    assert len(simplified(shapes((K.RECTANGLE, [[1, 1]]), (K.OVAL, [])), [K.POLYGON])) == 0
