"""Holes and parts that went through NimbusImage, which keeps nothing of what it does not know, and makes ids of its own."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
import tifffile
from tests.formats.nimbus_json.conftest import NIMBUS
from tests.formats.nimbus_json.test_holes import IMAGE
from tests.formats.nimbus_json.test_holes import study as study_of_test_holes

import segue
from segue.formats.shape_files import area_rings
from segue.geometry.rasterize import rasterize
from segue.model.features import Feature
from segue.storage.source import Source

study = study_of_test_holes


def through_nimbus(document: dict[str, Any]) -> dict[str, Any]:
    """What NimbusImage's import and export leave: the members that it takes, under new ids."""
    kept = ("name", "coordinates", "tags", "channel", "location", "shape", "color")
    ids = {one["_id"]: f"{nth:024x}" for nth, one in enumerate(document["annotations"])}
    made = [{"_id": ids[one["_id"]], **{key: one[key] for key in kept if one.get(key) is not None}} for one in copy.deepcopy(document["annotations"])]
    links = [
        {"_id": f"{nth:024x}", "parentId": ids[one["parentId"]], "childId": ids[one["childId"]], "tags": one["tags"]}
        for nth, one in enumerate(document["annotationConnections"])
    ]
    values = {ids[key]: cells for key, cells in document["annotationPropertyValues"].items()}
    sections = {"annotationProperties": document["annotationProperties"], "annotationPropertyValues": values}
    return {"annotations": made, "annotationConnections": links, **sections}


@pytest.fixture
def back(tmp_path):
    def reading(document: dict[str, Any], *, rejoin: bool = True):
        path = tmp_path / "back.json"
        path.write_text(json.dumps(document))
        return NIMBUS.read(Source(path), NIMBUS.options("read", {"rejoin": rejoin}))

    return reading


@pytest.fixture
def written(study, nimbus):
    def writing(**options: Any) -> dict[str, Any]:
        return through_nimbus(json.loads(nimbus.write(study, **options)))

    return writing


def filled(found, shape=IMAGE.shape):
    s = found.image_sets[0]
    values = (s.shapes.frame["object"].to_numpy() + 1).astype(np.uint16)
    return rasterize(area_rings(s.shapes), values, shape)[0]


WAYS = [{"holes": "keyhole", "connect_parts": True}, {"holes": "parts", "connect_parts": True}]


@pytest.mark.parametrize("options", WAYS)
def test_everything_is_as_it_was_but_for_ids(study, written, back, options):
    found, notes = back(written(**options))
    mine, theirs = study.image_sets[0], found.image_sets[0]
    assert theirs.shapes.rings.same(mine.shapes.rings).all()
    assert (len(theirs.objects), theirs.objects.frame["name"].to_list()) == (3, ["A", None, None])
    assert theirs.connections.frame.select("parent", "child", "tags").rows() == [(0, 1, ["near"])]
    assert theirs.membership.frame.select("population", "object").rows() == mine.membership.frame.select("population", "object").rows()
    assert [one.name for one in found.populations] == [("cell",)]
    assert np.array_equal(filled(found), IMAGE)
    assert {str(note.kind) for note in notes} == {"repaired"}


def test_it_is_said_how_much_was_put_together(written, back):
    assert [note.count for note in back(written(**WAYS[0]))[1]] == [3, 2]
    assert [note.count for note in back(written(**WAYS[1]))[1]] == [4, 2]


@pytest.mark.parametrize(("options", "count"), [(WAYS[0], 5), (WAYS[1], 9)])
def test_nothing_is_put_together_unless_asked_for_but_it_is_said(written, back, options, count):
    found, notes = back(written(**options), rejoin=False)
    assert len(found.image_sets[0].objects) == count
    (note,) = notes
    assert (str(note.kind), "--set rejoin=true" in note.what) == ("assumed", True)


def test_without_connected_parts_each_part_is_an_object(written, back):
    found, _ = back(written(holes="keyhole"))
    s = found.image_sets[0]
    assert len(s.objects) == 5
    assert np.array_equal(filled(found) > 0, IMAGE > 0)
    assert np.diff(s.shapes.rings.shape_rings).tolist() == [3, 1, 1, 2, 2]


def test_a_hole_inside_of_another_hole_stays(written, back):
    """Whose part it belongs to is not said: the part was not connected."""
    found, notes = back(written(holes="parts"))
    assert [(str(note.kind), note.count) for note in notes] == [("repaired", 3), ("assumed", 1)]
    assert len(found.image_sets[0].objects) == 6


