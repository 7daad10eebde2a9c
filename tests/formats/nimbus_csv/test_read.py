"""Reading NimbusImage's tables, of its server and of its browser, also where the server broke a row."""

from __future__ import annotations

import json

import polars as pl
import pytest

import segue
from segue.errors import Malformed, SegueError
from segue.formats.catalog import named
from segue.formats.detect import detect
from segue.notes import Kind
from segue.storage.source import Source

CSV = named("nimbus-csv")
HEADER = '"Id",Channel,XY,Z,Time,"Tags","Shape","Name"'
ROW = '"{}",0,1,1,1,"tag1, tag2","polygon","Cell 1"'


def read(tmp_path, *lines, newline="\n"):
    path = tmp_path / "table.csv"
    path.write_bytes((newline.join(lines) + newline).encode())
    return CSV.read(Source(path))


def values(study):
    table = study.image_sets[0].tables["properties"]
    return {name: table.frame[name].to_list() for name in table.frame.columns[1:]}


def test_a_row_of_the_server(tmp_path):
    study, _ = read(tmp_path, f"{HEADER},Area", '"abc123",2,3,4,5,"tag1, tag2","polygon","Cell 1",534520')
    s = study.image_sets[0]
    assert s.objects.frame.select("id", "t", "name").rows() == [("abc123", 4, "Cell 1")]
    assert s.position == (("xy", 2),)
    assert [one.name for one in study.populations] == [("tag1",), ("tag2",)]
    assert {one.kind for one in study.populations} == {"tag"}
    assert json.loads(s.extras["payload"][0]) == {"channel": 2, "location": {"Z": 3}, "shape": "polygon"}
    assert values(study) == {"Area": [534520.0]}


def test_every_position_is_an_image_set(tmp_path):
    study, _ = read(tmp_path, HEADER, '"a",0,2,1,1,"","point",""', '"b",0,1,1,1,"","point",""', '"c",0,2,1,1,"x","point",""')
    assert [(s.position, s.objects.frame["id"].to_list()) for s in study.image_sets] == [((("xy", 1),), ["a", "c"]), ((("xy", 0),), ["b"])]


def test_both_generations_of_the_browser(tmp_path):
    """CRLF; - for what is undefined until 2024, then empty, NA or NaN."""
    rows = [f"{ROW.format(nth)},{cell}" for nth, cell in enumerate(["-", "", "NA", "NaN", "nan", "None", "1e-7"])]
    study, _ = read(tmp_path, f"{HEADER},Area", *rows, newline="\r\n")
    assert values(study) == {"Area": [None] * 6 + [1e-7]}
    older = HEADER.removesuffix(',"Name"')
    study, _ = read(tmp_path, older, '"a",0,1,1,1,"","point"', newline="\r\n")
    assert study.image_sets[0].objects.frame["name"].to_list() == [None]


def test_tags_are_parted_and_that_is_said(tmp_path):
    study, notes = read(tmp_path, HEADER, ROW.format("a"))
    assert [(note.kind, note.count) for note in notes] == [(Kind.ASSUMED, 1)]
    assert study.image_sets[0].membership.frame.select("population", "nth_of_object").rows() == [("tag1", 0), ("tag2", 1)]


def test_a_dictionary_of_python_is_one_value(tmp_path):
    study, notes = read(tmp_path, f"{HEADER},A,Centroid,B", f"{ROW.format('a')},1,,2", f"{ROW.format('b')},1,{{'x': 1.5, 'y': 2.0}},2")
    assert values(study) == {"A": [1.0, 1.0], "Centroid": [None, "{'x': 1.5, 'y': 2.0}"], "B": [2.0, 2.0]}
    assert any(note.kind is Kind.REPAIRED and "line 3" in note.what for note in notes)


def test_all_rows_may_be_broken(tmp_path):
    study, _ = read(tmp_path, f"{HEADER},Centroid,B", *(f"{ROW.format(nth)},{{'x': 1, 'y': 2}},{nth}" for nth in range(5)))
    assert values(study) == {"Centroid": ["{'x': 1, 'y': 2}"] * 5, "B": [0.0, 1.0, 2.0, 3.0, 4.0]}


def test_what_is_too_much_belongs_to_the_only_texts(tmp_path):
    study, _ = read(tmp_path, f"{HEADER},A,note,B", f"{ROW.format('a')},1,fine,2", f"{ROW.format('b')},1,one, two,2")
    assert values(study)["note"] == ["fine", "one, two"]


def test_what_is_not_clear_is_missing_and_said(tmp_path):
    study, notes = read(tmp_path, f"{HEADER},note,other", f"{ROW.format('a')},x,y", f"{ROW.format('b')},p,q,r")
    assert values(study) == {"note": ["x", None], "other": ["y", None]}
    assert any(note.kind is Kind.SKIPPED and note.count == 1 and "line 3" in note.what for note in notes)


