"""GeoJSON is read the same by the kernels and by plain Python, whatever its layout, and damaged texts are refused with a place."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from segue.codecs import geojson_large, geojson_plain
from segue.codecs.geojson_features import Features
from segue.codecs.geojson_read import read
from segue.errors import Malformed


def large(data: bytes) -> Features:
    found = geojson_large.read(np.frombuffer(data.strip(b" \t\r\n"), np.uint8))
    assert found is not None
    return found


BOTH = pytest.mark.parametrize("reader", [geojson_plain.read, large], ids=["plain", "kernel"])


def values(column: pl.Series) -> list[object]:
    return [None if text is None else json.loads(text) for text in column]


def equal(a: Features, b: Features) -> None:
    for name in a.frame.columns:
        left, right = (frame[name].to_list() if name == "parent" else values(frame[name]) for frame in (a.frame, b.frame))
        assert left == right, name
    assert_frame_equal(a.shapes, b.shapes)
    for name in ("coords", "ring_start", "part_start", "shape_start"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert_frame_equal(a.measurements, b.measurements, check_exact=True)
    for name in ("metadata", "properties"):
        left, right = getattr(a, name), getattr(b, name)
        assert left.select("feature", "key").rows() == right.select("feature", "key").rows()
        assert values(left["value"]) == values(right["value"])
    assert a.members == b.members


TRIANGLE = [(1, 1), (2, 1), (2, 2)]
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [4.5, 0], [4.5, 4], [0, 4], [0, 0]]]}


def feature(geometry: object = SQUARE, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "id": "a", "geometry": geometry, "properties": properties}


def text(value: object, **how: object) -> bytes:
    return json.dumps(value, **how).encode()


@BOTH
@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({"type": "FeatureCollection", "features": [feature(), feature()]}, 2),
        ([feature(), feature()], 2),
        ([feature(), [feature(), {"type": "FeatureCollection", "features": [feature()]}], []], 3),
        (feature(), 1),
        (SQUARE, 1),
        ([SQUARE, {"type": "Point", "coordinates": [1, 2]}], 2),
        ([], 0),
        ({"features": [feature()], "type": "FeatureCollection"}, 1),
        ({"type": "FeatureCollection", "features": None}, 0),
        (feature(None), 1),
    ],
)
def test_every_outermost_value_that_qupath_takes(reader, value, count):
    assert reader(text(value)).frame.height == count


@BOTH
@pytest.mark.parametrize(
    ("geometry", "rings", "parts"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, [[(1, 2)]], [1]),
        ({"type": "Point", "coordinates": [1, 2, 9]}, [[(1, 2)]], [1]),
        ({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}, [[(1, 2), (3, 4)]], [1]),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4], [1, 2]]}, [[(1, 2), (3, 4), (1, 2)]], [1]),
        ({"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]}, [[(1, 2), (3, 4)], [(5, 6), (7, 8)]], [1, 1]),
        (SQUARE, [[(0, 0), (4.5, 0), (4.5, 4), (0, 4)]], [1]),
        ({"coordinates": SQUARE["coordinates"], "type": "Polygon"}, [[(0, 0), (4.5, 0), (4.5, 4), (0, 4)]], [1]),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9]], [[1, 1], [2, 1], [2, 2], [1, 1]]]},
            [[(0, 0), (9, 0), (9, 9)], [(1, 1), (2, 1), (2, 2)]],
            [2],
        ),
        (
            {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]},
            [[(0, 0), (1, 0), (1, 1)], [(5, 5), (6, 5), (6, 6)]],
            [1, 1],
        ),
        ({"type": "MultiPolygon", "coordinates": [[], [[]]]}, [], []),
        ({"type": "Polygon", "coordinates": []}, [], []),
        ({"type": "GeometryCollection", "geometries": [SQUARE]}, [], []),
    ],
)
def test_every_geometry(reader, geometry, rings, parts):
    found = reader(text([feature(geometry)]))
    assert [[tuple(v) for v in found.coords[a:b]] for a, b in zip(found.ring_start, found.ring_start[1:], strict=False)] == rings
    assert np.diff(found.part_start).tolist() == parts
    assert found.shapes["type"].to_list() == [geometry["type"]]


@BOTH
def test_plane_ellipse_and_nucleus(reader):
    outline = SQUARE | {"plane": {"c": 1, "z": 2, "t": 3}, "isEllipse": True}
    found = reader(text({"type": "Feature", "nucleusGeometry": SQUARE, "properties": {}, "geometry": outline}))
    assert found.shapes.rows() == [(0, False, "Polygon", 1, 2, 3, True, True), (0, True, "Polygon", -1, 0, 0, False, False)]


@BOTH
def test_children_follow_their_parent_in_the_order_of_the_text(reader):
    inner = feature(name="inner", childObjects=[feature(name="leaf")])
    found = reader(text([feature(name="outer", children=[inner, feature(name="last")]), feature(name="next")]))
    assert values(found.frame["name"]) == ["outer", "inner", "leaf", "last", "next"]
    assert found.frame["parent"].to_list() == [None, 0, 1, 0, None]


@BOTH
def test_measurements_as_map_and_as_list_with_texts_for_what_json_cannot_say(reader):
    new = feature(measurements={"Area µm^2": 12.5, "x": "NaN", "y": "-Infinity", "z": "inf", "bad": "?", "none": None, "int": 3})
    old = feature(measurements=[{"name": "Area µm^2", "value": 7}, {"value": 1, "name": "x"}, 5])
    found = reader(text([new, feature(), old])).measurements
    assert found.columns == ["Area µm^2", "x", "y", "z", "bad", "none", "int"]
    assert found["Area µm^2"].to_list() == [12.5, None, 7.0]
    assert math.isnan(found["x"][0])
    assert (found["y"][0], found["z"][0], found["bad"][0], found["none"][0], found["int"][0]) == (-math.inf, math.inf, None, None, 3.0)


@BOTH
def test_metadata_written_twice_is_read_once(reader):
    found = reader(b'{"type":"Feature","geometry":null,"properties":{"metadata":{"k":"v","n":1},"metadata":{"k":"v","n":1}}}')
    assert found.metadata.rows() == [(0, "k", '"v"'), (0, "n", "1")]


@BOTH
def test_foreign_properties_and_members_are_kept_as_json(reader):
    found = reader(text({"type": "FeatureCollection", "segue": {"image": "µ"}, "crs": None, "features": [feature(score=[1, {"a": 2}], name="x"), feature()]}))
    assert [(row, key, json.loads(value)) for row, key, value in found.properties.rows()] == [(0, "score", [1, {"a": 2}])]
    assert found.members == {"segue": {"image": "µ"}, "crs": None}


@BOTH
def test_texts_with_escapes_and_any_script(reader):
    names = ['say "hi"', "back\\slash", "new\nline", "µm² 细胞 🦠", "", "x" * 5000]
    found = reader(text([feature(name=name) for name in names]))
    assert values(found.frame["name"]) == names


def test_escaped_names_are_left_to_the_plain_reader():
    data = b'[{"type":"Feature","geom\\u0065try":null,"properties":{"n\\u0061me":"x"}}]'
    assert geojson_large.read(np.frombuffer(data, np.uint8)) is None
    assert values(read(data).frame["name"]) == ["x"]


@pytest.mark.parametrize("layout", [{"indent": 2}, {"separators": (",", ":")}, {"sort_keys": True}, {"indent": "\t", "ensure_ascii": False}])
def test_layout_does_not_matter(layout):
    value = {"type": "FeatureCollection", "features": [feature(name="µ", color=[1, 2, 3], measurements={"a": 1}), feature(SQUARE | {"plane": {"z": 1}})]}
    data = json.dumps(value, **layout).encode()
    expected = geojson_plain.read(text(value))
    equal(large(data), geojson_plain.read(data))
    assert_frame_equal(large(data).shapes, expected.shapes)


DAMAGED = {
    "empty": b"",
    "space": b"  \n",
    "half": b'[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1',
    "half text": b'[{"type":"Feature","id":"abc',
    "half that ends in a bracket": b'[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0]]',
    "bracket in an open text": b'[{"type":"Feature","id":"abc}]',
    "no comma": b'[{"type":"Feature" "id":"a"}]',
    "comma at the end": b'[{"type":"Feature",}]',
    "comma at the end of a list": b'[{"type":"Feature"},]',
    "comma at the end of a position": b'[{"type":"Point","coordinates":[1,2,]}]',
    "two commas": b'[{"type":"Point","coordinates":[1,,2]}]',
    "no colon": b'[{"type" "Feature"}]',
    "NaN": b'[{"type":"Point","coordinates":[NaN,2]}]',
    "NaN elsewhere": b'[{"type":"Feature","properties":{"measurements":{"a":NaN}}}]',
    "Infinity": b'[{"type":"Point","coordinates":[1,-Infinity]}]',
    "leading zero": b'[{"type":"Point","coordinates":[01,2]}]',
    "leading plus": b'[{"type":"Point","coordinates":[+1,2]}]',
    "no digit behind the point": b'[{"type":"Point","coordinates":[1.,2]}]',
    "no digit before the point": b'[{"type":"Point","coordinates":[.1,2]}]',
    "no exponent": b'[{"type":"Point","coordinates":[1e,2]}]',
    "hexadecimal": b'[{"type":"Point","coordinates":[0x1,2]}]',
    "beyond float64": b'[{"type":"Point","coordinates":[1e999,2]}]',
    "integer beyond float64": b'[{"type":"Point","coordinates":[1' + b"0" * 400 + b",2]}]",
    "endless number": b'[{"type":"Point","coordinates":[1' + b"0" * 5000 + b",2]}]",
    "text as number": b'[{"type":"Point","coordinates":["1","2"]}]',
    "null as number": b'[{"type":"Point","coordinates":[null,2]}]',
    "one number": b'[{"type":"Point","coordinates":[1]}]',
    "empty position": b'[{"type":"Point","coordinates":[]}]',
    "no position": b'[{"type":"Point","coordinates":null}]',
    "too shallow": b'[{"type":"Polygon","coordinates":[[1,2],[3,4]]}]',
    "too deep": b'[{"type":"LineString","coordinates":[[[1,2],[3,4]]]}]',
    "mixed": b'[{"type":"Polygon","coordinates":[[[1,2],3]]}]',
    "no coordinates": b'[{"type":"Polygon"}]',
    "unknown geometry": b'[{"type":"Feature","geometry":{"type":"Circle","coordinates":[1,2]}}]',
    "geometry without type": b'[{"type":"Feature","geometry":{"coordinates":[1,2]}}]',
    "geometry is a number": b'[{"type":"Feature","geometry":7}]',
    "unknown type": b'[{"type":"Topology"}]',
    "no type": b'[{"a":1}]',
    "numbers": b"[1,2]",
    "a text": b'["x"]',
    "a word": b'{"type":"Feature","id":True}',
    "raw line end in a text": b'[{"type":"Feature","id":"a\nb"}]',
    "bad escape": b'[{"type":"Feature","id":"\\x41"}]',
    "bad unicode escape": b'[{"type":"Feature","id":"\\u12g4"}]',
    "single quotes": b"[{'type':'Feature'}]",
    "comment": b'[{"type":"Feature"/*x*/}]',
    "two documents": b"[][]",
    "wrong bracket": b'[{"type":"Feature"]}',
    "not UTF-8": b'[{"type":"Feature","id":"\xff"}]',
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep features": b'[{"type":"Feature","properties":{"children":' * 100 + b"[]" + b"}}]" * 100,
    "deep coordinates": b'[{"type":"Polygon","coordinates":' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    "only brackets": b"[" * 100_000 + b"]",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_texts_are_refused_by_both(name, monkeypatch):
    data = DAMAGED[name]
    with pytest.raises(Malformed) as plain:
        read(data, "cells.geojson")
    monkeypatch.setattr("segue.codecs.geojson_read.SMALL", -1)
    with pytest.raises(Malformed) as kernel:
        read(data, "cells.geojson")
    for error in (plain.value, kernel.value):
        assert str(error).startswith("cells.geojson ")
        assert error.fields["expected"]


def test_a_deep_hierarchy_is_read_by_both():
    value: object = []
    for _ in range(60):
        value = [feature(children=value)]
    equal(large(text(value)), geojson_plain.read(text(value)))


def test_the_place_of_a_fault_is_told():
    with pytest.raises(Malformed, match=r"damaged at byte 36: expected a value"):
        large(b'[{"type":"Point","coordinates":[12, x]}]')


def test_half_a_surrogate_pair_is_not_an_error_of_the_text():
    assert values(read(b'[{"type":"Feature","properties":{"name":"\\ud800"}}]').frame["name"]) == ["\ud800"]


NUMBERS = ["0", "-0", "0.1", "1e2", "1E+2", "-1.5e-3", "123456789012345678901234567890", "0.30000000000000004", "5e-324", "1.7976931348623157e308"]
NUMBERS += ["9007199254740993", "9007199254740992.5", "0.000001", "1e-22", "1e23", "8.41", "12345.678901234567", "1" + "0" * 300, "0." + "0" * 300 + "1"]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_are_rounded_correctly(number):
    data = f'{{"type":"LineString","coordinates":[[{number},-{number.lstrip("-")}],[ {number} , 1.5]]}}'.encode()
    found = large(data).coords
    assert found.tolist() == geojson_plain.read(data).coords.tolist() == [[float(number), -float(number.lstrip("-"))], [float(number), 1.5]]


def test_rings_of_numbers_that_need_the_slow_way_are_opened_too():
    ring = [[0.1 + 0.2, 1.1], [2.2, 3.3], [4.4, 5.5], [0.1 + 0.2, 1.1]]
    data = text([feature({"type": "Polygon", "coordinates": [ring]}), feature({"type": "LineString", "coordinates": ring})])
    assert large(data).ring_start.tolist() == geojson_plain.read(data).ring_start.tolist() == [0, 3, 7]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
coordinate = st.floats(-1e9, 1e9) | st.integers(-5000, 70000) | st.integers(-(10**7), 10**7).map(lambda n: n / 100)
position = st.lists(coordinate, min_size=2, max_size=3)
ring = st.lists(position, min_size=0, max_size=5).map(lambda vertices: vertices + vertices[:1])
planes = st.none() | st.dictionaries(st.sampled_from("czt"), st.integers(-1, 9))
geometries = st.none() | st.one_of(
    st.builds(lambda c: {"type": "Point", "coordinates": c}, position),
    st.builds(lambda c: {"type": "MultiPoint", "coordinates": c}, st.lists(position, max_size=3)),
    st.builds(lambda c: {"type": "LineString", "coordinates": c}, st.lists(position, max_size=4)),
    st.builds(lambda c: {"coordinates": c, "type": "MultiLineString"}, st.lists(ring, max_size=3)),
    st.builds(lambda c, p: {"type": "Polygon", "coordinates": c, "plane": p}, st.lists(ring, max_size=3), planes),
    st.builds(lambda c, e: {"type": "MultiPolygon", "isEllipse": e, "coordinates": c}, st.lists(st.lists(ring, max_size=2), max_size=2), st.booleans()),
)
numbers = st.floats().map(lambda number: number if math.isfinite(number) else str(number))
few = {"max_size": 3}
properties = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=5),
        "color": json_values,
        "measurements": st.dictionaries(st.text(max_size=3), numbers | json_values, **few),
        "metadata": st.dictionaries(st.text(max_size=3), json_values, **few),
        "x y": json_values,
    },
)
flat = st.fixed_dictionaries(
    {"type": st.just("Feature"), "geometry": geometries},
    optional={"id": json_values, "nucleusGeometry": geometries, "properties": st.none() | properties},
)
parents = st.fixed_dictionaries({"childObjects": st.lists(flat, **few), "name": st.text(max_size=3)})
features = flat | st.builds(lambda inside: {"type": "Feature", "properties": inside, "geometry": None}, parents)


@given(value=st.lists(features, max_size=4), ascii_only=st.booleans())
def test_kernels_read_what_plain_python_reads(value, ascii_only):
    data = json.dumps({"type": "FeatureCollection", "features": value}, ensure_ascii=ascii_only).encode("utf-8", "replace")
    found = geojson_large.read(np.frombuffer(data, np.uint8))
    if found is not None:
        equal(found, geojson_plain.read(data))


@given(st.data())
def test_flipped_and_cut_texts_are_read_alike_or_refused(data):
    whole = bytearray(text([feature(name="a", measurements={"b": 1.5}), feature({"type": "Point", "coordinates": [1, 2]}, childObjects=[feature()])]))
    for _ in range(data.draw(st.integers(0, 2))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 127))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))]) if data.draw(st.booleans()) else bytes(whole)
    results = []
    for reader in (geojson_plain.read, lambda b: geojson_large.read(np.frombuffer(b.strip(b" \t\r\n"), np.uint8))):
        try:
            results.append(reader(cut))
        except Malformed:
            results.append("refused")
    if None not in results and "refused" not in results:
        equal(results[1], results[0])
    elif None not in results:
        assert results == ["refused", "refused"]
