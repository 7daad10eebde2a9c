"""Populations of Mantis as rows of JSON, in every version: read, brought into the model, written again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import msgspec
import numpy as np
import polars as pl
import pytest

from segue.errors import Malformed
from segue.formats.mantis_files import colours, names
from segue.formats.mantis_files.from_model import aliases, as_in, listed, payloads, row_of
from segue.formats.mantis_files.pixels import mask_of, pixels_in, pixels_of
from segue.formats.mantis_files.repairs import Repairs
from segue.formats.mantis_files.row_text import row_text
from segue.formats.mantis_files.rows import read_rows
from segue.formats.mantis_files.to_model import contents, definition
from segue.geometry.figures import mask_outlines
from segue.model.populations import Population
from segue.model.rules import ListRule, RegionRule
from segue.model.study import ALIASES, ImageSet

D = (
    '{"id":"ryxT3vK1H","renderOrder":1,"selectedRegion":[10.5,8.25,62,12.5,70.75,55],"selectedSegments":[45,55],'
    '"name":"Image Selection 1","color":15844367,"visible":true}'
)
E = '{"id":"rk","renderOrder":2,"name":"Tumor","color":16711680,"visible":false,"pixelIndexes":[1005,1006,2005],"selectedSegments":[23,45]}'


def read(*texts):
    repairs = Repairs()
    return read_rows([text.encode() if isinstance(text, str) else json.dumps(text).encode() for text in texts], repairs), repairs


@pytest.mark.parametrize(("text", "schema"), [(D, "D"), (E, "E")])
def test_a_row_of_mantis_comes_back_byte_for_byte(text, schema):
    (row,), repairs = read(text)
    assert row_text(row, schema) == text
    assert not len(repairs.notes())


def test_a_region_is_an_object_and_the_population_selects_by_it():
    rows, _ = read(D, E)
    ids = [row.id for row in rows]
    found = contents(rows, ids, width=100)
    frame = found.objects.frame
    assert frame["id"].to_list() == ["23", "45", "55", "ryxT3vK1H", "rk"]
    assert frame["layer"].to_list() == ["labels"] * 3 + ["regions"] * 2
    assert frame["name"].to_list()[3:] == ["Image Selection 1", "Tumor"]
    assert found.shapes.frame["kind"].cast(pl.Utf8).to_list() == ["freehand", "mask"]
    first, second = (definition(row, name, found.regions.get(name)) for row, name in zip(rows, ids, strict=True))
    assert first == Population("ryxT3vK1H", ("Image Selection 1",), colour=0xF1C40FFF, order=1, rule=RegionRule(("ryxT3vK1H",), "mantis-1.0"))
    assert second.rule == RegionRule(("rk",), "mantis-1.1")
    assert not second.visible
    s = ImageSet("", objects=found.objects, membership=found.membership)
    assert [found.objects.frame["label"][rows].to_list() for rows in listed(s, ["rk", "ryxT3vK1H"])] == [[23, 45], [45, 55]]
    assert row_of(second, 4, rows[1].members, {"color": 5, "notes": "x"}).other == {"notes": "x"}


def test_segments_that_are_known_are_found_by_their_label():
    rows, _ = read(D)
    known = contents(rows, ["a"]).objects
    again = contents(read(E)[0], ["b"], known=known, width=100)
    assert again.new == 1
    assert again.objects.frame["id"].to_list() == ["45", "55", "a", "23", "b"]


def test_pixels_without_a_width_stay_what_they_are():
    (row,), _ = read(E)
    found = contents([row], ["rk"])
    assert not len(found.shapes)
    assert definition(row, "rk", found.regions.get("rk")).rule == ListRule()
    assert payloads(found.extras) == {"rk": {"pixelIndexes": [1005, 1006, 2005]}}


@pytest.mark.parametrize(
    ("members", "segments", "counted"),
    [
        ('[1,"2",3.0,3]', [1, 2, 3], {"text_segments": 2, "repeated_segments": 1}),
        ("[0,-4,12.5,null,true,{},5]", [5], {"no_segments": 6}),
        ("[18446744073709551615,18446744073709551616]", [2**64 - 1], {"no_segments": 1}),
        ("[55,45,55]", [55, 45], {"repeated_segments": 1}),
        ('"45"', [], {"odd_lists": 1}),
        ("null", [], {}),
    ],
)
def test_lists_of_segments_are_read_where_their_meaning_is_clear(members, segments, counted):
    (row,), repairs = read('{"id":"a","name":"A","selectedSegments":' + members + "}")
    assert row.members.tolist() == segments
    assert {name: count for name, count in vars(repairs).items() if count} == counted


def test_what_is_missing_has_the_value_that_mantis_takes():
    rows, repairs = read({}, {"name": None, "id": 7}, 5, None, {"id": "7", "name": "x", "color": "#ff0000", "visible": 0, "renderOrder": "2"})
    assert [(row.id, row.name, row.order, row.colour, row.visible) for row in rows] == [
        ("#1", "Selection 1", None, None, True),
        ("7", "Selection 2", None, None, True),
        ("7-2", "x", None, 0xFF0000, False),
    ]
    assert (repairs.without_id, repairs.without_name, repairs.no_objects, repairs.repeated_ids, repairs.odd_colours) == (2, 2, 2, 1, 1)


@pytest.mark.parametrize("region", ["[1,2,3]", '{"x":1}', "[]", '["a"]', "[1]"])
def test_odd_regions_are_mended_and_counted(region):
    (row,), repairs = read('{"id":"a","name":"A","selectedRegion":' + region + "}")
    assert row.outline is None or row.outline.tolist() == [[1.0, 2.0]]
    assert len(repairs.notes()) == 1


def test_unknown_members_are_kept_and_drawings_are_not():
    (row,), repairs = read({"id": "a", "name": "A", "notes": "seen", "regionGraphics": {"x": [1]}, "new": {"b": 1}})
    assert row.other == {"notes": "seen", "new": {"b": 1}}
    assert repairs.drawings == 1
    assert payloads(contents([row], ["a"]).extras) == {"a": {"new": {"b": 1}, "notes": "seen"}}


def test_a_damaged_member_of_ours_is_refused():
    with pytest.raises(Malformed, match="segue"):
        read({"id": "a", "name": "A", "segue": {"labels": 5}})
    rows, _ = read({"id": "a", "name": "A", "segue": {"rule": {"kind": "none"}}})
    with pytest.raises(Malformed, match="segue"):
        definition(rows[0], "a", None)


def test_an_image_set_may_know_a_shared_population_otherwise():
    shared = Population("a", ("Tumor",), colour=0x00FF00FF, order=3)
    s = ImageSet("", aliases=pl.DataFrame([("mantis", "population", "a", "xyz")], schema=ALIASES, orient="row"))
    own = as_in(shared, aliases(s), {"a": {"renderOrder": 1, "color": 0, "visible": False}})
    assert (own.id, own.order, own.colour, own.visible) == ("xyz", 1, 0x000000FF, False)


def test_black_is_a_colour_and_none_is_none():
    assert colours.from_mantis(0) == 0x000000FF
    assert colours.from_mantis(None) is None
    assert [colours.understood(one) for one in (0, "0xFF0000", "#f00", " 16711680", 1.0, True, -1, "red", 2**24)] == [0, 0xFF0000, 0xFF0000, 0xFF0000, 1] + [
        None
    ] * 4


def test_ranges_are_named_as_javascript_rounds():
    assert names.in_range("cd3 Mean", 0.25, 12.0) == "cd3 Mean 0.3 - 12.0"
    assert names.in_range("x", -0.25, -0.0) == "x -0.3 - 0.0"


@pytest.mark.parametrize("pixels", [[], [0], [9, 10], [10, 11, 12, 20, 22, 99]])
def test_pixels_become_a_mask_and_pixels_again(pixels):
    mask = mask_of(np.array(pixels, np.int64), 10)
    assert pixels_of(mask, 10, 10).tolist() == pixels
    if pixels:
        assert pixels_in(mask_outlines(mask), 10, 10).tolist() == pixels


@pytest.mark.golden
def test_the_selections_of_a_project_come_back(golden):
    with closing(sqlite3.connect(f"file:{golden / 'mantis/generated/mantisDb.sqlite'}?mode=ro&immutable=1", uri=True)) as file:
        texts = [text for (text,) in file.execute("select selection_json from selections")]
    rows, repairs = read(*texts)
    assert [row_text(row, "E") for row in rows] == texts
    assert [len(row.pixels) if row.is_region else None for row in rows] == [700, None]
    assert not len(repairs.notes())
    assert msgspec.json.decode(row_text(rows[0], "E"))["name"] == "Tumor"
