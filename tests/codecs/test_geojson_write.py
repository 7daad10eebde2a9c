"""Coordinates are written as short as they can be and read back equal; the kernel writes what plain Python writes."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import geojson_write
from segue.codecs.geojson_features import TYPES
from segue.codecs.geojson_read import read
from segue.errors import SinkError

BOTH = pytest.mark.parametrize("small", [geojson_write.SMALL, -1], ids=["plain", "kernel"])


def flat(shapes):
    """Offsets of nested lists: shapes of parts of rings of positions."""
    coords, rings, parts, starts = [], [0], [0], [0]
    for shape in shapes:
        for part in shape:
            for ring in part:
                coords += ring
                rings.append(len(coords))
            parts.append(len(rings) - 1)
        starts.append(len(parts) - 1)
    return np.array(coords, np.float64).reshape(-1, 2), np.array(rings), np.array(parts), np.array(starts)


def written(types, shapes, decimals=None, before=None, after=None):
    n = len(types)
    texts = [pl.Series(["" if k is None else k] * n if k is None else k, dtype=pl.Utf8) for k in (before, after)]
    return b"".join(geojson_write.write(pl.Series(types, dtype=pl.Utf8), *flat(shapes), *texts, decimals))


@BOTH
@pytest.mark.parametrize(
    ("kind", "shape", "expected"),
    [
        ("Point", [[[(1, 2)]]], "[1,2]"),
        ("MultiPoint", [[[(1, 2), (3, 4)]]], "[[1,2],[3,4]]"),
        ("LineString", [[[(1, 2), (3, 4)]]], "[[1,2],[3,4]]"),
        ("MultiLineString", [[[(1, 2), (3, 4)]], [[(5, 6), (7, 8)]]], "[[[1,2],[3,4]],[[5,6],[7,8]]]"),
        ("Polygon", [[[(0, 0), (1.5, 0), (1, 1.25)]]], "[[[0,0],[1.5,0],[1,1.25],[0,0]]]"),
        ("Polygon", [[[(0, 0), (9, 0), (9, 9)], [(1, 1), (2, 1), (2, 2)]]], "[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]"),
        ("MultiPolygon", [[[(0, 0), (1, 0), (1, 1)]], [[(5, 5), (6, 5), (6, 6)]]], "[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]"),
        ("Polygon", [], "[]"),
        (None, [[[(1, 2)]]], ""),
    ],
)
def test_every_geometry(small, kind, shape, expected, monkeypatch):
    monkeypatch.setattr(geojson_write, "SMALL", small)
    assert written([kind], [shape], before=["<"], after=["µ>\n"]) == f"<{expected}µ>\n".encode()


NUMBERS = {
    0.0: "0",
    5.0: "5",
    100.0: "100",
    -7.5: "-7.5",
    0.05: "0.05",
    -0.01: "-0.01",
    8190.29: "8190.29",
    60535.99: "60535.99",
    1e12 + 0.25: "1000000000000.25",
    99999999999999.0: "99999999999999",
    1e300: "1e+300",
    0.1 + 0.2: "0.30000000000000004",
    1 / 3: "0.3333333333333333",
    1e-7: "1e-7",
    0.125: "0.125",
    2.0**53: "9007199254740992",
}


@BOTH
@pytest.mark.parametrize("value", NUMBERS)
def test_shortest_texts(small, value, monkeypatch):
    monkeypatch.setattr(geojson_write, "SMALL", small)
    data = written(["MultiPoint"], [[[[(value, -value), (1, 2.25)]]]])
    expected = NUMBERS[value]
    negative = "0" if expected == "0" else expected[1:] if value < 0 else "-" + expected
    assert data.decode() == f"[[{expected},{negative}],[1,2.25]]"
    assert json.loads(data)[0][0] == value


@BOTH
@pytest.mark.parametrize(("decimals", "expected"), [(0, "[3,-3]"), (1, "[2.5,-2.5]"), (3, "[2.535,-2.535]"), (6, "[2.5349,-2.5349]")])
def test_rounding(small, decimals, expected, monkeypatch):
    monkeypatch.setattr(geojson_write, "SMALL", small)
    assert written(["Point"], [[[[(2.5349, -2.5349)]]]], decimals).decode() == expected


@BOTH
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_coordinate_that_is_no_number_is_refused(small, bad, monkeypatch):
    monkeypatch.setattr(geojson_write, "SMALL", small)
    with pytest.raises(SinkError):
        written(["Point"], [[[[(bad, 1)]]]])


def test_pieces_are_bounded_and_join_to_the_same_text(monkeypatch):
    shapes = [[[[(i, 0), (i + 1, 0), (i, 0.5 + i)]]] for i in range(50)]
    whole = written(["Polygon"] * 50, shapes, after=[f",{i}\n" for i in range(50)])
    monkeypatch.setattr(geojson_write, "VERTICES", 10)
    monkeypatch.setattr(geojson_write, "SMALL", -1)
    n = pl.Series([""] * 50)
    pieces = list(geojson_write.write(pl.Series(["Polygon"] * 50), *flat(shapes), n, pl.Series([f",{i}\n" for i in range(50)])))
    assert len(pieces) == 17
    assert b"".join(pieces) == whole


value = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**8), 10**8).map(lambda n: n / 100) | st.integers(-70000, 70000).map(float)
ring = st.lists(st.tuples(value, value), min_size=1, max_size=5)
shape = st.lists(st.lists(ring, min_size=1, max_size=3), min_size=1, max_size=2)


@given(st.lists(st.tuples(st.sampled_from([*TYPES[:6], None]), shape), max_size=4), st.none() | st.integers(0, 7))
def test_the_kernel_writes_what_plain_python_writes(many, decimals):
    types, shapes = [kind for kind, _ in many], [one for _, one in many]
    before, after = ['{"µ":'] * len(many), [f",{i}" for i in range(len(many))]
    small = geojson_write.SMALL
    try:
        geojson_write.SMALL = -1
        kernel = written(types, shapes, decimals, before, after)
    finally:
        geojson_write.SMALL = small
    assert kernel == written(types, shapes, decimals, before, after)


@given(st.lists(ring, min_size=1, max_size=4))
def test_what_is_written_exactly_is_read_equal(rings):
    data = b"".join(
        geojson_write.write(
            pl.Series(["MultiLineString"]),
            *flat([[[ring] for ring in rings]]),
            pl.Series(['{"type":"MultiLineString","coordinates":']),
            pl.Series(["}"]),
        )
    )
    assert np.array_equal(read(data).coords, np.array([vertex for ring in rings for vertex in ring]))
