"""Segment features of Mantis Viewer as CSV: values of segments by their numbers."""

from __future__ import annotations

import math

import polars as pl
import pytest

from segue.errors import SegueError
from segue.formats.catalog import FORMATS
from segue.formats.detect import detect
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.source import Source
from segue.testing.trips import PlainSink

FORMAT = FORMATS["mantis-features"]


@pytest.fixture
def read(tmp_path):
    def reading(text, **options):
        path = tmp_path / "mine.csv"
        path.write_bytes(text.encode())
        study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
        return study, [str(one) for one in notes]

    return reading


def written(path, study, **options):
    chosen = FORMAT.options("write", options)
    FORMAT.write(FORMAT.fitted(study, chosen), PlainSink(path), chosen)
    return path.read_text(encoding="utf-8")


def values(study, nth=0):
    """Feature -> {segment: value}."""
    s = study.image_sets[nth]
    labels = s.objects.frame["label"].to_list()
    return {column.name: dict(zip(labels, table.frame[column.name], strict=True)) for table in s.tables.values() for column in table.columns}


@pytest.mark.golden
def test_the_features_of_one_image(golden, tmp_path):
    source = Source(golden / "mantis/generated/segment_features_image.csv")
    study, notes = FORMAT.read(source)
    assert detect(source)[0] is FORMAT
    assert values(study) == {"Cell Size": {23: 1.23, 45: 2.34}, "CD4 Intensity": {23: 3.45, 45: None}}
    assert not len(notes)
    assert written(tmp_path / "out.csv", study) == source.path.read_text(encoding="utf-8")


@pytest.mark.golden
def test_the_features_of_a_project(golden, tmp_path):
    source = Source(golden / "mantis/generated/segment_features_project.csv")
    study, notes = FORMAT.read(source)
    assert detect(source)[0] is FORMAT
    assert [s.name for s in study.image_sets] == ["set_one", "set_two"]
    assert values(study, 1) == {"Cell Size": {45: 2.34}, "CD4 Intensity": {45: 5.4}}
    assert not len(notes)
    assert written(tmp_path / "out.csv", study) == source.path.read_text(encoding="utf-8")


HEAD = "Segment ID,A,B\n"


@pytest.mark.parametrize(
    ("text", "found", "said"),
    [
        (HEAD + "4,1,2\n\n", {"A": {4: 1}, "B": {4: 2}}, "an empty line, passed over (line 3)"),
        ("Segment ID, A,B\n4,1,2\n", {"A": {4: 1}, "B": {4: 2}}, "blanks around the name of the feature 'A'"),
        ("\ufeff" + HEAD + "4,1,2\n", {"A": {4: 1}, "B": {4: 2}}, "a byte order mark"),
        ("Segment ID;A;B\n4;1,5;2\n", {"A": {4: 1.5}, "B": {4: 2}}, "semicolons"),
        (HEAD + "4,12abc,2\n5,1,x\n", {"A": {4: 12, 5: 1}, "B": {4: 2, 5: None}}, "repaired: 1 cell of 'A' that only begin with a number (line 2)"),
        (HEAD + "4,1,2\n5,1,x\n", {"A": {4: 1, 5: 1}, "B": {4: 2, 5: None}}, "skipped: 1 cell of 'B' that are no numbers (line 3)"),
        (HEAD + "4,1,2\n5,NA,\n6,NaN,3\n", {"A": {4: 1, 6: None}, "B": {4: 2, 6: 3}}, ""),
        (HEAD + "4,1,2\n4.5,1,2\nx,1,2\n", {"A": {4: 1}, "B": {4: 2}}, "skipped: 2 rows whose segment is no whole number (lines 3, 4)"),
        (HEAD + "1e3,1,2\n0,1,2\n", {"A": {1000: 1}, "B": {1000: 2}}, "skipped: 1 row about segment 0"),
        (HEAD + "4,1,2\n4,3,4\n", {"A": {4: 3}, "B": {4: 4}}, "the last one counts, as in Mantis (line 2)"),
        ("Segment ID,A,A\n4,1,2\n", {"A": {4: 2}}, "a column 'A' that is followed by another of the same name"),
        (HEAD + "4,1\n5,2,3\n6,2,3\n", {"A": {4: 1, 5: 2, 6: 2}, "B": {4: None, 5: 3, 6: 3}}, "2 cells where other rows have 3 (line 2)"),
        (HEAD + "4,Infinity,-Infinity\n", {"A": {4: math.inf}, "B": {4: -math.inf}}, ""),
    ],
)
def test_what_mantis_refuses_is_read(read, text, found, said):
    study, notes = read(text)
    assert values(study) == found
    assert any(said in one for one in notes) if said else not notes, notes


def test_the_form_is_found_by_the_content(read):
    assert [s.name for s in read("where,what,A\none,4,1\ntwo,4,2\n")[0].image_sets] == ["one", "two"]
    assert values(read("cell,size,A\n4,100,1\n5,200,2\n")[0])["size"] == {4: 100, 5: 200}
    assert [s.name for s in read("a,b,A\n1,100,1\n2,200,2\n", read_form="project")[0].image_sets] == ["1", "2"]


def test_images_have_the_features_they_have_values_of(read):
    study, _ = read("Image,Segment ID,A,B\none,4,1,\ntwo,4,,2\ntwo,5,,\n")
    assert [values(study, nth) for nth in (0, 1)] == [{"A": {4: 1}}, {"B": {4: 2}}]


@pytest.mark.parametrize("text", ["Segment ID,A\nx,1\n", "a,b,c\nd,e,f\n", "\n"])
def test_what_has_no_segments_gives_no_values(read, text):
    try:
        study, notes = read(text)
    except SegueError:
        return
    assert not len(study.image_sets[0].objects)
    assert notes


def test_numbers_are_written_as_mantis_would_and_in_every_type(tmp_path):
    objects = Objects(pl.DataFrame({"id": ["a", "b", "c"], "label": [7, None, 9]}))
    columns = {"row": [0, 1], "size": [1e-5, math.nan], "count": [3, None], "good": [True, False], "text": ["x", "y"]}
    kinds = {"size": "number", "count": "integer", "good": "boolean", "text": "text"}
    table = Table("objects", pl.DataFrame(columns, schema_overrides={"row": pl.Int32}), tuple(Column(name, kind) for name, kind in kinds.items()))
    study = Study((ImageSet("", objects=objects, tables={"t": table}),))
    assert written(tmp_path / "out.csv", study) == "Segment ID,size,count,good\n7,0.00001,3,1\n1,,,0\n"


def test_a_large_file_is_read_as_numbers(read):
    rows = "".join(f"{nth + 1},{nth / 7!r},{nth}\n" for nth in range(60_000))
    study, notes = read(HEAD + rows)
    assert values(study)["A"][60_000] == 59_999 / 7
    assert not notes


@pytest.mark.golden
@pytest.mark.parametrize("name", ["populations_project", "populations_active", "channel_mappings", "gates", "set_one", "regions"])
def test_other_files_are_not_taken_for_features(golden, name):
    assert FORMAT.evidence(Source(golden / f"mantis/generated/{name}.csv")).score <= 30
