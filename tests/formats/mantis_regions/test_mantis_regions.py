"""Regions of Mantis Viewer: a picture of numbers, and a table of names beside it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import tifffile

from segue.errors import Incompatible, NotFound, SegueError
from segue.formats.catalog import FORMATS
from segue.formats.detect import detect
from segue.formats.mantis_files.pixels import pixels_of
from segue.model.grid import Axis, Grid
from segue.model.objects import Objects
from segue.model.populations import Population
from segue.model.rings import Rings
from segue.model.rules import RegionRule
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.storage.source import Source
from segue.testing.trips import PlainSink
from segue.workflow.onto_labels import onto_labels
from segue.workflow.opening import open_path
from segue.workflow.selecting.evaluate import select_rows

FORMAT = FORMATS["mantis-regions"]


def picture(study, number):
    """The pixels (x, y) of the region with a number."""
    s = study.image_sets[0]
    population = next(one for one in study.populations if one.number == number)
    row = s.objects.frame["id"].to_list().index(population.rule.regions[0])
    width, height = s.grid.size("x"), s.grid.size("y")
    found = pixels_of(s.shapes.rings.take(np.flatnonzero(s.shapes.frame["object"].to_numpy() == row)), width, height)
    return {(int(one % width), int(one // width)) for one in found}


def names(study):
    return {one.number: ": ".join(one.name) for one in study.populations}


def placed(folder, array, text=None, name="mine"):
    tifffile.imwrite(folder / f"{name}.tif", array)
    if text is not None:
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder / f"{name}.tif"


def read(path, **options):
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study, [str(one) for one in notes]


def square(x, y, size):
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size]]


def drawn(*regions, height=8, width=8, layer="regions"):
    """A study with a polygon for each (name, number or None, vertices)."""
    ids = [f"r{nth}" for nth in range(len(regions))]
    objects = Objects(pl.DataFrame({"id": ids, "layer": [layer] * len(ids)}, schema={"id": pl.Utf8, "layer": pl.Utf8}))
    coords = np.concatenate([np.asarray(vertices, float) for _, _, vertices in regions])
    start = np.cumsum([0, *(len(vertices) for _, _, vertices in regions)])
    frame = pl.DataFrame({"object": range(len(ids))}).with_columns(kind=pl.lit(str(ShapeKind.POLYGON)))
    populations = [Population(f"p{nth}", (name,), number=number, rule=RegionRule((ids[nth],))) for nth, (name, number, _) in enumerate(regions)]
    grid = Grid((Axis("y", height), Axis("x", width)))
    return Study((ImageSet("", grid, objects=objects, shapes=Shapes(frame, Rings.simple(coords, start))),), tuple(populations))


def written(path, study, **options):
    chosen = FORMAT.options("write", options)
    FORMAT.write(FORMAT.fitted(study, chosen), PlainSink(path), chosen)
    return path


class TestReading:
    @pytest.mark.golden
    @pytest.mark.parametrize("name", ["regions.tiff", "regions.csv"])
    def test_what_mantis_wrote(self, golden, name):
        source = Source(golden / "mantis/generated" / name)
        study, notes = FORMAT.read(source)
        pixels = tifffile.imread(golden / "mantis/generated/regions.tiff")
        assert detect(source)[0] is FORMAT
        assert names(study) == {1: "Tumor", 3: "Stroma"}
        assert picture(study, 3) == {(int(x), int(y)) for y, x in zip(*np.nonzero(pixels == 3), strict=True)}
        assert {one.rule.by for one in study.populations} == {"mantis-1.1"}
        assert study.image_sets[0].objects.frame["layer"].to_list() == ["regions"] * 2
        assert not len(notes)

    @pytest.mark.golden
    def test_pictures_that_mantis_appended(self, golden, tmp_path):
        old = (golden / "mantis/generated/regions.tiff").read_bytes()
        new = old[:258] + bytes([7]) + bytes(len(old) - 259)
        (tmp_path / "regions.tiff").write_bytes(old + new)
        study, notes = read(tmp_path / "regions.tiff")
        assert names(study) == {7: "Imported Selection 7"}
        assert "the file holds 2 pictures" in notes[0]
        assert set(names(read(tmp_path / "regions.tiff", appended="first")[0])) == {1, 3}
        (tmp_path / "regions.tiff").write_bytes(old + new[:-1])
        assert set(names(read(tmp_path / "regions.tiff")[0])) == {1, 3}

    def test_ark_analysis_has_names_of_columns(self, tmp_path):
        path = placed(tmp_path, np.array([[1, 2], [0, 2]], np.int32), "region_id,region_name\n1,Immune\n2,Tumor\n", "population_mask")
        study, notes = read(path)
        assert detect(Source(path))[0] is FORMAT
        assert names(study) == {1: "Immune", 2: "Tumor"}
        assert not notes

    def test_numbers_without_names_are_called_as_in_mantis(self, tmp_path):
        study, notes = read(placed(tmp_path, np.array([[1, 2, 9]], np.uint16), "1,Tumor\n5,Gone\nx,y\n\n"))
        assert names(study) == {1: "Tumor", 2: "Imported Selection 2", 9: "Imported Selection 9"}
        assert any("2 regions without a name" in one for one in notes)
        assert any("1 name of regions that have no pixel" in one for one in notes)
        assert any("1 row without a number and a name (line 3)" in one for one in notes)
        assert any("an empty line, passed over (line 4)" in one for one in notes)

    def test_floats_are_numbers_too_if_they_are_whole(self, tmp_path):
        assert names(read(placed(tmp_path, np.array([[0, 2.0]], np.float32)))[0]) == {2: "Imported Selection 2"}
        for odd in (1.5, -1.0, np.nan):
            with pytest.raises(Incompatible, match="numbers of regions"):
                read(placed(tmp_path, np.array([[0, odd]], np.float32)))

    def test_names_without_a_picture_are_refused(self, tmp_path):
        (tmp_path / "alone.csv").write_text("1,Tumor\n")
        with pytest.raises(NotFound, match="without the picture"):
            read(tmp_path / "alone.csv")

    def test_a_mask_with_a_table_of_cells_is_no_regions(self, tmp_path):
        path = placed(tmp_path, np.array([[1, 2]], np.uint16), "label,area\n1,5\n2,6\n")
        assert detect(Source(path))[0].name == "tiff"
        path = placed(tmp_path, np.array([[1, 2, 3]], np.uint16), "1,T cell\n2,B cell\n3,T cell\n", "cells")
        assert detect(Source(path))[0].name == "tiff"


class TestWriting:
    @pytest.mark.golden
    def test_what_mantis_wrote_comes_back(self, golden, tmp_path):
        generated = golden / "mantis/generated"
        path = written(tmp_path / "x.regions", FORMAT.read(Source(generated / "regions.tiff"))[0])
        assert np.array_equal(tifffile.imread(path / "regions.tiff"), tifffile.imread(generated / "regions.tiff"))
        assert tifffile.imread(path / "regions.tiff").dtype == np.uint8
        assert (path / "regions.csv").read_bytes() == (generated / "regions.csv").read_bytes()
        assert detect(Source(path))[0] is FORMAT

    def test_polygons_are_their_pixels(self, tmp_path):
        path = written(tmp_path / "x.regions", drawn(("A", None, square(1, 1, 2)), ("B", 7, square(0.6, 4, 2))))
        assert tifffile.imread(path / "regions.tiff").tolist() == [
            *([0] * 8, [0, 1, 1, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0, 0], [0] * 8),
            *([0, 7, 7, 0, 0, 0, 0, 0], [0, 7, 7, 0, 0, 0, 0, 0], [0] * 8, [0] * 8),
        ]
        assert (path / "regions.csv").read_text() == "1,A\n7,B\n"

    def test_numbers_need_no_8_bits(self, tmp_path):
        many = [(f"R{nth}", None, square(nth % 20, nth // 20, 1)) for nth in range(300)]
        path = written(tmp_path / "x.regions", drawn(*many, height=20, width=20))
        found = tifffile.imread(path / "regions.tiff")
        assert found.dtype == np.uint16
        assert sorted(np.unique(found)) == list(range(301))
        assert names(read(path)[0])[300] == "R299"
        assert tifffile.imread(written(tmp_path / "y.regions", drawn(("A", 70_000, square(0, 0, 2)))) / "regions.tiff").dtype == np.uint32

    def test_regions_that_share_pixels_get_pages(self, tmp_path):
        study = drawn(("A", None, square(0, 0, 3)), ("B", None, square(1, 1, 3)), ("C", None, square(5, 5, 2)))
        path = written(tmp_path / "x.regions", study)
        pages = tifffile.imread(path / "regions.tiff")
        assert [sorted(np.unique(page)) for page in pages] == [[0, 1, 3], [0, 2]]
        back, _ = read(path)
        assert [len(picture(back, number)) for number in (1, 2, 3)] == [9, 9, 4]
        one = tifffile.imread(written(tmp_path / "y.regions", study, overlaps="last") / "regions.tiff")
        assert [int((one == number).sum()) for number in (1, 2, 3)] == [5, 9, 4]

    def test_names_are_made_such_that_mantis_keeps_them(self, tmp_path):
        regions = [(" A ", None, square(0, 0, 1)), ("A", None, square(2, 0, 1)), ("", 5, square(4, 0, 1)), ('a, "b"', None, square(6, 0, 1))]
        path = written(tmp_path / "x.regions", drawn(*regions))
        assert (path / "regions.csv").read_text() == '1,A\n2,A-2\n3,"a, ""b"""\n5,Imported Selection 5\n'

    def test_what_is_drawn_is_a_region_if_nothing_else_is(self, tmp_path):
        study = drawn(("A", None, square(0, 0, 2)), layer="drawings")
        assert (written(tmp_path / "x.regions", Study(study.image_sets)) / "regions.csv").read_text() == "1,Imported Selection 1\n"

    def test_without_a_size_it_is_refused(self):
        study = drawn(("A", None, square(0, 0, 2)))
        bare = Study((ImageSet("", objects=study.image_sets[0].objects, shapes=study.image_sets[0].shapes),), study.populations)
        with pytest.raises(Incompatible, match="--image"):
            FORMAT.fitted(bare)


