"""Mantis' JSON of populations, version by version, and back."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segue
from segue.errors import Malformed, TooLarge, WrongFormat
from segue.formats.catalog import FORMATS
from segue.formats.detect import candidates, detect
from segue.formats.mantis_json.spec import FORMAT
from segue.model.diff import diff
from segue.model.image import in_memory
from segue.model.populations import Membership
from segue.model.rings import Rings
from segue.model.rules import GateRule, ListRule, Range, RegionRule
from segue.model.shapes import Shapes
from segue.model.study import EXTRAS, Study
from segue.storage.source import Source
from segue.testing.trips import PlainSink

A = [{"id": "ryxT3vK1H", "name": "Selection 1", "notes": None, "selectedRegion": [10.5, 8.25, 62, 12.5, 70.75, 55]}]
B = [{"id": "a", "selectedRegion": None, "selectedSegments": [3, 1], "name": "B", "notes": "seen", "color": 0, "visible": False}]
D = (
    '[{"id":"ryxT3vK1H","renderOrder":1,"selectedRegion":[10.5,8.25,62,12.5,70.75,55],"selectedSegments":[45,55],"name":"Image Selection 1",'
    '"color":15844367,"visible":true},{"id":"H1gPz0Kk8","renderOrder":2,"selectedRegion":null,"selectedSegments":[23,45],"name":"Graph Selection 2",'
    '"color":65407,"visible":false}]'
)


@pytest.fixture
def read(tmp_path):
    def reading(content, **options):
        path = tmp_path / "populations.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else json.dumps(content).encode())
        return FORMAT.read(Source(path), FORMAT.options("read", options))

    return reading


def written(study, tmp_path):
    target = tmp_path / "back.json"
    FORMAT.write(FORMAT.fitted(study), PlainSink(target))
    return target.read_bytes().decode()


def test_a_file_of_v1_comes_back_byte_for_byte(read, tmp_path):
    study, notes = read(D)
    assert not len(notes)
    assert written(study, tmp_path) == D


def test_members_are_segments_and_a_region_is_an_object(read):
    study, _ = read(D)
    (s,) = study.image_sets
    assert s.objects.frame["id"].to_list() == ["23", "45", "55", "ryxT3vK1H"]
    assert s.objects.frame["label"].to_list() == [23, 45, 55, None]
    assert s.membership.frame["object"].to_list() == [1, 2, 0, 1]
    assert [one.rule for one in study.populations] == [RegionRule(("ryxT3vK1H",), "mantis-1.0"), ListRule()]
    assert s.shapes.rings.coords[0].tolist() == [10.5, 8.25]


@pytest.mark.parametrize("old", [A, B])
def test_older_versions_are_read_and_written_as_v1(read, tmp_path, old):
    study, notes = read(old)
    assert not len(notes)
    (row,) = json.loads(written(study, tmp_path))
    assert {name: row[name] for name in old[0]} == old[0]
    assert row["renderOrder"] == 1


def test_the_segmentation_of_version_c_is_a_label_image(read):
    data = [0, 0, 7, 7, 300, 0]
    study, notes = read(
        {"populations": [B[0] | {"selectedSegments": [300, 7, 9]}], "segmentation": {"width": 3, "height": 2, "bytesPerElement": 2, "data": data}}
    )
    (s,) = study.image_sets
    assert in_memory(s.labels[0].pixels).tolist() == [[0, 0, 7], [7, 300, 0]]
    assert s.labels[0].pixels.dtype == np.uint16
    assert s.grid.shape == (2, 3)
    assert s.objects.frame["label"].to_list() == [7, 300]
    assert set(s.membership.frame["labels"]) == {None}
    assert [str(note) for note in notes] == ["skipped: 1 segment listed that the segmentation in the file does not have"]


def test_version_c_without_a_segmentation(read):
    study, notes = read({"populations": B, "segmentation": {}})
    assert not study.image_sets[0].labels
    assert study.image_sets[0].objects.frame["label"].to_list() == [1, 3]
    assert not len(notes)


@pytest.mark.parametrize(("listed", "known"), [([7, 300], True), ([7, 9], False)])
def test_populations_made_before_the_segmentation_in_the_file_are_found_out(tmp_path, listed, known):
    labels = np.zeros((20, 20), np.uint16)
    labels[2:5, 2:5], labels[8:11, 3:6], labels[15:18, 15:18] = 7, 300, 9
    region = {"id": "r", "selectedRegion": [0, 0, 12, 0, 12, 13, 0, 13], "selectedSegments": listed, "name": "R", "color": 1, "visible": True}
    whole = {"populations": [region, B[0] | {"selectedSegments": [9]}], "segmentation": {"width": 20, "height": 20, "data": labels.ravel().tolist()}}
    (tmp_path / "c.json").write_text(json.dumps(whole))
    notes = segue.convert(tmp_path / "c.json", tmp_path / "c.segue")
    (s,) = segue.read(tmp_path / "c.segue").image_sets
    assert set(s.membership.frame["labels"]) == {s.labels[0].fingerprint() if known else None}
    assert any("only 1 are the same" in str(note) for note in notes) is not known


@pytest.mark.parametrize(
    ("segmentation", "error"),
    [
        ({"width": 2, "height": 2, "data": [1, 2, 3]}, Malformed),
        ({"width": 2, "height": 1, "data": [1, -2]}, Malformed),
        ({"width": 2, "height": 1, "data": [1, 2.5]}, Malformed),
        ({"width": 2, "height": 1, "data": "12"}, Malformed),
        ({"width": 2, "height": 1, "data": [[1, 2], 3]}, Malformed),
        ({"width": 2}, Malformed),
        ({"width": 10**6, "height": 10**6, "data": []}, TooLarge),
        ([1], Malformed),
    ],
)
def test_damaged_segmentations_are_refused(read, segmentation, error):
    with pytest.raises(error):
        read({"populations": [], "segmentation": segmentation})


def test_outlines_of_july_2020_are_regions(read, tmp_path):
    row = json.loads(D)[0]
    row["regionOutline"] = row.pop("selectedRegion")
    study, notes = read([row | {"regionGraphics": {"a": 1}, "segmentGraphics": None}])
    assert json.loads(written(study, tmp_path)) == json.loads(D)[:1]
    assert [str(note) for note in notes] == ["skipped: how 1 population was last drawn on the screen"]


def test_rows_of_the_database_need_the_width_of_the_image(read, tmp_path):
    row = {"id": "a", "renderOrder": 1, "name": "T", "color": 1, "visible": True, "pixelIndexes": [11, 12, 21, 22], "selectedSegments": [4]}
    study, notes = read([row])
    assert not len(study.image_sets[0].shapes)
    assert "--set width=PIXELS" in str(next(iter(notes)))
    study, notes = read([row], width=10)
    assert not len(notes)
    assert study.populations[0].rule == RegionRule(("a",), "mantis-1.1")
    (back,) = json.loads(written(study, tmp_path))
    assert sorted(zip(back["selectedRegion"][::2], back["selectedRegion"][1::2], strict=True)) == [(1, 1), (1, 3), (3, 1), (3, 3)]
    assert back["segue"] == {"region": {"by": "mantis-1.1", "kind": "polygon"}}


def test_what_mantis_has_no_words_for_stands_beside_it(read, tmp_path):
    study, _ = read(D)
    (s,) = study.image_sets
    objects = s.objects.with_columns(id=pl.Series(["cell-1", "cell-2", "55", "ryxT3vK1H"]))
    members = replace(s.membership, frame=s.membership.frame.with_columns(labels=pl.lit("f" * 64)))
    first, second = study.populations
    second = replace(second, rule=GateRule((Range("cd3 Mean", 1.5, None),)), kind="gate", name=("T", "CD4"))
    ours = Study((replace(s, objects=objects, membership=members),), (replace(first, rule=RegionRule(("ryxT3vK1H",), "centroid")), second))
    rows = json.loads(written(ours, tmp_path))
    assert rows[0]["segue"] == {"labels": "f" * 64, "ids": {"45": "cell-2"}, "region": {"by": "centroid"}}
    assert rows[1]["name"] == "T: CD4"
    assert set(rows[1]["segue"]) == {"path", "kind", "rule", "labels", "ids"}
    assert diff(ours, read((tmp_path / "back.json").read_bytes())[0]) == {}


def test_stale_members_stay_beside_their_population(read, tmp_path):
    study, _ = read(D)
    payload = '{"stale":{"labels":null,"members":["23","99"]}}'
    extras = pl.DataFrame([("segue", "population", "H1gPz0Kk8", payload)], schema=EXTRAS, orient="row")
    ours = study.map(lambda s: replace(s, extras=extras))
    rows = json.loads(written(ours, tmp_path))
    assert [row.get("segue") for row in rows] == [None, {"kept": json.loads(payload)}]
    assert diff(ours, read((tmp_path / "back.json").read_bytes())[0]) == {}


def test_holes_and_parts_become_one_ring_of_the_same_area(read, tmp_path):
    from segue.geometry.rasterize import rasterize

    study, _ = read(D)
    (s,) = study.image_sets
    coords = np.array([[1, 1], [9, 1], [9, 9], [1, 9], [3, 3], [3, 6], [6, 6], [6, 3], [12, 2], [18, 2], [18, 8]], np.float64)
    rings = Rings(coords, np.array([0, 4, 8, 11]), np.array([0, 2, 3]), np.array([0, 2]))
    ours = replace(study, image_sets=(replace(s, shapes=Shapes(s.shapes.frame, rings)),))
    back, _ = read(written(ours, tmp_path))
    shapes = back.image_sets[0].shapes
    assert len(shapes.rings.ring_start) == 2
    pictures = [rasterize(one, np.ones(1, np.uint8), (12, 20))[0] for one in (rings, shapes.rings)]
    assert np.array_equal(*pictures)
    assert pictures[0].sum() > 50


def test_parts_that_enclose_nothing_have_no_union_and_are_written_all_the_same(read, tmp_path):
    study, _ = read(D)
    (s,) = study.image_sets
    flat = Rings(np.array([[0, 0], [5, 0], [9, 0], [0, 2], [0, 4], [0, 6]], np.float64), np.array([0, 3, 6]), np.array([0, 1, 2]), np.array([0, 2]))
    ours = replace(study, image_sets=(replace(s, shapes=Shapes(s.shapes.frame, flat)),))
    assert json.loads(written(ours, tmp_path))[0]["selectedRegion"] is not None


def test_a_population_whose_regions_are_elsewhere_is_a_list(read):
    study, _ = read(D)
    listed = replace(study.populations[1], rule=RegionRule(("of another image",)))
    fitted = FORMAT.fitted(Study((_without_members(study, "ryxT3vK1H"),), (listed,)))
    assert fitted.populations[0].rule == ListRule()
    assert len(fitted.image_sets[0].membership) == 2


def test_a_region_of_two_populations_is_written_for_both(read, tmp_path):
    study, _ = read(D)
    first, second = study.populations
    rows = json.loads(written(replace(study, populations=(first, replace(second, rule=first.rule))), tmp_path))
    assert rows[0]["selectedRegion"] == rows[1]["selectedRegion"]


def test_a_region_that_no_population_names_becomes_one(read, tmp_path):
    study, _ = read(D)
    rows = json.loads(written(replace(study, populations=study.populations[1:], image_sets=(_without_members(study, "ryxT3vK1H"),)), tmp_path))
    assert [row["name"] for row in rows] == ["Graph Selection 2", "Image Selection 1"]
    assert rows[1]["selectedRegion"] == json.loads(D)[0]["selectedRegion"]
    assert rows[1]["selectedSegments"] == []
    assert "segue" not in rows[1]


def _without_members(study, population):
    s = study.image_sets[0]
    return replace(s, membership=Membership(s.membership.frame.filter(pl.col("population") != population)))


def test_of_several_image_sets_the_first_with_its_populations(read, tmp_path):
    here, _ = read(D)
    there, _ = read([B[0] | {"id": "other"}])
    both = Study((*here.image_sets, *there.image_sets), (*here.populations, *there.populations))
    assert written(both, tmp_path) == D


def test_populations_of_one_layer_only(read, tmp_path):
    study, _ = read(D)
    (s,) = study.image_sets
    objects = s.objects.with_columns(layer=pl.Series(["nuclei", "cells", "cells", "regions"]))
    ours = replace(study, image_sets=(replace(s, objects=objects),))
    listed = {layer: [row["selectedSegments"] for row in json.loads(_text(ours, layer, tmp_path))] for layer in ("nuclei", "cells")}
    assert listed == {"nuclei": [[], [23]], "cells": [[45, 55], [45]]}


def _text(study, layer, tmp_path):
    options = FORMAT.options("write", {"layer": layer})
    FORMAT.write(FORMAT.fitted(study, options), PlainSink(tmp_path / f"{layer}.json"), options)
    return (tmp_path / f"{layer}.json").read_text()


@pytest.mark.parametrize(
    "text", [D, json.dumps(A), json.dumps(B), json.dumps({"populations": B, "segmentation": {}}), json.dumps(json.loads(D), indent=4), "\ufeff" + D]
)
def test_it_is_recognised(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    assert detect(Source(path))[0] is FORMAT


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","geometry":null,"properties":{"name":"a","color":[1,2,3]}}]}',
        '{"images":[],"annotations":[],"categories":[]}',
        '{"shapes":[],"imagePath":"a.png","imageData":null}',
        '{"annotations":[],"annotationConnections":[],"annotationProperties":[],"annotationPropertyValues":{}}',
        '[{"image_id":1,"category_id":2,"score":1}]',
        '{"version":"5","populations":"none","id":1,"name":2}',
        "[]",
        "[1,2]",
    ],
)
def test_other_json_is_not(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    assert FORMAT.name not in [one.format.name for one in candidates(Source(path))]


@pytest.mark.parametrize("text", ["", "{", "[", '{"a":1}', "[1,2]", '[{"x":1}]', D[:-40], "[" * 5000, "\xff\xfe", '[{"selectedSegments":1e999}]', "null"])
def test_what_is_no_such_file_is_refused(read, text):
    with pytest.raises((Malformed, WrongFormat)):
        read(text.encode("latin-1"))


def test_an_empty_list_is_a_study_without_populations(read, tmp_path):
    study, _ = read("[]")
    assert study.populations == ()
    assert written(study, tmp_path) == "[]"


numbers = st.lists(st.integers(1, 2**53), max_size=5, unique=True)
vertices = st.none() | st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=2, max_size=12).map(lambda flat: flat[: len(flat) // 2 * 2])
population = st.fixed_dictionaries(
    {
        "renderOrder": st.integers(1, 2**31),
        "selectedRegion": vertices,
        "selectedSegments": numbers,
        "name": st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
        "color": st.integers(0, 0xFFFFFF),
        "visible": st.booleans(),
    }
)


@given(st.lists(population, max_size=4))
def test_any_file_of_v1_comes_back_equal(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    rows = [{"id": f"id{nth}-_x", **row} for nth, row in enumerate(rows)]
    (folder / "x.json").write_text(json.dumps(rows))
    study, notes = FORMAT.read(Source(folder / "x.json"))
    assert not len(notes)
    assert json.loads(written(study, folder)) == rows


@pytest.mark.golden
def test_real_files(golden, read, tmp_path):
    file = golden / "mantis/generated/populations_D_v1.0.json"
    study, notes = read(file.read_bytes())
    assert not len(notes)
    assert written(study, tmp_path) == file.read_text().replace(".0,", ",").strip()
    study, notes = read((golden / "mantis/generated/populations_A_v0.5.json").read_bytes())
    assert (len(study.populations), len(notes)) == (1, 0)


def test_it_is_in_the_catalogue():
    assert FORMATS["mantis-json"] is FORMAT
