"""QuPath's GeoJSON: every fact of the format, from files as QuPath and other programs write them, and back."""

from __future__ import annotations

import gzip
import io
import json
import uuid
import zipfile

import numpy as np
import polars as pl
import pytest

from segue.errors import Malformed, WrongFormat
from segue.formats.qupath_geojson import hierarchy, simple_kernel, valid
from segue.formats.qupath_geojson.spec import FORMAT
from segue.geometry import figures
from segue.model.connections import Connections
from segue.model.diff import diff
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.trips import PlainSink

RING = [[0, 0], [9, 0], [9, 7.25], [3, 9], [0, 0]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}
ID = "0b3c1f5e-6a58-4f6b-8f5c-0d1f5a4c2b11"


def feature(geometry=None, id=ID, **properties):
    return {"type": "Feature", "id": id, "geometry": geometry or POLYGON, "properties": properties}


@pytest.fixture
def read(tmp_path):
    def reader(value, name="a.geojson"):
        path = tmp_path / name
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return FORMAT.read(Source(path))[0]

    return reader


@pytest.fixture
def written(tmp_path):
    def writer(study, name="b.geojson", **options):
        given = FORMAT.options("write", options)
        path = tmp_path / name
        path.unlink(missing_ok=True)
        FORMAT.write(FORMAT.fitted(study, given), PlainSink(path), given)
        return path.read_bytes()

    return writer


@pytest.fixture
def again(read, written):
    """Features after a trip from JSON to JSON."""

    def trip(value, **options):
        return json.loads(written(read(value), **options))["features"]

    return trip


def study(kind, coords, **more):
    """One object of one ring."""
    coords = np.array(coords, np.float64)
    rings = Rings.simple(coords, np.array([0, len(coords)]))
    objects = Objects(pl.DataFrame({"id": ["17"], **more}))
    return Study((ImageSet("cells", objects=objects, shapes=Shapes(pl.DataFrame({"object": [0], "kind": [kind]}), rings)),))


def shapes(s):
    return s.image_sets[0].shapes


def test_an_object_of_qupath_comes_back_as_it_was(again):
    made = feature(
        POLYGON | {"plane": {"c": -1, "z": 2, "t": 3}},
        objectType="annotation",
        name="Tumour µ",
        color=[10, 20, 30],
        classification={"name": "Tumor", "color": [200, 0, 0]},
        isLocked=True,
        measurements={"Area µm^2": 12.5, "x": "NaN", "y": "-Infinity", "count": 3},
        metadata={"k": "v"},
    )
    assert again([made]) == [made]


def test_what_the_model_says_of_it(read):
    made = read([feature(name="a", color=[255, 0, 1], isLocked=True, classification={"names": ["Tumor", "CD8"], "color": [1, 2, 3]}, measurements={"A": 1})])
    s = made.image_sets[0]
    assert s.objects.frame.select("id", "name", "colour", "locked", "label", "t").rows() == [(ID, "a", 0xFF0001FF, True, None, None)]
    assert [(one.id, one.name, one.kind, one.colour, one.exclusive) for one in made.populations] == [
        ("Tumor: CD8", ("Tumor", "CD8"), "class", 0x010203FF, True)
    ]
    assert s.membership.frame.select("population", "object").rows() == [("Tumor: CD8", 0)]
    assert s.tables["measurements"].frame.rows() == [(0, 1.0)]
    assert s.extras.is_empty()


@pytest.mark.parametrize(
    ("classification", "names", "colour"),
    [
        ("Tumor", ("Tumor",), None),
        ("Tumor: CD8", ("Tumor", "CD8"), None),
        ({"name": "Tumor: CD8", "color": [1, 2, 3, 4]}, ("Tumor", "CD8"), 0x010203FF),
        ({"name": "Tumor", "colorRGB": -3670016}, ("Tumor",), 0xC80000FF),
        ({"names": ["A: B"], "color": [0, 0, 0]}, ("A: B",), 0x000000FF),
        ({"name": "Tumor", "color": "np.int32(255)"}, ("Tumor",), None),
        (None, None, None),
        ("", None, None),
        ({"color": [1, 2, 3]}, None, None),
    ],
)
def test_classes_of_any_version_and_of_other_programs(read, classification, names, colour):
    made = read([feature(classification=classification)])
    assert [(one.name, one.colour) for one in made.populations] == ([] if names is None else [(names, colour)])


def test_a_class_always_has_a_name_and_a_colour(again):
    first, second = again([feature(classification="B cells"), feature(classification="B cells", id=str(uuid.uuid4()))])
    assert first["properties"]["classification"]["name"] == "B cells"
    assert first["properties"]["classification"] == second["properties"]["classification"]
    assert len(first["properties"]["classification"]["color"]) == 3


