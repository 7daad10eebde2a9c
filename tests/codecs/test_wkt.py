"""Shapes as well-known text: the kernels write and read what plain Python and polars do, and what shapely does."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import wkt_read, wkt_read_plain, wkt_write
from segue.model.rings import Rings

BOTH = pytest.mark.parametrize("small", [1 << 40, -1], ids=["plain", "kernel"])
NUMBERS = st.one_of(st.floats(-1e12, 1e12, allow_nan=False), st.integers(-9999, 9999).map(float), st.decimals(-99, 99, places=2).map(float))
PLACE = st.tuples(NUMBERS, NUMBERS)
RING = st.lists(PLACE, min_size=3, max_size=5, unique=True)
AREA = st.lists(st.lists(RING, min_size=1, max_size=3), min_size=1, max_size=3).map(lambda parts: (wkt_write.AREA, parts))
LINE = st.lists(PLACE, min_size=2, max_size=4).map(lambda places: (wkt_write.LINE, [[places]]))
POINT = PLACE.map(lambda place: (wkt_write.POINT, [[[place]]]))
SHAPES = st.lists(st.one_of(AREA, LINE, POINT), min_size=1, max_size=5)


def flat(shapes):
    """Kinds and rings of (kind, parts of rings of places)."""
    rings = [ring for _, parts in shapes for part in parts for ring in part]
    starts = [np.cumsum([0, *counts]) for counts in ([len(r) for r in rings], [len(p) for _, parts in shapes for p in parts], [len(p) for _, p in shapes])]
    return np.array([kind for kind, _ in shapes], np.uint8), Rings(np.array([place for ring in rings for place in ring], float), *starts)


def expected(kind, parts):
    """The text of one shape, by hand."""
    rings = [["(" + ", ".join(f"{text(x)} {text(y)}" for x, y in ring + (ring[:1] if kind == 2 else [])) + ")" for ring in part] for part in parts]
    inside = ["(" + ", ".join(part) + ")" for part in rings]
    if kind < 2:
        return ("POINT ", "LINESTRING ")[kind] + rings[0][0]
    return "POLYGON " + inside[0] if len(inside) == 1 else "MULTIPOLYGON (" + ", ".join(inside) + ")"


def text(value):
    return str(int(value)) if value == int(value) else repr(value)


@BOTH
@given(SHAPES)
def test_texts_are_written_and_come_back(small, shapes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wkt_write, "SMALL", small)
        patch.setattr(wkt_read, "SMALL", small)
        kinds, rings = flat(shapes)
        written = wkt_write.write(kinds, rings)
        assert written.to_list() == [expected(*shape) for shape in shapes]
        found, back = wkt_read.read(written)
    assert found.tolist() == [kind if kind < 2 else 2 + (len(parts) > 1) for kind, parts in shapes]
    assert back.same_structure(rings)
    assert np.array_equal(back.coords, rings.coords)
    assert [one.is_empty for one in shapely.from_wkt(written.to_list())] == [False] * len(shapes)


@BOTH
def test_blocks_make_no_difference(small, monkeypatch):
    kinds, rings = flat([(wkt_write.AREA, [[[(0.0, 0.0), (n, 0.125), (n, n)]]]) for n in range(1, 60)])
    whole = wkt_write.write(kinds, rings)
    monkeypatch.setattr(wkt_write, "SMALL", small)
    monkeypatch.setattr(wkt_write, "VERTICES", 7)
    monkeypatch.setattr(wkt_read, "SMALL", small)
    monkeypatch.setattr(wkt_read, "_BLOCK", 7)
    assert wkt_write.write(kinds, rings).equals(whole)
    assert np.array_equal(wkt_read.read(whole)[1].coords, rings.coords)


ODD = [
    *(
        "POINT (1 2)",
        "point(1 2)",
        " Point\t( 1\n2 ) ",
        "POINT (.5 +5)",
        "POINT (05 5.)",
        "POINT (1e3 -2E-1)",
        "POINT (0.1234567890123456789 12345678901234567890)",
    ),
    *(
        "LINESTRING (0 0,1 1 , 2 2)",
        "POLYGON ((0 0, 1 0, 1 1, 0 0))",
        "polygon((0 0,1 0,1 1),(2 2,3 3,2 3))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1)), ((5 5, 6 5, 6 6)))",
    ),
    *("POINT\u00a0(1 2)", "POINT (-0 0)"),
]
NONE = [
    *(
        "",
        "POINT",
        "POINT (1)",
        "POINT (1 2",
        "POINT (1 2) x",
        "POINT (1 2, 3 4)",
        "POINT Z (1 2 3)",
        "POINT EMPTY",
        "POINT (1-2)",
        "POINT (1 2))",
        "POINT (nan 1)",
    ),
    *(
        "LINESTRING ()",
        "LINESTRING (1 1,)",
        "POLYGON (0 0, 1 1)",
        "POLYGON ((0 0, 1 1)",
        "POLYGON ((0 0, 1 1),)",
        "MULTI POLYGON (((0 0, 1 0, 1 1)))",
        "MULTIPOLYGON ((0 0, 1 0))",
    ),
    *("GEOMETRYCOLLECTION (POINT (1 2))", "POINT (1\x012)", "POINT (1 2)\x01", "µ", "MULTI", "POLYGON ((1 2, 3 4)) POLYGON ((1 2, 3 4))"),
]


@pytest.mark.parametrize("given", ODD)
def test_odd_texts_are_shapes(given, monkeypatch):
    plain = wkt_read.read(pl.Series([given]))
    monkeypatch.setattr(wkt_read, "SMALL", -1)
    found = wkt_read.read(pl.Series([given]))
    assert plain is not None
    assert found[0].tolist() == plain[0].tolist()
    assert found[1].same_structure(plain[1])
    assert np.array_equal(found[1].coords, plain[1].coords)
    assert plain[1].coords[0].tolist() == [float(number) for number in re.findall(r"[-+]?[\d.][-+\d.eE]*", given)[:2]]


@pytest.mark.parametrize("given", NONE)
def test_other_texts_are_none(given, monkeypatch):
    assert wkt_read.read(pl.Series([given])) is None
    monkeypatch.setattr(wkt_read, "SMALL", -1)
    assert wkt_read.read(pl.Series(["POINT (1 2)", given, "POINT (1 2)"])) is None


@given(st.text("POINTLESRGYMU(), 0123456789.eE+-", max_size=40), st.sampled_from([*ODD, "POLYGON ((0 0, 1 0, 1 1, 0 0))"]), st.integers(0, 60))
def test_the_kernel_takes_nothing_that_the_twin_refuses(noise, good, at):
    damaged = pl.Series([good[:at] + noise[:2] + good[at:]])
    found, plain = wkt_read._compiled(damaged), wkt_read_plain.read(damaged)
    if found is not None:
        assert all(np.array_equal(one, other) for one, other in zip(found, plain, strict=True))


def test_no_texts_are_no_shapes():
    kinds, rings = wkt_read.read(pl.Series([], dtype=pl.Utf8))
    assert (len(kinds), len(rings), len(wkt_write.write(kinds, rings))) == (0, 0, 0)
