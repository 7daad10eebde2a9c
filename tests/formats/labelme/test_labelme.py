"""Labelme: what it draws is read, and what is written it opens."""

from __future__ import annotations

import base64
import io
import json
import zlib

import numpy as np
import polars as pl
import pytest
import tifffile
from PIL import Image as Picture

import segue
from segue.errors import Malformed, SegueError, TooLarge, UnsupportedVariant, WrongFormat
from segue.formats.catalog import named
from segue.formats.detect import detect
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, in_memory
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source

LABELME = named("labelme")


def png(pixels):
    file = io.BytesIO()
    Picture.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def shape(kind="polygon", points=((1, 1), (4, 1), (4, 4)), **members):
    return {"label": "cell", "points": points, "group_id": None, "description": "", "shape_type": kind, "flags": {}, "mask": None} | members


def document(*shapes, **members):
    head = {"version": "5.5.0", "flags": {}, "shapes": list(shapes), "imagePath": "cells.jpg", "imageData": None, "imageHeight": 6, "imageWidth": 8}
    return head | members


@pytest.fixture
def read(tmp_path):
    def of(value):
        path = tmp_path / "cells.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return LABELME.read(Source(path))

    return of


@pytest.fixture
def write(tmp_path):
    def of(study, **options):
        path, chosen = tmp_path / "written.json", LABELME.options("write", options)
        with FileSink(path, overwrite=True) as sink:
            LABELME.write(LABELME.fitted(study, chosen), sink, chosen)
            sink.keep()
        return path

    return of


def drawn(study):
    shapes = study.image_sets[0].shapes
    return shapes.frame["kind"].to_list(), shapes.rings.coords.tolist()


def opened_by_labelme(path):
    """What labelme/_label_file.py (5.7 and later) demands of a file, as facts."""
    value = json.loads(path.read_text(encoding="utf-8"))
    assert {"imagePath", "imageData", "shapes"} <= value.keys()
    assert isinstance(value["imagePath"], str)
    for one in value["shapes"]:
        assert isinstance(one["label"], str)
        assert isinstance(one["shape_type"], str)
        assert one["points"]
        assert all(isinstance(point, list) and len(point) == 2 and all(isinstance(xy, int | float) for xy in point) for point in one["points"])
        assert all(isinstance(key, str) and isinstance(flag, bool) for key, flag in one["flags"].items())
        assert isinstance(one["description"], str)
        assert one["group_id"] is None or isinstance(one["group_id"], int)
        if one["mask"] is not None:
            pixels = np.array(Picture.open(io.BytesIO(base64.b64decode(one["mask"]))))
            (left, top), (right, bottom) = np.asarray(one["points"]).astype(int)
            assert pixels.shape == (bottom - top + 1, right - left + 1)
    return value


