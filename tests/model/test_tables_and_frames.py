"""Constructors refuse what cannot be right, and never lose a value in silence."""

from __future__ import annotations

import polars as pl
import pytest

from segue.model.connections import Connections
from segue.model.frames import conform, remapped, replaced
from segue.model.populations import Membership
from segue.model.tables import ABOUT, KEYS, Column, Table


class TestConform:
    SCHEMA = {"row": pl.Int32, "value": pl.Float64, "text": pl.Utf8}  # noqa: RUF012

    def test_puts_columns_in_order_and_adds_missing_ones_as_null(self):
        frame = conform(pl.DataFrame({"text": ["a"], "row": [1]}), self.SCHEMA, "things")
        assert dict(frame.schema) == self.SCHEMA
        assert frame.rows() == [(1, None, "a")]

    def test_leaves_a_frame_that_fits_as_it_is(self):
        frame = pl.DataFrame(schema=self.SCHEMA)
        assert conform(frame, self.SCHEMA, "things") is frame

    def test_refuses_an_unknown_column(self):
        with pytest.raises(ValueError, match="things have no column \\['colour'\\]"):
            conform(pl.DataFrame({"colour": [1]}), self.SCHEMA, "things")

    @pytest.mark.parametrize("values", [[1.5], [float("nan")], [2**40], ["one"], [float("inf")]])
    def test_refuses_what_a_cast_would_change(self, values):
        with pytest.raises(ValueError, match="column row of things"):
            conform(pl.DataFrame({"row": values}), self.SCHEMA, "things")

    def test_takes_whole_numbers_of_any_type(self):
        assert conform(pl.DataFrame({"row": [1.0, None]}), self.SCHEMA, "things")["row"].to_list() == [1, None]

    def test_refuses_integers_that_a_float_cannot_hold(self):
        with pytest.raises(ValueError, match="column value of things"):
            conform(pl.DataFrame({"value": [2**53 + 1]}), self.SCHEMA, "things")

    def test_keeps_a_column_without_a_name(self):
        assert conform(pl.DataFrame({"": [1]}), {"": pl.Float64}, "things").columns == [""]


class TestReplaced:
    FRAME = pl.DataFrame({"id": ["a", "b"], "name": ["x", None]})

    def test_takes_a_text_as_a_value_and_never_as_a_column(self):
        assert replaced(self.FRAME, {"name": "id"})["name"].to_list() == ["id", "id"]

    def test_takes_none_a_series_and_an_expression(self):
        assert replaced(self.FRAME, {"name": None})["name"].to_list() == [None, None]
        assert replaced(self.FRAME, {"name": pl.Series(["p", "q"])})["name"].to_list() == ["p", "q"]
        assert replaced(self.FRAME, {"name": pl.col("id")})["name"].to_list() == ["a", "b"]


class TestRemapped:
    def test_renumbers_what_stays_and_drops_the_rest(self):
        frame = pl.DataFrame({"row": [0, 1, 2, 1], "*": [10, 11, 12, 13]})
        assert remapped(frame, ("row",), pl.Series([2, 1])).rows() == [(1, 11), (0, 12), (1, 13)]

    def test_needs_every_reference_of_a_row(self):
        frame = pl.DataFrame({"parent": [0, 1, 1], "child": [1, 2, 0]})
        assert remapped(frame, ("parent", "child"), pl.Series([1, 0])).rows() == [(1, 0), (0, 1)]

    @pytest.mark.parametrize("name", ["*", "^row$", "_new", "_old", ""])
    def test_does_not_mind_the_names_of_other_columns(self, name):
        assert remapped(pl.DataFrame({"row": [0, 1], name: ["a", "b"]}), ("row",), pl.Series([1])).rows() == [(0, "b")]

    def test_of_nothing_is_nothing(self):
        empty = pl.DataFrame(schema={"row": pl.Int32})
        assert remapped(empty, ("row",), pl.Series([], dtype=pl.Int32)).is_empty()
        assert remapped(pl.DataFrame({"row": [0]}), ("row",), pl.Series([], dtype=pl.Int32)).is_empty()


