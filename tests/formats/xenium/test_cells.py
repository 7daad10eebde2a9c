"""Cells of a Xenium run: ids, pixels, nuclei, and files that are not as they should be."""

from __future__ import annotations

import gzip
import json
import random

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import InvalidOption, Malformed, NotFound, SegueError
from segue.formats.detect import detect
from segue.formats.xenium.spec import FORMAT
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.damage import damages

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]


def read(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))


def vertices(*polygons, label=False):
    """A table of vertices; a polygon is (id, label, offset)."""
    rows = [{"cell_id": cell, "vertex_x": x + dx, "vertex_y": y + dx, "label_id": number} for cell, number, dx in polygons for x, y in SQUARE]
    frame = pl.DataFrame(rows)
    return frame if label else frame.drop("label_id")


@pytest.fixture
def folder(tmp_path):
    run = tmp_path / "output-X"
    run.mkdir()
    (run / "experiment.xenium").write_text(
        json.dumps({"run_name": "run", "region_name": "region", "pixel_size": 0.5, "panel_name": "p", "instrument_sn": "secret"})
    )
    vertices(("aaabbbcc-1", 1, 0), ("aaabbbdd-1", 2, 10), label=True).write_parquet(run / "cell_boundaries.parquet")
    vertices(("aaabbbcc-1", 1, 0), ("aaabbbcc-1", 2, 5), ("aaabbbdd-1", 3, 10), label=True).write_parquet(run / "nucleus_boundaries.parquet")
    cells = pl.DataFrame(
        {"cell_id": ["aaabbbdd-1", "lonely-1", "aaabbbcc-1"], "x_centroid": [12.0, 1.0, 2.0], "transcript_counts": [5, 0, 7], "cell_area": [16.0, 1.0, 16.0]}
    )
    cells.write_parquet(run / "cells.parquet")
    return run


class TestAFolder:
    def test_is_recognised_and_read_by_its_name_alone(self, folder):
        record, _ = detect(Source(folder))
        assert record is FORMAT
        assert len(segue.read(folder).image_sets[0].objects) == 3

    def test_cells_are_objects_with_outline_and_nuclei(self, folder):
        s = read(folder)[0].image_sets[0]
        assert s.objects.frame["id"].to_list() == ["aaabbbcc-1", "aaabbbdd-1", "lonely-1"]
        assert s.objects.frame["label"].to_list() == [1, 2, None]
        assert s.shapes.frame.select("object", "role").rows() == [(0, "outline"), (0, "nucleus"), (0, "nucleus"), (1, "outline"), (1, "nucleus")]
        assert s.shapes.rings.coords[:4].tolist() == [[0, 0], [8, 0], [8, 8], [0, 8]]

    def test_values_are_joined_by_id(self, folder):
        table = read(folder)[0].image_sets[0].tables["cells"]
        assert table.frame.rows() == [(1, 12.0, 5, 16.0), (2, 1.0, 0, 1.0), (0, 2.0, 7, 16.0)]
        assert [(one.name, one.type, one.unit) for one in table.columns] == [
            ("x_centroid", "number", "um"),
            ("transcript_counts", "integer", None),
            ("cell_area", "number", "um^2"),
        ]

    def test_name_pixel_size_and_details(self, folder):
        s = read(folder)[0].image_sets[0]
        assert (s.name, s.group) == ("region", "run")
        assert [(axis.scale, axis.unit) for axis in s.grid.axes] == [(0.5, "um")] * 2
        assert "secret" not in s.extras["payload"][0]

    def test_the_size_is_that_of_the_image(self, folder):
        assert read(folder)[0].image_sets[0].grid.shape == (None, None)
        (folder / "morphology_focus").mkdir()
        tifffile.imwrite(folder / "morphology_focus" / "morphology_focus_0000.ome.tif", np.zeros((2, 30, 40), np.uint16), metadata={"axes": "CYX"})
        assert read(folder)[0].image_sets[0].grid.shape == (30, 40)
        segue.convert(folder, folder.parent / "labels.tif")
        assert segue.read(folder.parent / "labels.tif").image_sets[0].labels[0].pixels.shape == (30, 40)

    def test_the_experiment_file_stands_for_its_folder(self, folder):
        assert len(read(folder / "experiment.xenium")[0].image_sets[0].shapes) == 5

    def test_masks_are_said_not_to_be_read(self, folder):
        (folder / "cells.zarr.zip").write_bytes(b"PK")
        assert [note.kind for note in read(folder, origin="centre")[1]] == [Kind.SKIPPED]

    def test_the_origin_can_be_the_centre_of_a_pixel(self, folder):
        study, notes = read(folder, origin="centre")
        assert study.image_sets[0].shapes.rings.coords[0].tolist() == [0.5, 0.5]
        assert list(notes) == []
        assert [note.kind for note in read(folder)[1]] == [Kind.ASSUMED]

    def test_packed_text_is_the_same(self, folder):
        before = read(folder)[0].image_sets[0]
        for path in folder.glob("*.parquet"):
            path.with_suffix(".csv.gz").write_bytes(gzip.compress(pl.read_parquet(path).write_csv().encode()))
            path.unlink()
        after = read(folder)[0].image_sets[0]
        assert after.objects.frame.equals(before.objects.frame)
        assert after.shapes.frame.equals(before.shapes.frame)
        assert after.shapes.rings.same(before.shapes.rings).all()
        assert after.tables["cells"].frame.equals(before.tables["cells"].frame)

    def test_no_boundaries(self, folder):
        for name in ("cell", "nucleus"):
            (folder / f"{name}_boundaries.parquet").unlink()
        with pytest.raises(NotFound, match="boundaries"):
            read(folder)


