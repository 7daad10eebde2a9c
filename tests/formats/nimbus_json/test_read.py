"""Reading NimbusImage's JSON: every dialect it ever wrote, real documents, and what it would refuse itself."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from segue.codecs import nimbus_read
from segue.errors import Malformed, SegueError, TooLarge
from segue.formats.detect import detect
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.study import Property
from segue.notes import Kind
from segue.storage.source import Source

A, B, C = "656e37f8b98181709b141186", "656e37ffb98181709b1411db", "656e3840b98181709b141541"
P, Q = "65bc10b3e62fc888551f168d", "65bc10b3e62fc888551f168e"
DATASET = "656e377ab98181709b14106c"
SQUARE = [{"x": 1, "y": 2}, {"x": 3.5, "y": 2}, {"x": 3.5, "y": 6.25}]


def annotation(own=A, **more):
    facts = {"_id": own, "shape": "polygon", "channel": 1, "location": {"Time": 3, "XY": 0, "Z": 2}, "tags": ["nucleus"], "coordinates": SQUARE}
    return {**facts, "datasetId": DATASET, **more}


def connection(own=C, parent=A, child=B, **more):
    return {"_id": own, "parentId": parent, "childId": child, "tags": ["nucleus"], "datasetId": DATASET, **more}


def export(annotations=(), connections=(), properties=(), values=None):
    sections = {"annotations": list(annotations), "annotationConnections": list(connections)}
    return {**sections, "annotationProperties": list(properties), "annotationPropertyValues": values or {}}


def renamed(document):
    return {"id" if key == "_id" else key: value for key, value in document.items()}


BLOB = {"_id": P, "name": "nucleus Blob metrics", "image": "properties/blob_metrics:latest", "tags": {"exclusive": False, "tags": ["nucleus"]}}
BLOB |= {"shape": "polygon", "workerInterface": {}}
VALUES = {A: {P: {"Area": 412.5, "Centroid": {"x": 244.1, "y": 393}}}, B: {P: {"Area": 7.0, "Centroid": {"x": 1.5, "y": 4}}}}
SERVER = export([annotation(), annotation(B, name="Cell 1", color="#FF0000")], [connection(label="by hand")], [BLOB], VALUES)


def dialects():
    """The same content as NimbusImage wrote it over the years."""
    browser = {key: [renamed(one) for one in value] if isinstance(value, list) else value for key, value in SERVER.items()}
    browser["annotations"] = [{"name": None, "color": None, **one} for one in browser["annotations"]]
    listed = [{"_id": f"v{nth}", "annotationId": key, "datasetId": DATASET, "values": value} for nth, (key, value) in enumerate(VALUES.items())]
    oids = [{**one, "_id": {"$oid": one["_id"]}} for one in SERVER["annotations"]]
    request = {"annotations": SERVER["annotations"], "connections": SERVER["annotationConnections"], "propertyValues": VALUES, "properties": [BLOB]}
    return {
        "A browser": json.dumps(browser, indent=2).encode(),
        "B server": json.dumps(SERVER, separators=(",", ":")).encode(),
        "C worker": json.dumps({**SERVER, "annotationPropertyValues": listed}).encode(),
        "D Zenodo": b"\xef\xbb\xbf" + json.dumps(SERVER).encode() + b"\n",
        "E request": json.dumps({**request, "propertyIdMap": {P: Q}, "datasetId": DATASET}).encode(),
        "database": json.dumps({**SERVER, "annotations": oids}).encode(),
    }


@pytest.mark.parametrize("dialect", dialects())
def test_every_dialect_is_the_same_study(nimbus, dialect):
    study, notes = nimbus.read(dialects()[dialect])
    (s,) = study.image_sets
    assert s.objects.frame["id"].to_list() == [A, B]
    assert s.objects.frame["t"].to_list() == [3, 3]
    assert s.objects.frame["name"].to_list() == [None, "Cell 1"]
    assert s.objects.frame["colour"].to_list() == [None, 0xFF0000FF]
    assert s.shapes.frame.select("kind", "z", "c").rows() == [("polygon", 2, 1)] * 2
    assert s.shapes.rings.coords[:3].tolist() == [[1, 2], [3.5, 2], [3.5, 6.25]]
    (link,) = s.connections.frame.to_dicts()
    assert link == {"id": C, "kind": "link", "parent": 0, "child": 1, "label": "by hand", "tags": ["nucleus"]}
    table = s.tables["properties"]
    assert [(one.name, one.type, one.property, one.path) for one in table.columns] == [
        ("nucleus Blob metrics / Area", "number", P, ("Area",)),
        ("nucleus Blob metrics / Centroid / x", "number", P, ("Centroid", "x")),
        ("nucleus Blob metrics / Centroid / y", "integer", P, ("Centroid", "y")),
    ]
    assert table.frame.rows() == [(0, 412.5, 244.1, 393), (1, 7.0, 1.5, 4)]
    (one,) = study.properties
    assert (one.id, one.name, one.kind, json.loads(one.settings)["shape"]) == (P, "nucleus Blob metrics", "properties/blob_metrics:latest", "polygon")
    assert [one.kind for one in study.populations] == ["tag"]
    assert s.aliases.rows() == [("nimbus", "image set", "", DATASET)]
    assert not notes


@pytest.mark.parametrize("missing", ["annotationConnections", "annotationProperties", "annotationPropertyValues"])
@pytest.mark.parametrize("how", ["absent", "null"])
def test_sections_may_be_missing(nimbus, missing, how):
    given = {**SERVER, missing: None} if how == "null" else {key: value for key, value in SERVER.items() if key != missing}
    (s,) = nimbus.read(given)[0].image_sets
    assert len(s.objects) == 2


def test_a_bare_list_of_annotations(nimbus):
    assert len(nimbus.read([annotation()])[0].image_sets[0].objects) == 1


@pytest.mark.golden
@pytest.mark.parametrize(
    ("name", "annotations", "connections", "orphans"),
    [
        ("sandbox_docs_647f419a8afc6319ddd7e215", 1, 0, 0),
        ("sandbox_docs_649b6efb5d422edecab7f9d8", 4, 0, 0),
        ("sandbox_docs_64aa2973f69bc320e7503648", 6, 1, 3),
        ("sandbox_docs_64fa638546017e1063ec2941", 0, 0, 11),
        ("sandbox_docs_64ff0d8c", None, None, None),
        ("sandbox_docs_6504bf104bef1078719faf21", 21, 0, 0),
        ("sandbox_docs_6568d33bb98181709b13fd75", 2, 0, 0),
        ("sandbox_docs_656e377ab98181709b14106c", 10, 6, 0),
        ("ai_worker_example_annotations_connections", 11, 2, 0),
    ],
)
def test_real_documents_have_exact_counts(nimbus, checklist, golden, name, annotations, connections, orphans):
    paths = sorted((golden / "nimbus").glob(f"{name}*.json"))
    if not paths:
        pytest.skip(f"{name} is not here")
    given = json.loads(paths[0].read_text())
    study, notes = nimbus.read(paths[0])
    (s,) = study.image_sets
    if annotations is None:
        annotations, connections, orphans = len(given["annotations"]), 0, len(given["annotationConnections"])
    assert (len(s.objects), len(s.connections)) == (annotations, connections)
    assert s.objects.frame["id"].to_list() == [one["_id"] for one in given["annotations"]]
    skipped = [one for one in notes if one.feature is F.CONNECTIONS]
    assert [(one.kind, one.count) for one in skipped] == ([(Kind.SKIPPED, orphans)] if orphans else [])
    text = nimbus.write(study)
    assert checklist(text) == []
    written = json.loads(text)
    assert len(written["annotationConnections"]) == connections
    assert "access" not in text.decode()
    assert nimbus.write(nimbus.read(text)[0]) == text
    assert [content(one) for one in written["annotations"]] == [content(one) for one in given["annotations"]]
    kept = {one["_id"]: (one["parentId"], one["childId"], one["tags"], one.get("label")) for one in given["annotationConnections"]}
    assert all(kept[one["_id"]] == (one["parentId"], one["childId"], one["tags"], one.get("label")) for one in written["annotationConnections"])


def content(one):
    """Everything about an annotation that NimbusImage's import looks at."""
    vertices = [(vertex["x"], vertex["y"]) for vertex in one["coordinates"]]
    facts = [one[key] for key in ("_id", "shape", "channel", "location", "tags", "datasetId")]
    return [*facts, one.get("name"), (one.get("color") or "").lower(), vertices]


