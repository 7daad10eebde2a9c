"""COCO: what its files hold is read, and what is written comes back and means the same to pycocotools."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Incompatible, Malformed, SegueError, TooLarge, WrongFormat
from segue.formats.catalog import named
from segue.formats.detect import detect
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source

COCO = named("coco")
SQUARE = [1.0, 1.0, 4.0, 1.0, 4.0, 4.0, 1.0, 4.0]


def annotation(number=1, **members):
    return {"id": number, "image_id": 1, "category_id": 1, "segmentation": [SQUARE], "area": 9, "bbox": [1, 1, 3, 3], "iscrowd": 0} | members


def document(*annotations, **members):
    images = [{"id": 1, "file_name": "cells.png", "width": 8, "height": 6}]
    return {"images": images, "annotations": list(annotations), "categories": [{"id": 1, "name": "cell", "supercategory": ""}]} | members


@pytest.fixture
def read(tmp_path):
    def of(value):
        path = tmp_path / "cells.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return COCO.read(Source(path))

    return of


@pytest.fixture
def write(tmp_path):
    def of(study, **options):
        path, chosen = tmp_path / "written.json", COCO.options("write", options)
        with FileSink(path, overwrite=True) as sink:
            COCO.write(COCO.fitted(study, chosen), sink, chosen)
            sink.keep()
        return path

    return of


def rings_of(study, nth=0):
    return study.image_sets[nth].shapes.rings


def study_of(rings, kind="traced", size=(40, 40), **columns):
    count = len(rings)
    objects = Objects(pl.DataFrame({"id": [f"cell {nth}" for nth in range(count)], **columns}))
    shapes = Shapes(pl.DataFrame({"object": np.arange(count, dtype=np.int32), "kind": [kind] * count}), Rings(*flat(rings)))
    return Study((ImageSet("cells.png", grid_of("yx", size), objects=objects, shapes=shapes),))


def flat(rings):
    return rings.coords, rings.ring_start, rings.part_start, rings.shape_start


class TestWhatOthersWrite:
    def test_a_polygon_is_an_object_of_a_class(self, read):
        study, notes = read(document(annotation(7)))
        s = study.image_sets[0]
        assert (s.name, s.grid.size("y"), s.grid.size("x"), s.objects.frame["id"].to_list()) == ("cells.png", 6, 8, ["7"])
        assert (s.shapes.frame["kind"].to_list(), s.shapes.rings.coords.ravel().tolist()) == (["polygon"], SQUARE)
        (cells,) = study.populations
        assert (cells.id, cells.name, cells.kind, cells.number, cells.exclusive) == ("cell", ("cell",), "class", 1, True)
        assert (s.membership.frame["population"].to_list(), s.tables, len(notes)) == (["cell"], {}, 0)

    def test_parts_are_united_and_repeated_last_corners_dropped(self, read):
        study, _ = read(document(annotation(segmentation=[SQUARE, [5, 1, 7, 1, 7, 3, 5, 1]])))
        assert np.diff(rings_of(study).ring_start).tolist() == [4, 3]
        assert np.diff(rings_of(study).shape_start).tolist() == [2]

    @pytest.mark.parametrize("counts", [[7, 3, 3, 3, 3, 3, 26], "733000g0"], ids=["list", "text"])
    def test_masks_of_both_kinds_are_exact_outlines(self, read, counts):
        study, notes = read(document(annotation(segmentation={"size": [6, 8], "counts": counts}, iscrowd=1)))
        s = study.image_sets[0]
        assert (s.shapes.frame["kind"].to_list(), s.shapes.rings.coords.tolist()) == (["traced"], [[1, 1], [4, 1], [4, 4], [1, 4]])
        assert s.tables["annotation"].frame["iscrowd"].to_list() == [True]
        assert len(notes) == 0

    def test_a_box_alone_is_a_rectangle(self, read):
        study, _ = read(document(annotation(segmentation=[])))
        assert (study.image_sets[0].shapes.frame["kind"].to_list(), rings_of(study).coords.tolist()) == (["rectangle"], [[1, 1], [4, 4]])

    def test_keypoints_stand_beside_the_outline_with_their_flags(self, read, write):
        study, _ = read(document(annotation(keypoints=[2, 2, 2, 0, 0, 0, 3, 3, 1], num_keypoints=2)))
        s = study.image_sets[0]
        assert s.shapes.frame.select("kind", "role").rows() == [("polygon", "outline"), ("multipoint", "keypoints")]
        assert s.tables["annotation"].frame["visibility"].to_list() == ["[2,0,1]"]
        (record,) = json.loads(write(study).read_text())["annotations"]
        assert (record["keypoints"], record["num_keypoints"]) == ([2, 2, 2, 0, 0, 0, 3, 3, 1], 2)

    def test_further_members_are_values(self, read):
        one = annotation(1, score=0.5, occluded=True, attributes={"stage": "M", "n": 2})
        study, _ = read(document(one, annotation(2, note={"a": [1]}, attributes={"n": None})))
        tables = study.image_sets[0].tables
        types = {name: {column.name: column.type for column in table.columns} for name, table in tables.items()}
        assert types == {"annotation": {"score": "number", "occluded": "boolean", "note": "json"}, "attributes": {"stage": "text", "n": "integer"}}
        assert tables["annotation"].frame["note"].to_list() == [None, '{"a":[1]}']

    def test_areas_are_kept_only_where_they_are_others(self, read):
        study, _ = read(document(annotation(1, area=12), annotation(2, area=400)))
        assert study.image_sets[0].tables["annotation"].frame["area"].to_list() == [None, 400.0]

    def test_supercategories_are_outer_names(self, read):
        study, _ = read(document(categories=[{"id": 0, "name": "cell", "supercategory": "cell"}, {"id": 3, "name": "B", "supercategory": "lymphocyte"}]))
        assert [(one.name, one.number) for one in study.populations] == [(("cell",), 0), (("lymphocyte", "B"), 3)]

    def test_folders_of_somebodys_computer_are_left_out(self, read):
        names = ["/home/anna/a.png", "C:\\data\\b.png", "train/c.png"]
        images = [{"id": nth, "file_name": name, "width": 8, "height": 6, "path": "/srv/x"} for nth, name in enumerate(names)]
        study, notes = read(document(images=images))
        assert [s.name for s in study.image_sets] == ["a.png", "b.png", "train/c.png"]
        assert [(note.kind, note.count) for note in notes] == [(Kind.LOST, 5)]
        assert "srv" not in str([s.extras.rows() for s in study.image_sets])

    def test_info_licences_and_foreign_ids_come_back(self, read, write):
        first = document(
            annotation(5, image_id=42),
            info={"year": 2020},
            licenses=[{"id": 0}],
            images=[{"id": 42, "file_name": "a.png", "width": 8, "height": 6, "license": 0}],
        )
        again = json.loads(write(read(first)[0]).read_text())
        assert (again["info"], again["licenses"]) == ({"year": 2020}, [{"id": 0}])
        assert (again["images"][0]["id"], again["images"][0]["license"], again["annotations"][0]["id"], again["annotations"][0]["image_id"]) == (42, 0, 5, 42)

    @pytest.mark.parametrize("text", ["[1.0,1,4,1,4,4]", "[[1,1,4,1,4,4,9]]", "null"])
    def test_polygons_that_others_write_oddly_are_read(self, read, text):
        study, _ = read(json.dumps(document(annotation(segmentation="HERE"))).replace('"HERE"', text))
        assert len(study.image_sets[0].shapes) == 1

    def test_results_of_models_are_a_bare_list(self, read):
        result = {"image_id": 42, "category_id": 18, "bbox": [1, 1, 3, 3], "score": 0.236}
        study, notes = read([result, result | {"image_id": 73, "segmentation": {"size": [6, 8], "counts": "733000g0"}}])
        assert [s.tables["annotation"].frame["score"].to_list() for s in study.image_sets] == [[0.236], [0.236]]
        assert [s.shapes.frame["kind"].to_list() for s in study.image_sets] == [["rectangle"], ["traced"]]
        assert ([one.number for one in study.populations], [note.kind for note in notes]) == ([18], [Kind.REPAIRED])

    @pytest.mark.golden
    def test_a_real_file_of_three_images(self, golden, tmp_path, write):
        study, notes = COCO.read(Source(golden / "coco/labelme_example_annotations.json"))
        assert [len(s.objects) for s in study.image_sets] == [3, 3, 6]
        assert len(notes) == 0
        assert study.populations[0].number == 0
        back, _ = COCO.read(Source(write(study)))
        assert diff(COCO.fitted(study), back) == {}
        assert diff(study, back) == {}


class TestWhatIsWritten:
    def holes(self):
        picture = np.zeros((40, 40), np.uint8)
        picture[2:20, 3:30] = 1
        picture[5:9, 6:12] = 0
        picture[12:15, 20:25] = 0
        picture[25:38, 5:35] = 2
        return segue.outline(picture).shapes.rings

    def test_outlines_with_holes_become_masks_and_come_back_as_they_were(self, write):
        study = study_of(self.holes())
        records = json.loads(write(study).read_text())["annotations"]
        assert [type(one["segmentation"]).__name__ for one in records] == ["dict", "list"]
        back, _ = COCO.read(Source(write(study)))
        assert diff(study, back) == {}

    def test_polygons_fill_holes_and_that_is_noted(self, write):
        study = study_of(self.holes())
        fitted = COCO.fitted(study, COCO.options("write", {"segmentation": "polygon"}))
        assert diff(study, fitted) == {F.TRACED: 1}
        assert all(isinstance(one["segmentation"], list) for one in json.loads(write(study, segmentation="polygon").read_text())["annotations"])

    def test_every_area_can_be_a_mask(self, write):
        study = study_of(self.holes())
        (one, other) = json.loads(write(study, segmentation="rle", counts="list").read_text())["annotations"]
        assert isinstance(one["segmentation"]["counts"], list)
        assert sum(other["segmentation"]["counts"][1::2]) == other["area"] == 390
        back, _ = COCO.read(Source(write(study, segmentation="rle")))
        assert diff(study, back) == {}

    def test_what_no_pixel_centre_lies_in_keeps_its_outer_ring(self, write):
        tiny = Rings(np.array([[0.1, 0.1], [0.4, 0.1], [0.4, 0.4], [0.2, 0.2], [0.3, 0.2], [0.3, 0.3]]), [0, 3, 6], [0, 2], [0, 1])
        back, _ = COCO.read(Source(write(study_of(tiny, "polygon"))))
        assert np.diff(rings_of(back).ring_start).tolist() == [3]

    def test_masks_end_at_the_edge_of_the_image(self, write):
        frame = Rings(np.array([[-5.0, -5], [50, -5], [50, 50], [-5, 50], [3, 3], [3, 6], [6, 6], [6, 3]]), [0, 4, 8], [0, 2], [0, 1])
        back, _ = COCO.read(Source(write(study_of(frame, "polygon", (10, 12)))))
        assert rings_of(back).coords.tolist() == [[0, 0], [12, 0], [12, 10], [0, 10], [3, 3], [3, 6], [6, 6], [6, 3]]

    def test_an_area_too_large_for_a_mask_is_refused_with_advice(self, write):
        frame = Rings(np.array([[0.5, 0.5], [9e5, 0], [9e5, 9e5], [0, 9e5]]), [0, 4], [0, 1], [0, 1])
        with pytest.raises(Incompatible, match="segmentation=polygon"):
            write(study_of(frame, "polygon", (10**6, 10**6)), segmentation="rle")

    def test_objects_without_a_population_get_a_category_that_is_none(self, write):
        value = json.loads(write(study_of(self.holes())).read_text())
        assert [one["name"] for one in value["categories"]] == ["unclassified"]
        assert {one["category_id"] for one in value["annotations"]} == {1}

    def test_numbers_as_ids_are_kept_and_others_get_free_ones(self, write):
        rings = segue.outline(np.array([[3, 0, 5], [0, 0, 0], [9, 0, 0]], np.uint8)).shapes.rings
        study = study_of(rings, id=["2", "b", "1"])
        assert [one["id"] for one in json.loads(write(study).read_text())["annotations"]] == [2, 3, 1]
        back, _ = COCO.read(Source(write(study)))
        assert back.image_sets[0].objects.frame["id"].to_list() == ["2", "b", "1"]

    def test_nothing_is_a_file_too(self, write):
        back, notes = COCO.read(Source(write(Study(()))))
        assert (back.image_sets, back.populations, len(notes)) == ((), (), 0)

    def test_ids_of_two_images_never_meet(self, write):
        one = study_of(self.holes(), id=["1", "2"])
        study = Study((one.image_sets[0], one.image_sets[0]))
        assert [one["id"] for one in json.loads(write(study).read_text())["annotations"]] == [1, 2, 3, 4]
        back, _ = COCO.read(Source(write(study)))
        assert diff(study, back) == {}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
class TestWhatPycocotoolsSees:
    @pytest.mark.parametrize("segmentation", ["auto", "rle"])
    def test_the_same_pixels(self, write, segmentation):
        oracle = pytest.importorskip("pycocotools.coco")
        picture = np.random.default_rng(5).integers(0, 4, (30, 30)).repeat(2, 0).repeat(2, 1)
        image_set = segue.outline(picture)
        found = oracle.COCO(str(write(study_of(Rings(*flat(image_set.shapes.rings)), size=(60, 60)), segmentation=segmentation)))
        for label, record in enumerate(found.loadAnns(found.getAnnIds()), 1):
            assert np.array_equal(found.annToMask(record) == 1, picture == label)
            assert record["area"] == (picture == label).sum()


@pytest.mark.golden
@pytest.mark.parametrize("segmentation", ["auto", "rle"])
def test_a_real_mask_goes_there_and_back_without_a_changed_pixel(golden, tmp_path, segmentation):
    mask, there, back = golden / "stardist/mask2d.tif", tmp_path / "cells.json", tmp_path / "back.tif"
    segue.convert(mask, there, to="coco", segmentation=segmentation)
    segue.convert(there, back, to="tiff")
    before, after = tifffile.imread(mask), tifffile.imread(back)
    assert np.count_nonzero(before != after) == 0
    assert len(json.loads(there.read_text())["annotations"]) == 125


class TestHostileFiles:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{",
            '{"images":[',
            "[" * 100_000,
            '{"images":' + "[" * 100_000,
            '{"images":[{"id":1,"file_name":"a","width":1e999,"height":1}]}',
            '{"images":[{"id":1,"file_name":"a","width":-5,"height":1}]}',
            '{"images":[{"id":1},{"id":1}]}',
            '{"images":[5]}',
            '{"images":[],"annotations":[5]}',
            '{"images":[],"annotations":{"a":1}}',
            '{"images":[],"annotations":[],"categories":[{"name":"x"}]}',
            '{"images":[],"annotations":[],"segue":{"tables":5}}',
        ],
    )
    def test_only_our_errors(self, read, text):
        with pytest.raises(SegueError):
            read(text)

    @pytest.mark.parametrize(
        "segmentation",
        [
            {"size": [6, 8], "counts": [0, 49]},
            {"size": [6, 8], "counts": [5, -1]},
            {"size": [6, 8], "counts": [2**70]},
            {"size": [6, 8], "counts": "P"},
            {"size": [6, 8], "counts": "é"},
            {"size": [6], "counts": [1]},
            {"size": [2**40, 8], "counts": [1]},
            {"size": [-1, 8], "counts": [1]},
            {"counts": [1]},
            [["a"]],
            [1.0, [2.0]],
            "text",
        ],
    )
    def test_segmentations_that_cannot_be(self, read, segmentation):
        with pytest.raises(Malformed):
            read(document(annotation(segmentation=segmentation)))

    @pytest.mark.parametrize(
        "members", [{"bbox": [1, 2], "segmentation": []}, {"keypoints": [1, 2]}, {"id": {}}, {"segue": 5}, {"segue": {"t": 2**40}}, {"segue": {"label": 2**64}}]
    )
    def test_members_that_cannot_be(self, read, members):
        with pytest.raises(Malformed):
            read(document(annotation(**members)))

    def test_a_mask_of_a_billion_by_a_billion_pixels_costs_nothing(self, read):
        side = 2**31 - 1
        study, _ = read(document(annotation(segmentation={"size": [side, side], "counts": [side + 5, side * 1000]})))
        assert rings_of(study).coords.max() < side + 1

    def test_too_many_different_members_are_no_columns(self, read):
        with pytest.raises(TooLarge):
            read(document(annotation(**{f"m{nth}": 1 for nth in range(6000)})))

    def test_masks_that_end_early_are_filled_and_that_is_noted(self, read):
        _, notes = read(document(annotation(segmentation={"size": [6, 8], "counts": [7, 3]})))
        assert [note.kind for note in notes] == [Kind.REPAIRED]

    def test_images_and_categories_that_are_missing_are_added(self, read):
        study, notes = read({"annotations": [annotation()]})
        assert ([s.name for s in study.image_sets], [one.name for one in study.populations]) == ([""], [("1",)])
        assert [(note.kind, note.count) for note in notes] == [(Kind.REPAIRED, 2)]

    def test_json_of_others_is_another_format(self, read):
        with pytest.raises(WrongFormat):
            read({"type": "FeatureCollection", "features": []})


class TestRecognition:
    @pytest.mark.parametrize("first", ["images", "annotations", "categories"])
    def test_by_its_lists_in_any_order(self, tmp_path, first):
        path, whole = tmp_path / "some.json", document(annotation())
        path.write_text(json.dumps({first: whole[first], **whole}), encoding="utf-8")
        assert detect(Source(path))[0].name == "coco"

    def test_by_the_records_of_results(self, tmp_path):
        path = tmp_path / "results.json"
        path.write_text('[{"image_id":42,"category_id":18,"bbox":[1,1,3,3],"score":0.5}]', encoding="utf-8")
        assert detect(Source(path))[0].name == "coco"

    @pytest.mark.parametrize("text", ['{"type":"FeatureCollection","features":[]}', '{"annotations":[],"annotationConnections":[]}', "[]", "{}"])
    def test_not_what_others_write(self, tmp_path, text):
        path = tmp_path / "some.json"
        path.write_text(text, encoding="utf-8")
        assert COCO.evidence(Source(path)).score == 0