class TestOneFile:
    def test_the_pixel_size_is_asked_for(self, folder):
        (folder / "experiment.xenium").unlink()
        with pytest.raises(InvalidOption, match=r"--set pixel_size=0\.2125"):
            read(folder / "cell_boundaries.parquet")
        assert read(folder / "cell_boundaries.parquet", pixel_size=2)[0].image_sets[0].shapes.rings.coords[1].tolist() == [2, 0]

    def test_nuclei_alone_are_outlines(self, folder):
        s = read(folder / "nucleus_boundaries.parquet")[0].image_sets[0]
        assert s.objects.frame["layer"].to_list() == ["nucleus"] * 2
        assert s.shapes.frame["role"].to_list() == ["outline"] * 2
        assert np.diff(s.shapes.rings.shape_start).tolist() == [2, 1]
        assert s.objects.frame["label"].to_list() == [None, None]

    def test_several_polygons_of_a_cell_without_label_id(self, tmp_path):
        vertices((7, 1, 0), (7, 2, 10), (7, 2, 20), (8, 3, 30)).write_csv(tmp_path / "cell_boundaries.csv")
        s = read(tmp_path / "cell_boundaries.csv", pixel_size=1)[0].image_sets[0]
        assert s.objects.frame["id"].to_list() == ["7", "8"]
        assert s.objects.frame["label"].to_list() == [7, 8]
        assert np.diff(s.shapes.rings.shape_start).tolist() == [3, 1]
        assert np.diff(s.shapes.rings.ring_start).tolist() == [4] * 4

    @pytest.mark.parametrize("kind", [pl.Int64, pl.UInt64, pl.Utf8, pl.Binary])
    def test_ids_beyond_2_53_are_exact(self, tmp_path, kind):
        ids = [2**53 + 1, 2**53 + 2, 2**62 + 1]
        frame = vertices(*((one, 1, nth) for nth, one in enumerate(ids)))
        frame = frame.with_columns(pl.col("cell_id").cast(pl.Utf8).cast(kind))
        frame.write_parquet(tmp_path / "cell_boundaries.parquet")
        (tmp_path / "experiment.xenium").write_text('{"pixel_size": 1}')
        texts = [str(one) for one in ids]
        assert read(tmp_path / "cell_boundaries.parquet")[0].image_sets[0].objects.frame["id"].to_list() == texts
        for name in ("a.geojson", "a.csv", "a.xlsx", "a.geoparquet", "a.zip"):
            segue.convert(tmp_path / "cell_boundaries.parquet", tmp_path / name)
            assert segue.read(tmp_path / name).image_sets[0].objects.frame["id"].to_list() == texts, name

    def test_gaps_and_slivers_are_passed_over_and_said(self, tmp_path):
        frame = vertices(("a-1", 1, 0), ("b-1", 2, 9))
        gap = pl.DataFrame({"cell_id": [None, "a-1"], "vertex_x": [1.0, None], "vertex_y": [1.0, 1.0]})
        sliver = pl.DataFrame({"cell_id": ["c-1"] * 3, "vertex_x": [1.0, 2.0, 1.0], "vertex_y": [1.0, 1.0, 1.0]})
        pl.concat([frame[:3], gap, frame[3:], sliver]).write_parquet(tmp_path / "cell_boundaries.parquet")
        study, notes = read(tmp_path / "cell_boundaries.parquet", pixel_size=1, origin="centre")
        assert study.image_sets[0].objects.frame["id"].to_list() == ["a-1", "b-1"]
        assert np.diff(study.image_sets[0].shapes.rings.ring_start).tolist() == [4, 4]
        assert [(note.kind, note.count) for note in notes] == [(Kind.SKIPPED, 2), (Kind.SKIPPED, 1)]

    @pytest.mark.parametrize("label", [True, False])
    def test_a_gap_inside_a_polygon_does_not_cut_it(self, tmp_path, label):
        frame = vertices(("a-1", 1, 0), ("b-1", 2, 9), label=label)
        gap = frame.clear().vstack(frame[:1]).with_columns(cell_id=pl.lit(None, pl.Utf8))
        pl.concat([gap, frame[:2], gap, gap, frame[2:7], gap, frame[7:], gap]).write_parquet(tmp_path / "cell_boundaries.parquet")
        study, notes = read(tmp_path / "cell_boundaries.parquet", pixel_size=1, origin="centre")
        assert np.diff(study.image_sets[0].shapes.rings.ring_start).tolist() == [4, 4]
        assert [note.count for note in notes] == [5]

    def test_only_gaps(self, tmp_path):
        vertices(("a-1", 1, 0)).with_columns(vertex_x=pl.lit(None, pl.Float64)).write_parquet(tmp_path / "cell_boundaries.parquet")
        assert len(read(tmp_path / "cell_boundaries.parquet", pixel_size=1)[0].image_sets[0].objects) == 0

    def test_labels_that_name_several_cells_are_none(self, tmp_path):
        vertices(("a", 1, 0), ("b", 1, 9), label=True).write_parquet(tmp_path / "cell_boundaries.parquet")
        assert read(tmp_path / "cell_boundaries.parquet", pixel_size=1)[0].image_sets[0].objects.frame["label"].to_list() == [None, None]