@pytest.mark.parametrize("dialect", dialects())
def test_large_files_are_read_by_kernels_to_the_same_study(nimbus, monkeypatch, dialect):
    small, small_notes = nimbus.read(dialects()[dialect])
    monkeypatch.setattr(nimbus_read, "SMALL", 0)
    large, large_notes = nimbus.read(dialects()[dialect])
    assert diff(small, large) == {}
    assert small_notes == large_notes


def test_orphans_are_left_out_and_the_first_is_named(nimbus):
    links = [connection(), connection("c2", A, "gone"), connection("c3", "lost", "gone"), connection("c4", A, None)]
    study, notes = nimbus.read(export([annotation(), annotation(B)], links, [BLOB], {**VALUES, "gone": {P: {"Area": 1.5}}}))
    (s,) = study.image_sets
    assert s.connections.frame["id"].to_list() == [C]
    said = {one.feature: one for one in notes}
    assert (said[F.CONNECTIONS].kind, said[F.CONNECTIONS].count) == (Kind.SKIPPED, 3)
    assert "gone" in said[F.CONNECTIONS].what
    assert (said[F.VALUES].count, "gone" in said[F.VALUES].what) == (1, True)
    assert s.tables["properties"].frame["nucleus Blob metrics / Area"].to_list() == [412.5, 7.0]


