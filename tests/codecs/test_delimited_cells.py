"""Lines of text from columns: texts quoted where they have to be, numbers as Python writes them, whole ones without a point."""

from __future__ import annotations

import csv
import io
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import delimited_cells
from segue.codecs.delimited_cells import lines, quoted
from segue.codecs.python_numbers import python_numbers

FLOATS = st.one_of(st.floats(), st.integers(-(10**18), 10**18).map(float), st.decimals(-1000, 1000, places=2).map(float))
TEXTS = st.one_of(st.text("0.1,\n\r\"' xµ", max_size=6), st.sampled_from(["1.0", "a,1.0,b", "1.0\n"]))


def python(value):
    """What is asked for, value by value."""
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)


def cell(text, *, always):
    return '"' + text.replace('"', '""') + '"' if always or any(mark in text for mark in ',"\r\n') else text


@given(st.lists(st.one_of(st.none(), FLOATS), max_size=8))
def test_numbers_are_texts_as_python_writes_them(values):
    found = python_numbers(pl.Series(values, dtype=pl.Float64))
    assert found.to_list() == [None if value is None else python(value) for value in values]


@given(st.lists(st.tuples(TEXTS, st.one_of(st.none(), FLOATS), FLOATS), min_size=1, max_size=6), st.booleans(), st.booleans())
def test_lines_are_those_of_plain_python(rows, quote, always):
    always = always or quote
    texts = pl.Series([row[0] for row in rows], dtype=pl.Utf8)
    numbers = [pl.Series([row[nth] for row in rows], dtype=pl.Float64) for nth in (1, 2)]
    found = lines([texts if quote else quoted(texts, ",", always=always), *numbers], ",", "NA", quote=quote).decode()
    shown = [[cell(text, always=always), *("NA" if value is None else python(value) for value in values)] for text, *values in rows]
    assert found == "".join(",".join(row) + "\n" for row in shown)


@pytest.mark.parametrize("few", [1, 10**9], ids=["mask", "pieces"])
@pytest.mark.parametrize("part", [3, 1 << 18])
def test_points_are_taken_away_however_many_there_are(few, part, monkeypatch):
    monkeypatch.setattr(delimited_cells, "_FEW", few)
    monkeypatch.setattr(delimited_cells, "_PART", part)
    rows = [("a", 1.0, 10.05), ("b", 2.5, 100.0), ("c", 0.0, 7.0)]
    columns = [pl.Series(list(values)) for values in zip(*rows, strict=True)]
    assert lines(columns, "\t", "") == b"a\t1\t10.05\nb\t2.5\t100\nc\t0\t7\n"


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_quoted_texts_come_back(texts):
    for always in (False, True):
        found = quoted(pl.Series([f"x{text}" for text in texts]), ",", always=always)
        assert [row[0] for row in csv.reader(io.StringIO("\r\n".join(found) + "\r\n", newline=""))] == [f"x{text}" for text in texts]
