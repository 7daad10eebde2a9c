"""The table of what can be done now: every rule with a study that has just what it needs, and one that has not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from segue.errors import Incompatible
from segue.formats.catalog import FORMATS
from segue.model.connections import Connections
from segue.model.display import Display
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.rules import GateRule, PolygonTerm, Range
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.workflow.enabling import ACTIONS, action_of, actions, reason, require, require_for

PIXELS = ArrayPixels(np.zeros((4, 4), np.uint16))
IMAGE = {"images": (Image(PIXELS, "yx", "a"),)}
LABELS = {"labels": (LabelImage(PIXELS, "yx"),)}
SQUARE = Rings.simple(np.array([[0.0, 0], [2, 0], [2, 2]]), np.array([0, 3]))


def drawn(layer: str | None) -> dict:
    objects = Objects(pl.DataFrame({"id": ["r"], "layer": [layer]}, schema_overrides={"layer": pl.Utf8}))
    return {"objects": objects, "shapes": Shapes(pl.DataFrame({"object": [0], "kind": ["polygon"]}), SQUARE)}


REGION, OUTLINE = drawn("regions"), drawn("labels")
LISTED = {"objects": Objects(pl.DataFrame({"id": ["1", "2"], "label": [1, 2], "layer": ["labels"] * 2}))}
TABLE = {"tables": {"m": Table("objects", pl.DataFrame({"row": [0], "v": [1.5]}, schema_overrides={"row": pl.Int32}), (Column("v"),))}}
VALUES = {**LISTED, **TABLE}
MEMBERS = {**LISTED, "membership": Membership.of(pl.DataFrame({"population": ["p"], "object": [0]}))}
LINKED = {**LISTED, "connections": Connections(pl.DataFrame({"id": ["c"], "kind": ["link"], "parent": [0], "child": [1]}))}
P, Q = Population("p", ("p",)), Population("q", ("q",))
GATE = Population("g", ("g",), rule=GateRule((Range("v", 0, 1),)))
INNER = Population("i", ("i",), rule=GateRule((Range("w", 0, 1),), "g"))
LASSO = Population("l", ("l",), rule=GateRule((Range("v"), PolygonTerm("v", "w", ((0, 0), (1, 0), (1, 1))))))


def study(*populations: Population, displays: tuple[Display, ...] = (), **has) -> Study:
    return Study((ImageSet("one", **has),), populations, displays=displays)


ENOUGH = {
    "import populations csv": [study(**LABELS), study(**OUTLINE), study(**LISTED)],
    "import features": [study(**LABELS)],
    "import gates": [study(**VALUES)],
    "import mappings": [study(**IMAGE)],
    "measure shapes": [study(**LABELS), study(**OUTLINE)],
    "measure statistics": [study(**LABELS, **IMAGE), study(**OUTLINE, **IMAGE)],
    "select by region": [study(**REGION, **LABELS)],
    "select by gate": [study(**VALUES)],
    "select by ids": [study(**LABELS)],
    "combine populations": [study(P, Q)],
    "refresh populations": [study(P, **LABELS)],
    "export populations json": [study(P), study(**REGION)],
    "export populations csv": [study(P, **MEMBERS)],
    "export regions": [study(**REGION)],
    "export statistics": [study(**LABELS, **IMAGE), study(**VALUES)],
    "export statistics of populations": [study(P, **MEMBERS, **TABLE)],
    "export features": [study(**VALUES)],
    "export gates": [study(GATE), study(GATE, INNER)],
    "export mappings": [study(displays=(Display("d"),)), study(display=Display("d"))],
    "export labels": [study(**LABELS), study(**OUTLINE)],
    "export outlines": [study(**LABELS)],
    "export annotations": [study(**LISTED), study(**LABELS)],
    "export connections": [study(**LINKED)],
    "export images": [study(**IMAGE), study(**LABELS), study(**REGION)],
    "export pixels": [study(**IMAGE), study(**LABELS)],
    "segment": [study(**IMAGE)],
    "render": [study(**IMAGE), study(**REGION)],
}
NOT_ENOUGH = {
    "import populations csv": [study(**IMAGE), study(**REGION)],
    "import gates": [study(**LABELS)],
    "measure shapes": [study(**REGION), study(**LISTED)],
    "measure statistics": [study(**LABELS), study(**IMAGE)],
    "select by region": [study(**LABELS), study(**REGION), study(**OUTLINE)],
    "select by gate": [study(**LABELS)],
    "combine populations": [study(P)],
    "refresh populations": [study(P), study(**LABELS)],
    "export populations json": [study(**LABELS, **IMAGE)],
    "export populations csv": [study(P, **LABELS)],
    "export regions": [study(**OUTLINE)],
    "export statistics": [study(**LABELS), study(**IMAGE)],
    "export gates": [study(P), study(LASSO), study(replace(INNER, rule=GateRule((Range("v"),), "i")))],
    "export labels": [study(**REGION)],
    "export pixels": [study(**OUTLINE)],
}
ALWAYS = {"import segmentation", "import regions", "import populations json", "import annotations"}


def test_every_rule_is_tested():
    assert ENOUGH.keys() | ALWAYS == {one.name for one in ACTIONS}
    assert len({one.name for one in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("name", ENOUGH)
def test_what_is_needed_is_enough(name):
    assert [reason(name, one) for one in ENOUGH[name]] == [""] * len(ENOUGH[name])


@pytest.mark.parametrize("name", ENOUGH)
def test_without_it_the_sentence_says_why(name):
    for one in [study(), Study(), *NOT_ENOUGH.get(name, [])]:
        assert reason(name, one).startswith(action_of(name).condition + ", and ")


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_some_things_can_always_be_done(name):
    assert reason(name, study()) == reason(name, Study()) == ""


MEASURE = "segment statistics can be measured in an image set only if it has a segmentation and an image"
EXPORT = "segment statistics can be written from an image set only if it has a segmentation, and measured values or an image"
JSON = "populations and regions (JSON) can be written from an image set only if it has a region or a population"
GATES = "gates can be written from an image set only if it has a population that ranges of values define"


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("measure statistics", study(), f"{MEASURE}, and one has no segmentation and no image"),
        ("measure statistics", study(**LABELS), f"{MEASURE}, and one has no image"),
        ("export populations json", study(), f"{JSON}, and one has no region or population"),
        ("export statistics", study(**IMAGE), f"{EXPORT}, and one has no segmentation"),
        ("export gates", Study(), f"{GATES}, and there is no image set"),
    ],
)
def test_sentences(name, given, sentence):
    assert reason(name, given) == sentence


def test_of_several_image_sets_one_is_enough():
    two = Study((ImageSet("a"), ImageSet("b", **LABELS, **IMAGE)))
    assert reason("measure statistics", two) == ""
    assert reason("measure statistics", two, two.image_sets[0]).endswith("and a has no segmentation and no image")
    assert reason("select by region", two).endswith("a region and a segmentation, which none of these 2 has")


def test_every_action_is_answered():
    answers = {one.action: one for one in actions(study(**LABELS, **IMAGE))}
    assert list(answers) == [one.name for one in ACTIONS]
    assert answers["measure statistics"].to_json() == {"action": "measure statistics", "possible": True, "reason": ""}
    assert not answers["export gates"].possible


def test_an_error_is_the_same_sentence():
    with pytest.raises(Incompatible) as caught:
        require("measure shapes", study(), hint="name it with --labels")
    assert str(caught.value) == reason("measure shapes", study()) + "; name it with --labels"
    assert caught.value.fields == {"action": "measure shapes"}
    require("measure shapes", study(**LABELS))


def test_an_image_set_without_a_name_is_called_as_the_caller_says():
    bare = Study((ImageSet(""),))
    assert reason("export regions", bare, where="cells.tif").endswith("and cells.tif has no region")
    assert reason("export regions", bare).endswith("and this one has no region")


@pytest.mark.parametrize("record", [one for one in FORMATS.values() if one.enabled_by], ids=lambda one: one.name)
def test_a_format_asks_for_a_rule_of_the_table(record):
    assert action_of(record.enabled_by).verb == "written from"
    with pytest.raises(Incompatible, match="written from an image set only if"):
        require_for(record, study())


def test_other_formats_are_written_from_any_study():
    require_for(FORMATS["table"], Study())


def test_a_name_that_is_none_is_a_bug():
    with pytest.raises(LookupError, match="measure shapes"):
        action_of("measure shape")