def test_accounts_are_left_out(nimbus):
    access = {"groups": [], "users": [{"flags": [], "id": "5f0000000000000000000abc", "level": 2}]}
    study, notes = nimbus.read(export([annotation(access=access)], [], [{**BLOB, "access": access}], {}))
    assert "5f0000000000000000000abc" not in nimbus.write(study).decode()
    assert sum("account" in one.what for one in notes) == 2


def test_stage_positions_are_image_sets(nimbus):
    places = [annotation(f"a{nth}", location={"XY": xy, "Z": 0, "Time": 0}) for nth, xy in enumerate([4, 1, 4])]
    study, notes = nimbus.read(export(places, [connection("c1", "a0", "a2"), connection("c2", "a0", "a1")]))
    assert [(s.group, s.position, s.objects.frame["id"].to_list()) for s in study.image_sets] == [
        (DATASET, (("xy", 1),), ["a1"]),
        (DATASET, (("xy", 4),), ["a0", "a2"]),
    ]
    assert [len(s.connections) for s in study.image_sets] == [0, 1]
    assert [(one.kind, one.count) for one in notes if one.feature is F.CONNECTIONS] == [(Kind.SKIPPED, 1)]
    again, _ = nimbus.read(nimbus.write(study))
    assert [s.objects.frame["id"].to_list() for s in again.image_sets] == [["a1"], ["a0", "a2"]]


CORNERS = [(1, 2), (5, 2), (5, 9), (1, 9)]


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("closed", [False, True])
def test_a_rectangle_may_begin_with_any_corner(nimbus, first, turn, closed):
    ring = [CORNERS[(first + turn * nth) % 4] for nth in range(4)]
    ring += ring[:1] if closed else []
    (s,) = nimbus.read(export([annotation(shape="rectangle", coordinates=[{"x": x, "y": y} for x, y in ring])]))[0].image_sets
    assert s.shapes.frame["kind"].to_list() == ["rectangle"]
    assert s.shapes.rings.coords.tolist() == [[1, 2], [5, 9]]