@pytest.mark.golden
def test_regions_select_when_labels_are_there(golden):
    """By Mantis' rule: a segment is in a region if the pixel of its truncated centroid is."""
    mask = tifffile.imread(golden / "mantis/test/files/project/set_one/segmentation.tif").astype(np.int64)
    regions = tifffile.imread(golden / "mantis/generated/regions.tiff")
    labels = open_path(golden / "mantis/test/files/project/set_one/segmentation.tif")
    study, _ = onto_labels(open_path(golden / "mantis/generated/regions.tiff").study, labels)
    s, found = select_rows(study.image_sets[0], study.populations, {one.id for one in study.populations})
    selected = {one.number: set(s.objects.frame["label"].gather(found[one.id])) for one in study.populations}
    at = {int(label): regions[tuple(int(places.mean()) for places in np.nonzero(mask == label))] for label in np.unique(mask)[1:]}
    assert selected == {number: {label for label, region in at.items() if region == number} for number in (1, 3)}
    assert {number: len(members) for number, members in selected.items()} == {1: 4, 3: 7}


@pytest.mark.parametrize("data", [b"", b"MM\0*", b"MM\0*\0\0\0\x08MantisViewer" + bytes(300)])
def test_damaged_pictures_are_refused(tmp_path, data):
    (tmp_path / "x.tif").write_bytes(data)
    with pytest.raises(SegueError):
        read(tmp_path / "x.tif")
