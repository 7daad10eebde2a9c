"""Tables of other tools, as they are meant; the choices in writing; what is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Incompatible, InvalidOption, Malformed, NotesRefused
from segue.formats.detect import candidates, detect
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.source import Source


@pytest.fixture
def read(tmp_path):
    def reading(text, name="x.csv", **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return segue.read(path, **options)

    return reading


def points(study):
    s = study.image_sets[0]
    return s.shapes.rings.coords.tolist()


def frame(study):
    return study.image_sets[0].tables["measurements"].frame


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("id,x,y", [3.0, 4.0]),
        ("CellID,X_centroid,Y_centroid", [3.5, 4.5]),
        ("label,centroid-1,centroid-0", [3.5, 4.5]),
        ("Object ID,Centroid X px,Centroid Y px", [3.0, 4.0]),
        ("ObjectNumber,Location_Center_X,Location_Center_Y", [3.5, 4.5]),
        ("labelimage_oid,Center of the object_0,Center of the object_1", [3.5, 4.5]),
    ],
)
def test_positions_have_the_convention_of_their_tool(read, header, place):
    study = read(f"{header}\n7,3,4\n")
    assert points(study) == [place]
    assert study.image_sets[0].objects.frame["id"].to_list() == ["7"]


def test_columns_can_be_named(read):
    study = read("cell;cx;cy;CD3\n7;3;4;1\n", label="cell", x="cx", y="cy", read_origin="centre")
    assert points(study) == [[3.5, 4.5]]
    assert study.image_sets[0].objects.frame["label"].to_list() == [7]
    assert frame(study)["CD3"].to_list() == [1]


def test_an_empty_name_keeps_a_column_out_of_its_role(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,Name\n1,a\n", encoding="utf-8")
    assert segue.read(path).image_sets[0].objects.frame["name"].to_list() == ["a"]
    assert frame(segue.read(path, name=""))["Name"].to_list() == ["a"]


def test_a_column_that_is_not_there_is_refused(read):
    with pytest.raises(InvalidOption, match="label=nr: the table has no such column; it has id, area"):
        read("id,area\n1,2\n", label="nr")
    with pytest.raises(InvalidOption, match="does not hold whole numbers"):
        read("id,area\n1,a\n", label="area")


def test_physical_positions_need_a_pixel_size(read):
    text = "Object ID,Centroid X µm,Centroid Y µm,Nucleus: Area µm^2\na,5,10,2.5\n"
    plain = read(text)
    assert points(plain) == []
    assert frame(plain)["Centroid X µm"].to_list() == [5]
    assert {one.name: one.unit for one in plain.image_sets[0].tables["measurements"].columns} == {
        "Centroid X µm": "um",
        "Centroid Y µm": "um",
        "Nucleus: Area µm^2": "um^2",
    }
    scaled = read(text, pixel_size=0.5)
    assert points(scaled) == [[10, 20]]
    assert [(axis.scale, axis.unit) for axis in scaled.image_sets[0].grid.axes] == [(0.5, "um")] * 2


def test_imagejs_label_is_a_title_and_its_row_numbers_are_labels(read):
    s = read(" ,Label,Area\n1,blobs.gif,5\n2,blobs.gif,6\n", from_="table").image_sets[0]
    assert s.objects.frame.select("id", "label", "name").rows() == [("1", 1, "blobs.gif"), ("2", 2, "blobs.gif")]


def test_classes_are_populations(read):
    study = read("Object ID,Classification\na,Tumor: CD3\nb,\nc,Stroma\n")
    assert [one.name for one in study.populations] == [("Tumor: CD3",), ("Stroma",)]
    assert study.image_sets[0].membership.frame["object"].to_list() == [0, 2]


def test_a_column_of_images_makes_image_sets(read):
    study = read("image,label,area\nb.tif,1,5\na.tif,1,6\nb.tif,2,7\n")
    assert [one.name for one in study.image_sets] == ["b.tif", "a.tif"]
    assert [one.tables["measurements"].frame["area"].to_list() for one in study.image_sets] == [[5, 7], [6]]


def test_types_are_seen(read):
    found = frame(read("id,n,r,b,t,p,e\n1,5,5.0,true,x,007,\n2,6,NaN,false,,008,\n3,NA,1e3,TRUE,,1,\n"))
    assert {name: found[name].dtype for name in "nrbtpe"} == {
        **{"n": pl.Int64, "r": pl.Float64, "b": pl.Boolean},
        **{"t": pl.Utf8, "p": pl.Utf8, "e": pl.Float64},
    }
    assert found["n"].to_list() == [5, 6, None]
    assert found["b"].to_list() == [True, False, True]


def test_trackmates_four_rows_of_names_give_units(read):
    text = "LABEL,ID,TRACK_ID,QUALITY,POSITION_X,POSITION_Y\nLabel,Spot ID,Track ID,Quality,X,Y\nLabel,Spot ID,Track ID,Quality,X,Y\n,,,(quality),(µm),(µm)\n"
    study = read(text + "ID7,7,0,2.5,1,2\nID9,9,ø,3.5,3,4\n")
    s = study.image_sets[0]
    assert s.objects.frame.select("id", "track").rows() == [("7", 0), ("9", None)]
    assert {one.name: one.unit for one in s.tables["measurements"].columns} == {"QUALITY": None, "POSITION_X": "um", "POSITION_Y": "um"}


@pytest.mark.golden
def test_real_tables_are_recognised_and_read(golden):
    assert detect(Source(golden / "neubias/object_measurements.csv"))[0].name == "table"
    for name, count in (("imagej/blobs_results.csv", 64), ("imagej/blobs_results.txt", 64), ("neubias/object_measurements.csv", 3)):
        assert len(segue.read(golden / name, from_="table").image_sets[0].objects) == count
    study = segue.read(golden / "neubias/batch_processing_results.csv")
    assert [one.name for one in study.image_sets] == ["xy_8bit__mitocheck_incenp_t1.tif", "xy_8bit__mitocheck_incenp_t70.tif"]
    assert [len(one.objects) for one in study.image_sets] == [5, 8]


@pytest.mark.golden
def test_a_mask_becomes_the_positions_that_imagej_measured(golden, tmp_path):
    segue.convert(golden / "imagej/blobs_labels.tif", tmp_path / "cells.csv")
    found, truth = pl.read_csv(tmp_path / "cells.csv"), segue.read(golden / "imagej/blobs_results.csv", from_="table")
    assert found.columns == ["id", "label", "x", "y"]
    assert np.allclose(found.select("x", "y").to_numpy(), points(truth), atol=1e-9)


def test_outlines_and_labels_have_the_same_centre(tmp_path):
    labels = np.zeros((20, 20), np.uint16)
    labels[2:9, 2:9], labels[4:6, 4:6], labels[12:14, 1:19], labels[17:19, 3], labels[17:19, 9] = 5, 0, 9, 11, 11
    tifffile.imwrite(tmp_path / "a_mask.tif", labels)
    segue.convert(tmp_path / "a_mask.tif", tmp_path / "a.geojson")
    segue.convert(tmp_path / "a.geojson", tmp_path / "outlines.csv")
    segue.convert(tmp_path / "a_mask.tif", tmp_path / "labels.csv")
    one, other = (pl.read_csv(tmp_path / name).sort("label").select("label", "x", "y") for name in ("outlines.csv", "labels.csv"))
    assert np.allclose(one.to_numpy(), other.to_numpy(), rtol=0, atol=1e-12)
    y, x = np.nonzero(labels == 5)
    assert other.row(0) == (5, x.mean() + 0.5, y.mean() + 0.5)


def test_choices_in_writing(read, tmp_path):
    study = read("id,label,x,y,area,populations\na,3,1.5,2.5,4.25,T\nb,4,,,,\n")
    for options, expected in (
        ({}, "id,label,x,y,populations,area\na,3,1.5,2.5,T,4.25\nb,4,,,,\n"),
        ({"undefined": "NA"}, "id,label,x,y,populations,area\na,3,1.5,2.5,T,4.25\nb,4,,,,NA\n"),
        ({"undefined": "NaN"}, "id,label,x,y,populations,area\na,3,1.5,2.5,T,4.25\nb,4,,,,NaN\n"),
        ({"decimal": "comma"}, "id;label;x;y;populations;area\na;3;1,5;2,5;T;4,25\nb;4;;;;\n"),
        ({"origin": "centre"}, "id,label,X_centroid,Y_centroid,populations,area\na,3,1.0,2.0,T,4.25\nb,4,,,,\n"),
        ({"newline": "crlf", "bom": True}, "\ufeffid,label,x,y,populations,area\r\na,3,1.5,2.5,T,4.25\r\nb,4,,,,\r\n"),
    ):
        segue.write(study, tmp_path / "out.csv", overwrite=True, **options)
        assert (tmp_path / "out.csv").read_bytes().decode() == expected


def test_physical_positions_are_written_with_their_unit(read, tmp_path):
    study = read("id,x µm,y µm\na,5,10\n", pixel_size=0.5)
    segue.write(study, tmp_path / "out.csv", unit="physical")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "id,x µm,y µm\na,5.0,10.0\n"
    with pytest.raises(Incompatible, match="pixel size of this study is not known"):
        segue.write(read("id,x,y\na,5,10\n"), tmp_path / "other.csv", unit="physical")


def test_a_table_through_another_kind_of_table_loses_nothing(read, tmp_path):
    read("id,label,x,y,area,CD3\na,3,1.5,2.5,4,0.5\nb,4,2.5,3.5,5,1.5\n")
    source = tmp_path / "x.csv"
    for suffix in (".xlsx", ".parquet", ".tsv", ".csv.gz", ".csv"):
        segue.convert(source, tmp_path / f"next{suffix}", strict=True, verify=True)
        source = tmp_path / f"next{suffix}"
    assert source.read_bytes() == (tmp_path / "x.csv").read_bytes()


def test_strict_refuses_what_a_table_cannot_hold(tmp_path):
    labels = np.zeros((8, 8), np.uint8)
    labels[1:3, 1:3] = 1
    tifffile.imwrite(tmp_path / "a_mask.tif", labels)
    with pytest.raises(NotesRefused, match="label pixels"):
        segue.convert(tmp_path / "a_mask.tif", tmp_path / "a.csv", strict=True)
    assert not (tmp_path / "a.csv").exists()


def test_a_table_says_why_it_was_recognised_and_gives_way(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,area\n1,2\n", encoding="utf-8")
    assert [(one.format.name, one.evidence.score) for one in candidates(Source(path))] == [("table", 55)]
    path.write_text("just a sentence\n", encoding="utf-8")
    assert candidates(Source(path))[0].evidence.score <= 20
    path.write_text('{"a": 1, "b": 2}\n', encoding="utf-8")
    assert [one for one in candidates(Source(path)) if one.format.name == "table"] == []


def test_damaged_tables_are_refused_in_a_sentence(read, tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"PAR1" + bytes(50) + b"PAR1")
    with pytest.raises(Malformed):
        segue.read(tmp_path / "x.parquet")
    with pytest.raises(Malformed, match="line 2"):
        read("id,a\n" + "," * 30_000 + "\n" + "1,2\n" * 5000)


def test_a_table_of_no_objects_has_the_head_of_the_others(tmp_path):
    columns = (Column("area", "integer", unit="px"), Column("mean"))
    frame = pl.DataFrame(schema={"row": pl.Int32, "area": pl.Int64, "mean": pl.Float64})
    empty = Study((ImageSet("a", tables={"measurements": Table("objects", frame, columns)}),))
    segue.write(empty, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[0].endswith("id,label,area,mean")
    back = segue.read(tmp_path / "a.csv")
    assert sum(len(s.objects) for s in back.image_sets) == 0


def test_a_table_without_a_name_keeps_what_its_columns_mean(tmp_path):
    table = Table(
        "objects", pl.DataFrame({"row": [0], "mean": [1.5]}, schema={"row": pl.Int32, "mean": pl.Float64}), (Column("mean", unit="ms", channel="CD3"),)
    )
    objects = Objects(pl.DataFrame({"id": ["a"]}))
    segue.write(Study((ImageSet("", objects=objects, tables={"": table}),)), tmp_path / "a.parquet")
    back = segue.read(tmp_path / "a.parquet").image_sets[0].tables
    assert list(back) == [""]
    assert back[""].columns == table.columns