def test_a_slanted_rectangle_is_a_polygon(nimbus):
    ring = [{"x": x, "y": y} for x, y in [(0, 1), (1, 0), (2, 1), (1, 2)]]
    (s,) = nimbus.read(export([annotation(shape="rectangle", coordinates=ring)]))[0].image_sets
    assert (s.shapes.frame["kind"].to_list(), len(s.shapes.rings.coords)) == (["polygon"], 4)


def test_closed_rings_are_opened_and_z_is_not_looked_at(nimbus):
    ring = [{"x": 1, "y": 2, "z": 7.0}, {"y": 2, "x": 3}, {"x": 3, "y": 4}, {"x": 1, "y": 2, "z": 7.0}]
    (s,) = nimbus.read(export([annotation(coordinates=ring)]))[0].image_sets
    assert s.shapes.rings.coords.tolist() == [[1, 2], [3, 2], [3, 4]]
    assert s.shapes.frame["z"].to_list() == [2]


@pytest.mark.parametrize(
    ("shape", "count", "kind", "noted"),
    [
        ("point", 1, "point", None),
        ("point", 3, "multipoint", None),
        ("line", 2, "polyline", None),
        ("line", 1, "point", Kind.REPAIRED),
        ("polygon", 2, "polyline", Kind.REPAIRED),
        ("polygon", 1, "point", Kind.REPAIRED),
        ("circle", 64, "polygon", None),
        ("ellipse", 64, "polygon", None),
        ("any", 5, "polygon", Kind.ASSUMED),
        (None, 1, "point", Kind.ASSUMED),
        ("Polygon", 3, "polygon", None),
    ],
)
def test_odd_shapes(nimbus, shape, count, kind, noted):
    ring = [{"x": math.cos(nth), "y": math.sin(nth)} for nth in range(count)]
    study, notes = nimbus.read(export([annotation(shape=shape, coordinates=ring)]))
    assert study.image_sets[0].shapes.frame["kind"].to_list() == [kind]
    assert [one.kind for one in notes] == ([noted] if noted else [])


def test_vertices_that_are_no_numbers_are_left_out(nimbus):
    ring = [{"x": 1, "y": 2}, {"x": None, "y": 2}, {"y": 2}, {"x": 5, "y": 2}, {"x": 5, "y": 8}]
    study, notes = nimbus.read(export([annotation(coordinates=ring), annotation(B, coordinates=[])]))
    (s,) = study.image_sets
    assert s.shapes.rings.coords.tolist() == [[1, 2], [5, 2], [5, 8]]
    assert len(s.objects) == 2
    assert Kind.REPAIRED in [one.kind for one in notes]


def test_references_to_an_id_that_is_there_twice_go_to_the_last(nimbus):
    twice = [annotation(), annotation(B), annotation(), annotation(None)]
    study, notes = nimbus.read(export(twice, [connection()], [BLOB], {A: {P: {"Area": 3.5}}}))
    (s,) = study.image_sets
    assert s.objects.frame["id"].to_list() == [A, B, f"{A}-2", "#4"]
    assert s.connections.frame.select("parent", "child").rows() == [(2, 1)]
    assert s.tables["properties"].frame["nucleus Blob metrics / Area"].to_list() == [None, None, 3.5, None]
    assert [(one.kind, one.count) for one in notes if one.feature is F.OBJECT_ID] == [(Kind.REPAIRED, 1), (Kind.REPAIRED, 1)]