class TestWhatLabelmeDraws:
    @pytest.mark.parametrize(
        ("kind", "points", "expected", "vertices"),
        [
            ("polygon", [[1, 1], [4, 1], [4, 4.5]], "polygon", [[1, 1], [4, 1], [4, 4.5]]),
            ("rectangle", [[4, 5], [1, 2]], "rectangle", [[1, 2], [4, 5]]),
            ("circle", [[5, 5], [8, 9]], "oval", [[0, 0], [10, 10]]),
            ("line", [[1, 1], [4, 1]], "line", [[1, 1], [4, 1]]),
            ("linestrip", [[1, 1], [4, 1], [5, 5]], "polyline", [[1, 1], [4, 1], [5, 5]]),
            ("point", [[1.5, 2]], "point", [[1.5, 2]]),
            ("points", [[1, 2], [3, 4]], "multipoint", [[1, 2], [3, 4]]),
            ("oriented_rectangle", [[1, 1], [5, 1], [5, 3], [1, 3]], "rotated rectangle", [[1, 2], [5, 2]]),
        ],
    )
    def test_every_type_is_a_kind(self, read, write, kind, points, expected, vertices):
        study, notes = read(document(shape(kind, points)))
        assert drawn(study) == ([expected], vertices)
        assert len(notes) == 0
        again, _ = LABELME.read(Source(write(study)))
        assert diff(study, again) == {}
        assert opened_by_labelme(write(study))["shapes"][0]["shape_type"] == kind

    def test_a_mask_is_the_exact_outline_of_its_pixels(self, read):
        pixels = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8) * 255
        study, _ = read(document(shape("mask", [[2, 1], [4, 3]], mask=png(pixels))))
        assert drawn(study) == (["traced"], [[2, 1], [5, 1], [5, 4], [2, 4], [3, 2], [3, 3], [4, 3], [4, 2]])

    def test_a_group_is_one_object_of_several_parts(self, read, write):
        far = [[5, 1], [7, 1], [7, 3]]
        study, _ = read(document(shape(group_id=4), shape(label="other", group_id=None), shape(points=far, group_id=4, flags={"ok": True})))
        s = study.image_sets[0]
        assert s.objects.frame["id"].to_list() == ["4", "#2"]
        assert np.diff(s.shapes.rings.shape_start).tolist() == [2, 1]
        assert s.tables["flags"].frame["ok"].to_list() == [True, None]
        assert [one["group_id"] for one in opened_by_labelme(write(study))["shapes"]] == [4, 4, None]

    def test_labels_descriptions_flags_and_further_members(self, read):
        study, _ = read(document(shape(description="round", flags={"seen": False}, score=0.5), shape(label="B")))
        s = study.image_sets[0]
        assert [one.name for one in study.populations] == [("cell",), ("B",)]
        assert s.objects.frame["name"].to_list() == ["round", None]
        assert s.tables["flags"].frame["seen"].to_list() == [False, None]
        assert s.tables["annotation"].frame["score"].to_list() == [0.5, None]

    def test_what_it_does_not_know_of_comes_back(self, read, write):
        value = document(shape(), flags={"day": True}, mine={"a": 1}, version="4.0.0")
        again = json.loads(write(read(value)[0]).read_text())
        assert (again["flags"], again["mine"], again["version"], again["imagePath"]) == ({"day": True}, {"a": 1}, "4.0.0", "cells.jpg")

    def test_the_folder_of_somebodys_computer_is_left_out(self, read):
        study, notes = read(document(imagePath="C:\\Users\\anna\\cells.jpg"))
        assert (study.image_sets[0].name, [note.kind for note in notes]) == ("cells.jpg", [Kind.LOST])

    def test_the_image_in_it_is_an_image(self, read):
        pixels = np.arange(48, dtype=np.uint8).reshape(6, 8)
        study, notes = read(document(imageData=png(pixels)))
        (image,) = study.image_sets[0].images
        assert (image.axes, in_memory(image.pixels).tolist(), len(notes)) == ("yx", pixels.tolist(), 0)

    def test_a_size_that_is_not_that_of_the_image_is_repaired(self, read):
        study, notes = read(document(imageData=png(np.zeros((4, 5, 3), np.uint8))))
        assert (study.image_sets[0].grid.shape, study.image_sets[0].images[0].axes) == ((4, 5), "cyx")
        assert [note.kind for note in notes] == [Kind.REPAIRED]

    def test_types_of_later_versions_are_skipped_and_noted(self, read):
        study, notes = read(document(shape("hyperbola"), shape("polygon", [[1, 1]])))
        assert (len(study.image_sets[0].shapes), [note.kind for note in notes]) == (0, [Kind.REPAIRED, Kind.SKIPPED])

    @pytest.mark.golden
    @pytest.mark.parametrize(("name", "count"), [("primitives", 8), ("2011_000003", 4)])
    def test_real_files_come_back(self, golden, write, name, count):
        study, notes = LABELME.read(Source(golden / f"labelme/{name}.json"))
        assert (len(study.image_sets[0].objects), len(notes)) == (count, 0)
        path = write(study)
        opened_by_labelme(path)
        assert diff(study, LABELME.read(Source(path))[0]) == {}