@pytest.mark.parametrize(
    "change",
    [
        lambda whole, hole: hole.update(tags=["hole", "checked"]),
        lambda whole, hole: hole.update(tags=["Hole"]),
        lambda whole, hole: hole.update(name="my hole"),
        lambda whole, hole: hole.update(color="#FF0000"),
        lambda whole, hole: hole.update(shape="line"),
        lambda whole, hole: hole["location"].update(Z=1),
        lambda whole, hole: hole["location"].update(Time=1),
        lambda whole, hole: hole.update(channel=2),
        lambda whole, hole: hole["coordinates"][0].update(x=-5),
        lambda whole, hole: hole.update(coordinates=[{"x": one["x"] + 20, "y": one["y"]} for one in hole["coordinates"]]),
        lambda whole, hole: whole["annotationConnections"].append({**_link(whole, hole), "_id": "again"}),
        lambda whole, hole: _link(whole, hole).update(tags=["hole", "x"]),
        lambda whole, hole: _link(whole, hole).update(parentId=whole["annotations"][3]["_id"]),
        lambda whole, hole: whole["annotationConnections"].remove(_link(whole, hole)),
    ],
)
def test_what_is_not_clear_in_everything_stays_an_annotation(written, back, change):
    whole = written(**WAYS[1])
    hole = whole["annotations"][1]
    assert hole["tags"] == ["hole"]
    change(whole, hole)
    found, _ = back(whole)
    assert len(found.image_sets[0].objects) == 4
    assert len(back(written(**WAYS[1]))[0].image_sets[0].objects) == 3


def _link(whole, hole):
    return next(one for one in whole["annotationConnections"] if one["childId"] == hole["_id"])


@pytest.mark.parametrize(
    "change",
    [
        lambda whole, part: part.update(tags=["cell"]),
        lambda whole, part: part.update(tags=["dead", "part"]),
        lambda whole, part: part.update(name="another"),
        lambda whole, part: part["location"].update(Time=1),
        lambda whole, part: _link(whole, part).update(tags=[]),
    ],
)
def test_parts_too(written, back, change):
    whole = written(connect_parts=True)
    change(whole, whole["annotations"][2])
    assert len(back(whole)[0].image_sets[0].objects) == 4
    assert len(back(written(connect_parts=True))[0].image_sets[0].objects) == 3


def test_parts_of_several_planes_are_shapes_of_one_object(written, back):
    whole = written(connect_parts=True)
    whole["annotations"][2]["location"]["Z"] = 3
    s = back(whole)[0].image_sets[0]
    assert (len(s.objects), s.shapes.frame["z"].to_list()) == (3, [0, 0, 3, 0])


def test_values_of_parts_are_left_out_and_said(written, back):
    whole = written(connect_parts=True)
    whole["annotationProperties"] = [{"_id": "p", "name": "Area"}]
    whole["annotationPropertyValues"] = {one["_id"]: {"p": nth} for nth, one in enumerate(whole["annotations"])}
    found, notes = back(whole)
    assert found.image_sets[0].tables["properties"].frame["Area"].to_list() == [0, 1, 3]
    assert [note.count for note in notes if note.feature == Feature.VALUES] == [2]


def test_a_file_of_segue_says_itself_what_belongs_together(study, nimbus, back):
    """The option changes nothing there."""
    whole = json.loads(nimbus.write(study, holes="parts"))
    for one in whole["annotations"]:
        one.pop("segue", None)
    found, notes = back(whole)
    assert (len(found.image_sets[0].objects), list(notes)) == (9, [])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rejoin", [False, True])
def test_corners_that_are_no_places_do_no_harm(written, back, rejoin):
    whole = written(**WAYS[1])
    whole["annotations"][0]["coordinates"][1]["x"] = 1e308
    found, _ = back(whole, rejoin=rejoin)
    assert len(found.image_sets[0].objects) == (5 if rejoin else 9)


def test_the_same_in_an_archive(written, tmp_path):
    import zipfile

    from segue.formats.nimbus_bundle.spec import FORMAT

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("a.json", json.dumps(written(**WAYS[1])))
    found, _ = FORMAT.read(Source(tmp_path / "a.zip"), FORMAT.options("read", {"rejoin": True}))
    assert np.array_equal(filled(found), IMAGE)


@pytest.mark.golden
@pytest.mark.parametrize("options", WAYS)
def test_the_masks_of_deeptile_come_back_bit_for_bit(golden, tmp_path, back, options):
    mask = golden / "nimbus" / "deeptile_sample_tif_stitched_mask.tif"
    labels = tifffile.imread(mask)
    segue.convert(mask, tmp_path / "cells.json", to="nimbus-json", role="labels", **options)
    whole = through_nimbus(json.loads((tmp_path / "cells.json").read_text()))
    found, _ = back(whole)
    s = found.image_sets[0]
    assert len(s.objects) == 661
    numbers = np.unique(labels)[1:]
    assert np.array_equal(np.append(0, numbers)[filled(found, labels.shape)], labels)
    alone = back(whole, rejoin=False)[0].image_sets[0]
    assert len(alone.objects) > 661