def test_values_of_every_kind(nimbus):
    values = {"n": 1.5, "whole": 3, "text": "a, b", "nothing": None, "flag": True, "list": [1, 2], "empty": {}, "big": 2**60, "huge": 10**30}
    mixed = [{P: {**values, "mixed": 1}}, {P: {"n": 2, "whole": -4, "text": "\u00b5", "flag": False, "mixed": "x"}}]
    study, _ = nimbus.read(export([annotation(), annotation(B)], [], [BLOB], dict(zip((A, B), mixed, strict=True))))
    table = study.image_sets[0].tables["properties"]
    kinds = {one.path[0]: one.type for one in table.columns}
    expected = {"n": "number", "whole": "integer", "text": "text", "flag": "boolean", "list": "json", "empty": "json", "big": "integer", "huge": "number"}
    assert kinds == {**expected, "mixed": "json"}
    cells = {one.path[0]: table.frame[one.name].to_list() for one in table.columns}
    assert cells["n"] == [1.5, 2.0]
    assert cells["whole"] == [3, -4]
    assert cells["text"] == ["a, b", "\u00b5"]
    assert cells["flag"] == [True, False]
    assert cells["list"] == ["[1,2]", None]
    assert cells["big"] == [2**60, None]
    assert cells["huge"] == [1e30, None]
    assert cells["mixed"] == ["1", '"x"']


def test_a_property_without_a_definition_is_called_by_its_id(nimbus, checklist):
    study, notes = nimbus.read(export([annotation()], [], [], {A: {Q: 7}}))
    assert study.properties == (Property(Q, Q),)
    assert [one.kind for one in notes] == [Kind.ASSUMED]
    assert checklist(nimbus.write(study)) == []


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"3",
        b'"annotations"',
        b'{"annotations": 3}',
        b'{"annotations": {}}',
        b'{"annotations": [3]}',
        b'{"annotations": [{"coordinates": 3}]}',
        b'{"annotations": [{"coordinates": [[1, 2]]}]}',
        b'{"annotations": [{"coordinates": [{"x": "1", "y": 2}]}]}',
        b'{"annotations": [{"location": 3}]}',
        b'{"annotations": [{"location": {"Z": 1.5}}]}',
        b'{"annotations": [{"channel": 1e300}]}',
        b'{"annotations": [], "annotationPropertyValues": 3}',
        b'{"annotations": [], "annotationPropertyValues": {"a": 3}}',
        b'{"annotations": [], "annotationConnections": [1]}',
        b'{"annotations": [], "segue": {"image_sets": [{"xy": "a"}]}}',
        b'{"annotations": [], "segue": 3}',
        b'{"annotations": [{"segue": 3}]}',
        b'{"annotations": [{"x": NaN}]}',
        b'{"annotations": [\xff]}',
        b"[" * 100000,
    ],
)
def test_what_is_not_nimbus_is_malformed(nimbus, text):
    with pytest.raises(Malformed):
        nimbus.read(text)


def test_too_many_places_for_values_are_refused(nimbus):
    with pytest.raises(TooLarge, match="5,000 places"):
        nimbus.read(export([annotation()], [], [], {A: {P: {str(nth): 1 for nth in range(5001)}}}))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (SERVER, "nimbus-json"),
        (export([annotation()]), "nimbus-json"),
        ({"annotations": [annotation()]}, "nimbus-json"),
        ({"connections": [connection()], "annotations": []}, "nimbus-json"),
        ({"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}], "categories": []}, "coco"),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None, "properties": {"annotations": []}}]}, "qupath-geojson"),
        ({"version": "5", "shapes": [], "imagePath": "a.png", "imageHeight": 3, "imageWidth": 4}, "labelme"),
    ],
)
def test_it_is_told_from_other_json(tmp_path, given, name):
    path = tmp_path / "given.json"
    path.write_text(json.dumps(given))
    assert detect(Source(path))[0].name == name


def test_damage_never_raises_anything_else(nimbus):
    text = json.dumps(SERVER).encode()
    rng = np.random.default_rng(5)
    for _ in range(150):
        damaged = bytearray(text)
        for at in rng.integers(0, len(text), rng.integers(1, 4)):
            damaged[at] = rng.integers(32, 127)
        try:
            study, _ = nimbus.read(bytes(damaged[: rng.integers(len(text) // 2, len(text) + 1)]) if rng.random() < 0.3 else bytes(damaged))
            nimbus.write(study)
        except SegueError:
            pass
