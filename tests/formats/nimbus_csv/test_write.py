"""Writing NimbusImage's tables: byte for byte as its server does, or so that every program reads them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from segue.errors import Incompatible, InvalidOption
from segue.formats.catalog import named
from segue.formats.nimbus_csv.preview import preview
from segue.formats.nimbus_files.tables.options import WriteOptions
from segue.formats.nimbus_files.tables.texts import python_texts, sanitised
from segue.model.connections import Connections
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Property, Study
from segue.model.tables import Column, Table
from segue.storage.source import Source

CSV = named("nimbus-csv")
HEADER = '"Id",Channel,XY,Z,Time,"Tags","Shape","Name"'


class Sink:
    def __init__(self, path):
        self.path, self.name = path, path.name

    def open(self):
        return self.path.open("wb+")


def study(columns=(), values=None, properties=(), count=1, ids=("abc123",), t=None, connections=()):
    """Triangles on channel 0 at the first place."""
    objects = Objects(pl.DataFrame({"id": list(ids), "t": t or [0] * len(ids), "name": [f"Cell {nth + 1}" for nth in range(len(ids))]}))
    rings = Rings.simple(np.array([(0.0, 0.0), (4.5, 0.0), (0.0, 3.0)] * len(ids)), np.arange(len(ids) + 1) * 3)
    shapes = Shapes(pl.DataFrame({"object": range(len(ids)), "kind": "polygon", "z": 0, "c": 0}), rings)
    pairs = [(tag, row) for row in range(len(ids)) for tag in ("tag1", "tag2")]
    membership = Membership.of(pl.DataFrame(pairs, schema={"population": pl.Utf8, "object": pl.Int32}, orient="row"))
    cells = {one.name: given for one, given in zip(columns, values or (), strict=True)}
    tables = {"properties": Table("objects", pl.DataFrame({"row": list(range(len(ids))), **cells}), tuple(columns))} if columns else {}
    frame = pl.DataFrame(
        [(str(nth), "link", a, b, None, []) for nth, (a, b) in enumerate(connections)], schema=["id", "kind", "parent", "child", "label", "tags"], orient="row"
    )
    links = Connections(frame) if connections else Connections.empty()
    populations = tuple(Population(tag, (tag,), "tag") for tag in ("tag1", "tag2"))
    s = ImageSet("", objects=objects, shapes=shapes, membership=membership, tables=tables, connections=links)
    return Study((s,), populations, tuple(properties))


def text(given, tmp_path, **options):
    chosen = CSV.options("write", options)
    path = tmp_path / "written.csv"
    CSV.write(CSV.fitted(given, chosen), Sink(path), chosen)
    return path.read_bytes().decode()


def raw(given, tmp_path, **options):
    """What the server writes of a study, whether it can be read again or not."""
    return text(given, tmp_path, dialect="nimbus", unescaped="write", **options)


def test_the_header_and_a_row_are_those_of_the_server(tmp_path):
    assert raw(study(), tmp_path) == f'{HEADER}\n"abc123",0,1,1,1,"tag1, tag2","polygon","Cell 1"\n'
    assert text(study(), tmp_path) == raw(study(), tmp_path)


def test_places_count_from_1_and_channels_from_0(tmp_path):
    given = study(t=[6])
    s = given.image_sets[0]
    moved = Study((ImageSet("", group="d", position=(("xy", 3),), objects=s.objects, shapes=s.shapes.with_columns(z=4, c=2)),))
    assert text(moved, tmp_path).splitlines()[1] == '"abc123",2,4,5,7,"","polygon","Cell 1"'


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Area", "Area", "Area"], ["Area", "Area_2", "Area_3"]),
        (["A", "A", "A"], ["A", "A_2", "A_3"]),
        (["X_2", "X", "X"], ["X_2", "X", "X_3"]),
        (["Area", "Area_2", "Area"], ["Area", "Area_2", "Area_3"]),
        (["cell, fibroblast/Blob Metrics (%) / Mean Area (um^2)"], ["cell_fibroblast_Blob_Metrics_Mean_Area_um_2"]),
        (["µ", "", "__a__"], ["_", "__2", "a"]),
    ],
)
def test_names_are_sanitised_by_the_rule_of_the_server(names, expected):
    assert sanitised(names) == expected
    assert sanitised(expected) == expected


def test_several_names_without_a_letter_are_told_apart_for_good():
    once = sanitised(["µ", "Area", "²", "__2", "%"])
    assert once == ["_", "Area", "__2", "__2_2", "__3"]
    assert sanitised(once) == once


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((534520.0, "534520"), (0.1, "0.1"), (1e-07, "1e-07"), (-0.0, "0"), (1.5e300, str(int(1.5e300))), (1e16, "10000000000000000")),
        *((2.5e-5, "2.5e-05"), (1234567890123.25, "1234567890123.25"), (0.0001, "0.0001"), (-1e21, "-1" + "0" * 21)),
        *((float("inf"), "inf"), (float("nan"), "nan"), (None, None)),
    ],
)
def test_numbers_are_texts_as_python_writes_them(value, expected):
    assert python_texts(pl.Series([value], dtype=pl.Float64)).to_list() == [expected]


def test_numbers_of_all_sizes_are_those_of_python():
    numbers = np.random.default_rng(1).uniform(-1, 1, 3000) * 10.0 ** np.random.default_rng(2).integers(-300, 300, 3000)
    expected = [str(int(one)) if one == int(one) else repr(one) for one in numbers.tolist()]
    assert python_texts(pl.Series(numbers)).to_list() == expected


def test_other_values_are_those_of_python():
    assert python_texts(pl.Series([True, False, None])).to_list() == ["True", "False", None]
    assert python_texts(pl.Series([7, None], dtype=pl.Int64)).to_list() == ["7", None]


NUCLEUS = Property("p", "nucleus Blob metrics")
X, Y = (Column(f"nucleus Blob metrics / Centroid / {axis}", property="p", path=("Centroid", axis)) for axis in "xy")
AREA = Column("nucleus Blob metrics / Area", property="p", path=("Area",))
METRICS = study((X, Y, AREA), ([244.1], [393.0], [None]), (NUCLEUS,))


@pytest.mark.parametrize("undefined", ["", "NA", "NaN"])
@pytest.mark.parametrize(("delimiter", "mark"), [("comma", ","), ("tab", "\t")])
def test_delimiters_and_what_stands_for_missing(tmp_path, undefined, delimiter, mark):
    names = [*HEADER.split(","), X.name, Y.name, AREA.name]
    row = ['"abc123"', "0", "1", "1", "1", '"tag1, tag2"', '"polygon"', '"Cell 1"', "244.1", "393", undefined]
    expected = f"{mark.join(names)}\n{mark.join(row)}\n"
    assert raw(METRICS, tmp_path, undefined=undefined, delimiter=delimiter) == expected
    assert text(METRICS, tmp_path, undefined=undefined, delimiter=delimiter) == expected


def test_the_user_chooses_properties_in_any_order(tmp_path):
    chosen = f"{AREA.name};nucleus Blob metrics / Centroid"
    assert text(METRICS, tmp_path, properties=chosen).splitlines()[0] == f"{HEADER},{AREA.name},{X.name},{Y.name}"
    assert text(METRICS, tmp_path, properties=(Y.name, X.name)).splitlines()[0] == f"{HEADER},{Y.name},{X.name}"
    assert text(METRICS, tmp_path, properties="none").splitlines()[0] == HEADER
    with pytest.raises(InvalidOption, match="no property 'Volume'; there are: 'nucleus Blob metrics / Centroid / x'"):
        text(METRICS, tmp_path, properties="Volume")


def test_an_object_is_what_python_shows_of_it_in_their_dialect(tmp_path):
    written = raw(METRICS, tmp_path, properties="nucleus Blob metrics / Centroid")
    assert written.splitlines()[1].endswith(",\"Cell 1\",{'x': 244.1, 'y': 393.0}")


def test_the_server_escapes_nothing_in_properties(tmp_path):
    given = study(
        (Column("note", "text"), Column("a, b", "text")),
        (
            ['say "a", then b'],
            ['x"y'],
        ),
    )
    assert raw(given, tmp_path) == f'{HEADER},note,"a, b"\n"abc123",0,1,1,1,"tag1, tag2","polygon","Cell 1",say "a", then b,"x""y"\n'
    with pytest.raises(Incompatible, match="without escaping it, which shifts the row; use dialect=rfc4180"):
        text(given, tmp_path, dialect="nimbus")


def test_the_usual_dialect_is_read_by_every_reader(tmp_path):
    hostile = 'a "quoted"\nname, with all'
    given = study((Column(hostile, "text"), Column("b")), (["x,\ty\r\n\"z'"], [1.5]))
    rows = list(csv.reader(io.StringIO(text(given, tmp_path), newline=""), strict=True))
    assert rows == [["Id", "Channel", "XY", "Z", "Time", "Tags", "Shape", "Name", hostile, "b"], [*rows[1][:8], "x,\ty\r\n\"z'", "1.5"]]


def test_properties_of_equal_names(tmp_path):
    twice = (Property("p", "Area"), Property("q", "Area"), Property("r", ""))
    columns = (Column("Area", property="p"), Column("Area-2", property="q"), Column("nameless", property="r"))
    given = study(columns, ([1.0], [2.0], [3.0]), twice)
    assert raw(given, tmp_path).splitlines()[0] == f"{HEADER},Area,Area"
    assert raw(given, tmp_path, sanitize=True).splitlines()[0] == f"{HEADER},Area,Area_2"
    assert text(given, tmp_path).splitlines()[0] == f"{HEADER},Area,Area-2,nameless"


@pytest.mark.parametrize(("options", "rows"), [({}, 3), ({"ids": "b"}, 2), ({"ids": "nobody"}, 1), ({"population": "tag2"}, 3)])
def test_all_one_or_none(tmp_path, options, rows):
    assert len(text(study(ids=("a", "b")), tmp_path, **options).splitlines()) == rows


def test_a_population_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InvalidOption, match="no population 'T cells'; there are: 'tag1', 'tag2'"):
        text(study(), tmp_path, population="T cells")


def test_columns_of_shapes_and_geometry_that_comes_back(tmp_path):
    written = text(study(), tmp_path, columns="centroid;bbox;area;wkt")
    assert written.splitlines()[0] == f"{HEADER},Centroid x,Centroid y,Left,Top,Right,Bottom,Area (px^2),WKT"
    assert written.splitlines()[1].endswith(',1.5,1,0,0,4.5,3,6.75,"POLYGON ((0 0, 4.5 0, 0 3, 0 0))"')
    back, _ = CSV.read(Source(tmp_path / "written.csv"))
    found = diff(study(), back)
    assert not {F.POLYGON, F.SHAPE_PLANE, F.OBJECTS, F.MEMBERSHIP} & set(found)


def test_holes_and_parts_in_text_and_back(tmp_path):
    square = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)]
    hole = [(2.0, 2.0), (2.0, 4.0), (4.0, 4.0)]
    rings = Rings(np.array([*square, *hole, *(np.array(square) + 20)]), np.array([0, 4, 7, 11]), np.array([0, 2, 3]), np.array([0, 2]))
    s = ImageSet(
        "", objects=Objects(pl.DataFrame({"id": ["a"], "t": [0]})), shapes=Shapes(pl.DataFrame({"object": [0], "kind": "polygon", "z": 0, "c": 0}), rings)
    )
    assert "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0), (2 2, 2 4, 4 4, 2 2)), ((20 20, " in text(Study((s,)), tmp_path, columns="wkt")
    back, _ = CSV.read(Source(tmp_path / "written.csv"))
    assert F.POLYGON not in diff(Study((s,)), back)


def test_connections_by_the_ids_of_their_ends(tmp_path):
    given = study(ids=("a", "b"), connections=[(0, 1)])
    assert text(given, tmp_path, kind="connections") == '"Id",XY,"Parent","Child","Kind","Label","Tags"\n"0",1,"a","b","link","",""\n'


def test_a_track_ends_where_it_divides(tmp_path):
    """a -> b -> (c -> d, e); f alone."""
    given = study(ids=tuple("abcdef"), t=[0, 1, 2, 3, 2, 0], connections=[(0, 1), (1, 2), (2, 3), (1, 4)])
    rows = [line.replace('"', "").split(",") for line in text(given, tmp_path, kind="tracks").splitlines()]
    assert rows[0] == ["Id", "XY", "Time", "Track", "Lineage", "Generation", "Parent"]
    found = {row[0]: tuple(map(int, row[3:])) for row in rows[1:]}
    assert found == {"a": (1, 1, 0, 0), "b": (1, 1, 0, 0), "c": (3, 1, 1, 1), "d": (3, 1, 1, 1), "e": (4, 1, 1, 1), "f": (2, 2, 0, 0)}
    back, _ = CSV.read(Source(tmp_path / "written.csv"))
    ends = back.image_sets[0].connections.frame.select("parent", "child").rows()
    assert sorted(ends) == [(0, 1), (1, 2), (1, 4), (2, 3)]


@pytest.mark.parametrize("kind", ["objects", "connections", "tracks"])
def test_one_file_about_several_datasets(tmp_path, kind):
    """Two positions of the dataset day 1, and the image roi; positions count within each."""
    one = study(ids=("a", "b"), connections=[(0, 1)]).image_sets[0]
    two = study(ids=("c", "d"), connections=[(0, 1)]).image_sets[0]
    three = study(ids=("e", "f"), connections=[(0, 1)]).image_sets[0]
    sets = (replace(one, group="day 1", position=(("xy", 0),)), replace(two, group="day 1", position=(("xy", 1),)), replace(three, name="roi"))
    rows = list(csv.DictReader(io.StringIO(text(Study(sets, study().populations), tmp_path, dataset=True, kind=kind))))
    assert list(dict.fromkeys((row["Dataset"], row["XY"]) for row in rows)) == [("day 1", "1"), ("day 1", "2"), ("roi", "1")]
    back, _ = CSV.read(Source(tmp_path / "written.csv"))
    found = [(s.group, s.name, s.position, s.objects.frame["id"].to_list()) for s in back.image_sets]
    assert found == [("day 1", "", (("xy", 0),), ["a", "b"]), ("day 1", "", (("xy", 1),), ["c", "d"]), (None, "roi", (), ["e", "f"])]


def test_the_preview_is_the_beginning_of_the_file(tmp_path):
    given = study(ids=tuple("abcde"))
    found = preview(given, rows=2)
    assert text(given, tmp_path).startswith(found.text)
    assert (found.rows, len(found.text.splitlines()), found.cut) == (5, 3, False)
    short = preview(given, WriteOptions(), rows=5, longest=20)
    assert (short.text, short.cut, short.size) == (text(given, tmp_path)[:20], True, len(text(given, tmp_path)))


def test_blocks_of_rows_make_no_difference(tmp_path, monkeypatch):
    given = study(ids=tuple("abcde"))
    whole = text(given, tmp_path)
    monkeypatch.setattr("segue.formats.nimbus_files.tables.pieces._BLOCK", 2)
    assert text(given, tmp_path) == whole


@pytest.mark.golden
def test_the_tracks_of_a_real_document(golden, tmp_path):
    given, _ = named("nimbus-json").read(Source(golden / "nimbus" / "sandbox_docs_656e377ab98181709b14106c.json"))
    rows = [line.split(",") for line in text(given, tmp_path, kind="tracks").splitlines()[1:]]
    assert (len(rows), len({row[3] for row in rows}), {row[6] for row in rows}) == (10, 4, {"0"})
    back, _ = CSV.read(Source(tmp_path / "written.csv"))
    frames = [s.connections.frame.select("parent", "child").rows() for s in (given.image_sets[0], back.image_sets[0])]
    assert set(frames[0]) == set(frames[1])
    assert len(frames[0]) == 6
