"""napari's CSV of points: with features, in both of the ways in which napari writes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.formats.napari_shapes.napari_twin import open_points, save_points

from segue.errors import Malformed
from segue.formats.detect import detect
from segue.formats.napari_points.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.source import Source
from segue.testing.trips import PlainSink
from segue.workflow.derive import shapes_from_labels


def read(path: Path, **options: Any) -> tuple[ImageSet, list[str]]:
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study.image_sets[0], [str(note) for note in notes]


def write(s: ImageSet, path: Path) -> Study:
    fitted = FORMAT.fitted(Study((s,)))
    FORMAT.write(fitted, PlainSink(path))
    return fitted


def points(coords: list[list[float]], ids: list[str], **columns: Any) -> ImageSet:
    objects = Objects(pl.DataFrame({"id": ids, **{name: values for name, values in columns.items() if name in ("label", "t", "name", "layer", "track")}}))
    frame = pl.DataFrame({"object": np.arange(len(ids), dtype=np.int32), "z": columns.get("z")}).with_columns(kind=pl.lit("point"))
    return ImageSet("", objects=objects, shapes=Shapes(frame.cast({"z": pl.Int32}), Rings.simple(coords, np.arange(len(ids) + 1))))


class TestWhatNapariSaved:
    def test_features_with_a_text_among_them(self, tmp_path):
        save_points(tmp_path / "a.csv", np.array([[1.5, 2], [4, 5]]), {"n": np.array([1, 2]), "what": np.array(["x", "y, z"]), "ok": np.array([True, False])})
        s, notes = read(tmp_path / "a.csv")
        assert s.shapes.rings.coords.tolist() == [[2.5, 2.0], [5.5, 4.5]]
        assert s.tables["features"].frame.rows() == [(0, 1, "x", True), (1, 2, "y, z", False)]
        assert [column.type for column in s.tables["features"].columns] == ["integer", "text", "boolean"]
        assert notes == []

    def test_a_table_of_numbers_keeps_ids_and_labels(self, tmp_path):
        save_points(tmp_path / "a.csv", np.array([[1.5, 2], [4, 5]]), {"id": np.array([7, 8]), "label": np.array([70_000, 3]), "area": np.array([1.0, np.nan])})
        assert "0.0,1.5,2.0,7.0,70000.0,1.0" in (tmp_path / "a.csv").read_text()
        s, _ = read(tmp_path / "a.csv")
        assert s.objects.frame["id"].to_list() == ["7", "8"]
        assert s.objects.frame["label"].to_list() == [70_000, 3]
        assert s.tables["features"].frame["area"].is_nan().to_list() == [False, True]

    @pytest.mark.parametrize(("name", "values"), [("label", [1, 1]), ("label", ["T", "B"]), ("track", ["a", "b"])])
    def test_a_column_that_only_sounds_like_a_fact_is_a_feature(self, tmp_path, name, values):
        save_points(tmp_path / "a.csv", np.array([[1.5, 2], [4, 5]]), {name: np.array(values), "what": np.array(["x", "y"])})
        s, _ = read(tmp_path / "a.csv")
        assert len(s.objects) == 2
        assert s.tables["features"].frame[name].to_list() == values

    def test_an_id_that_different_times_share_is_a_feature(self, tmp_path):
        save_points(tmp_path / "a.csv", np.array([[0, 1.5, 2], [1, 4, 5]]), {"id": np.array(["a", "a"])})
        s, _ = read(tmp_path / "a.csv", axes="tyx")
        assert s.objects.frame["t"].to_list() == [0, 1]
        assert s.tables["features"].frame["id"].to_list() == ["a", "a"]

    def test_a_file_without_an_index(self, tmp_path):
        (tmp_path / "a.csv").write_text("axis-0,axis-1\n1,2\n")
        assert read(tmp_path / "a.csv")[0].shapes.rings.coords.tolist() == [[2.5, 1.5]]
        assert detect(Source(tmp_path / "a.csv"))[0].name == "napari-points"

    def test_a_coordinate_that_is_no_number(self, tmp_path):
        (tmp_path / "a.csv").write_text("index,axis-0,axis-1\n0,1,2\n1,two,3\n")
        with pytest.raises(Malformed, match="line 3"):
            read(tmp_path / "a.csv")


class TestWhatNapariOpens:
    def test_ids_and_values_are_features_that_napari_keeps(self, tmp_path):
        s = points([[2.5, 1.5], [4.25, 8.5]], ["cell one", "=1+1"], label=[5, 300], name=["SEPT7", None])
        frame = pl.DataFrame({"row": [0, 1], "area": [1.5, None], "id": ["x", "y"]}, schema={"row": pl.Int32, "area": pl.Float64, "id": pl.Utf8})
        s = ImageSet("", objects=s.objects, shapes=s.shapes, tables={"features": Table("objects", frame, (Column("area"), Column("id", "text")))})
        write(s, tmp_path / "a.csv")
        data, features = open_points(tmp_path / "a.csv")
        assert data.tolist() == [[1.0, 2.0], [8.0, 3.75]]
        assert {name: values.tolist() for name, values in features.items()} == {
            "id": ["cell one", "=1+1"],
            "label": [5, 300],
            "name": ["SEPT7", ""],
            "area": ["1.5", ""],
            "id-2": ["x", "y"],
        }
        save_points(tmp_path / "saved.csv", data, features)
        back, _ = read(tmp_path / "saved.csv")
        assert back.objects.frame.select("id", "label", "name").rows() == [("cell one", 5, "SEPT7"), ("=1+1", 300, None)]
        assert back.tables["features"].frame.rows() == [(0, 1.5, "x"), (1, None, "y")]

    def test_times_and_planes_come_back_with_what_is_on_all_of_them(self, tmp_path):
        s = points([[2.5, 1.5], [4.25, 8.5]], ["a", "b"], t=[3, None], z=[None, 2])
        fitted = write(s, tmp_path / "a.csv")
        assert open_points(tmp_path / "a.csv")[0].tolist() == [[3, 0, 1, 2], [0, 2, 8, 3.75]]
        back, notes = read(tmp_path / "a.csv")
        assert diff(fitted, Study((back,))) == diff(Study((s,)), fitted) == {}
        assert notes == []

    def test_the_class_of_an_object_is_a_feature_and_a_feature_class_its_population(self, tmp_path):
        s = points([[2.5, 1.5], [4.25, 8.5], [1, 1]], ["a", "b", "c"])
        pairs = pl.DataFrame({"population": ["p", "p", "q"], "object": [0, 2, 2]}, schema={"population": pl.Utf8, "object": pl.Int32})
        study = Study((replace(s, membership=Membership.of(pairs)),), (Population("p", ("Immune", "T cell")), Population("q", ("large",))))
        fitted = FORMAT.fitted(study)
        FORMAT.write(fitted, PlainSink(tmp_path / "a.csv"))
        assert open_points(tmp_path / "a.csv")[1]["class"].tolist() == ["Immune: T cell", "", "Immune: T cell"]
        back, _ = FORMAT.read(Source(tmp_path / "a.csv"))
        assert diff(fitted, back) == {}
        assert [(one.name, one.kind) for one in back.populations] == [(("Immune", "T cell"), "class")]
        assert {F.POPULATIONS, F.MEMBERSHIP} <= set(diff(study, fitted))

    def test_areas_become_their_centres(self, tmp_path):
        values = np.zeros((12, 12), np.uint8)
        values[2:5, 3:8], values[7:9, 1:3] = 4, 9
        s, _ = shapes_from_labels(ImageSet("", grid=grid_of("yx", values.shape), labels=(LabelImage(ArrayPixels(values), "yx"),)))
        fitted = write(s, tmp_path / "a.csv")
        data, features = open_points(tmp_path / "a.csv")
        assert data.tolist() == [[3.0, 5.0], [7.5, 1.5]]
        assert features["label"].tolist() == [4, 9]
        assert diff(Study((s,)), fitted)[F.TRACED] == 2
