"""Archives of tables: DATASET.csv each, or one about all datasets."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from tests.formats.nimbus_bundle.test_nimbus_bundle import annotation, document

import segue
from segue.errors import InvalidOption, Malformed
from segue.formats.detect import detect
from segue.formats.nimbus_bundle.spec import FORMAT
from segue.formats.nimbus_csv.spec import FORMAT as CSV
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.study import ImageSet, Study
from segue.storage.source import Source
from segue.testing import damage
from segue.testing.canonical import canonical
from segue.testing.trips import PlainSink, Trip


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "given.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mouse 1.json", json.dumps(document(annotation("1", tags=("a, b", "c")), area=7.5)))
        made.writestr("mouse 2.json", json.dumps(document(annotation("2", 0), annotation("3", 4))))
    return FORMAT.read(Source(path))[0]


@pytest.fixture
def archive(tmp_path):
    def writing(study: Any, **options: Any) -> Source:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.nimbus.zip"
        given = FORMAT.options("write", options)
        FORMAT.write(FORMAT.fitted(study, given), PlainSink(path), given)
        return Source(path)

    return writing


def files(source: Source) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(source.read_bytes())) as made:
        assert made.testzip() is None
        return {name: made.read(name).decode() for name in made.namelist()}


def test_a_table_for_each_dataset(study, archive):
    found = files(archive(study, content="csv"))
    assert list(found) == ["mouse 1.csv", "mouse 2.csv"]
    assert found["mouse 1.csv"] == f'"Id",Channel,XY,Z,Time,"Tags","Shape","Name",Area\n"{"1" * 24}",0,1,1,1,"a, b, c","polygon","",7.5\n'
    assert [line.split(",")[2] for line in found["mouse 2.csv"].splitlines()[1:]] == ["1", "5"]


def test_they_are_read_as_what_fitting_promises(study, archive):
    source = archive(study, content="csv")
    back, notes = FORMAT.read(source)
    assert detect(source)[0].name == "nimbus-bundle"
    assert [(s.name, s.group, s.position, len(s.objects)) for s in back.image_sets] == [
        ("mouse 1", None, (), 1),
        ("", "mouse 2", (("xy", 0),), 1),
        ("", "mouse 2", (("xy", 4),), 1),
    ]
    assert diff(FORMAT.fitted(study, FORMAT.options("write", {"content": "csv"})), back) == {}
    assert [str(note.kind) for note in notes] == ["assumed"], "tags are parted at ', '"


def test_what_a_table_loses_is_in_the_notes(study, tmp_path):
    notes = segue.write(study, tmp_path / "out.nimbus.zip", content="csv")
    lost = {note.feature for note in notes}
    assert {Feature.POLYGON, Feature.POPULATIONS} <= lost
    assert Feature.OBJECT_ID not in lost
    (why,) = [note.what for note in notes if note.feature == Feature.POLYGON]
    assert "CSV: only which kind it is" in why


def test_one_table_about_all_datasets(study, archive):
    source = archive(study, combined=True)
    (table,) = files(source).items()
    assert table[0] == "datasets.csv"
    lines = table[1].splitlines()
    assert lines[0].startswith('"Dataset","Id"')
    assert [line.split(",")[0] for line in lines[1:]] == ['"mouse 1"', '"mouse 2"', '"mouse 2"']
    back, _ = FORMAT.read(source)
    assert [(s.name, s.group, s.position) for s in back.image_sets] == [("mouse 1", None, ()), ("", "mouse 2", (("xy", 0),)), ("", "mouse 2", (("xy", 4),))]


def test_it_is_that_of_the_csv_alone(study, archive, tmp_path):
    given = CSV.options("write", {"dataset": True})
    CSV.write(CSV.fitted(study, given), PlainSink(tmp_path / "alone.csv"), given)
    assert files(archive(study, combined=True))["datasets.csv"] == (tmp_path / "alone.csv").read_text()


def test_tabs_and_missing_values_and_columns_as_in_the_csv(study, archive):
    found = files(archive(study, content="csv", delimiter="tab", undefined="NA", columns="area;wkt"))
    assert list(found) == ["mouse 1.tsv", "mouse 2.tsv"]
    assert found["mouse 1.tsv"].splitlines()[0].split("\t")[8:] == ["Area", "Area (px^2)", "WKT"]
    assert diff(FORMAT.fitted(study, FORMAT.options("write", {"columns": "wkt", "content": "csv"})), study).keys() >= {Feature.MEMBERSHIP}


def test_a_property_that_one_dataset_has_is_asked_of_all(study, archive):
    found = files(archive(study, content="csv", properties="Area"))
    assert [text.splitlines()[0].endswith(",Area") for text in found.values()] == [True, False]
    assert not any("Area" in text for text in files(archive(study, content="csv", properties="none")).values())
    with pytest.raises(InvalidOption, match="no property 'Volume'; there are: 'Area'"):
        archive(study, content="csv", properties="Volume")


@pytest.mark.parametrize(("given", "count"), [("all", 1), ("true", 1), (True, 1), ("none", 0), ("false", 0), (False, 0)])
def test_properties_of_json_are_all_or_none(study, archive, given, count):
    found = files(archive(study, properties=given))
    assert len(json.loads(found["mouse 1.json"])["annotationProperties"]) == count


def test_json_refuses_names_of_properties(study, archive):
    with pytest.raises(InvalidOption, match="add --set content=csv"):
        archive(study, properties="Area")


@pytest.mark.parametrize(
    "options", [{"content": "csv"}, {"combined": True}, {"content": "csv", "dialect": "nimbus"}, {"content": "csv", "columns": "wkt;area"}]
)
def test_a_second_trip_changes_nothing_more(archive, options):
    given = replace(canonical(), image_sets=(*canonical().image_sets, replace(canonical().image_sets[0], name="a/b", group=None)))
    if "dialect" in options:
        options = {**options, "unescaped": "write", "properties": "none"}
    first = archive(given, **options)
    back, _ = FORMAT.read(first)
    again = archive(back, **options)
    assert files(first) == files(again)
    assert diff(FORMAT.fitted(given, FORMAT.options("write", options)), back) == {}


def test_a_dataset_without_objects_keeps_its_table(archive):
    source = archive(Study((ImageSet("a"), ImageSet("b"))), content="csv")
    assert list(files(source)) == ["a.csv", "b.csv"]
    assert [s.name for s in FORMAT.read(source)[0].image_sets] == ["a", "b"]


def test_a_dataset_that_is_there_twice_is_read_once(tmp_path):
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.json", json.dumps(document(annotation("1"))))
        made.writestr("a.csv", '"Id",Channel,XY,Z,Time,"Tags","Shape","Name",Area\n')
        made.writestr("panel.csv", "channel,name\n0,DAPI\n")
    back, notes = FORMAT.read(Source(path))
    assert len(back.image_sets) == 1
    assert [(note.count, note.what.split("}")[0]) for note in notes] == [(1, "{count table"), (1, "{count file")]


def test_a_damaged_table_is_named(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.csv", '"Id",Channel,XY,Z,Time,"Tags","Shape","Name"\n"a",x,1,1,1,"","polygon",""\n')
    with pytest.raises(Malformed, match=r"x\.zip/a\.csv is damaged at line 2"):
        FORMAT.read(Source(path))


def test_its_values_join_the_json_of_the_same_dataset(study, archive, tmp_path):
    values = archive(study, content="csv")
    segue.write(replace(study, image_sets=study.image_sets[:1]), tmp_path / "mouse 1.json", to="nimbus-json", values=False)
    joined = segue.read(tmp_path / "mouse 1.json", table=values.path)
    (table,) = joined.image_sets[0].tables.values()
    assert table.frame["Area"].to_list() == [7.5]


def test_annotations_are_moved_back(study, archive):
    source = archive(study)
    back, notes = FORMAT.read(source, FORMAT.options("read", {"shift": 0.5, "shift_tag": "cell"}))
    assert [s.shapes.rings.coords.min() for s in back.image_sets] == [1, 1.5, 1.5]
    assert [note.count for note in notes] == [2]


@pytest.mark.parametrize("options", [{"content": "csv"}, {"combined": True}])
def test_a_damaged_archive_is_refused_or_read_but_nothing_else(options):
    with Trip(FORMAT, canonical(), options) as one:
        damage.survives(one, seed=7)
