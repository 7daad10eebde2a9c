"""Statistics of Mantis Viewer: its own table byte for byte, any name, any number."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from segue.errors import WrongFormat
from segue.formats.detect import detect
from segue.formats.mantis_statistics.spec import FORMAT
from segue.model.diff import diff
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.sink import FileSink
from segue.storage.source import Source


@pytest.fixture
def read(tmp_path):
    def reading(data: str | bytes, name: str = "s.csv") -> Any:
        (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return FORMAT.read(Source(tmp_path / name), FORMAT.options("read"))

    return reading


@pytest.fixture
def written(tmp_path):
    def writing(study: Study, **options: Any) -> bytes:
        chosen = FORMAT.options("write", options)
        with FileSink(tmp_path / "out.csv", overwrite=True) as sink:
            FORMAT.write(FORMAT.fitted(study, chosen), sink, chosen)
            return sink.keep().read_bytes()

    return writing


def segments(labels: list[int | None], values: dict[str, list[Any]] | None = None, members: dict[str, list[int]] | None = None) -> Study:
    """Segments with a point each at (label, 2 label), columns of values, and rows of members per population."""
    objects = Objects(pl.DataFrame({"id": [str(nth) for nth in range(len(labels))], "label": pl.Series(labels, dtype=pl.UInt64)}))
    coords = np.array([[label or 0, 2 * (label or 0)] for label in labels], np.float64).reshape(-1, 2)
    shapes = Shapes(pl.DataFrame({"object": range(len(labels)), "kind": ["point"] * len(labels)}), Rings.simple(coords, np.arange(len(labels) + 1)))
    columns = tuple(Column(name) for name in values or {})
    frame = pl.DataFrame({"row": range(len(labels)), **(values or {})}, schema_overrides={"row": pl.Int32} | {one.name: pl.Float64 for one in columns})
    pairs = [(name, row) for name, rows in (members or {}).items() for row in rows]
    membership = Membership.of(pl.DataFrame(pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row"))
    populations = tuple(Population(name, (name,)) for name in members or {})
    return Study((ImageSet("", objects=objects, shapes=shapes, tables={"measurements": Table("objects", frame, columns)}, membership=membership),), populations)


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


@pytest.mark.golden
def test_its_own_table_comes_back_byte_for_byte(golden, read, written):
    data = (golden / "mantis" / "generated" / "set_one.csv").read_bytes()
    study, notes = read(data)
    assert not len(notes)
    (s,) = study.image_sets
    assert [one.name for one in study.populations] == [("CD4 High Cells",), ('a, quoted "pop"',)]
    assert (len(s.objects), len(s.membership)) == (48, 8)
    assert s.tables["measurements"].columns[0] == Column("191Ir Mean", measurement="mean", channel="191Ir")
    assert written(study) == data


@pytest.mark.golden
def test_it_is_recognised(golden):
    assert detect(Source(golden / "mantis" / "generated" / "set_one.csv"))[0].name == "mantis-statistics"


def test_columns_stand_in_the_order_of_bytes(written):
    names = ["b", "B", "10", "9", "é", "\uffee", "\U0001f9ec", " a", "_"]
    study = segments([1], {name: [1.0] for name in names})
    assert rows_of(written(study))[0][1:-3] == [" a", "10", "9", "B", "_", "b", "é", "\uffee", "\U0001f9ec"]
    assert rows_of(written(study, version="1.0"))[0][1:-3] == [" a", "10", "9", "B", "_", "b", "é", "\U0001f9ec", "\uffee"], "JavaScript's order"


def test_rows_stand_in_the_order_of_labels(written):
    found = rows_of(written(segments([30, 4, None, 2**63], {"a": [1, 2, 3, 4]}, {"p": [0, 2]})))
    assert [row[0] for row in found] == ["Segment ID", "4", "30", str(2**63)]
    assert found[2][1:] == ["1", "29", "59", "p"]


def test_missing_values_are_empty_cells(read, written):
    data = written(segments([1, 2, 3], {"a": [None, 0.5, math.nan], "b": [None, None, None]}))
    assert data == b"Segment ID,a,b,Centroid X,Centroid Y,Populations\n1,,,0,1,\n2,0.5,,1,3,\n3,NaN,,2,5,\n"
    back = read(data)[0].image_sets[0].tables["measurements"].frame
    assert back["a"].to_list()[:2] == [None, 0.5]
    assert math.isnan(back["a"][2])
    assert back["b"].null_count() == 3


def test_a_segment_without_a_position_has_no_centroid(written):
    study = segments([1, 2])
    (s,) = study.image_sets
    from dataclasses import replace

    bare = replace(study, image_sets=(replace(s, shapes=s.shapes.take(np.array([1]))),))
    assert rows_of(written(bare))[1:] == [["1", "", "", ""], ["2", "1", "3", ""]]


HOSTILE = ['say "x"', "a,b", "line\nbreak", "line\rbreak", "\r\n", " CD4 ", "", "=1+1", "x" * 5000, "日本\U0001f9ec", "'", "\\", "None"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_back(read, written, name):
    study = segments([1, 2], {name or "a": [1, 2]}, {name: [0], "other": [0, 1]})
    chosen = FORMAT.options("write")
    data = written(study)
    assert all(len(row) == 5 for row in rows_of(data))
    back, notes = read(data)
    assert (diff(FORMAT.fitted(study, chosen), back), len(notes)) == ({}, 0)
    names = [one.name[0] for one in back.populations]
    assert names == (["a", "b", "other"] if name == "a,b" else ["other"] if not name.strip() else [name.strip(), "other"])
    (column,) = back.image_sets[0].tables["measurements"].columns
    assert column.name == (name or "a")


def test_a_feature_may_be_called_as_anything(read, written):
    names = ["Segment ID", "Centroid X", "Centroid Y", "Populations"]
    study = segments([7], {name: [nth + 0.5] for nth, name in enumerate(names)}, {"p": [0]})
    back = read(written(study))[0].image_sets[0]
    table = back.tables["measurements"].frame
    assert {name: table[name].to_list() for name in names} == {name: [nth + 0.5] for nth, name in enumerate(names)}
    assert back.shapes.rings.coords.tolist() == [[6.5, 13.5]]


def test_populations_are_named_in_the_order_of_the_list(written):
    found = rows_of(written(segments([1, 2], None, {"z": [0], "a": [0, 1], "10": [0]})))
    assert [row[-1] for row in found[1:]] == ["z,a,10", "a"]


def test_the_order_of_the_list_is_had_back_from_the_cells(read, written):
    study = segments([1, 2, 3], None, {"last": [], "b": [1, 2], "a": [0, 1], "c": [0, 2]})
    data = written(study)
    assert [row[-1] for row in rows_of(data)[1:]] == ["a,c", "b,a", "b,c"], "a occurs first, and b stands before it in the list"
    assert [one.id for one in read(data)[0].populations] == ["b", "a", "c"]


def test_cells_that_keep_to_no_order_are_read(read, written):
    study, _ = read('Segment ID,Centroid X,Centroid Y,Populations\n1,,,"a,b"\n2,,,"b,a"\n3,,,"c,a,c"\n')
    members = dict(study.image_sets[0].membership.frame.group_by("population").agg("object").iter_rows())
    assert members == {"a": [0, 1, 2], "b": [0, 1], "c": [2]}
    assert diff(study, read(written(study))[0]) == {}


def test_older_tables_are_read(read):
    study, notes = read("Segment ID,DNA,cd3,Populations\n9,1.5,2,\n3,1,NA,T\n")
    (s,) = study.image_sets
    assert (s.objects.frame["label"].to_list(), len(s.shapes), len(notes)) == ([3, 9], 0, 0)
    assert s.tables["measurements"].frame["cd3"].to_list() == [None, 2]
    assert s.membership.frame["object"].to_list() == [0]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffSegment ID,a,Centroid X,Centroid Y,Populations\r\n3,1,5,6,p\r\n",
        "Segment ID,a,Centroid X,Centroid Y,Populations\n3,1,5,6,p\n\n",
        'Segment ID;a;Centroid X;Centroid Y;Populations\n3;1;5;6;p\n"4";2;5;6;\n',
        "Segment ID,a,Centroid X,Centroid Y\n3,1,5,6\n",
    ],
)
def test_what_spreadsheets_make_of_it_is_read(read, text):
    s = read(text)[0].image_sets[0]
    assert (s.objects.frame["label"][0], s.tables["measurements"].frame["a"][0], s.shapes.rings.coords[0].tolist()) == (3, 1, [5.5, 6.5])


def test_rows_that_are_no_segments_are_said(read):
    study, notes = read("Segment ID,a,Centroid X,Centroid Y,Populations\n3,1,5,6,\nx,1,5,6,\n3,2,5,6,\n-1,0,0,0,\n4,oops,1,1,\n")
    assert study.image_sets[0].objects.frame["label"].to_list() == [3, 4]
    assert [note.count for note in notes] == [3, 1]
    assert "line 3" in str(notes.items[0])


def test_names_and_labels_that_look_like_decimals_in_a_large_table(read):
    head = "Segment ID,a,Centroid X,Centroid Y,Populations\n"
    rows = "".join(f"{nth}.0,0.25,1,2,1.50\n" for nth in range(1, 80_001))
    study, notes = read(head + rows)
    assert [one.name for one in study.populations] == [("1.50",)]
    assert study.image_sets[0].objects.frame["label"].to_list()[-1] == 80_000
    assert not len(notes)


def test_another_table_is_refused(read):
    with pytest.raises(WrongFormat, match="Segment ID"):
        read("id,a\n1,2\n")


def test_nothing_but_a_header_is_no_segments(read, written):
    data = written(segments([]))
    assert data == b"Segment ID,Centroid X,Centroid Y,Populations\n"
    assert len(read(data)[0].image_sets[0].objects) == 0