def test_a_class_changed_in_qupath_wins_over_what_segue_noted(read, written):
    from segue.model.populations import Membership, Population

    made = study("polygon", RING[:-1])
    both = (Population("p1", ("A",)), Population("p2", ("B",)))
    pairs = Membership.of(pl.DataFrame({"population": ["p1", "p2"], "object": [0, 0]}, schema={"population": pl.Utf8, "object": pl.Int32}))
    value = json.loads(written(Study((ImageSet("", objects=made.image_sets[0].objects, shapes=shapes(made), membership=pairs),), both)))
    assert json.loads(value["features"][0]["properties"]["metadata"]["segue.populations"]) == ["p1", "p2"]
    value["features"][0]["properties"]["classification"] = {"name": "C", "color": [1, 2, 3]}
    assert read(value).image_sets[0].membership.frame["population"].to_list() == ["C", "p2"]


def test_old_measurements_and_ids_that_are_class_names(again):
    old = feature(id="PathDetectionObject", measurements=[{"name": "Area", "value": 2.5}])
    (made,) = again([old])
    assert made["properties"]["objectType"] == "detection"
    assert made["properties"]["measurements"] == {"Area": 2.5}
    assert uuid.UUID(made["id"]).version == 5


def test_ids_that_are_no_uuid_travel_in_the_metadata(read, again):
    (made,) = again([feature(id="cell-7")])
    assert uuid.UUID(made["id"]).version == 5
    assert made["properties"]["metadata"] == {"segue.id": "cell-7"}
    assert read([made]).image_sets[0].objects.frame["id"].to_list() == ["cell-7"]
    assert read([feature(id=12)]).image_sets[0].objects.frame["id"].to_list() == ["12"]


def test_a_copy_made_in_qupath_is_an_object_of_its_own(read, tmp_path):
    path = tmp_path / "copy.geojson"
    path.write_text(json.dumps([feature(metadata={"segue.id": "7"}), feature(id=str(uuid.uuid4()), metadata={"segue.id": "7"})]))
    made, notes = FORMAT.read(Source(path))
    assert made.image_sets[0].objects.frame["id"].to_list() == ["7", "7-2"]
    assert [note.kind for note in notes] == [Kind.REPAIRED]


def test_labels_of_a_mask_come_back(read, written):
    made = study("traced", [[2, 2], [5, 2], [5, 4], [2, 4]], label=pl.Series([17], dtype=pl.UInt64), layer=["labels"])
    value = json.loads(written(made))
    assert value["features"][0]["properties"]["objectType"] == "detection"
    assert value["features"][0]["properties"]["metadata"] == {"segue.id": "17", "segue.label": "17", "segue.kind": "traced"}
    assert "plane" not in value["features"][0]["geometry"]
    assert diff(FORMAT.fitted(made), read(value)) == {}


@pytest.mark.parametrize(
    ("geometry", "kind", "vertices"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, "point", 1),
        ({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}, "multipoint", 2),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "line", 2),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4], [5, 5]]}, "polyline", 3),
        ({"type": "Polygon", "coordinates": [[[1, 1], [4, 1], [4, 3], [1, 3], [1, 1]]]}, "rectangle", 2),
        ({"type": "Polygon", "coordinates": [[[1, 1], [4, 1], [4, 3], [1, 3.5], [1, 1]]]}, "polygon", 4),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 1], [5, 2], [3, 3], [1, 2]]], "isEllipse": True}, "oval", 2),
        ({"type": "MultiPolygon", "coordinates": [[RING], [[[20, 20], [22, 20], [22, 22], [20, 20]]]]}, "polygon", 7),
    ],
)
def test_geometries_and_their_kinds(read, again, geometry, kind, vertices):
    made = shapes(read([feature(geometry)]))
    assert made.frame["kind"].to_list() == [kind]
    assert len(made.rings.coords) == vertices
    (back,) = again([feature(geometry)])
    if kind != "oval":
        assert back["geometry"] == geometry
    else:
        ring = np.array(back["geometry"]["coordinates"][0])
        assert back["geometry"]["isEllipse"] is True
        assert (ring.min(axis=0).tolist(), ring.max(axis=0).tolist()) == ([1, 1], [5, 3])


def test_a_drawn_polygon_that_is_a_rectangle_stays_a_polygon(read, written):
    made = study("polygon", [[1, 1], [4, 1], [4, 3], [1, 3]])
    value = json.loads(written(made))
    assert value["features"][0]["properties"]["metadata"]["segue.kind"] == "polygon"
    assert shapes(read(value)).frame["kind"].to_list() == ["polygon"]
    value["features"][0]["geometry"] = {"type": "Point", "coordinates": [1, 2]}
    assert shapes(read(value)).frame["kind"].to_list() == ["point"]