class TestTable:
    def test_has_the_key_columns_of_what_it_is_about(self):
        assert {about: Table(about, pl.DataFrame(schema=KEYS[about])).keys for about in ABOUT} == {about: list(KEYS[about]) for about in ABOUT}

    @pytest.mark.parametrize(
        ("frame", "columns"),
        [
            ({"a": [1.0]}, ("a",)),
            ({"row": [0]}, ("a",)),
            ({"row": [0], "a": [1.0], "b": [1.0]}, ("a",)),
            ({"a": [1.0], "row": [0]}, ("a",)),
            ({"row": [0], "a": [1.0]}, ("a", "a")),
            ({"row": [0]}, ("row",)),
        ],
    )
    def test_refuses_other_columns_than_it_describes(self, frame, columns):
        with pytest.raises(ValueError, match="has the columns"):
            Table("objects", pl.DataFrame(frame), tuple(Column(name) for name in columns))

    def test_refuses_two_rows_about_the_same_thing(self):
        with pytest.raises(ValueError, match="one row per thing"):
            Table("objects", pl.DataFrame({"row": [0, 0], "a": [1.0, 2.0]}), (Column("a"),))
        planes = pl.DataFrame({"row": [0, 0], "t": [None, None], "c": [0, 1], "z": [None, None]})
        assert len(Table("objects on planes", planes)) == 2

    def test_refuses_a_value_that_its_type_cannot_hold(self):
        with pytest.raises(ValueError, match="column a of tables about objects"):
            Table("objects", pl.DataFrame({"row": [0], "a": [1.5]}), (Column("a", "integer"),))

    def test_marks_rows_that_are_stale(self):
        frame, columns = pl.DataFrame({"row": [3, 0, 2], "a": [1.0, 2.0, 3.0]}), (Column("a"),)
        assert Table("objects", frame, columns).stale.to_list() == []
        assert Table("objects", frame, columns, pl.Series([3, 0, 3])).stale.to_list() == [0, 3]

    @pytest.mark.parametrize(("about", "frame"), [("objects", {"row": [0], "a": [1.0]}), ("image set", {"a": [1.0]})])
    def test_refuses_marks_on_rows_that_it_does_not_have(self, about, frame):
        with pytest.raises(ValueError, match="what is stale"):
            Table(about, pl.DataFrame(frame), (Column("a"),), pl.Series([1]))

    def test_tells_null_from_nan(self):
        table = Table("objects", pl.DataFrame({"row": [0, 1], "a": [None, float("nan")]}), (Column("a"),))
        assert table.frame["a"].null_count() == 1
        assert table.frame["a"].is_nan().to_list() == [None, True]


class TestConnectionsAndMemberships:
    def test_ids_of_connections_are_present_and_unique(self):
        ends = {"kind": ["link"] * 2, "parent": [0, 0], "child": [1, 1]}
        for ids in (["a", "a"], ["a", None]):
            with pytest.raises(ValueError, match="ids of connections"):
                Connections(pl.DataFrame({"id": ids, **ends}))

    def test_kinds_of_connections_are_a_closed_list(self):
        with pytest.raises(ValueError, match="column kind of connections"):
            Connections(pl.DataFrame({"id": ["a"], "kind": ["marriage"], "parent": [0], "child": [1]}))

    def test_an_object_is_in_a_population_once(self):
        with pytest.raises(ValueError, match="once"):
            Membership(pl.DataFrame({"population": ["p", "p"], "object": [0, 0]}))

    def test_places_are_counted_in_the_order_of_the_pairs(self):
        members = Membership.of(pl.DataFrame({"population": ["p", "q", "p"], "object": [4, 4, 2]}))
        assert members.frame.rows() == [("p", 4, 0, 0, None), ("q", 4, 0, 1, None), ("p", 2, 1, 0, None)]
