"""napari's CSV of shapes: what napari saves is read, what segue writes is opened by napari's own reader (a twin of it, see ``napari_twin``)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import tifffile
from tests.formats.napari_shapes.napari_twin import open_shapes, save_shapes

import segue
from segue.errors import InvalidOption, Malformed, SegueError, UnsupportedVariant
from segue.formats.detect import detect
from segue.formats.napari_shapes.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.trips import PlainSink
from segue.workflow.derive import labels_from_shapes, shapes_from_labels

HEAD = "index,shape-type,vertex-index,axis-0,axis-1"


def read(path: Path, text: str | None = None, **options: Any) -> tuple[ImageSet, list[str]]:
    if text is not None:
        path.write_text(text, encoding="utf-8")
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study.image_sets[0], [str(note) for note in notes]


def write(s: ImageSet, path: Path, **options: Any) -> Study:
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(Study((s,)), chosen)
    FORMAT.write(fitted, PlainSink(path), chosen)
    return fitted


def drawing(*shapes: dict[str, Any]) -> ImageSet:
    """An image set of one object per shape, each given by its columns and ``at``, its vertices."""
    start = np.cumsum([0, *(len(shape["at"]) for shape in shapes)])
    frame = pl.DataFrame([{"object": nth, **{key: value for key, value in shape.items() if key != "at"}} for nth, shape in enumerate(shapes)])
    objects = Objects(pl.DataFrame({"id": [f"#{nth + 1}" for nth in range(len(shapes))]}))
    return ImageSet("", objects=objects, shapes=Shapes(frame, Rings.simple(np.concatenate([shape["at"] for shape in shapes]), start)))


def labels_of(values: np.ndarray[Any, Any]) -> ImageSet:
    return ImageSet("", grid=grid_of("yx", values.shape), labels=(LabelImage(ArrayPixels(values), "yx"),))


class TestWhatNapariSaved:
    def test_five_types_from_pixel_centres_to_corners(self, tmp_path):
        path = tmp_path / "Shapes.csv"
        turned = [[10, 10], [13, 14], [5, 20], [2, 16]]
        save_shapes(
            path,
            [
                [[1, 2], [1, 8], [5, 8], [5, 2]],
                turned,
                [[0, 0], [0, 4], [2, 4], [2, 0]],
                turned,
                [[1, 2], [3, 4]],
                [[1, 2], [3, 4], [5, 0]],
                [[0, 0], [9, 0], [0, 9]],
            ],
            ["rectangle", "rectangle", "ellipse", "ellipse", "line", "path", "polygon"],
        )
        s, notes = read(path)
        kinds = ["rectangle", "rotated rectangle", "oval", "ellipse", "line", "polyline", "polygon"]
        assert s.shapes.frame["kind"].to_list() == kinds
        assert s.objects.frame["id"].to_list() == [f"#{nth}" for nth in range(1, 8)]
        assert notes == []
        start = s.shapes.rings.coord_start
        vertices = [s.shapes.rings.coords[a:b].tolist() for a, b in pairwise(start)]
        assert vertices[0] == [[2.5, 1.5], [8.5, 5.5]]
        assert vertices[1] == [[13.5, 6.5], [17.5, 9.5]]
        assert s.shapes.frame["width"][1] == 10.0
        assert vertices[2] == [[0.5, 0.5], [4.5, 2.5]]
        assert vertices[3] == [[12.5, 12.0], [18.5, 4.0]]
        assert s.shapes.frame["ratio"][3] == 0.5
        assert vertices[4] == [[2.5, 1.5], [4.5, 3.5]]
        assert vertices[5] == [[2.5, 1.5], [4.5, 3.5], [0.5, 5.5]]
        assert vertices[6] == [[0.5, 0.5], [0.5, 9.5], [9.5, 0.5]]

    def test_boxes_by_two_vertices_as_programs_write_them(self, tmp_path):
        s, _ = read(tmp_path / "a.csv", f"{HEAD}\n0,rectangle,0,1,2\n0,rectangle,1,5,8\n1,ellipse,0,10,20\n1,ellipse,1,3,4\n")
        assert s.shapes.frame["kind"].to_list() == ["rectangle", "oval"]
        assert s.shapes.rings.coords.tolist() == [[2.5, 1.5], [8.5, 5.5], [16.5, 7.5], [24.5, 13.5]]

    def test_a_skewed_rectangle_is_a_polygon_and_a_skewed_ellipse_an_ellipse(self, tmp_path):
        corners = "".join(f"{{}},{{}},{nth},{y},{x}\n" for nth, (y, x) in enumerate([(0, 0), (0, 4), (2, 6), (2, 2)]))
        s, _ = read(tmp_path / "a.csv", HEAD + "\n" + corners.format(*["0", "rectangle"] * 4) + corners.format(*["1", "ellipse"] * 4))
        assert s.shapes.frame["kind"].to_list() == ["polygon", "ellipse"]

    def test_a_hole_that_napari_drew_is_a_hole(self, tmp_path):
        outer, hole = [[0, 0], [0, 9], [9, 9], [9, 0]], [[2, 2], [2, 4], [4, 4], [4, 2]]
        save_shapes(tmp_path / "a.csv", [[*outer, outer[0], *hole, hole[0]]], ["polygon"])
        s, _ = read(tmp_path / "a.csv")
        assert np.diff(s.shapes.rings.ring_start).tolist() == [4, 4]
        assert np.diff(s.shapes.rings.part_start).tolist() == [2]

    def test_three_axes_are_taken_for_z_unless_one_says_otherwise(self, tmp_path):
        save_shapes(tmp_path / "a.csv", [[[4, 1, 2], [4, 3, 4]]], ["line"])
        s, notes = read(tmp_path / "a.csv")
        assert s.shapes.frame["z"].to_list() == [4]
        assert notes == ["assumed: the axes before y and x are z (for time points: --set axes=tyx)"]
        s, notes = read(tmp_path / "a.csv", axes="tyx")
        assert (s.objects.frame["t"].to_list(), s.shapes.frame["z"].to_list(), notes) == ([4], [None], [])
        with pytest.raises(InvalidOption):
            read(tmp_path / "a.csv", axes="tzyx")

    def test_four_axes_are_time_and_z(self, tmp_path):
        save_shapes(tmp_path / "a.csv", [[[1, 4, 1, 2], [1, 4, 3, 4]]], ["line"])
        s, notes = read(tmp_path / "a.csv")
        assert (s.objects.frame["t"].to_list(), s.shapes.frame["z"].to_list()) == ([1], [4])
        assert notes == ["assumed: the axes before y and x are t and z"]

    def test_shapes_between_and_across_planes_are_noted(self, tmp_path):
        save_shapes(tmp_path / "a.csv", [[[1.25, 0, 0], [1.25, 3, 4]], [[1, 0, 0], [2, 3, 4]]], ["line", "line"])
        s, notes = read(tmp_path / "a.csv")
        assert s.shapes.frame["z"].to_list() == [1, None]
        assert [note.split(":")[0] for note in notes] == ["assumed", "changed", "changed"]

    def test_columns_that_somebody_added_are_features(self, tmp_path):
        s, _ = read(tmp_path / "a.csv", f"{HEAD},area,kind of cell\n0,line,0,0,0,2.5,T\n0,line,1,0,4,2.5,T\n1,line,0,0,0,1,B\n1,line,1,0,4,1,B\n")
        table = s.tables["features"]
        assert table.frame.rows() == [(0, 2.5, "T"), (1, 1.0, "B")]

    def test_five_axes_and_none_are_refused(self, tmp_path):
        with pytest.raises(UnsupportedVariant):
            read(tmp_path / "a.csv", "index,shape-type,vertex-index,axis-0,axis-1,axis-2,axis-3,axis-4\n0,line,0,0,0,0,0,0\n")
        with pytest.raises(Malformed):
            read(tmp_path / "a.csv", "index,shape-type,vertex-index\n0,line,0\n")


class TestWhatNapariOpens:
    def test_every_shape_with_its_vertices_at_pixel_centres(self, tmp_path):
        s = drawing(
            {"kind": "rectangle", "at": [[2.5, 1.5], [8.5, 5.5]]},
            {"kind": "rotated rectangle", "width": 5.0, "at": [[0, 0], [6, 8]]},
            {"kind": "ellipse", "ratio": 0.5, "at": [[10, 10], [20, 10]]},
            {"kind": "traced", "at": [[0, 0], [1, 0], [1, 1], [0, 1]]},
        )
        write(s, tmp_path / "a.csv")
        data, types = open_shapes(tmp_path / "a.csv")
        assert types == ["rectangle", "rectangle", "ellipse", "polygon"]
        assert data[0].tolist() == [[1, 2], [1, 8], [5, 8], [5, 2]]
        assert data[1].tolist() == [[-2, 1.5], [6, 7.5], [9, 3.5], [1, -2.5]]
        assert data[2].tolist() == [[7, 9.5], [7, 19.5], [12, 19.5], [12, 9.5]]
        assert data[3].tolist() == [[-0.5, -0.5], [-0.5, 0.5], [0.5, 0.5], [0.5, -0.5]]

    def test_a_real_trip_through_napari_keeps_the_pixels(self, tmp_path):
        pixels = np.kron(np.random.default_rng(5).integers(0, 4, (14, 17)), np.ones((2, 2), int)).astype(np.uint16)
        s, _ = shapes_from_labels(labels_of(pixels))
        write(s, tmp_path / "a.csv")
        save_shapes(tmp_path / "saved.csv", *open_shapes(tmp_path / "a.csv"))
        back, _ = read(tmp_path / "saved.csv")
        drawn, _ = labels_from_shapes(ImageSet("", grid=s.grid, objects=back.objects, shapes=back.shapes))
        assert (np.asarray(drawn.labels[0].pixels.read((slice(None), slice(None)))) == pixels).all()

    def test_planes_are_written_where_something_lies_on_them(self, tmp_path):
        s = drawing({"kind": "line", "at": [[0, 0], [1, 1]], "z": 3}, {"kind": "line", "at": [[0, 0], [1, 1]], "z": None})
        fitted = write(s, tmp_path / "a.csv")
        assert [one.tolist()[0] for one in open_shapes(tmp_path / "a.csv")[0]] == [[3, -0.5, -0.5], [0, -0.5, -0.5]]
        back, notes = read(tmp_path / "a.csv")
        assert diff(fitted, Study((back,))) == {}
        assert notes == []
        assert write(s, tmp_path / "b.csv", axes="tyx").image_sets[0].shapes.frame["z"].to_list() == [None, None]
        assert len(open_shapes(tmp_path / "b.csv")[0][0][0]) == 3

    def test_ids_of_objects_with_several_shapes_and_of_any_text(self, tmp_path):
        s = drawing(*({"kind": "line", "at": [[0, 0], [nth + 1, 1]]} for nth in range(3)))
        s = ImageSet("", objects=Objects(pl.DataFrame({"id": ["a, b", "=1+1"]})), shapes=s.shapes.with_columns(object=pl.Series([0, 1, 0], dtype=pl.Int32)))
        fitted = write(s, tmp_path / "a.csv")
        assert diff(fitted, Study((read(tmp_path / "a.csv")[0],))) == {}
        assert len(open_shapes(tmp_path / "a.csv")[0]) == 3

    def test_overlapping_parts_become_shapes_of_one_object(self, tmp_path):
        square = np.array([[0, 0], [9, 0], [9, 9], [0, 9]], float)
        rings = Rings(np.vstack([square, square + 3, square + 20]), np.array([0, 4, 8, 12]), np.array([0, 1, 2, 3]), np.array([0, 2, 3]))
        shapes = Shapes(pl.DataFrame({"object": [0, 1], "kind": ["polygon", "polygon"]}), rings)
        fitted = write(ImageSet("", objects=Objects(pl.DataFrame({"id": ["a", "b"]})), shapes=shapes), tmp_path / "a.csv")
        assert fitted.image_sets[0].shapes.frame["object"].to_list() == [0, 0, 1]
        assert diff(fitted, Study((read(tmp_path / "a.csv")[0],))) == {}

    def test_what_napari_drops_is_said(self, tmp_path):
        s = drawing({"kind": "polygon", "at": [[0, 0], [3, 0], [0, 3]], "stroke": 0xFF0000FF, "c": 1})
        found = diff(Study((s,)), write(s, tmp_path / "a.csv"))
        assert found == {F.SHAPE_PLANE: 1, F.SHAPE_STYLE: 1}

    def test_a_hundred_thousand_shapes_take_no_loop(self, tmp_path):
        corners = np.array([[0, 0], [5, 0], [5, 5], [0, 5]], float)
        coords = (corners[None] + np.arange(100_000)[:, None, None]).reshape(-1, 2)
        shapes = Shapes(
            pl.DataFrame({"object": np.arange(100_000, dtype=np.int32)}).with_columns(kind=pl.lit("polygon")), Rings.simple(coords, np.arange(100_001) * 4)
        )
        s = ImageSet("", objects=Objects(pl.DataFrame({"id": [f"#{nth + 1}" for nth in range(100_000)]})), shapes=shapes)
        fitted = write(s, tmp_path / "a.csv")
        assert diff(fitted, Study((read(tmp_path / "a.csv")[0],))) == {}


@pytest.mark.parametrize("dtype", ["uint32", "int32", "int64"])
def test_labels_that_napari_saved_are_taken_for_labels_with_a_note(tmp_path, dtype):
    values = np.zeros((20, 30), dtype)
    values[2:8, 3:9], values[10:15, 10:20] = 1, 70_000
    tifffile.imwrite(tmp_path / "Labels.tif", values, compression="zlib", compressionargs={"level": 1})
    notes = segue.convert(tmp_path / "Labels.tif", tmp_path / "Labels.csv", to="napari-shapes")
    assert "taken as a label image of 2 objects" in [note.sentence for note in notes.of_kind(Kind.ASSUMED)]
    assert read(tmp_path / "Labels.csv")[0].objects.frame["label"].to_list() == [1, 70_000]


def test_detection_goes_by_the_first_line(tmp_path):
    (tmp_path / "a.csv").write_text(f"{HEAD}\n0,line,0,0,0\n0,line,1,1,1\n")
    assert detect(Source(tmp_path / "a.csv"))[0].name == "napari-shapes"


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD + "\n0,circle,0,1,1\n",
        HEAD + "\n0,line,0,1,1\n",
        HEAD + "\n0,rectangle,0,1,1\n0,rectangle,1,1,1\n0,rectangle,2,1,1\n",
        HEAD + "\n0,line,0,1,x\n0,line,1,2,2\n",
        HEAD + "\n0,line,0,nan,1\n0,line,1,2,2\n",
        HEAD + "\n0,line,0,1,1" + "," * 1_000_000 + "\n",
        HEAD + '\n"0,line,0,1,1\n' * 50,
        HEAD + "\n\x00\x00\x00\x00,\x00\n",
        HEAD + "\n0,line\n0,line,1,1,1,5,5,5\n",
    ],
)
def test_hostile_files_are_refused(tmp_path, text):
    with pytest.raises(SegueError):
        read(tmp_path / "a.csv", text)
