"""Holes and parts as annotations, which have one ring each: by slits, or as annotations that belong together."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from segue.geometry.outline import outline
from segue.model.connections import Connections
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study

PICTURE = [
    "111111..22",
    "1.11.1..22",
    "111111....",
    "........22",
    "33333333..",
    "3......3..",
    "3.3333.3..",
    "3.3..3.3..",
    "3.3333.3..",
    "3......3..",
    "33333333..",
]
IMAGE = np.array([[0 if letter == "." else int(letter) for letter in line] for line in PICTURE], np.uint8)
"""1: two holes; 2: two parts; 3: a ring in a ring."""


@pytest.fixture
def study():
    labels, rings = outline(IMAGE)
    frame = pl.DataFrame({"object": np.arange(len(labels)), "kind": "traced"})
    objects = Objects(pl.DataFrame({"id": ["a", "b", "c"], "name": ["A", None, None]}))
    links = Connections(pl.DataFrame({"id": ["ab"], "kind": ["link"], "parent": [0], "child": [1], "tags": [["near"]]}))
    members = Membership.of(pl.DataFrame({"population": ["cell", "cell"], "object": [0, 1]}))
    s = ImageSet("", objects=objects, shapes=Shapes(frame, rings), connections=links, membership=members)
    return Study((s,), (Population("cell", ("cell",), "tag"),))


def documents(study, nimbus, **options):
    return json.loads(nimbus.write(study, **options))


def area(one):
    x, y = (np.array([vertex[axis] for vertex in one["coordinates"]]) for axis in "xy")
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


class TestFill:
    def test_is_usual_and_counted(self, study, nimbus):
        fitted = nimbus.record.fitted(study, nimbus.record.options("write", {}))
        assert diff(study, fitted) == {Feature.TRACED: 2}
        assert [area(one) for one in documents(study, nimbus)["annotations"]] == [18, 4, 2, 56, 12]

    def test_nothing_else_differs(self, study, nimbus):
        assert len(documents(study, nimbus)["annotationConnections"]) == 1


class TestKeyhole:
    def test_one_annotation_for_each_part_with_the_area_of_its_pixels(self, study, nimbus):
        found = documents(study, nimbus, holes="keyhole")["annotations"]
        assert [area(one) for one in found] == [16, 4, 2, 26, 10]

    def test_nothing_is_lost(self, study, nimbus):
        fitted = nimbus.record.fitted(study, nimbus.record.options("write", {"holes": "keyhole"}))
        back, notes = nimbus.read(nimbus.write(study, holes="keyhole"))
        assert (diff(study, fitted), diff(study, back), list(notes)) == ({}, {}, [])

    def test_nimbus_accepts_it(self, study, nimbus, checklist):
        assert not checklist(nimbus.write(study, holes="keyhole"))

    def test_without_what_only_segue_reads_it_fills_the_same_pixels(self, study, nimbus):
        from segue.formats.shape_files import area_rings
        from segue.geometry.rasterize import rasterize

        whole = documents(study, nimbus, holes="keyhole")
        for one in whole["annotations"]:
            one.pop("segue", None)
        del whole["segue"]
        back, _ = nimbus.read(whole)
        filled, _ = rasterize(area_rings(back.image_sets[0].shapes), np.array([1, 2, 2, 3, 3], np.uint8), IMAGE.shape)
        assert np.array_equal(filled, IMAGE)

    def test_a_ring_that_somebody_changed_stays_a_ring(self, study, nimbus):
        whole = documents(study, nimbus, holes="keyhole")
        whole["annotations"][0]["coordinates"][1]["x"] = 7
        whole["annotations"][0]["coordinates"].pop()
        back, _ = nimbus.read(whole)
        rings = back.image_sets[0].shapes.rings
        assert np.diff(rings.part_start[: rings.shape_start[1] + 1]).tolist() == [1]


class TestParts:
    def test_holes_are_annotations_with_a_tag_and_a_connection(self, study, nimbus):
        whole = documents(study, nimbus, holes="parts")
        tags = [one["tags"] for one in whole["annotations"]]
        assert tags == [["cell"], ["hole"], ["hole"], ["cell"], ["cell"], [], ["hole"], [], ["hole"]]
        ids = [one["_id"] for one in whole["annotations"]]
        links = [(ids.index(one["parentId"]), ids.index(one["childId"]), one["tags"]) for one in whole["annotationConnections"]]
        assert links == [(0, 3, ["near"]), (0, 1, ["hole"]), (0, 2, ["hole"]), (5, 6, ["hole"]), (5, 8, ["hole"])]

    @pytest.mark.parametrize("connect", [False, True])
    @pytest.mark.parametrize("holes", ["keyhole", "parts"])
    def test_nothing_is_lost_and_nothing_added(self, study, nimbus, checklist, holes, connect):
        data = nimbus.write(study, holes=holes, connect_parts=connect)
        assert not checklist(data)
        back, notes = nimbus.read(data)
        assert (diff(study, back), list(notes)) == ({}, [])

    def test_parts_are_connected_and_tagged_by_choice(self, study, nimbus):
        whole = documents(study, nimbus, connect_parts=True)
        assert [one["tags"] for one in whole["annotations"]] == [["cell"], ["cell", "part"], ["cell", "part"], ["part"], ["part"]]
        assert [one["tags"] for one in whole["annotationConnections"]] == [["near"], ["part"], ["part"]]

    def test_a_population_of_that_name_stays(self, study, nimbus):
        from dataclasses import replace

        named = replace(study, populations=(Population("cell", ("part",), "tag"), Population("h", ("hole",), "tag")))
        back, _ = nimbus.read(nimbus.write(named, holes="parts", connect_parts=True))
        assert diff(named, back) == {}
        assert [one.name for one in back.populations] == [("part",), ("hole",)]

    def test_a_connection_that_somebody_moved_to_another_object_counts(self, study, nimbus):
        whole = documents(study, nimbus, holes="parts")
        whole["annotationConnections"][1]["parentId"] = whole["annotations"][5]["_id"]
        back, _ = nimbus.read(whole)
        assert back.image_sets[0].connections.frame.select("parent", "child").rows() == [(0, 1), (2, 0)]
