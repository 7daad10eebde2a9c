"""Every kind of ROI: real ones come back field by field, through a study, too; the rest is made here."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import roifile

from segue.codecs import roi_record as roi
from segue.codecs.roi_arrange import arranged
from segue.codecs.roi_properties import parsed
from segue.codecs.roi_write import encode
from segue.formats.catalog import named
from segue.formats.imagej_roi.spec import FORMAT
from segue.formats.roi_files.keys import KEYS
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import EXTRAS, ImageSet, Study
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source

FIELDS = """roitype subtype options c_position z_position t_position position group stroke_color fill_color stroke_width float_stroke_width
arrow_style_or_aspect_ratio arrow_head_size rounded_rect_arc_size point_type point_size image_opacity image_size x1 y1 x2 y2 xd yd widthd heightd
text text_name text_size text_style text_justification text_angle overlay_label_color overlay_font_size shape_roi_size n_coordinates""".split()
BOX = ("left", "top", "right", "bottom")
ARRAYS = ("integer_coordinates", "subpixel_coordinates", "multi_coordinates", "counters", "counter_positions")


def read(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))


def written(study, path, record=FORMAT):
    options = record.options("write")
    fitted = record.fitted(study, options)
    with FileSink(path) as sink:
        record.write(fitted, sink, options)
        sink.keep()
    return fitted


def rois(path):
    """As roifile reads them."""
    if path.suffix == ".roi":
        return [roifile.ImagejRoi.fromfile(path)]
    with zipfile.ZipFile(path) as archive:
        return [roifile.ImagejRoi.frombytes(archive.read(info)) for info in archive.infolist()]


def fields(one):
    """What the acceptance of ROIs compares; properties without those of segue."""
    found = {name: getattr(one, name) for name in FIELDS}
    found["properties"] = {key: value for key, value in parsed(one.props or "").items() if key not in KEYS}
    return found


def same(before, after, *, box):
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert fields(one) == fields(other), one.name
        assert other.name == one.name or not one.name  # a ROI without a name is called like its entry
        assert not box or [getattr(one, name) for name in BOX] == [getattr(other, name) for name in BOX], one.name
        for name in ARRAYS:
            left, right = getattr(one, name), getattr(other, name)
            assert (left is None) == (right is None), (one.name, name)
            assert left is None or (left.shape == right.shape and np.allclose(left, right, rtol=0, atol=1e-5)), (one.name, name)


@pytest.mark.golden
class TestRealFiles:
    @pytest.mark.parametrize("name", ["zoo", "zoo_float"])
    @pytest.mark.parametrize("through", [None, "segue-study"])
    def test_both_zoos_field_by_field(self, golden, tmp_path, name, through):
        study, notes = read(golden / f"imagej/{name}_RoiSet.zip")
        assert not len(notes)
        if through:
            record = named(through)
            written(study, tmp_path / "x.segue", record)
            study, _ = record.read(Source(tmp_path / "x.segue"))
        assert not diff(study, written(study, tmp_path / "x.zip"))
        same(rois(golden / f"imagej/{name}_RoiSet.zip"), rois(tmp_path / "x.zip"), box=True)

    def test_the_files_of_read_roi_field_by_field(self, golden, tmp_path):
        """But for the boxes of lines and points, which ImageJ 1.52 ended at the last pixel and 1.53 ends behind it."""
        seen = 0
        for path in sorted((golden / "read-roi").glob("*.roi")):
            study, _ = read(path)
            assert not diff(study, written(study, tmp_path / path.name))
            older = study.image_sets[0].shapes.frame["kind"][0] in ("line", "polyline", "multipoint", "point")
            same(rois(path), rois(tmp_path / path.name), box=not older)
            seen += 1
        assert seen > 15

    def test_moved_and_renamed(self, golden, tmp_path):
        """Nothing is copied from the file: integers, floats, boxes, computed vertices all move."""
        study, _ = read(golden / "imagej/zoo_RoiSet.zip")
        s = study.image_sets[0]
        moved = Shapes(s.shapes.frame, s.shapes.rings.translated(3, 2))
        written(replace(study, image_sets=(replace(s, shapes=moved, objects=s.objects.with_columns(name=pl.lit("n"))),)), tmp_path / "x.zip")
        for one, other in zip(rois(golden / "imagej/zoo_RoiSet.zip"), rois(tmp_path / "x.zip"), strict=True):
            assert [getattr(other, name) - getattr(one, name) for name in BOX] == [3, 2, 3, 2], one.name
            assert other.name == "n"
            if one.integer_coordinates is not None:
                assert np.array_equal(one.integer_coordinates, other.integer_coordinates), one.name
            if one.subpixel_coordinates is not None:
                assert np.allclose(other.subpixel_coordinates - one.subpixel_coordinates, [3, 2], atol=1e-5), one.name
            if one.roitype == roi.LINE or one.subtype in (roi.ELLIPSE, roi.ROTATED_RECT):
                assert np.allclose([other.x1 - one.x1, other.y1 - one.y1, other.x2 - one.x2, other.y2 - one.y2], [3, 2, 3, 2]), one.name


def put(path, *many):
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(many):
            archive.writestr(f"{number + 1}.roi", encode(arranged(one))[0].tobytes())
    return path


def points(places, numbers=None, **columns):
    count = {} if numbers is None else {"counters": np.array(numbers, np.uint32), "counter_start": np.array([0, len(numbers)])}
    shape = {"coords": np.array(places, float), "ring_start": np.array([0, len(places)]), "roi_start": np.array([0, 1])}
    usual = {"type": roi.POINT, "width": 1, "options": roi.SUB_PIXEL}
    return roi.blank(1, **shape, **count, **{name: [value] for name, value in (usual | columns).items()})


def numbers(*pairs):
    """Counters and places of points."""
    return [counter | place << 8 for counter, place in pairs]


class TestPoints:
    def test_points_on_several_planes_are_one_object_with_a_shape_per_plane(self, tmp_path):
        places = [(1, 1), (2, 2), (3, 3), (4.5, 4), (5, 5)]
        listed = numbers((0, 3), (2, 1), (7, 3), (0, 0), (1, 1))
        study, notes = read(put(tmp_path / "x.zip", points(places, listed, names="cells")))
        s = study.image_sets[0]
        assert s.objects.frame.select("name", "t").rows() == [("cells", None)]
        assert s.shapes.frame.select("object", "kind", "z", "c").rows() == [(0, "multipoint", plane, None) for plane in (2, 0, None)]
        assert np.diff(s.shapes.rings.coord_start).tolist() == [2, 2, 1]
        assert s.shapes.rings.coords.tolist() == [[1.5, 1.5], [3.5, 3.5], [2.5, 2.5], [5.5, 5.5], [5, 4.5]]
        assert json.loads(s.extras["payload"][0]) == {"by_point": 1, "counters": listed}
        assert [note.kind for note in notes] == [Kind.ASSUMED]

    def test_and_become_one_roi_again(self, tmp_path):
        one = points([(1, 1), (2, 2), (3, 3)], numbers((0, 3), (2, 1), (7, 3)), names="cells", stroke=0xFF112233)
        study, _ = read(put(tmp_path / "x.zip", one))
        assert not diff(study, written(study, tmp_path / "y.zip"))
        same(rois(tmp_path / "x.zip"), rois(tmp_path / "y.zip"), box=True)
        assert not diff(study, read(tmp_path / "y.zip")[0])

    def test_moved_points_stay_one_roi_and_removed_ones_make_several(self, tmp_path):
        study, _ = read(put(tmp_path / "x.zip", points([(1, 1), (2, 2), (3, 3)], numbers((0, 3), (2, 1), (7, 3)))))
        s = study.image_sets[0]
        moved = replace(study, image_sets=(replace(s, shapes=Shapes(s.shapes.frame, s.shapes.rings.translated(3, 2))),))
        written(moved, tmp_path / "moved.zip")
        assert [one.coordinates().tolist() for one in rois(tmp_path / "moved.zip")] == [[[4, 3], [5, 4], [6, 5]]]
        fewer = replace(study, image_sets=(replace(s, shapes=s.shapes.with_columns(z=pl.Series([2, 5]))),))
        fitted = written(fewer, tmp_path / "fewer.zip")
        assert [one.z_position for one in rois(tmp_path / "fewer.zip")] == [3, 6]
        assert diff(fewer, fitted) == {F.EXTRAS: 1}
        assert not diff(fitted, read(tmp_path / "fewer.zip")[0])

    @pytest.mark.parametrize(("axis", "plane"), [("z", {"z": 4}), ("c", {"c": 4}), ("t", {"t": 4})])
    def test_the_option_stack_says_what_places_count(self, tmp_path, axis, plane):
        study, _ = read(put(tmp_path / "x.zip", points([(1, 1), (2, 2)], numbers((0, 5), (0, 5)))), stack=axis)
        s = study.image_sets[0]
        assert {"z": s.shapes.frame["z"][0], "c": s.shapes.frame["c"][0], "t": s.objects.frame["t"][0]} == {"z": None, "c": None, "t": None} | plane

    def test_points_at_several_times_are_at_no_time_with_a_note(self, tmp_path):
        study, notes = read(put(tmp_path / "x.zip", points([(1, 1), (2, 2)], numbers((0, 5), (0, 6)))), stack="t")
        assert study.image_sets[0].objects.frame["t"].to_list() == [None]
        assert {note.kind for note in notes} == {Kind.ASSUMED, Kind.CHANGED}

    def test_the_plane_of_the_roi_comes_before_those_of_its_points(self, tmp_path):
        study, notes = read(put(tmp_path / "x.zip", points([(1, 1), (2, 2)], numbers((1, 5), (0, 5)), c=1, z=2, t=3)))
        s = study.image_sets[0]
        assert (s.shapes.frame.select("c", "z").rows(), s.objects.frame["t"].to_list()) == ([(0, 1)], [2])
        assert not len(notes)
        written(study, tmp_path / "y.zip")
        same(rois(tmp_path / "x.zip"), rois(tmp_path / "y.zip"), box=True)

    def test_symbols_sizes_and_missing_counters(self, tmp_path):
        many = [points([(1, 1)], [0], style=2 << 24), points([(1, 1)], [0], options=0), points([(1, 1), (2, 2)]), points([(1, 1)], [9], options=1024 | 128)]
        many[1] = replace(many[1], width=np.array([6], np.int32))
        study, _ = read(put(tmp_path / "x.zip", *many))
        details = [{"point_type": 2}, {"options": 128, "point_size": 6}, {"counters": []}, {"counters": [9], "options": 1024}]
        assert [json.loads(text) for text in study.image_sets[0].extras["payload"]] == details
        assert not diff(study, written(study, tmp_path / "y.zip"))
        same(rois(tmp_path / "x.zip"), rois(tmp_path / "y.zip"), box=True)

    def test_details_that_do_not_fit_are_left_out(self, tmp_path):
        payloads = ['{"counters": [1, 2, 3]}', '{"counters": "x"}', '{"counters": [-1]}', '{"counters": [5], "by_point": 1}', '{"counters": [0]}', "[", "7"]
        count = len(payloads)
        extras = pl.DataFrame([("imagej", "object", str(row), text) for row, text in enumerate(payloads)], schema=EXTRAS, orient="row")
        frame = pl.DataFrame({"object": range(count), "kind": ["point"] * count}, schema_overrides={"object": pl.Int32})
        shapes = Shapes(frame, Rings.simple(np.ones((count, 2)), np.arange(count + 1)))
        ids = pl.DataFrame({"id": [str(row) for row in range(count)]})
        fitted = written(Study((ImageSet("", objects=Objects(ids), shapes=shapes, extras=extras),)), tmp_path / "x.zip")
        assert fitted.image_sets[0].extras.is_empty()
        assert not diff(fitted, read(tmp_path / "x.zip")[0])


class TestTexts:
    def test_text_font_style_justification_and_angle(self, tmp_path):
        texts = {0: roi.Text("two\nlines\n", "Serif", 24, 1 | 2 << 8 | 1024, 30.0), 1: roi.Text("plain\n", "SansSerif", 18)}
        study, _ = read(put(tmp_path / "x.zip", roi.blank(1, type=[1], subtype=[1], line=[[5, 6, 50, 20]], texts={0: texts[0]})))
        row = study.image_sets[0].shapes.frame.row(0, named=True)
        assert (row["kind"], row["text"], row["font"], row["font_size"], row["angle"]) == ("text", "two\nlines", "Serif", 24.0, 30.0)
        assert json.loads(study.image_sets[0].extras["payload"][0]) == {"text_style": 1537}
        assert study.image_sets[0].shapes.rings.coords.tolist() == [[5, 6], [55, 26]]
        written(study, tmp_path / "y.zip")
        same(rois(tmp_path / "x.zip"), rois(tmp_path / "y.zip"), box=True)

    def test_a_text_without_font_gets_the_usual_one(self, tmp_path):
        shapes = Shapes(pl.DataFrame({"object": [0], "kind": ["text"], "text": ["µ"]}), Rings.simple([(0, 0), (40, 20)], [0, 2]))
        fitted = written(Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ["a"]})), shapes=shapes),)), tmp_path / "x.zip")
        assert fitted.image_sets[0].shapes.frame.select("text", "font", "font_size").rows() == [("µ", "SansSerif", 18.0)]
        assert (rois(tmp_path / "x.zip")[0].text, rois(tmp_path / "x.zip")[0].text_size) == ("µ\n", 18)


class TestImages:
    def test_pixels_are_kept(self, tmp_path):
        one = roi.blank(1, type=[1], subtype=[4], line=[[5, 6, 4, 2]], opacity=[127], options=[512], names=["logo"], images={0: b"II*\0pixels"})
        study, _ = read(put(tmp_path / "x.zip", one))
        assert study.image_sets[0].shapes.frame.select("kind").rows() == [("image",)]
        assert study.image_sets[0].shapes.frame["opacity"][0] == pytest.approx(49.8, abs=0.01)
        assert not diff(study, written(study, tmp_path / "y.zip"))
        with zipfile.ZipFile(tmp_path / "y.zip") as archive:
            back = archive.read(archive.namelist()[0])
        assert back[64:74] == b"II*\0pixels"
        assert not diff(study, read(tmp_path / "y.zip")[0])

    def test_an_image_without_pixels_is_left_out(self):
        shapes = Shapes(pl.DataFrame({"object": [0], "kind": ["image"]}), Rings.simple([(0, 0), (4, 2)], [0, 2]))
        study = Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ["a"]})), shapes=shapes),))
        assert diff(study, FORMAT.fitted(study, FORMAT.options("write"))) == {F.OBJECTS: 1, F.IMAGE_SHAPE: 1}


class TestLines:
    def shapes(self, **columns):
        frame = pl.DataFrame({"object": range(4), "kind": ["line", "polyline", "rectangle", "point"]} | columns, schema_overrides={"object": pl.Int32})
        coords = np.array([(0.5, 0.5), (5.5, 5.5), (1.5, 1.5), (9.5, 2.5), (0, 0), (4, 4), (3.5, 3.5)])
        return Study((ImageSet("", objects=Objects(pl.DataFrame({"id": list("abcd")})), shapes=Shapes(frame, Rings.simple(coords, [0, 2, 4, 6, 7]))),))

    @pytest.mark.parametrize(
        ("width", "drawn", "stored"),
        [
            ([5.0, 2.5, None, None], [None, None, 1.5, None], [5.0, 2.5, 1.5, 0.0]),
            ([5.0, None, None, None], [2.0, 2.5, None, 3.0], [5.0, 2.5, 0.0, 0.0]),
            ([None] * 4, [None] * 4, [0.0] * 4),
        ],
    )
    def test_the_width_of_a_line_and_the_width_it_is_drawn_with(self, tmp_path, width, drawn, stored):
        study = self.shapes(width=pl.Series(width, dtype=pl.Float64), stroke_width=pl.Series(drawn, dtype=pl.Float64))
        assert not diff(study, written(study, tmp_path / "x.zip"))
        assert [one.float_stroke_width for one in rois(tmp_path / "x.zip")] == stored
        assert not diff(study, read(tmp_path / "x.zip")[0])

    def test_a_width_that_was_changed_in_imagej_wins(self, tmp_path):
        one = roi.blank(1, type=[roi.LINE], line=[[0, 0, 5, 5]], fine_width=[7], properties=["segue.id: a\nsegue.line: 5.0,2.0\n"])
        frame = read(put(tmp_path / "x.zip", one))[0].image_sets[0].shapes.frame
        assert frame.select("width", "stroke_width").rows() == [(7.0, None)]

    def test_width_zero_of_old_files_scales_with_the_picture(self, tmp_path):
        one = roi.blank(1, version=[227], type=[roi.LINE], line=[[0, 0, 5, 5]], width=[3])
        study, _ = read(put(tmp_path / "x.zip", one))
        assert json.loads(study.image_sets[0].extras["payload"][0]) == {"version": 227}
        written(study, tmp_path / "y.zip")
        assert (rois(tmp_path / "y.zip")[0].version, int(rois(tmp_path / "y.zip")[0].options)) == (227, 0)


class TestComposites:
    def test_the_order_of_rings_comes_back(self, tmp_path):
        hole, square = [(2, 2), (2, 4), (4, 4), (4, 2)], [(0, 0), (9, 0), (9, 9), (0, 9)]
        coords = np.array(hole + square, float)
        one = roi.blank(1, type=[roi.RECT], composite=[True], coords=coords, ring_start=np.array([0, 4, 8]), roi_start=np.array([0, 2]))
        study, _ = read(put(tmp_path / "x.zip", one))
        assert study.image_sets[0].shapes.rings.coords[:4].tolist() == [list(map(float, corner)) for corner in square]
        assert json.loads(study.image_sets[0].extras["payload"][0]) == {"rings": [1, 0]}
        assert not diff(study, written(study, tmp_path / "y.zip"))
        same(rois(tmp_path / "x.zip"), rois(tmp_path / "y.zip"), box=True)