def test_a_line_break_in_a_value_leaves_half_a_row(tmp_path):
    study, notes = read(tmp_path, f"{HEADER},note,B", f"{ROW.format('a')},x,1", f"{ROW.format('b')},one", "two,2", f"{ROW.format('c')},z,3")
    assert study.image_sets[0].objects.frame["id"].to_list() == ["a", "b", "c"]
    assert any(note.kind is Kind.SKIPPED and note.count == 1 and "line 4" in note.what for note in notes)


def test_equal_names_stay_two_columns(tmp_path):
    study, _ = read(tmp_path, f"{HEADER},Area,Area", f"{ROW.format('a')},1,2")
    assert values(study) == {"Area": [1.0], "Area-2": [2.0]}
    assert [one.name for one in study.properties] == ["Area", "Area"]


def test_ids_are_made_unique_and_that_is_said(tmp_path):
    study, notes = read(tmp_path, HEADER, ROW.format("a"), ROW.format("a"), ROW.format(""))
    assert study.image_sets[0].objects.frame["id"].to_list() == ["a", "a-2", "#3"]
    assert any(note.kind is Kind.REPAIRED for note in notes)


def test_values_join_the_geometry_by_id(tmp_path):
    triangle = [{"x": 0, "y": 0}, {"x": 4, "y": 0}, {"x": 0, "y": 3}]
    place = {"Time": 0, "XY": 0, "Z": 0}
    annotations = [{"_id": one, "shape": "polygon", "channel": 0, "location": place, "tags": ["tag1"], "coordinates": triangle} for one in "abc"]
    document = {"annotations": annotations, "annotationConnections": [], "annotationProperties": [], "annotationPropertyValues": {}}
    (tmp_path / "cells.json").write_text(json.dumps(document))
    rows = [f'"{one}",0,1,1,1,"tag1","polygon","",{nth}' for nth, one in enumerate("cab")]
    (tmp_path / "cells.csv").write_text("\n".join([f"{HEADER},Area", *rows]) + "\n")
    segue.convert(tmp_path / "cells.json", tmp_path / "both.segue", table=str(tmp_path / "cells.csv"))
    with segue.read(tmp_path / "both.segue") as both:
        s = both.image_sets[0]
        (table,) = s.tables.values()
        assert s.objects.frame["id"].gather(table.frame["row"]).to_list() == ["a", "b", "c"]
        assert table.frame["Area"].to_list() == [1.0, 2.0, 0.0]
        assert (len(s.shapes), len(s.membership)) == (3, 3)


@pytest.mark.parametrize("mark", [",", "\t"])
def test_files_are_known_by_their_header(tmp_path, mark):
    path = tmp_path / "export.csv"
    path.write_text(HEADER.replace(",", mark) + "\n")
    assert detect(Source(path))[0].name == "nimbus-csv"
    study, _ = CSV.read(Source(path))
    assert [len(s.objects) for s in study.image_sets] == [0]


@pytest.mark.parametrize(
    "content", [b"", b'"Id"', b"Id,Name\n1,2\n", HEADER.encode() + b"\nx,y,z\n", HEADER.encode() + b'\n"a",1.5,1,1,1,"","point",""\n', b"\x00\x01"]
)
def test_what_is_no_table_of_nimbusimage_is_refused(tmp_path, content):
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(SegueError):
        CSV.read(Source(path))


def test_numbers_beyond_all_planes_are_refused_or_bounded(tmp_path):
    huge = "9" * 30
    with pytest.raises(Malformed, match="line 2"):
        read(tmp_path, HEADER, f'"a",{huge},1,1,1,"","point",""')
    study, notes = read(tmp_path, HEADER, '"a",-1,0,-5,999999999999,"","point",""')
    assert study.image_sets[0].objects.frame["t"].to_list() == [2**31 - 1]
    assert any(note.kind is Kind.REPAIRED for note in notes)


def test_texts_that_only_look_like_shapes_stay_texts(tmp_path):
    study, _ = read(tmp_path, f"{HEADER},WKT", f'{ROW.format("a")},"POINT (1 2"')
    assert values(study) == {"WKT": ["POINT (1 2"]}
    study, _ = read(tmp_path, f"{HEADER},WKT", f'{ROW.format("a")},"polygon((0 0,1 0 , 1 1, 0 0 ))"', f"{ROW.format('b')},POINT (1.5 -2e1)")
    assert study.image_sets[0].shapes.frame["kind"].to_list() == ["polygon", "point"]
    assert pl.Series(study.image_sets[0].shapes.rings.coords[:, 1]).to_list() == [0.0, 0.0, 1.0, -20.0]