def test_lines_of_a_multi_line_are_shapes_of_one_object(read, again):
    lines = {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[5, 6], [7, 8], [9, 9]]]}
    made = read([feature(lines)])
    assert shapes(made).frame.select("object", "kind").rows() == [(0, "line"), (0, "polyline")]
    first, second = again([feature(lines)])
    assert second["properties"]["metadata"] == {"segue.id": ID, "segue.part": "2"}
    assert first["id"] == ID != second["id"]
    assert diff(read([first, second]), made) == {}


def test_a_cell_has_a_nucleus(read, again):
    cell = feature(objectType="cell") | {"nucleusGeometry": {"type": "Polygon", "coordinates": [[[2, 2], [4, 2], [4, 3.5], [2, 2]]]}}
    assert shapes(read([cell])).frame.select("object", "role", "kind").rows() == [(0, "outline", "polygon"), (0, "nucleus", "polygon")]
    assert again([cell]) == [cell]


def test_hierarchy_as_qupath_exports_it(read, again):
    inner = feature(id=str(uuid.UUID(int=2)), objectType="detection")
    outer = feature(id=str(uuid.UUID(int=1)), objectType="annotation", childObjects=[inner])
    last = feature(id=str(uuid.UUID(int=3)), objectType="annotation")
    made = read([outer, last])
    assert made.image_sets[0].connections.frame.select("kind", "parent", "child").rows() == [("contains", 0, 1)]
    assert again([outer, last]) == [outer, last]


def test_circles_and_second_parents_are_no_hierarchy():
    rows = [("contains", 0, 1), ("contains", 1, 0), ("contains", 3, 2), ("contains", 0, 2), ("link", 3, 0), ("contains", 3, 3)]
    frame = pl.DataFrame([(str(nth), *row) for nth, row in enumerate(rows)], schema=["id", "kind", "parent", "child"], orient="row")
    parent = hierarchy.parents(Connections(frame), 4)
    assert parent.tolist() == [-1, -1, 3, -1]
    assert hierarchy.preorder(parent).tolist() == [0, 1, 3, 2]


def test_objects_without_a_plane_are_on_the_first_one_if_others_name_another(read):
    planes = [None, {"c": -1, "z": 2, "t": 0}, {"c": 1, "z": 0, "t": 0}]
    made = [feature(POLYGON | ({"plane": plane} if plane else {}), id=str(uuid.UUID(int=nth + 1))) for nth, plane in enumerate(planes)]
    assert shapes(read(made)).frame.select("z", "c").rows() == [(0, None), (2, None), (0, 1)]
    assert shapes(read(made[:1])).frame.select("z", "c").rows() == [(None, None)]


def test_types_and_unknown_properties_are_written_back(read, again):
    odd = feature(objectType="tmaCore", isMissing=False, score={"b": [1, 2.5], "a": None})
    assert json.loads(read([odd]).image_sets[0].extras["payload"][0]) == {"objectType": "tmaCore", "isMissing": False, "score": {"b": [1, 2.5], "a": None}}
    assert again([odd]) == [odd]


def test_many_areas_are_detections(written):
    count = 5001
    coords = np.tile(np.array([[0, 0], [1.5, 0], [0, 1]]), (count, 1)) + np.repeat(np.arange(count), 3)[:, None]
    rows = pl.int_range(count, dtype=pl.Int32, eager=True)
    objects = Objects(pl.DataFrame({"id": rows.cast(pl.Utf8)}))
    made = Shapes(pl.DataFrame({"object": rows, "kind": ["polygon"] * count}), Rings.simple(coords, np.arange(count + 1) * 3))
    value = json.loads(written(Study((ImageSet("", objects=objects, shapes=made),))))
    assert {one["properties"]["objectType"] for one in value["features"]} == {"detection"}


@pytest.mark.parametrize("how", ["annotation", "detection", "tile"])
def test_the_type_can_be_chosen(written, how):
    value = json.loads(written(study("polygon", RING[:-1]), object_type=how))
    assert value["features"][0]["properties"]["objectType"] == how


def test_layouts(read, written):
    made = study("polygon", RING[:-1])
    collection = written(made)
    assert json.loads(collection)["segue"] == {"version": 1, "image": {"name": "cells", "group": None, "position": []}}
    array = written(made, layout="array")
    assert isinstance(json.loads(array), list)
    pretty = written(made, pretty=True)
    assert b'\n  "type": "FeatureCollection"' in pretty
    assert json.loads(pretty) == json.loads(collection)
    assert diff(read(collection), read(pretty)) == {}
    assert set(diff(made, read(array))) == {"image set name"}


