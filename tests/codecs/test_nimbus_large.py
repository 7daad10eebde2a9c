"""The kernels that read large NimbusImage files find what plain Python finds, and refuse what it refuses; what they write reads back equal."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.codecs import nimbus_ahead, nimbus_large, nimbus_large_annotations, nimbus_large_values, nimbus_plain, nimbus_write
from segue.codecs.mapped_text import mapped
from segue.errors import Malformed, TooLarge
from segue.storage.source import Source

ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
WORDS = st.sampled_from(["a", "\u00b5", 'q"', "x" * 40, "", "b\\", "null"]) | st.text(max_size=5)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0, -0.0, 2**53, 2**53 + 1, 1e22, 0.1, 5e-324])
VALUES = st.recursive(st.none() | st.booleans() | NUMBERS | WORDS | st.just([{}, [1]]), lambda inner: st.dictionaries(WORDS, inner, max_size=3), max_leaves=8)
PLACES = st.integers(0, 5) | st.none() | st.just(2.0)
IDS = st.none() | WORDS | st.integers(0, 9) | st.just({"$oid": "656e37f8b98181709b141186"})
COORDINATE = st.floats(-1e6, 1e6) | st.integers(-100, 100) | st.none() | st.just(123.4567890123456789)
VERTEX = st.fixed_dictionaries({}, optional={"x": COORDINATE, "y": COORDINATE, "z": VALUES, "more": VALUES})
ANNOTATION = st.fixed_dictionaries(
    {},
    optional={
        "_id": IDS,
        "id": IDS,
        "shape": st.sampled_from(["point", "polygon", None, 3]),
        "channel": PLACES,
        "location": st.none() | st.fixed_dictionaries({}, optional={"XY": PLACES, "Z": PLACES, "Time": PLACES, "t": VALUES}),
        "coordinates": st.none() | st.lists(VERTEX, max_size=4),
        "tags": st.none() | st.lists(WORDS, max_size=3),
        "name": st.none() | WORDS,
        "color": st.none() | WORDS,
        "datasetId": st.none() | WORDS,
        "access": VALUES,
        "more": VALUES,
        "segue": st.none() | st.just({"label": 3}),
    },
)
CONNECTION = st.fixed_dictionaries(
    {},
    optional={
        "_id": IDS,
        "id": IDS,
        "parentId": IDS,
        "childId": IDS,
        "label": st.none() | WORDS,
        "tags": st.lists(WORDS, max_size=2),
        "access": VALUES,
        "x": VALUES,
    },
)
EXPORT = st.fixed_dictionaries(
    {"annotations": st.none() | st.lists(ANNOTATION, max_size=5)},
    optional={
        "annotationConnections": st.none() | st.lists(CONNECTION, max_size=4),
        "annotationProperties": st.lists(st.just({"_id": "p", "name": "P"}), max_size=1),
        "annotationPropertyValues": st.none()
        | st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=3), max_size=4)
        | st.lists(st.just({"annotationId": "a", "values": {"p": 1}}), max_size=2),
        "segue": st.just({"version": 1}),
        "further": VALUES,
    },
)
LAYOUTS = [{"separators": (",", ":")}, {"indent": 1}, {"separators": (" ,\t", " : \n")}]


def large(path):
    with mapped(Source(path)) as text:
        return nimbus_large.read(text, path)


def canonical(column):
    return [None if text is None else json.loads(text) for text in column]


def assert_same(a, b):
    assert np.array_equal(a.coords, b.coords, equal_nan=True)
    assert np.array_equal(a.start, b.start)
    for one, other in ((a.annotations, b.annotations), (a.connections, b.connections)):
        assert one.schema == other.schema
        for name in one.columns:
            if one[name].dtype == pl.Utf8:
                assert canonical(one[name]) == canonical(other[name]), name
            else:
                assert np.array_equal(one[name].to_numpy(), other[name].to_numpy(), equal_nan=one[name].dtype == pl.Float64), name
    assert canonical(a.keys) == canonical(b.keys)
    assert set(a.leaves) == set(b.leaves)
    for place, one in a.leaves.items():
        other = b.leaves[place]
        assert (one.rows.tolist(), one.kinds.tolist()) == (other.rows.tolist(), other.kinds.tolist())
        assert np.array_equal(one.numbers, other.numbers, equal_nan=True)
        assert canonical(one.texts) == canonical(other.texts)
    assert (a.members, a.properties, a.sections) == (b.members, b.properties, b.sections)


@ANY
@given(found=EXPORT, layout=st.sampled_from(LAYOUTS), ascii_=st.booleans())
def test_kernels_find_what_plain_python_finds(tmp_path, found, layout, ascii_):
    path = tmp_path / "given.json"
    path.write_bytes(json.dumps(found, ensure_ascii=ascii_, **layout).encode("utf-8", "replace"))
    kernels = large(path)
    if kernels is not None:  # names are escaped
        assert_same(nimbus_plain.read(path.read_bytes(), path), kernels)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_batches_of_any_size_make_no_difference(tmp_path, monkeypatch, rows):
    for name in ("ROWS", "VERTICES"):
        monkeypatch.setattr(nimbus_large_annotations, name, rows)
    monkeypatch.setattr(nimbus_large, "ROWS", rows)
    monkeypatch.setattr(nimbus_large_values, "ENTRIES", rows)
    monkeypatch.setattr(nimbus_large_values, "LEAVES", rows)
    annotations = [{"_id": f"a{nth}", "coordinates": [{"x": nth, "y": k} for k in range(nth % 7)], "tags": [str(nth % 2)]} for nth in range(20)]
    links = [{"_id": f"c{nth}", "parentId": "a1", "childId": f"a{nth}", **({"label": "x"} if nth % 2 else {})} for nth in range(9)]
    values = {f"a{nth}": {"p": {str(k): k + 0.5 for k in range(nth)}, "q": "text"} for nth in range(6)}
    path = tmp_path / "given.json"
    path.write_text(json.dumps({"annotations": annotations, "annotationConnections": links, "annotationPropertyValues": values}))
    assert_same(nimbus_plain.read(path.read_bytes(), path), large(path))


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_what_plain_python_refuses_kernels_refuse(tmp_path, separators):
    annotation = {"_id": "a", "shape": "polygon", "location": {"XY": 0}, "channel": 1, "coordinates": [{"x": 1.5, "y": 2}, {"x": 3, "y": 4}]}
    export = {"annotations": [annotation] * 2, "annotationConnections": [{"_id": "c", "parentId": "a"}], "annotationPropertyValues": {"a": {"p": {"x": 1}}}}
    text = json.dumps(export, separators=separators).encode()
    rng = np.random.default_rng(1)
    path = tmp_path / "given.json"
    outcomes = set()
    for _ in range(400):
        damaged = bytearray(text)
        damaged[rng.integers(0, len(text))] = rng.choice(list(b'{}[]",:0123456789.-eEx \n\\\x00\xff'))
        cut = bytes(damaged) if rng.random() < 0.8 else bytes(damaged[: rng.integers(1, len(text))])
        path.write_bytes(cut)
        found = []
        for read in (large, lambda where: nimbus_plain.read(where.read_bytes(), where)):
            try:
                found.append(read(path))
            except (Malformed, TooLarge) as error:
                found.append(type(error))
        if found[0] is not None:
            assert isinstance(found[0], type) == isinstance(found[1], type), cut
            outcomes.add(isinstance(found[0], type))
            if not isinstance(found[0], type):
                assert_same(found[1], found[0])
    assert outcomes == {True, False}


ONE, OTHER = {"a": {"p": 1.5}}, {"b": {"q": "text"}}
DECOY = '"annotationPropertyValues":{"never":'


@pytest.mark.parametrize(
    "export",
    [
        {"annotationPropertyValues": ONE, "annotations": []},
        {"propertyValues": ONE, "annotations": [], "annotationConnections": []},
        {"propertyValues": ONE, "annotationPropertyValues": OTHER},
        {"annotationPropertyValues": ONE, "further": {"annotationPropertyValues": OTHER}},
        {"annotationPropertyValues": ONE, "further": {"annotationPropertyValues": {str(nth): {str(nth): 1} for nth in range(6000)}}},
        {"annotationPropertyValues": ONE, "further": DECOY},
        {"annotationPropertyValues": ONE, "further": "ropertyValues"},
        {"annotationPropertyValues": [{"annotationId": "a", "values": {"p": 1}}]},
        {"annotationPropertyValues": None, "annotations": []},
        {"annotationPropertyValues": ONE, "further": ["x" * 3_000, {"propertyValues": None}]},
    ],
)
def test_values_are_found_wherever_they_stand(tmp_path, monkeypatch, export):
    monkeypatch.setattr(nimbus_ahead, "_STEP", 1000)
    path = tmp_path / "given.json"
    path.write_text(json.dumps(export))
    assert_same(nimbus_plain.read(path.read_bytes(), path), large(path))


def test_every_name_of_values_is_looked_for():
    assert nimbus_ahead._NAMES
    assert all(name.endswith(nimbus_ahead._END) for name in nimbus_ahead._NAMES)


def test_damage_before_the_values_does_not_wait_for_them(tmp_path):
    values = {str(nth): {"p": nth / 7} for nth in range(40_000)}
    path = tmp_path / "given.json"
    path.write_text(json.dumps({"annotations": [{"_id": "a", "coordinates": 3}], "annotationPropertyValues": values}))
    with pytest.raises(Malformed, match="a list of vertices"):
        large(path)


def test_too_many_places(tmp_path):
    path = tmp_path / "given.json"
    path.write_text(json.dumps({"annotations": [], "annotationPropertyValues": {"a": {"p": {str(nth): nth for nth in range(6000)}}}}))
    with pytest.raises(TooLarge):
        large(path)


@ANY
@given(
    counts=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.floats(0, 99).map(lambda one: round(one, 2)), min_size=40, max_size=40),
    words=st.lists(WORDS, min_size=15, max_size=15),
)
def test_vertices_are_written_as_plain_python_writes_them(counts, values, words):
    start = np.concatenate([[0], np.cumsum(counts)])
    coords = np.array(values).reshape(-1, 2)[: start[-1]]
    texts = [pl.Series(words[k : k + len(counts)], dtype=pl.Utf8) for k in (0, 5, 10)]
    kernels = nimbus_write.write(coords, start, *texts, small=False)
    assert kernels == nimbus_write.write(coords, start, *texts, small=True)
    plain = [pl.Series([word] * len(counts)) for word in ("", ",", "")]
    back = json.loads(b"[" + nimbus_write.write(coords, start, *plain, small=False)[:-1] + b"]")
    assert [[(vertex["x"], vertex["y"]) for vertex in one] for one in back] == [[tuple(row) for row in coords[a:z].tolist()] for a, z in pairwise(start)]
