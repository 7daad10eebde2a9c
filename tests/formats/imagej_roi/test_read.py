"""What segue finds in real ROI files, against what other programs say about them."""

from __future__ import annotations

import csv
import json
import zipfile

import numpy as np
import pytest
import roifile

from segue.codecs import roi_record as roi
from segue.codecs.roi_arrange import arranged
from segue.codecs.roi_write import encode
from segue.errors import Malformed, SegueError, WrongFormat
from segue.formats.imagej_roi.spec import FORMAT
from segue.model.features import Feature
from segue.notes import Kind
from segue.storage.source import Source

AREA_FILES = ["composite-brush-donut", "composite-oval-in-rect", "composite-rect-in-rect", "composite-two-ovals", "freehand"]
AREA_FILES += ["oval-left", "oval-top", "oval", "polygon-left", "polygon-top", "polygon", "rectangle"]
OTHER_FILES = {"ellipse": "ellipse", "line1": "line", "freeline": "polyline", "multipoint": "multipoint", "point": "point"}


def read(path, **options):
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study.image_sets[0], study, notes


def put(path, *rois_or_bytes, names=None, comment=b""):
    """A RoiSet.zip of ROI byte strings."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = comment
        for number, content in enumerate(rois_or_bytes):
            archive.writestr(names[number] if names else f"{number + 1}.roi", content)
    return path


def square(x=0, y=0, **columns):
    """The bytes of one traced square of 4 x 4 pixels."""
    coords = np.array([(x, y), (x + 4, y), (x + 4, y + 4), (x, y + 4)], float)
    values = {"type": [roi.TRACED]} | {key: [value] for key, value in columns.items()}
    rois = roi.blank(1, coords=coords, ring_start=np.array([0, 4]), roi_start=np.array([0, 1]), **values)
    return encode(arranged(rois))[0].tobytes()


def rings_of(s, row):
    shape = s.shapes.rings.take(np.array([row]))
    return [shape.coords[a:b].tolist() for a, b in zip(shape.ring_start[:-1], shape.ring_start[1:], strict=True)]


class TestReadRoiFiles:
    """The samples of read-roi, with the coordinates that read-roi finds in them."""

    @pytest.mark.parametrize("name", AREA_FILES)
    def test_areas(self, golden, name):
        path = golden / "read-roi" / f"{name}.roi"
        s, _, notes = read(path)
        known = json.loads(path.with_suffix(".json").read_text())[name]
        assert not len(notes)
        assert s.objects.frame.select("id", "name").rows() == [(known["name"], known["name"])]
        kind = s.shapes.frame["kind"][0]
        found = rings_of(s, 0)
        if "paths" in known:
            assert kind == "polygon"
            assert sorted(found) == sorted(known["paths"])
        elif kind in ("rectangle", "oval"):
            left, top = known["left"], known["top"]
            assert found == [[[left, top], [left + known["width"], top + known["height"]]]]
        else:
            assert kind == known["type"]
            assert found == [[list(pair) for pair in zip(known["x"], known["y"], strict=True)]]

    def test_holes_and_parts(self, golden):
        parts = {
            name: np.diff(read(golden / "read-roi" / f"composite-{name}.roi")[0].shapes.rings.part_start).tolist() for name in ("brush-donut", "two-ovals")
        }
        assert parts == {"brush-donut": [2], "two-ovals": [1, 1]}

    @pytest.mark.parametrize("name", OTHER_FILES)
    def test_lines_points_and_ellipses(self, golden, name):
        s, _, notes = read(golden / "read-roi" / f"{name}.roi")
        assert not len(notes)
        assert s.shapes.frame["kind"].to_list() == [OTHER_FILES[name]]

    def test_lines_and_points_are_at_centres_of_pixels(self, golden):
        for name in ("line1", "polyline", "point", "multipoint"):
            theirs = roifile.ImagejRoi.fromfile(golden / "read-roi" / f"{name}.roi")
            known = [[theirs.x1, theirs.y1], [theirs.x2, theirs.y2]] if name == "line1" else theirs.coordinates().tolist()
            assert rings_of(read(golden / "read-roi" / f"{name}.roi")[0], 0) == [[[x + 0.5, y + 0.5] for x, y in known]]


@pytest.mark.parametrize("name", ["zoo", "zoo_float"])
class TestZoo:
    """Sets that ImageJ 1.53t wrote, with a table of what it says itself."""

    @pytest.fixture
    def truth(self, golden, name):
        with (golden / f"imagej/{name}_truth.tsv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    def test_every_roi_is_read_or_noted(self, golden, name, truth):
        s, _, notes = read(golden / f"imagej/{name}_RoiSet.zip")
        assert len(s.objects) + sum(notes.counts().values()) == len(truth)

    def test_facts(self, golden, name, truth):
        s, study, _ = read(golden / f"imagej/{name}_RoiSet.zip")
        frame = s.shapes.frame.with_columns(s.objects.frame["name"][s.shapes.frame["object"]], s.objects.frame["t"][s.shapes.frame["object"]])
        groups = {s.objects.frame["name"][row]: int(population.split()[1]) for population, row in s.membership.frame.select("population", "object").rows()}
        known = {row["name"]: row for row in truth}
        for row in frame.rows(named=True):
            expected = known[row["name"]]
            assert [0 if row[axis] is None else row[axis] + 1 for axis in "czt"] == [int(expected[axis]) for axis in "czt"], row["name"]
            assert groups.get(row["name"], 0) == int(expected["group"]), row["name"]
            if row["name"] != "wide_line":  # the table does not say its width
                assert (row["stroke_width"] or (row["width"] if row["kind"] in ("line", "arrow") else 0) or 0) == float(expected["strokewidth"]), row["name"]
            if expected["group"] == "0" and expected["stroke"] in ("red", "magenta"):
                assert row["stroke"] == {"red": 0xFF0000FF, "magenta": 0xFF00FFFF}[expected["stroke"]]
        assert {population.number for population in study.populations} == set(groups.values())

    def test_pixels(self, golden, name, truth):
        """Covered pixels as ImageJ counts them, for what lies within the image."""
        from segue.formats.shape_files import area_rings, area_rows
        from segue.geometry.rasterize import rasterize

        s, _, _ = read(golden / f"imagej/{name}_RoiSet.zip")
        areas = area_rows(s.shapes)
        assert len(areas) == {"zoo": 12, "zoo_float": 13}[name]
        rings = area_rings(s.shapes.take(areas))
        for row, expected in enumerate([truth[row] for row in areas]):
            image = rasterize(rings.take(np.array([row])), np.ones(1, np.uint8), (160, 200))[0]
            assert int(np.count_nonzero(image)) == int(expected["area_px"]), expected["name"]

    def test_unknown_properties_are_kept(self, golden, name):
        s, _, _ = read(golden / f"imagej/{name}_RoiSet.zip")
        payloads = dict(s.extras.select("id", "payload").rows())
        names = dict(s.objects.frame.select("id", "name").rows())
        assert {one: json.loads(text)["properties"]["source"] for one, text in payloads.items()} == {one: f"zoo {label}" for one, label in names.items()}


class TestIdentity:
    def test_the_entry_is_the_id_and_the_name_inside_the_name(self, golden):
        s, _, _ = read(golden / "imagej/zoo_float_RoiSet.zip")
        found = [row for row in s.objects.frame.select("id", "name").rows() if row[1] in ("same name", "a/b:c")]
        assert found == [("same name-1", "same name"), ("same name", "same name"), ("a/b:c", "a/b:c")]

    def test_equal_entries_become_different_objects(self, tmp_path):
        with pytest.warns(UserWarning, match="Duplicate name"):
            path = put(tmp_path / "x.zip", square(), square(9), names=["a.roi", "a.roi"])
        assert read(path)[0].objects.frame.select("id", "name").rows() == [("a", "a"), ("a-2", "a")]

    def test_ids_and_labels_of_segue_come_first(self, tmp_path):
        properties = "segue.id: cell%20%C2%B5\nsegue.label: 4294967296\nsegue.layer: nuclei\nsegue.track: -3\nsegue.locked: yes\n"
        s, _, _ = read(put(tmp_path / "x.zip", square(properties=properties, names="shown")))
        assert s.objects.frame.select("id", "layer", "label", "track", "name", "locked").row(0) == ("cell µ", "nuclei", 1 << 32, -3, "shown", True)

    def test_ids_and_classes_of_qupath(self, tmp_path):
        own = "123e4567-e89b-12d3-a456-426614174000"
        properties = f"qupath.object.classification: Tumor: Positive\nqupath.object.id: {own}\nqupath.object.name: shown\nqupath.object.type: annotation\n"
        s, study, _ = read(put(tmp_path / "x.zip", square(properties=properties, names="shown")))
        assert s.objects.frame["id"][0] == own
        assert [(population.kind, population.name) for population in study.populations] == [("class", ("Tumor", "Positive"))]
        assert json.loads(s.extras["payload"][0]) == {"properties": {"qupath.object.type": "annotation"}}

    def test_rois_with_one_segue_id_are_one_object(self, tmp_path):
        s, _, _ = read(put(tmp_path / "x.zip", *(square(properties="segue.id: a\n", z=z) for z in (1, 2)), square(properties="segue.id: b\n")))
        assert s.objects.frame["id"].to_list() == ["a", "b"]
        assert s.shapes.frame.select("object", "z").rows() == [(0, 0), (0, 1), (1, None)]

    def test_a_label_that_comes_twice_is_dropped_with_a_note(self, tmp_path):
        s, _, notes = read(put(tmp_path / "x.zip", *(square(properties=f"segue.id: {one}\nsegue.label: 7\n") for one in "ab")))
        assert s.objects.frame["label"].to_list() == [7, None]
        assert [note.kind for note in notes] == [Kind.REPAIRED]


class TestPlanes:
    @pytest.mark.parametrize("axis", ["z", "t", "c"])
    def test_a_bare_plane_number_is_what_the_option_says(self, tmp_path, axis):
        s, _, notes = read(put(tmp_path / "x.zip", square(position=5)), stack=axis)
        planes = {"z": s.shapes.frame["z"][0], "c": s.shapes.frame["c"][0], "t": s.objects.frame["t"][0]}
        assert planes == {"z": None, "c": None, "t": None} | {axis: 4}
        assert [note.kind for note in notes] == [Kind.ASSUMED]

    def test_a_hyperstack_position_comes_before_a_plane_number(self, tmp_path):
        s, _, notes = read(put(tmp_path / "x.zip", square(position=5, c=2, z=0, t=1)))
        assert (s.shapes.frame["z"][0], s.shapes.frame["c"][0], s.objects.frame["t"][0], len(notes)) == (None, 1, 0, 0)

    @pytest.mark.parametrize("wrong", [-1, -(2**31)])
    def test_negative_planes_are_none(self, tmp_path, wrong):
        s, _, _ = read(put(tmp_path / "x.zip", square(position=wrong, z=wrong, t=1)))
        assert (s.shapes.frame["z"][0], s.objects.frame["t"][0]) == (None, 0)


class TestDetails:
    def test_a_repeated_last_vertex_is_dropped(self, tmp_path):
        coords = np.array([(0, 0), (4, 0), (4, 4), (0, 0)], float)
        content = encode(arranged(roi.blank(1, coords=coords, ring_start=np.array([0, 4]), roi_start=np.array([0, 1]))))[0].tobytes()
        assert rings_of(read(put(tmp_path / "x.zip", content))[0], 0) == [[[0, 0], [4, 0], [4, 4]]]

    def test_entries_that_are_no_rois_are_noted(self, tmp_path):
        path = put(tmp_path / "x.zip", square(), b"text", b"AppleDouble", names=["a.roi", "readme.txt", "__MACOSX/._a.roi"])
        s, _, notes = read(path)
        assert len(s.objects) == 1
        assert [(note.kind, note.count) for note in notes] == [(Kind.SKIPPED, 2)]

    def test_rois_without_vertices_are_noted(self, tmp_path):
        empty = encode(roi.blank(1))[0].tobytes()
        _, _, notes = read(put(tmp_path / "x.zip", empty, square()))
        assert [(note.kind, note.count) for note in notes] == [(Kind.SKIPPED, 1)]

    def test_types_that_imagej_does_not_have_are_noted(self, tmp_path):
        strange = encode(roi.blank(1, type=[77]))[0].tobytes()
        assert read(put(tmp_path / "x.zip", strange, square()))[2].counts() == {Feature.OBJECTS: 1}

    def test_curves_are_noted_as_changed(self, tmp_path):
        content = bytearray(square())
        path = np.array([0, 0, 0, 2, 5, 9, 10, 0, 4], ">f4").tobytes()
        head = content[:36] + (len(path) // 4).to_bytes(4, "big") + content[40:60] + (64 + len(path)).to_bytes(4, "big")
        head[6] = roi.RECT
        assert read(put(tmp_path / "x.zip", bytes(head) + path + bytes(64)))[2].counts() == {Feature.POLYGON: 1}

    def test_an_empty_set(self, tmp_path):
        s, _, notes = read(put(tmp_path / "x.zip"))
        assert (len(s.objects), len(notes)) == (0, 0)

    def test_a_comment_of_someone_else_is_none_of_ours(self, tmp_path):
        s, _, notes = read(put(tmp_path / "x.zip", square(), comment=b"made by hand"))
        assert (s.name, len(notes)) == ("", 0)

    @pytest.mark.parametrize(
        "comment", [b'{"segue"', b'{"segue":{"version":1,"image":{"axes":[{"name":"q"}]}}}', b'{"segue":{"version":1,"populations":[{"id":1}]}}']
    )
    def test_a_damaged_comment_is_noted(self, tmp_path, comment):
        s, _, notes = read(put(tmp_path / "x.zip", square(), comment=comment))
        assert len(s.objects) == 1
        assert [note.kind for note in notes] == [Kind.SKIPPED]

    def test_the_group_wins_over_the_list(self, tmp_path):
        def groups(properties, number):
            s, _, _ = read(put(tmp_path / f"{number}{len(properties)}.zip", square(properties=properties, group=number)))
            return s.membership.frame["population"].to_list()

        listed = "segue.id: a\nsegue.populations: mine=g3,other\n"
        assert groups(listed, 3) == ["mine", "other"]
        assert groups(listed, 4) == ["other", "group 4"]
        assert groups(listed, 0) == ["other"]
        assert groups("segue.id: a\n", 9) == ["group 9"]


class TestHostile:
    @pytest.mark.parametrize(
        ("content", "error"), [(b"", Malformed), (b"PK", Malformed), (b"Iout", Malformed), (b"II*\0", WrongFormat), (b"PK\5\6", Malformed)]
    )
    def test_files_that_are_none(self, tmp_path, content, error):
        path = tmp_path / "x.zip"
        path.write_bytes(content)
        with pytest.raises(error, match=str(path)):
            read(path)

    def test_cut_off_anywhere(self, tmp_path):
        whole = put(tmp_path / "whole.zip", square(names="a"), square(9)).read_bytes()
        path = tmp_path / "x.zip"
        for length in range(0, len(whole), 3):
            path.write_bytes(whole[:length])
            with pytest.raises(SegueError):
                read(path)

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -3e38])
    def test_vertices_that_are_no_places(self, tmp_path, value):
        coords = np.array([(0.5, 0), (1, value), (2, 2)])
        content = bytearray(
            encode(arranged(roi.blank(1, coords=np.nan_to_num(coords, posinf=7), ring_start=np.array([0, 3]), roi_start=np.array([0, 1]))))[0].tobytes()
        )
        content[64 + 12 + 12 + 4 : 64 + 12 + 12 + 8] = np.array([value], ">f4").tobytes()
        with pytest.raises(Malformed):
            read(put(tmp_path / "x.zip", bytes(content)))

    def test_the_message_names_file_and_entry(self, tmp_path):
        with pytest.raises(Malformed, match=r"x\.zip.*'bad\.roi'"):
            read(put(tmp_path / "x.zip", square(), square()[:90], names=["good.roi", "bad.roi"]))


def test_detects_what_is_inside(tmp_path, golden):
    def score(path):
        return FORMAT.evidence(Source(path)).score

    assert score(golden / "read-roi/oval.roi") == 100
    assert score(golden / "imagej/blobs_RoiSet.zip") == 95
    assert score(put(tmp_path / "mixed.zip", b"", square(), square(), names=["a.txt", "b.roi", "c.roi"])) == 90
    assert score(put(tmp_path / "other.zip", b"", names=["zarr.json"])) == 0
    assert score(put(tmp_path / "empty.zip")) == 40
    assert score(golden / "imagej/blobs.gif") == 0