def test_packed_files(read, written):
    made = study("polygon", RING[:-1])
    plain = written(made)
    assert gzip.decompress(written(made, "b.geojson.gz")) == plain
    with zipfile.ZipFile(io.BytesIO(written(made, "b.geojson.zip"))) as archive:
        assert archive.read("objects.geojson") == plain
    for name in ("b.geojson.gz", "b.geojson.zip"):
        assert diff(read(written(made, name), name), FORMAT.fitted(made)) == {}


def test_a_zip_file_of_something_else_is_refused(read):
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.roi", b"Iout")
    with pytest.raises(WrongFormat):
        read(other.getvalue(), "a.zip")


@pytest.mark.parametrize(
    "member", [7, {"populations": 3}, {"grid": {}}, {"tables": [{"name": "a", "columns": [{"name": "b", "type": "c"}]}]}, {"image": {"name": 1}}]
)
def test_a_damaged_member_is_refused_with_its_name(read, member):
    with pytest.raises(Malformed, match="segue"):
        read({"type": "FeatureCollection", "segue": member, "features": []})


def test_a_bare_geometry_of_qupath(golden):
    made, _ = FORMAT.read(Source(golden / "qupath" / "polygon.geojson"))
    rings = shapes(made).rings
    assert np.diff(rings.shape_start).tolist() == [3]
    assert np.diff(rings.part_start).tolist() == [27, 1, 1]
    fitted = FORMAT.fitted(made)
    assert diff(made, fitted) == {}


def test_columns_keep_what_is_known_of_them(read, written):
    made = study("polygon", RING[:-1]).image_sets[0]
    columns = (Column("Area", unit="um^2", measurement="area"), Column("n", "integer"), Column("note", "text"), Column("good", "boolean"))
    table = Table("objects", pl.DataFrame({"row": [0], "Area": [2.5], "n": [3], "note": ["x"], "good": [True]}), columns)
    whole = Study((ImageSet("", objects=made.objects, shapes=made.shapes, tables={"a": table}),))
    value = json.loads(written(whole))
    assert value["features"][0]["properties"]["measurements"] == {"Area": 2.5, "n": 3, "good": 1}
    assert diff(whole, read(value)) == {}
    assert set(read(written(whole, layout="array")).image_sets[0].tables) == {"measurements", "metadata"}


class TestWhatQuPathAccepts:
    """Coordinates on 0.01 pixel; areas valid there."""

    def fitted(self, kind, coords):
        return shapes(FORMAT.fitted(study(kind, coords)))

    def test_coordinates_are_rounded_and_repeats_merged(self):
        made = self.fitted("polygon", [[0, 0], [0.001, 0.002], [5.004, 0], [5.006, 4.999], [0, 5]])
        assert made.rings.coords.tolist() == [[0, 0], [5, 0], [5.01, 5], [0, 5]]

    def test_a_ring_that_crosses_itself_becomes_two_parts(self):
        import shapely

        made = self.fitted("polygon", [[0, 0], [4, 4], [4, 0], [0, 4]])
        assert np.diff(made.rings.shape_start).tolist() == [2]
        assert shapely.is_valid(valid._polygons(made.rings)).all()
        assert shapely.area(valid._polygons(made.rings)).tolist() == [8.0]

    @pytest.mark.parametrize("coords", [[[0, 0], [5, 5], [9, 9]], [[0, 0], [0.001, 0], [0, 0.001]], [[1, 1], [2, 2]], [[0, 0]]])
    def test_what_vanishes_is_left_out_and_its_object_too(self, coords):
        made = FORMAT.fitted(study("polygon", coords))
        assert len(shapes(made)) == len(made.image_sets[0].objects) == 0

    def test_an_outline_of_labels_is_left_alone(self):
        coords = [[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2]]
        assert self.fitted("traced", coords).rings.coords.tolist() == coords

    def test_other_kinds_become_what_there_is(self):
        assert self.fitted("angle", [[0, 0], [5, 5], [9, 0]]).frame["kind"].to_list() == ["polyline"]
        assert self.fitted("text", [[0, 0], [5, 5]]).frame["kind"].to_list() == ["rectangle"]
        assert len(self.fitted("ellipse", [[0, 0], [50, 50]]).rings.coords) == figures.CORNERS

    def test_the_kernel_trusts_only_rings_that_geos_finds_valid(self):
        import shapely

        rng = np.random.default_rng(5)
        corners = rng.integers(0, 12, (4000, 6, 2)) * 50
        found = np.empty(len(corners), np.bool_)
        simple_kernel.simple(corners.reshape(-1, 2), np.arange(len(corners) + 1) * 6, found, 64)
        assert 50 < found.sum() < len(corners)
        assert shapely.is_valid(shapely.polygons(corners[found].astype(float))).all()
        strict = shapely.is_valid(shapely.polygons(corners.astype(float)))
        assert (found | ~strict).mean() > 0.95