class TestWhatIsWritten:
    def cells(self, **columns):
        picture = np.zeros((40, 40), np.uint8)
        picture[2:20, 3:30] = 1
        picture[5:9, 6:12] = 0
        picture[25:38, 5:35] = 2
        rings = segue.outline(picture).shapes.rings
        objects = Objects(pl.DataFrame({"id": ["1", "b"], "label": [1, 2], "layer": ["labels"] * 2} | columns))
        shapes = Shapes(pl.DataFrame({"object": [0, 1], "kind": ["traced"] * 2}), Rings(rings.coords, rings.ring_start, rings.part_start, rings.shape_start))
        return Study((ImageSet("cells.png", grid_of("yx", (40, 40)), objects=objects, shapes=shapes),))

    @pytest.mark.parametrize(("outlines", "types"), [("auto", ["mask", "polygon"]), ("mask", ["mask", "mask"])])
    def test_outlines_with_holes_become_masks_and_come_back_as_they_were(self, write, outlines, types):
        path = write(self.cells(), outlines=outlines)
        shapes = opened_by_labelme(path)["shapes"]
        assert ([one["shape_type"] for one in shapes], [one["group_id"] for one in shapes]) == (types, [1, None])
        assert diff(self.cells(), LABELME.read(Source(path))[0]) == {}

    def test_polygons_fill_holes_and_that_is_noted(self):
        assert diff(self.cells(), LABELME.fitted(self.cells(), LABELME.options("write", {"outlines": "polygon"}))) == {F.TRACED: 1}

    def test_the_image_can_be_put_into_the_file(self, write):
        pixels = np.random.default_rng(1).integers(0, 256, (3, 40, 40), np.uint8)
        s = self.cells().image_sets[0]
        study = Study((ImageSet(s.name, s.grid, images=(Image(ArrayPixels(pixels), "cyx"),), objects=s.objects, shapes=s.shapes),))
        assert diff(study, LABELME.read(Source(write(study, embed=True)))[0]) == {}
        assert opened_by_labelme(write(study))["imageData"] is None

    def test_what_labelme_changed_is_believed(self, write, tmp_path):
        value = json.loads(write(self.cells()).read_text())
        value["shapes"][1] |= {"label": "renamed", "points": [[1, 1], [5, 1.5], [5, 5]]}
        path = tmp_path / "edited.json"
        path.write_text(json.dumps(value), encoding="utf-8")
        study, _ = LABELME.read(Source(path))
        s = study.image_sets[0]
        assert s.shapes.frame["kind"].to_list() == ["traced", "polygon"]
        assert (s.objects.frame["id"].to_list(), s.objects.frame["label"].to_list()) == (["1", "b"], [1, 2])
        assert [one.name for one in study.populations] == [("renamed",)]


@pytest.mark.golden
@pytest.mark.parametrize("outlines", ["auto", "mask"])
def test_a_real_mask_goes_there_and_back_without_a_changed_pixel(golden, tmp_path, outlines):
    mask, there, back = golden / "stardist/mask2d.tif", tmp_path / "cells.json", tmp_path / "back.tif"
    segue.convert(mask, there, to="labelme", outlines=outlines)
    opened_by_labelme(there)
    segue.convert(there, back, to="tiff")
    assert np.count_nonzero(tifffile.imread(mask) != tifffile.imread(back)) == 0


def bomb(side):
    """A PNG file of a few bytes that announces side x side pixels."""

    def chunk(kind, body):
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")).decode()


class TestHostileFiles:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{",
            '{"shapes":[',
            '{"shapes":' + "[" * 100_000,
            '{"shapes":5}',
            '{"shapes":[5]}',
            '{"shapes":[],"segue":5}',
            '{"shapes":[],"segue":{"populations":[1]}}',
        ],
    )
    def test_only_our_errors(self, read, text):
        with pytest.raises(SegueError):
            read(text)

    @pytest.mark.parametrize(
        "one",
        [
            {"points": [[1]]},
            {"points": [["a", "b"]]},
            {"points": "x"},
            {"shape_type": 5},
            {"shape_type": "mask", "points": [[1, 1], [2, 2]], "mask": "?"},
            {"shape_type": "mask", "points": [[1, 1], [2, 2]], "mask": 5},
            {"group_id": [1]},
            {"segue": {"vertices": [[1]]}},
        ],
    )
    def test_shapes_that_cannot_be(self, read, one):
        with pytest.raises((Malformed, UnsupportedVariant)):
            read(document(shape(**one)))

    @pytest.mark.parametrize("side", [20_000, 2**31 - 1])
    def test_pictures_that_announce_too_much(self, read, side):
        with pytest.raises(TooLarge):
            read(document(shape("mask", [[1, 1], [2, 2]], mask=bomb(side))))
        with pytest.raises(TooLarge):
            read(document(imageData=bomb(side)))

    def test_an_image_of_another_kind_is_named(self, read):
        with pytest.raises(UnsupportedVariant, match="JPEG"):
            read(document(imageData=base64.b64encode(b"II*\0 not for us").decode()))

    @pytest.mark.parametrize("size", [-1, 1.5, "a", 2**40])
    def test_sizes_that_cannot_be(self, read, size):
        with pytest.raises(Malformed):
            read(document(imageHeight=size))

    def test_json_of_others_is_another_format(self, read):
        with pytest.raises(WrongFormat):
            read({"images": [], "annotations": []})


class TestRecognition:
    def test_by_its_shapes(self, tmp_path):
        path = tmp_path / "some.json"
        path.write_text(json.dumps(document(shape())), encoding="utf-8")
        assert detect(Source(path))[0].name == "labelme"

    @pytest.mark.parametrize("text", ['{"type":"FeatureCollection","features":[]}', '{"annotations":[],"annotationConnections":[]}', '{"shapes":[]}', "[]"])
    def test_not_what_others_write(self, tmp_path, text):
        path = tmp_path / "some.json"
        path.write_text(text, encoding="utf-8")
        assert LABELME.evidence(Source(path)).score == 0
