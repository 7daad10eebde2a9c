"""Flat geometry: offsets that fit, rows that can be taken and compared; shapes that belong to something."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from segue.model.features import SHAPE_FEATURES
from segue.model.rings import Rings, concat
from segue.model.shapes import PARAMETERS, SCHEMA, STYLE, VERTICES, ShapeKind, Shapes, joined
from segue.testing.strategies import studies

XY = np.arange(16.0).reshape(8, 2)
TWO = Rings(XY, np.array([0, 3, 5, 8]), np.array([0, 2, 3]), np.array([0, 1, 2]))
"""A shape of one part with a hole, and a shape of one ring."""


class TestRings:
    @pytest.mark.parametrize(
        ("rings", "parts", "shapes"),
        [
            ([0, 3], [0, 1], [0, 1]),
            ([0, 5, 3, 8], [0, 3], [0, 1]),
            ([1, 8], [0, 1], [0, 1]),
            ([0, 8], [0, 2], [0, 1]),
            ([0, 8], [0, 1], [0, 2]),
            ([], [0], [0]),
        ],
    )
    def test_refuse_offsets_that_do_not_fit(self, rings, parts, shapes):
        with pytest.raises(ValueError, match="does not run from 0"):
            Rings(XY, *(np.array(one, np.int64) for one in (rings, parts, shapes)))

    def test_refuse_coordinates_that_are_no_pairs(self):
        zero = np.zeros(1, np.int64)
        for coords in (np.zeros(4), np.zeros((2, 3)), np.zeros((1, 2, 2))):
            with pytest.raises(ValueError, match="wrong shape"):
                Rings(coords, zero, zero, zero)

    def test_cannot_be_written_to_and_do_not_lock_the_given_array(self):
        coords = np.zeros((1, 2))
        rings = Rings.simple(coords, np.array([0, 1]))
        with pytest.raises(ValueError, match="read-only"):
            rings.coords[0, 0] = 1
        assert coords.flags.writeable

    def test_know_where_the_vertices_of_each_shape_begin(self):
        assert TWO.coord_start.tolist() == [0, 5, 8]

    def test_are_taken_in_any_order_and_repeatedly(self):
        taken = TWO.take(np.array([1, 0, 1]))
        assert taken.shape_start.tolist() == [0, 1, 2, 3]
        assert taken.part_start.tolist() == [0, 1, 3, 4]
        assert np.diff(taken.ring_start).tolist() == [3, 3, 2, 3]
        assert taken.take(np.array([1, 0])).same(TWO).all()

    def test_of_nothing_are_nothing(self):
        assert len(TWO.take(np.array([], np.int64))) == 0
        assert len(concat([])) == 0
        assert Rings.empty().same(Rings.empty()).tolist() == []

    def test_are_joined(self):
        both = concat([TWO, Rings.empty(), TWO])
        assert len(both) == 4
        assert both.take(np.array([2, 3])).same(TWO).all()

    def test_differ_in_one_vertex_one_structure_or_one_length(self):
        coords = XY.copy()
        coords[6, 1] += 1e-9
        assert TWO.same(TWO.with_coords(coords)).tolist() == [True, False]
        parts = Rings(XY, TWO.ring_start, np.array([0, 1, 2, 3]), np.array([0, 2, 3]))
        assert TWO.same(parts).tolist() == [False, True]
        rings = Rings(XY, np.array([0, 2, 5, 8]), TWO.part_start, TWO.shape_start)
        assert TWO.same(rings).tolist() == [False, True]

    def test_of_other_number_cannot_be_compared_one_by_one(self):
        with pytest.raises(ValueError, match="one by one"):
            TWO.same(Rings.empty())

    def test_nan_equals_nan_and_minus_zero_zero(self):
        one, other = (Rings.simple(np.array([[np.nan, zero]]), np.array([0, 1])) for zero in (0.0, -0.0))
        assert one.same(other).tolist() == [True]

    def test_are_compared_by_pairs_of_rows(self):
        copy = TWO.with_coords(XY.copy())
        assert TWO.same_rows(np.array([0, 1, 0]), copy, np.array([0, 1, 1])).tolist() == [True, True, False]
        assert TWO.same_rows(np.array([1, 0]), TWO, np.array([0, 1])).tolist() == [False, False]
        assert TWO.same_rows(np.array([1, 0]), TWO, np.array([1, 0])).tolist() == [True, True]

    @given(study=studies())
    def test_survive_being_taken_apart_and_joined(self, study):
        rings = study.image_sets[0].shapes.rings
        again = concat([rings.take(np.array([row])) for row in range(len(rings))])
        assert again.same(rings).all()


class TestShapes:
    POINT = Rings.simple(np.zeros((1, 2)), np.array([0, 1]))

    def test_have_a_role_unless_told_otherwise(self):
        shapes = Shapes(pl.DataFrame({"object": [0], "kind": ["point"]}), self.POINT)
        assert dict(shapes.frame.schema) == SCHEMA
        assert shapes.frame["role"].to_list() == ["outline"]

    @pytest.mark.parametrize(
        "columns", [{"object": [None], "kind": ["point"]}, {"object": [0], "kind": [None]}, {"object": [0], "kind": ["point"], "role": [None]}]
    )
    def test_need_an_object_a_role_and_a_kind(self, columns):
        with pytest.raises(ValueError, match="every shape has an object"):
            Shapes(pl.DataFrame(columns, schema_overrides={"object": pl.Int32, "kind": pl.Utf8}), self.POINT)

    def test_are_of_a_closed_list_of_kinds(self):
        with pytest.raises(ValueError, match="column kind of shapes"):
            Shapes(pl.DataFrame({"object": [0], "kind": ["blob"]}), self.POINT)

    def test_have_geometry_each(self):
        with pytest.raises(ValueError, match="2 shapes with geometry for 1"):
            Shapes(pl.DataFrame({"object": [0, 0], "kind": ["point"] * 2}), self.POINT)

    def test_are_chosen_by_kind_and_joined(self):
        both = joined([Shapes(pl.DataFrame({"object": [0], "kind": [kind]}), self.POINT) for kind in ("point", "line")])
        assert both.of_kinds((ShapeKind.LINE,)).frame["kind"].to_list() == ["line"]
        assert len(both.of_kinds(())) == 0
        assert len(joined([])) == 0

    def test_each_kind_is_a_feature_and_says_what_its_vertices_mean(self):
        assert {kind.feature for kind in ShapeKind} == set(SHAPE_FEATURES)
        assert set(VERTICES) == set(ShapeKind)
        assert set(SCHEMA) == {"object", "role", "z", "c", "kind", *PARAMETERS, *STYLE}