@pytest.mark.golden
class TestRealFiles:
    def test_the_folder(self, golden):
        s = read(golden / "xenium")[0].image_sets[0]
        text = (golden / "xenium" / "cell_boundaries.csv").read_text().splitlines()[1:]
        assert s.objects.frame["id"].to_list() == list(dict.fromkeys(line.split(",")[1] for line in text))
        assert s.objects.frame["label"].to_list()[0] == 67500
        assert s.shapes.rings.coords[0].tolist() == [4904.7124 / 0.2125, 6399.65 / 0.2125]
        assert set(s.shapes.frame["role"]) == {"outline", "nucleus"}
        assert np.diff(s.shapes.rings.ring_start)[0] == 12
        assert s.name == "Xenium_V1_FF_Mouse_Brain_MultiSection_1"

    def test_each_file_is_recognised(self, golden):
        for name in ("cell_boundaries.csv", "nucleus_boundaries.csv", "experiment.xenium"):
            assert detect(Source(golden / "xenium" / name))[0] is FORMAT


class TestDamage:
    @pytest.mark.parametrize("text", ["", "[]", "{", '{"pixel_size": 0}', '{"pixel_size": "x"}', '{"pixel_size": 1e999}', "null", '{"pixel_size": true}'])
    def test_experiment_files_that_make_no_sense(self, folder, text):
        (folder / "experiment.xenium").write_text(text)
        with pytest.raises((Malformed, InvalidOption)):
            read(folder)

    @pytest.mark.parametrize("frame", [{"cell_id": ["a"]}, {"cell_id": ["a"], "vertex_x": ["x"], "vertex_y": [1.0]}, {"vertex_x": [1.0], "vertex_y": [1.0]}])
    @pytest.mark.parametrize("ending", [".parquet", ".csv"])
    def test_columns_that_are_not_there(self, tmp_path, frame, ending):
        path = tmp_path / ("cell_boundaries" + ending)
        pl.DataFrame(frame).write_parquet(path) if ending == ".parquet" else pl.DataFrame(frame).write_csv(path)
        with pytest.raises(Malformed):
            read(path, pixel_size=1)

    def test_nothing_in_it(self, tmp_path):
        vertices(("a", 1, 0)).clear().write_parquet(tmp_path / "cell_boundaries.parquet")
        assert len(read(tmp_path / "cell_boundaries.parquet", pixel_size=1)[0].image_sets[0].objects) == 0

    @pytest.mark.parametrize("name", ["cell_boundaries.parquet", "cells.parquet", "experiment.xenium", "cell_boundaries.csv.gz"])
    def test_damaged_files_are_refused_or_read(self, folder, name):
        if name.endswith(".gz"):
            (folder / name).write_bytes(gzip.compress(pl.read_parquet(folder / "cell_boundaries.parquet").write_csv().encode(), mtime=0))
            (folder / "cell_boundaries.parquet").unlink()
        original = (folder / name).read_bytes()
        for _, data in damages(original, random.Random(name), 40):
            (folder / name).write_bytes(data)
            refused_or_read(folder)


def refused_or_read(path):
    try:
        read(path, pixel_size=1)
    except SegueError as error:
        sentence = str(error)
    else:
        sentence = ""
    assert "\n" not in sentence
