"""Results tables of ImageJ: its eight tables in ``golden/imagej`` byte for byte, every kind of heading, and which object a row is about."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Incompatible, SegueError
from segue.formats.detect import detect
from segue.formats.imagej_results.headings import ORDER
from segue.formats.imagej_results.spec import FORMAT
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.testing.damage import damages


@pytest.fixture
def read(tmp_path):
    def reading(text: str, name: str = "Results.csv", **options: Any):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return FORMAT.read(Source(path), FORMAT.options("read", options))[0]

    return reading


@pytest.fixture
def written(tmp_path):
    def writing(study: Study, **options: Any) -> str:
        chosen = FORMAT.options("write", options)
        with FileSink(tmp_path / "out", overwrite=True) as sink:
            FORMAT.write(FORMAT.fitted(study, chosen), sink, chosen)
            sink.keep()
        return (tmp_path / "out").read_text(encoding="utf-8")

    return writing


def frame(study: Study, nth: int = 0) -> pl.DataFrame:
    return study.image_sets[nth].tables["measurements"].frame


def ids(study: Study, nth: int = 0) -> list[str]:
    return study.image_sets[nth].objects.frame["id"].to_list()


def cells(labels: list[int] | None = None, names: list[str] | None = None, title: str = "", **columns: list[Any]) -> Study:
    """Objects with columns of values; a column is called as its keyword."""
    texts = names or [str(label) for label in labels or []]
    objects = Objects(
        pl.DataFrame({"id": texts, "label": labels or [None] * len(texts)}, schema_overrides={"label": pl.UInt64}).with_columns(layer=pl.lit("a"))
    )
    if not columns:
        return Study((ImageSet(title, objects=objects),))
    facts = {pl.Utf8: "text", pl.Boolean: "boolean", pl.Int64: "integer"}
    values = pl.DataFrame(columns, strict=False)
    described = tuple(Column(column.name, facts.get(column.dtype, "number")) for column in values)
    table = Table("objects", values.insert_column(0, pl.Series("row", range(len(texts)), pl.Int32)), described)
    return Study((ImageSet(title, objects=objects, tables={"t": table}),))


@pytest.mark.golden
@pytest.mark.parametrize("stem", ["blobs_results", "mito_t1_results", "randomshapes_results", "neubias_activity/shapes_results"])
@pytest.mark.parametrize("suffix", ["csv", "txt"])
def test_imagejs_own_tables_come_back_byte_for_byte(golden, tmp_path, stem, suffix):
    path = golden / "imagej" / f"{stem}.{suffix}"
    assert detect(Source(path))[0] is FORMAT
    out = tmp_path / f"again.{suffix}"
    segue.convert(path, out, to="imagej-results", decimals=3 if "neubias" in stem else 9)
    assert out.read_bytes() == path.read_bytes()


@pytest.mark.golden
def test_headings_are_measurements_of_the_catalogue(golden):
    s = FORMAT.read(Source(golden / "imagej/blobs_results.csv"))[0].image_sets[0]
    known = {column.name: column.measurement for column in s.tables["measurements"].columns}
    assert known["Perim."] == "perimeter"
    assert known["%Area"] == "nonzero_percent"
    assert None not in known.values()
    assert s.objects.frame.select("id", "label", "layer").row(63) == ("64", 64, "labels")


def test_measurements_are_written_under_imagejs_headings_in_its_order(written):
    study = cells([1, 2], feret=[3.5, 4.5], area=[7, 8], note=["a", "b,c"])
    table = study.image_sets[0].tables["t"]
    named = tuple(Column(c.name, c.type, measurement=None if c.name == "note" else c.name) for c in table.columns)
    s = ImageSet("", objects=study.image_sets[0].objects, tables={"t": Table("objects", table.frame, named)})
    assert written(Study((s,)), decimals=3) == ' ,Area,Feret,note\n1,7,3.500,a\n2,8,4.500,"b,c"\n'
    assert written(Study((s,)), decimals=3, separator="tab") == " \tArea\tFeret\tnote\n1\t7\t3.500\ta\n2\t8\t4.500\tb,c\n"


def test_several_channels_keep_their_own_names(written):
    study = cells([1], a=[1.5], b=[2.5])
    columns = tuple(Column(name, measurement="mean", channel=name) for name in "ab")
    s = ImageSet("", objects=study.image_sets[0].objects, tables={"t": Table("objects", study.image_sets[0].tables["t"].frame, columns)})
    assert written(Study((s,)), decimals=1).splitlines()[0] == " ,a,b"


def test_labels_with_gaps_travel_in_the_column_label(written, read):
    study = cells([2, 7, 30], Area=[4, 5, 6])
    assert written(study) == " ,Label,Area\n1,2,4\n2,7,5\n3,30,6\n"
    back = read(written(study)).image_sets[0].objects.frame
    assert back["label"].to_list() == [2, 7, 30]
    assert written(cells([2, 1], Area=[4, 5])) == " ,Label,Area\n1,2,4\n2,1,5\n"
    assert written(cells([1, 2], Area=[4, 5])) == " ,Area\n1,4\n2,5\n"
    assert written(cells([1, 2], Area=[4, 5]), label_column="always") == " ,Label,Area\n1,1,4\n2,2,5\n"
    assert written(study, label_column="never") == " ,Area\n1,4\n2,5\n3,6\n"


def test_several_images_are_told_apart_by_their_titles(written, read):
    one, other = cells([1], Area=[4], title="a.tif"), cells([1, 5], Area=[5, 6], title="b.tif")
    text = written(Study((*one.image_sets, *other.image_sets)))
    assert text == " ,Label,Area\n1,a.tif:1,4\n2,b.tif:1,5\n3,b.tif:5,6\n"
    back = read(text)
    assert [s.name for s in back.image_sets] == ["a.tif", "b.tif"]
    assert [s.objects.frame["label"].to_list() for s in back.image_sets] == [[1], [1, 5]]
    assert frame(back, 1)["Area"].to_list() == [5, 6]
    with pytest.raises(Incompatible, match="2 image sets"):
        written(back, label_column="never")


@pytest.mark.parametrize(
    ("labels", "titles", "names"),
    [
        (["blobs.gif", "blobs.gif"], ["blobs.gif"], [["1", "2"]]),
        (["blobs.gif:0019-0020", "blobs.gif:0030-0040"], ["blobs.gif"], [["0019-0020", "0030-0040"]]),
        (["a.tif:r1", "a.tif:r2", "b.tif:r1"], ["a.tif", "b.tif"], [["r1", "r2"], ["r1"]]),
        (["s.tif:r1:1", "s.tif:r1:2"], ["s.tif"], [["r1:1", "r1:2"]]),
        (["s.tif:r1:1", "s.tif:r2:1"], ["s.tif"], [["r1", "r2"]]),
        (["s.tif:4", "s.tif:4"], ["s.tif"], [["1", "2"]]),
        (["a.tif:r1", "a.tif"], ["a.tif"], [["r1", "#2"]]),
        (["nucleus", "cell"], [""], [["nucleus", "cell"]]),
        (["a.tif", "b.tif"], ["a.tif", "b.tif"], [["#1"], ["#1"]]),
    ],
)
def test_what_labels_say(read, labels, titles, names):
    study = read(" ,Label,Area\n" + "".join(f"{nth + 1},{label},5\n" for nth, label in enumerate(labels)))
    assert [s.name for s in study.image_sets] == titles
    assert [ids(study, nth) for nth in range(len(titles))] == names


def test_what_a_label_cannot_hold(written, read):
    text = written(cells(names=["a:b", 'c,"d"', " e ", "a-b"], Area=[1, 2, 3, 4]))
    assert text == " ,Label,Area\n1,a-b,1\n2,c;'d',2\n3,e,3\n4,a-b-2,4\n"
    assert ids(read(text)) == ["a-b", "c;'d'", "e", "a-b-2"]
    assert written(cells(names=["v1.5"], Area=[1])) == " ,Label,Area\n1,:v1.5,1\n"
    assert ids(read(" ,Label,Area\n1,:v1.5,1\n")) == ["v1.5"]


def test_header_variants(read):
    for text, name in [
        (" ,Area,X\n1,5,1.5\n2,6,NaN\n", "Results.csv"),
        ("\ufeff ,Area,X\r\n1,5,1.5\r\n2,6,NaN\r\n", "Results.csv"),
        (" \tArea\tX\n1\t5\t1.5\n2\t6\tNaN\n", "Results.csv"),
        (" ,Area,X\n1,5,1.5\n2,6,NaN\n", "Results.tsv"),
        ("\tArea\tX\n1\t5\t1.5\n2\t6\tNaN\n", "Results.xls"),
        (" ;Area;X\n1;5;1,5\n2;6;NaN\n", "Results.csv"),
        (" \tArea\tX\n1\t5\t1,5\n2\t6\tNaN\n", "Results.txt"),
        ("sep=;\n ;Area;X\n1;5;1,5\n2;6;NaN\n", "Results.csv"),
    ]:
        study = read(text, name)
        assert frame(study)["Area"].to_list() == [5.0, 6.0], text
        assert frame(study)["X"][0] == 1.5
        assert math.isnan(frame(study)["X"][1])
        assert study.image_sets[0].objects.frame["label"].to_list() == [1, 2]
    bare = read("Area,X\n5,1.5\n6,2\n")
    assert (frame(bare).columns, ids(bare)) == (["row", "Area", "X"], ["#1", "#2"])
    without = read("5\t1.5\n6\t2\n", "Results.txt")
    assert frame(without).columns == ["row", "C1", "C2"]
    numbered = read("1,5,1.5\n2,6,2\n")
    assert (frame(numbered).columns, ids(numbered)) == (["row", "C2", "C3"], ["1", "2"])
    assert len(read(" ,Area\n").image_sets[0].objects) == 0
    assert len(read("").image_sets[0].objects) == 0


def test_missing_values_are_empty(written, read):
    text = written(cells([1, 2], A=[None, 1.5], B=[math.nan, 0.0]), decimals=1)
    assert text == " ,A,B\n1,,NaN\n2,1.5,0\n"
    assert frame(read(text))["A"].to_list() == [None, 1.5]
    assert frame(read(text))["B"].to_list()[1] == 0


def test_texts(written, read):
    text = written(cells([1, 2], T=['say "no"', "a\tb\nc"], B=[True, False], N=[2**60, 1]))
    assert text == f" ,T,B,N\n1,say 'no',1,{2**60}\n2,a b c,0,1\n"
    assert frame(read(text))["N"].to_list() == [2**60, 1]


def test_names_that_polars_takes_for_patterns(written, read):
    text = written(cells([1, 2], **{"^a$": [1, None], "*": [0.5, None], "^b.*$": ["1", "x"]}), decimals=1)
    assert text == " ,^a$,*,^b.*$\n1,1,0.5,1\n2,,,x\n"
    assert frame(read(text))["*"].to_list() == [0.5, None]


def test_frames_are_time_points(written, read):
    study = read(" ,Area,Frame\n1,5,1\n2,6,2\n3,7,0\n")
    assert study.image_sets[0].objects.frame["t"].to_list() == [0, 1, None]
    assert written(study) == " ,Area,Frame\n1,5,1\n2,6,2\n3,7,0\n"
    assert "Frame" in ORDER


def test_options_leave_out_headings_and_numbers(written):
    study = cells([1, 2], Area=[4, 5], X=[0.5, 1.5])
    assert written(study, headers=False, decimals=1) == "1,4,0.5\n2,5,1.5\n"
    assert written(study, row_numbers=False, decimals=1) == "Label,Area,X\n1,4,0.5\n2,5,1.5\n"
    assert written(study, row_numbers=False, label_column="never", decimals=1) == "Area,X\n4,0.5\n5,1.5\n"
    assert written(study, scientific=True, decimals=2) == " ,Area,X\n1,4.00E0,5.00E-1\n2,5.00E0,1.50E0\n"
    with pytest.raises(Incompatible, match="would be lost"):
        written(cells([1, 2]), row_numbers=False, label_column="never")
    with pytest.raises(Incompatible, match="would be taken for them"):
        written(cells([1, 2], T=["a", "b"]), row_numbers=False, headers=False)


def test_x_and_y_become_points_when_the_pixel_size_is_told(read):
    text = " ,Area,X,Y\n1,5,1.5,3\n2,6,2,4\n"
    assert not len(read(text).image_sets[0].shapes)
    s = read(text, pixel_size=0.5).image_sets[0]
    assert s.shapes.rings.coords.tolist() == [[3, 6], [4, 8]]
    assert [axis.scale for axis in s.grid.axes] == [0.5, 0.5]


def test_points_without_values_are_x_and_y(written, tmp_path):
    (tmp_path / "spots.csv").write_text("id,x,y\na,1.5,2\nb,3,4.25\n")
    assert written(segue.read(tmp_path / "spots.csv"), decimals=2) == " ,Label,X,Y\n1,a,1.50,2.00\n2,b,3.00,4.25\n"


@pytest.fixture
def mask(tmp_path):
    labels = np.zeros((6, 9), np.uint8)
    labels[1, 1:3], labels[3, 1:5] = 1, 2
    tifffile.imwrite(tmp_path / "cells_mask.tif", labels)
    return tmp_path / "cells_mask.tif"


def test_joining_by_numbers_has_to_be_asked_for(mask, tmp_path):
    (tmp_path / "Results.csv").write_text(" ,Area\n1,2\n2,4\n")
    with pytest.raises(Incompatible, match="numbers=labels"):
        segue.read(mask, table=tmp_path / "Results.csv")
    s = segue.read(mask, table=tmp_path / "Results.csv", numbers="labels").image_sets[0]
    assert dict(zip(s.objects.frame["label"], s.tables["measurements"].frame["Area"], strict=True)) == {1: 2, 2: 4}


def test_joining_by_label_needs_no_word(mask, tmp_path):
    (tmp_path / "Results.csv").write_text(" ,Label,Area\n1,x.tif:2,4\n2,x.tif:1,2\n")
    s = segue.read(mask, table=tmp_path / "Results.csv").image_sets[0]
    held = s.tables["measurements"].frame
    assert dict(zip(s.objects.frame["label"].gather(held["row"]), held["Area"], strict=True)) == {1: 2, 2: 4}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("id,label,area\na,1,5\nb,2,6\n", "table"),
        ("Label\tArea\n1\t6.910\n2\t6.210\n", "table"),
        (",label,area\n0,1,163\n1,2,80\n", "table"),
        ("Area,Mean,Min,Max\n5,6,7,8\n", "table"),
        ("CellID,DNA,X_centroid,Y_centroid,Area\n1,5,2,3,4\n", "mcquant"),
        (" ,Area,Mean\n1,5,6\n", "imagej-results"),
        (" \tLabel\tMyValue\n1\tx.tif\t6\n", "imagej-results"),
        ("Area,Mean,Perim.,Circ.,IntDen\n5,6,7,8,9\n", "imagej-results"),
        ("\tArea\tStdDev\tPerim.\n1\t5\t6\t7\n", "imagej-results"),
    ],
)
def test_other_tables_are_not_taken_for_imagejs(tmp_path, text, name):
    (tmp_path / "x.csv").write_text(text)
    assert detect(Source(tmp_path / "x.csv"))[0].name == name


@pytest.mark.golden
def test_damaged_real_tables_are_read_or_refused(golden, tmp_path):
    import random

    original = (golden / "imagej/BasicTable.txt").read_bytes() + (golden / "imagej/mito_t1_results.txt").read_bytes()[:600]
    for nth, (_, damaged) in enumerate(damages(original, random.Random(7), 40)):
        path = tmp_path / f"{nth}.txt"
        path.write_bytes(damaged)
        try:
            FORMAT.read(Source(path))
        except SegueError:
            continue
