"""Populations of one name are one population of the project, and every image set keeps what is its own."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest
from tests.formats.mantis_project.conftest import row, tables

from segue.model.diff import diff
from segue.model.populations import Population
from segue.model.rules import GateRule, ListRule, Range
from segue.model.study import ALIASES, Study


def aliases(s):
    return s.aliases.select("id", "alias").rows()


def payloads(s):
    return {name: json.loads(text) for name, text in s.extras.filter(s.extras["entity"] == "population").select("id", "payload").rows()}


def members(study, population):
    place = {one.name[0]: one.id for one in study.populations}
    found = []
    for s in study.image_sets:
        mine = s.membership.frame.filter(s.membership.frame["population"] == place[population]).sort("nth_in_population")
        found.append(s.objects.frame["label"].gather(mine["object"]).to_list())
    return found


@pytest.fixture
def two(project):
    project.image_set("a", "CD3").image_set("b", "CD3")

    def study(of_a, of_b, **settings):
        return project.database(settings, {"a": of_a, "b": of_b}).study()

    return study


def test_one_name_is_one_population_with_members_in_every_image_set(two):
    study = two([row("T", "x", segments=[7, 3])], [row("T", "y", segments=[20])])
    (one,) = study.populations
    assert (one.id, one.name, one.kind, one.rule) == ("x", ("T",), "population", ListRule())
    assert members(study, "T") == [[7, 3], [20]]
    assert [aliases(s) for s in study.image_sets] == [[], [("x", "y")]]


def test_what_is_other_in_an_image_set_stays_there(two, written, project):
    study = two([row("T", "x", color=1)], [row("T", "x", order=4, color=2, visible=False)])
    (one,) = study.populations
    assert (one.colour, one.order, one.visible) == (0x000001FF, 1, True)
    assert [payloads(s) for s in study.image_sets] == [{"x": {}}, {"x": {"renderOrder": 4, "color": 2, "visible": False}}]
    assert tables(written(study)[0])["selections"] == tables(project.root)["selections"]


def test_two_of_one_name_in_one_image_stay_two(two, written, project):
    study = two([row("T", "x"), row("T", "y", order=2, segments=[3])], [row("T", "y", segments=[7])])
    assert [(one.id, one.name) for one in study.populations] == [("x", ("T",)), ("y", ("T",))]
    assert study.image_sets[1].membership.frame["population"].to_list() == ["y"]
    assert tables(written(study)[0])["selections"] == tables(project.root)["selections"]


def test_the_list_of_an_image_set_keeps_its_order(two, written, project):
    study = two([row("T", "t"), row("B", "b", order=2)], [row("B", "b"), row("T", "t", order=2)])
    assert [one.id for one in study.populations] == ["t", "b"]
    assert tables(written(study)[0])["selections"] == tables(project.root)["selections"]


def test_one_id_for_two_names_is_made_different(two, written, project):
    study = two([row("T", "x")], [row("B", "x")])
    assert [(one.id, one.name[0]) for one in study.populations] == [("x", "T"), ("x-2", "B")]
    assert tables(written(study)[0])["selections"] == tables(project.root)["selections"]


def test_colours_of_the_whole_project_win_and_the_own_one_is_kept(two, written, project):
    study = two([row("T", "x", color=5)], [row("T", "x", color=6, visible=False)], globalPopulationAttributes={"T": {"color": 9, "visible": True}})
    (one,) = study.populations
    assert (one.colour, one.visible) == (0x000009FF, True)
    assert [payloads(s)["x"] for s in study.image_sets] == [{"color": 5}, {"color": 6, "visible": False}]
    back, there = tables(written(study)[0]), tables(project.root)
    assert back["selections"] == there["selections"]
    assert back["settings"]["globalPopulationAttributes"] == there["settings"]["globalPopulationAttributes"]


def test_a_colour_that_was_changed_is_written_for_the_whole_project(two, written):
    study = two([row("T", "x", color=9)], [], globalPopulationAttributes={"T": {"color": 9, "visible": True}, "other": {"color": 1, "visible": True}})
    changed = replace(study, populations=(replace(study.populations[0], colour=0x0000FFFF, visible=False),))
    told = tables(written(changed)[0])["settings"]["globalPopulationAttributes"]
    assert told == {"T": {"color": 0xFF, "visible": False}, "other": {"color": 1, "visible": True}}


def test_no_colour_and_black_are_kept_apart(two, written):
    bare = row("none", "x")
    del bare["color"]
    study = two([bare, row("black", "y", order=2, color=0)], [])
    assert [one.colour for one in study.populations] == [None, 0x000000FF]
    root, again = written(study)
    assert [one.colour for one in again.populations] == [None, 0x000000FF]
    colours = {one["name"]: one["color"] for _, _, one in tables(root)["selections"]}
    assert colours["black"] == 0
    assert colours["none"] != 0  # Mantis expects a colour


def test_what_mantis_has_no_words_for_comes_back(two, written):
    study = two([row("T", "x", segments=[3])], [])
    (one,) = study.populations
    gate = replace(one, name=("Immune", "T"), kind="gate", number=4, exclusive=True, order=None, rule=GateRule((Range("Age", 1.0),)))
    changed = replace(study, populations=(gate,))
    root, again = written(changed)
    assert again.populations == (gate,)
    assert diff(changed, again) == {}
    ((_, _, stored),) = tables(root)["selections"]
    assert (stored["name"], stored["selectedSegments"], stored["segue"]["kind"]) == ("Immune: T", [3], "gate")


def test_a_population_that_is_nowhere_is_in_the_first_image_set(two, written):
    study = two([], [])
    root, again = written(Study(study.image_sets, (Population("p", ("alone",)),)))
    assert [(place, one["name"]) for _, place, one in tables(root)["selections"]] == [("a", "alone")]
    assert payloads(again.image_sets[0]) == {"p": {}}


def test_one_text_for_two_populations_cannot_be(project, written):
    """Mantis keeps folder and id as one text: a + bc and ab + c are the same."""
    project.image_set("a", "CD3").image_set("ab", "CD3")
    study = project.database({}, {"a": [row("T", "bc")]}).study()
    other = replace(study.image_sets[1], aliases=pl.DataFrame([("mantis", "population", "bc", "c")], schema=ALIASES, orient="row"))
    root, again = written(replace(study, image_sets=(study.image_sets[0], other)))
    assert [own for own, _, _ in tables(root)["selections"]] == ["abc", "abc-2"]
    assert [len(payloads(s)) for s in again.image_sets] == [1, 1]
