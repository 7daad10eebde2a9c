"""Gates as users write them."""

from __future__ import annotations

import pytest

from segue.errors import InvalidOption
from segue.model.rules import PolygonTerm, Range
from segue.workflow.selections.expression import alternatives, polygon_of, polygon_of_rows, text_of

A, B, C = Range("CD3 mean", 100, 900), Range("CD8 mean", 50, None), Range("area", None, 20)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("CD3 mean:100:900", ((A,),)),
        ("CD3 mean:100:900 & CD8 mean:50:", ((A, B),)),
        ("CD3 mean:100:900|CD8 mean:50:", ((A,), (B,))),
        ("CD3 mean:100:900 & CD8 mean:50: | area::20", ((A, B), (C,))),
        ("CD3 mean:100:900 & (CD8 mean:50: | area::20)", ((A, B), (A, C))),
        ("((area::20))", ((C,),)),
        ('"a|b & (c)":1:2', ((Range("a|b & (c)", 1, 2),),)),
        ('"say ""x""":1:2', ((Range('say "x"', 1, 2),),)),
        ("ratio: a:1:2", ((Range("ratio: a", 1, 2),),)),
        ("x:-1e3:.5", ((Range("x", -1000, 0.5),),)),
        ("x::", ((Range("x"),),)),
    ],
)
def test_ranges_and_or_brackets_and_quotes(text, terms):
    assert alternatives(text) == terms


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CD3 mean", "it is no term"),
        ("CD3 mean:1", "it is no term"),
        (":1:2", "it is no term"),
        ("x:a:2", "'a' is no number"),
        ("x:nan:2", "'nan' is no number"),
        ("x:3:2", "low end 3 is above its high end 2"),
        ("x:1:2 &", "a term is missing"),
        ("x:1:2 & & y:1:2", "a term is missing"),
        ("(x:1:2", "a bracket is not closed"),
        ("x:1:2)", "nothing is expected"),
        ('"x:1:2', "a quote is not closed"),
        ("", "a term is missing"),
        ("&".join(["(a:1:2|b:1:2)"] * 7), "more than 64 alternatives"),
    ],
)
def test_what_is_no_gate_is_said(text, said):
    with pytest.raises(InvalidOption, match=said):
        alternatives(text)


def test_polygons_name_two_columns_and_three_corners():
    term = polygon_of("CD3 mean, CD8 mean: 1,2 3,4 5,6.5", "log10", "linear", 5.0)
    assert term == PolygonTerm("CD3 mean", "CD8 mean", ((1, 2), (3, 4), (5, 6.5)), "log10", "linear", 5.0)
    assert polygon_of('"a, b","c: d":0,0 1,0 1,1').x == "a, b"
    rows = [["CD3 mean", "CD8 mean"], ["1", "2"], ["3", "4"], [], ["5", "6.5"]]
    assert polygon_of_rows(rows, "gate.csv", term) == term


@pytest.mark.parametrize("text", ["a,b: 1,2 3,4", "a: 1,2 3,4 5,6", "a,b: 1,2 3,4 5", "a,b: 1,2 3,4 5,inf", "a,b"])
def test_what_is_no_polygon_is_said(text):
    with pytest.raises(InvalidOption, match="is no polygon"):
        polygon_of(text)


def test_terms_have_names():
    assert [text_of(one) for one in (A, B, C, Range("x"))] == ["CD3 mean 100 - 900", "CD8 mean from 50", "area to 20", "x"]
