"""Regions: lists of pixels in the database, pictures of regions beside the channels, drawings of a study."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import tifffile
from tests.formats.mantis_project.conftest import LABELS, row, tables

from segue.formats.mantis_project.spec import FORMAT
from segue.formats.shape_files import area_rings, area_rows
from segue.geometry.rasterize import rasterize
from segue.model.objects import Objects
from segue.model.populations import Population
from segue.model.rings import Rings
from segue.model.rules import RegionRule
from segue.model.shapes import Shapes
from segue.notes import Kind
from segue.storage.source import Source

SQUARE = [12, 13, 22, 23]


def pixels_of(s, name):
    """The pixels of the region of an image set, by the rasteriser."""
    number = s.objects.frame["id"].index_of(name)
    rows = [nth for nth in area_rows(s.shapes) if s.shapes.frame["object"][int(nth)] == number]
    drawn, _ = rasterize(area_rings(s.shapes.take(np.array(rows))), np.ones(len(rows), np.uint8), (8, 10))
    return np.flatnonzero(drawn).tolist()


def test_a_list_of_pixels_is_a_mask_on_the_image(project):
    s = project.image_set("a", "CD3").database({}, {"a": [row("drawn", "x", pixels=SQUARE, segments=[3])]}).study().image_sets[0]
    assert s.objects.frame.filter(pl.col("layer") == "regions").select("id", "label", "name").rows() == [("x", None, "drawn")]
    assert pixels_of(s, "x") == SQUARE


def test_the_regions_of_all_image_sets_select_for_one_population(project):
    project.image_set("a", "CD3").image_set("b", "CD3")
    study = project.database({}, {"a": [row("drawn", "x", pixels=SQUARE)], "b": [row("drawn", "y", pixels=[1, 2])]}).study()
    assert study.populations[0].rule == RegionRule(("x",), "mantis-1.1")
    assert [pixels_of(s, "x") for s in study.image_sets] == [SQUARE, [1, 2]]


def test_without_the_width_of_the_image_pixels_stay_numbers(project, written):
    project.image_set("a", "CD3").database({}, {"gone": [row("drawn", "x", pixels=SQUARE)]})
    study, notes = project.read()
    assert [s.name for s in study.image_sets] == ["a", "gone"]
    assert not len(study.image_sets[1].shapes)
    (note,) = notes.of_kind(Kind.SKIPPED)
    assert (note.count, note.where) == (1, "gone")
    assert tables(written(study)[0])["selections"] == tables(project.root)["selections"]


def test_large_images_are_drawn_on_smaller_copies_so_pixels_stay_numbers(project, monkeypatch):
    monkeypatch.setattr("segue.formats.mantis_project.outlines.LARGEST_SIDE", 9)
    study, notes = project.image_set("a", "CD3").database({}, {"a": [row("drawn", "x", pixels=SQUARE)]}).read()
    assert not len(study.image_sets[0].shapes)
    assert "smaller copy" in str(next(iter(notes.of_kind(Kind.SKIPPED))))


@pytest.fixture
def drawn(project):
    """A study with a polygon that selects for a population."""
    study = project.image_set("a", "CD3").study()
    objects = Objects(pl.DataFrame({"id": ["r1"], "layer": ["regions"], "name": ["Tumour"]}))
    square = Shapes(pl.DataFrame({"object": [0], "kind": ["polygon"]}), Rings.simple([(2, 1), (4, 1), (4, 3.25), (2, 3)], [0, 4]))
    s = replace(study.image_sets[0], objects=objects, shapes=square)
    return replace(study, image_sets=(s,), populations=(Population("p", ("Tumour",), rule=RegionRule(("r1",), "centroid")),))


def test_a_polygon_is_written_as_its_pixels_and_comes_back_as_it_was(drawn, written):
    root, again = written(drawn)
    ((_, _, stored),) = tables(root)["selections"]
    assert stored["pixelIndexes"] == SQUARE
    assert again.populations[0].rule == RegionRule(("r1",), "centroid")
    assert again.image_sets[0].shapes.frame["kind"].to_list() == ["polygon"]
    assert again.image_sets[0].shapes.rings.coords.tolist() == drawn.image_sets[0].shapes.rings.coords.tolist()


def test_a_polygon_that_mantis_has_redrawn_is_gone(drawn, written):
    root, _ = written(drawn)
    connection = sqlite3.connect(root / ".mantisDb")
    connection.execute("UPDATE selections SET selection_json = replace(selection_json, '[12,13,22,23]', '[12]')")
    connection.commit()
    connection.close()
    again = FORMAT.read(Source(root))[0]
    assert again.image_sets[0].shapes.frame["kind"].to_list() == ["mask"]
    assert pixels_of(again.image_sets[0], "r1") == [12]


def test_polygons_on_large_images_have_no_pixels_for_mantis(drawn, written, monkeypatch):
    monkeypatch.setattr("segue.formats.mantis_project.outlines.LARGEST_SIDE", 9)
    root, again = written(drawn)
    assert "pixelIndexes" not in tables(root)["selections"][0][2]
    assert again.image_sets[0].shapes.frame["kind"].to_list() == ["polygon"]


@pytest.fixture
def masked(project):
    """A picture of regions 2 and 5 beside the channels."""
    picture = np.zeros((8, 10), np.uint8)
    picture[1:3, 2:4], picture[5, 5] = 2, 5
    for name in "ab":
        project.image_set(name, "CD3")
    for name in "ab":
        tifffile.imwrite(project.root / name / "regions.tif", picture)
        (project.root / name / "regions.csv").write_text("id,name\n2,Tumour\n")
    return project


def test_regions_that_mantis_has_not_loaded_yet_are_read(masked):
    settings = {"regionsBasename": "regions.tif", "regionsFilesLoaded": ["a"], "segmentationBasename": "segmentation.tif"}
    study, notes = masked.database(settings, {"a": [row("Tumour", "x", pixels=SQUARE)]}).read()
    assert [one.name[0] for one in study.populations] == ["Tumour", "Imported Selection 5"]
    assert study.populations[0].id == "x"
    assert [s.images[0].channels for s in study.image_sets] == [("CD3",), ("CD3",)]
    assert [len(s.shapes) for s in study.image_sets] == [1, 2]
    assert "2 regions of regions.tif read" in str(next(iter(notes.of_kind(Kind.ASSUMED))))
    told = dict(study.extras.select("id", "payload").rows())
    assert told["regionsFilesLoaded"] == '["a","b"]'


def test_a_region_that_is_there_already_is_not_read_again(masked):
    settings = {"regionsBasename": "regions.tif", "segmentationBasename": "segmentation.tif"}
    study = masked.database(settings, {"a": [row("mine", "x", pixels=SQUARE)]}).study(image_set="a")
    assert [one.name[0] for one in study.populations] == ["mine", "Imported Selection 5"]


def test_folders_of_ark_analysis(tmp_path, project):
    picture = np.where(LABELS == 7, 4, 0).astype(np.int32)
    for fov in ("fov1", "fov2"):
        project.image_set(fov, "CD3", "CD4", segmentation="cell_segmentation.tiff")
        tifffile.imwrite(project.root / fov / "population_mask.tiff", picture)
        (project.root / fov / "population_mask.csv").write_text("region_id,region_name\n4,T cell\n")
    from segue.formats.detect import detect

    assert detect(Source(project.root))[0].name == "mantis-project"
    study = project.study()
    assert [(one.name, one.rule) for one in study.populations] == [(("T cell",), RegionRule(("population_mask-4",), "mantis-1.1"))]
    assert [(s.images[0].channels, s.labels[0].name, len(s.shapes)) for s in study.image_sets] == [(("CD3", "CD4"), "cell_segmentation", 1)] * 2


def test_a_damaged_picture_of_regions_is_passed_over(masked):
    (masked.root / "a/regions.tif").write_bytes(b"no picture")
    study, notes = masked.database({"regionsBasename": "regions.tif", "segmentationBasename": "segmentation.tif"}).read()
    assert [len(s.shapes) for s in study.image_sets] == [0, 2]
    assert any("regions.tif" in str(note) for note in notes.of_kind(Kind.SKIPPED))


def test_a_region_outside_the_image_keeps_what_is_inside(project):
    s = project.image_set("a", "CD3").database({}, {"a": [row("drawn", "x", pixels=[79, 80, 500])]}).study().image_sets[0]
    assert pixels_of(s, "x") == [79]


def test_odd_numbers_are_refused_with_their_name(project):
    tifffile.imwrite(project.image_set("a", "CD3").root / "a" / "population_mask.tif", np.full((8, 10), -1, np.int32))
    _, notes = project.database().read()
    assert "not negative" in str(next(iter(notes.of_kind(Kind.SKIPPED))))


def test_a_region_that_no_population_names_is_a_population_in_mantis(project, written):
    study = project.image_set("a", "CD3").image_set("b", "CD3").study()
    square = Shapes(pl.DataFrame({"object": [0], "kind": ["polygon"]}), Rings.simple([(2, 1), (4, 1), (4, 3), (2, 3)], [0, 4]))
    objects = [Objects(pl.DataFrame({"id": [own], "layer": ["regions"], "name": ["Tumour"]})) for own in ("r1", "r2")]
    sets = tuple(replace(s, objects=one, shapes=square) for s, one in zip(study.image_sets, objects, strict=True))
    root, again = written(replace(study, image_sets=sets))
    assert [(place, one["name"], one["pixelIndexes"]) for _, place, one in tables(root)["selections"]] == [("a", "Tumour", SQUARE), ("b", "Tumour", SQUARE)]
    assert [one.name for one in again.populations] == [("Tumour",)]
    assert [pixels_of(s, s.objects.frame["id"][-1]) for s in again.image_sets] == [SQUARE, SQUARE]


def test_stale_members_travel_along(project, written):
    study = project.image_set("a", "CD3").database({}, {"a": [row("T", "x", segments=[3])]}).study()
    stale = pl.DataFrame([("segue", "population", "x", '{"stale":{"labels":"0","members":["7"]}}')], schema=study.image_sets[0].extras.schema, orient="row")
    told = study.map(lambda s: replace(s, extras=pl.concat([s.extras, stale])))
    assert written(told)[1].image_sets[0].extras.rows() == stale.rows()
