"""Writing NimbusImage's JSON: what it accepts, whatever the study; and a backup that restores the study with its ids."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from tests.formats.nimbus_json.odd_documents import documents

import segue
from segue.formats.detect import detect
from segue.model.connections import Connections
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Property, Study
from segue.model.tables import Column, Table
from segue.storage.source import Source
from segue.testing.strategies import studies

TRIANGLE = np.array([(0.0, 0.0), (4.5, 0.0), (0.0, 3.0)])


def study(count=3, **more):
    """Triangles called 'a0', 'a1', ... at 5 pixels from each other."""
    objects = Objects(pl.DataFrame({"id": [f"a{nth}" for nth in range(count)], "t": [0] * count}))
    frame = pl.DataFrame({"object": list(range(count)), "kind": ["polygon"] * count, "z": [0] * count, "c": [0] * count})
    coords = np.concatenate([TRIANGLE + np.array([5 * nth, 0]) for nth in range(count)])
    populations = more.pop("populations", ())
    properties = more.pop("properties", ())
    return Study((ImageSet("", objects=objects, shapes=Shapes(frame, Rings.simple(coords, np.arange(count + 1) * 3)), **more),), populations, properties)


def values(columns, cells):
    frame = pl.DataFrame({"row": list(range(len(next(iter(cells.values()))))), **cells}, schema_overrides={"row": pl.Int32})
    return {"measurements": Table("objects", frame, columns)}


def test_the_text_is_compact_with_all_four_sections(nimbus):
    text = nimbus.write(study(1))
    assert text.startswith(
        b'{"annotations":[{"_id":"a0","shape":"polygon","channel":0,"location":{"XY":0,"Z":0,"Time":0},"tags":[],'
        b'"coordinates":[{"x":0,"y":0},{"x":4.5,"y":0},{"x":0,"y":3}]}],"annotationConnections":[],"annotationProperties":[],'
        b'"annotationPropertyValues":{},"segue":{'
    )
    assert b"\n" not in text


def test_nothing_at_all(nimbus, checklist):
    text = nimbus.write(Study())
    assert checklist(text) == []
    assert json.loads(text)["annotations"] == []


def full():
    """A study with everything that the export dialog can leave out."""
    links = pl.DataFrame({"id": ["c"], "kind": ["link"], "parent": [0], "child": [1], "label": [None], "tags": [["x"]]}, schema_overrides={"label": pl.Utf8})
    columns = (Column("Area", property="p", path=("Area",)),)
    return study(
        connections=Connections(links.cast({"parent": pl.Int32, "child": pl.Int32})),
        tables=values(columns, {"Area": [1.5, None, 3.0]}),
        properties=(Property("p", "Blob", "properties/blob_metrics:latest", '{"shape":"polygon"}'),),
        populations=(Population("t", ("nucleus",), "tag"),),
        membership=Membership.of(pl.DataFrame({"population": ["t"], "object": [2]}, schema={"population": pl.Utf8, "object": pl.Int32})),
    )


@pytest.mark.parametrize(
    ("options", "counts"),
    [
        ({}, (3, 1, 1, 2)),
        ({"annotations": False}, (0, 0, 1, 0)),
        ({"connections": False}, (3, 0, 1, 2)),
        ({"properties": False}, (3, 1, 0, 0)),
        ({"values": False}, (3, 1, 1, 0)),
    ],
)
def test_what_is_not_chosen_is_empty_never_missing(nimbus, checklist, options, counts):
    text = nimbus.write(full(), **options)
    assert checklist(text) == []
    found = json.loads(text)
    assert tuple(len(found[key]) for key in ("annotations", "annotationConnections", "annotationProperties", "annotationPropertyValues")) == counts


def test_z_of_vertices_is_the_slice_if_it_is_wanted(nimbus, checklist):
    (s,) = study(1).image_sets
    deep = Study((ImageSet("", objects=s.objects, shapes=s.shapes.with_columns(z=4)),))
    text = nimbus.write(deep, z=True)
    assert [list(vertex.items()) for vertex in json.loads(text)["annotations"][0]["coordinates"]][1] == [("x", 4.5), ("y", 0), ("z", 4)]
    assert checklist(text) == []


def test_numbers_booleans_lists_and_bad_keys_become_what_nimbus_accepts(nimbus, checklist):
    columns = (
        Column("n", "number", "p", ("99.9th",)),
        Column("flag", "boolean", "p", ("$flag",)),
        Column("list", "json", "p", ("deep", "list")),
        Column("n2", "number", "p", ("99_9th",)),
        Column("area.um^2", "number"),
    )
    cells = {"n": [float("nan"), float("inf"), 2.5], "flag": [True, False, None], "list": ["[1,2]", "3", None], "n2": [1.0, None, None], "area.um^2": [1.0] * 3}
    one = study(tables=values(columns, cells), properties=(Property("p", "P"),))
    text = nimbus.write(one)
    assert checklist(text) == []
    found = json.loads(text)["annotationPropertyValues"]
    assert found["a0"]["p"] == {"99_9th": None, "_flag": 1, "deep": {"list": "[1,2]"}}
    assert found["a1"]["p"] == {"_flag": 0, "deep": {"list": 3}}
    assert [list(by) for by in found["a2"].values()] == [["99_9th"], ["area_um^2"]]
    assert {key: count for key, count in diff(one, nimbus.read(text)[0]).items() if key is not F.OBJECT_TIME} == {}


def test_columns_without_a_property_get_one(nimbus, checklist):
    one = study(tables=values((Column("Area", unit="um^2"), Column("note", "text")), {"Area": [1.0, 2.0, 3.0], "note": ["a", None, "b"]}))
    text = nimbus.write(one)
    assert checklist(text) == []
    (made,) = json.loads(text)["annotationProperties"]
    assert (made["name"], made["image"], made["shape"], len(made["_id"])) == ("measurements", "properties/none:latest", "polygon", 24)
    back = nimbus.read(text)[0]
    assert back.properties == ()
    assert diff(one, back) == {}
    without = {key: value for key, value in json.loads(text).items() if key != "segue"}
    table = nimbus.read(without)[0].image_sets[0].tables["properties"]
    assert [column.name for column in table.columns] == ["measurements / Area", "measurements / note"]


def test_a_definition_with_what_nimbus_refuses(nimbus, checklist):
    settings = '{"shape":"rectangle","tags":["a"],"workerInterface":3,"more":1}'
    one = study(properties=(Property("", "empty id", "", settings), Property("q", "", "image", "[]")))
    text = nimbus.write(one)
    assert checklist(text) == []
    assert nimbus.read(text)[0].properties == one.properties


def test_populations_are_tags_and_come_back(nimbus):
    populations = (
        Population("p1", ("Immune", "T cells"), "class", 0xFF0000FF, False, 3, 7, True),
        Population("p2", ("same",), "tag"),
        Population("p3", ("same",), "population"),
        Population("p4", ("empty",)),
    )
    members = Membership.of(pl.DataFrame({"population": ["p3", "p1", "p2"], "object": [0, 0, 1]}, schema_overrides={"object": pl.Int32}))
    one = study(populations=populations, membership=members)
    text = nimbus.write(one)
    assert [found["tags"] for found in json.loads(text)["annotations"]] == [["same-2", "Immune / T cells"], ["same"], []]
    assert diff(one, nimbus.read(text)[0]) == {}


def test_masks_become_annotations_and_labels_come_back(tmp_path, nimbus):
    labels = np.zeros((20, 30), np.uint16)
    labels[2:8, 3:9] = 7
    labels[10:12, 10:12] = 9
    labels[12:14, 12:14] = 9
    segue.write(Study((ImageSet("", labels=(LabelImage(ArrayPixels(labels), "yx"),)),)), tmp_path / "masks.tif")
    notes = segue.convert(tmp_path / "masks.tif", tmp_path / "masks.json", to="nimbus-json")
    found = json.loads((tmp_path / "masks.json").read_text())
    assert [one["tags"] for one in found["annotations"]] == [[], [], []]
    assert [one["segue"].get("of") for one in found["annotations"]] == [None, None, "9"]
    assert found["segue"]["image_sets"][0]["everywhere"] == "tzc"
    segue.convert(tmp_path / "masks.json", tmp_path / "back.tif")
    with segue.read(tmp_path / "back.tif") as back:
        assert np.array_equal(back.image_sets[0].labels[0].pixels.read((slice(0, 20), slice(0, 30))), labels)
    assert all("hole" not in note.sentence for note in notes)


def test_what_is_known_about_the_image_goes_along(nimbus):
    grid = Grid((Axis("t", 4), Axis("z", 2), Axis("y", 20, 0.325, "um"), Axis("x", 30, 0.325, "um")))
    image = Image(ArrayPixels(np.zeros((2, 4, 2, 20, 30), np.uint8)), "ctzyx", "raw", ("DAPI", "CD3"))
    labels = LabelImage(ArrayPixels(np.ones((20, 30), np.uint8)), "yx")
    (s,) = study().image_sets
    one = Study((ImageSet("field", grid, "plate", (("x", 3),), (image,), (labels,), s.objects, s.shapes),))
    text = nimbus.write(one)
    (said,) = json.loads(text)["segue"]["image_sets"]
    assert said["about"] == {"channels": ["DAPI", "CD3"], "labels": {"labels": labels.fingerprint()}}
    (back,) = nimbus.read(text)[0].image_sets
    assert (back.name, back.group, back.position, back.grid) == ("field", "plate", (("x", 3),), grid)
    assert nimbus.write(Study((back,))) == text


def test_the_same_id_in_two_image_sets(nimbus, checklist):
    (s,) = study().image_sets
    one = Study((s, ImageSet("second", objects=s.objects, shapes=s.shapes)))
    text = nimbus.write(one)
    assert checklist(text) == []
    assert diff(one, nimbus.read(text)[0]) == {}


def test_further_members_come_back_and_nothing_known_is_written_twice(nimbus, checklist):
    extra = {"_id": "a", "shape": "point", "channel": 0, "location": {"XY": 0, "Z": 0, "Time": 0}, "tags": [], "coordinates": [{"x": 1, "y": 2}]}
    given = {"annotations": [{**extra, "score": 0.5, "when": "2024"}], "annotationConnections": [], "version": 3}
    text = nimbus.write(nimbus.read(given)[0])
    found = json.loads(text)
    assert checklist(text) == []
    assert (found["version"], found["annotations"][0]["score"], found["annotations"][0]["when"]) == (3, 0.5, "2024")


ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@ANY
@given(one=studies())
def test_whatever_the_study_nimbus_accepts_the_file(nimbus, checklist, one):
    assert checklist(nimbus.write(one)) == []


@ANY
@given(given_=documents())
def test_whatever_the_documents_the_backup_is_accepted_and_complete(nimbus, checklist, given_):
    first = nimbus.read(given_)[0]
    text = nimbus.write(first)
    assert checklist(text) == []
    second = nimbus.read(text)[0]
    assert diff(nimbus.record.fitted(first), second) == {}
    assert nimbus.write(second) == text
    held = {one["_id"] for one in json.loads(text)["annotations"]}
    once = [one["_id"] for one in given_["annotations"] if one["_id"] and [other["_id"] for other in given_["annotations"]].count(one["_id"]) == 1]
    drawn = {own for s in first.image_sets for own in s.objects.frame["id"].gather(s.shapes.frame["object"].unique()) if own in once}
    flat = {own for s in first.image_sets for own in s.objects.frame["id"]} - {own for s in second.image_sets for own in s.objects.frame["id"]}
    assert drawn - flat <= held


@ANY
@given(given_=documents())
def test_planes_outside_of_the_image_stay(nimbus, checklist, given_):
    small = Grid((Axis("t", 2), Axis("z", 1), Axis("y", 8), Axis("x", 8)))
    first = nimbus.read(given_)[0].map(lambda s: replace(s, grid=small))
    text = nimbus.write(first)
    assert checklist(text) == []
    assert diff(nimbus.record.fitted(first), nimbus.read(text)[0]) == {}


def test_it_is_recognised(tmp_path, nimbus):
    path = tmp_path / "a.json"
    path.write_bytes(nimbus.write(full()))
    assert detect(Source(path))[0].name == "nimbus-json"
