"""What is written: names of files, types of pixels, and what Mantis' own code does with the database."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from tests.formats.mantis_project.conftest import SCHEMA, row, tables

from segue.formats.mantis_project.spec import FORMAT
from segue.model.diff import diff
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.study import ImageSet, Study


def study_of(image=None, labels=None, name="a", channels=(), **more):
    images = () if image is None else (Image(ArrayPixels(image), "cyx", channels=channels),)
    return Study((ImageSet(name, images=images, labels=() if labels is None else (LabelImage(ArrayPixels(labels), "yx"),), **more),))


def test_names_that_no_file_can_have(written):
    names = ("CD3/CD8", "con", "a:b", "A:B", ".hidden", "segmentation", "µ²")
    study = study_of(np.zeros((7, 3, 4), np.uint8), np.ones((3, 4), np.uint8), name="slide 1/4: <x>", channels=names)
    root, again = written(study)
    assert again.image_sets[0].name == "slide 1/4: <x>"
    assert again.image_sets[0].images[0].channels == names
    assert [path.name for path in root.iterdir() if path.is_dir()] == ["slide 1_4_ _x_"]
    assert (root / "slide 1_4_ _x_" / "labels.tif").is_file()
    with tifffile.TiffFile(root / "slide 1_4_ _x_" / "CD3_CD8.tif") as file:
        assert 'Name="CD3/CD8"' in file.ome_metadata


def test_the_order_of_channels_comes_back_though_mantis_sorts_them(written):
    image = np.arange(24, dtype=np.uint16).reshape(2, 3, 4)
    study = study_of(image, channels=("z", "a"))
    again = written(study)[1].image_sets[0].images[0]
    assert again.channels == ("z", "a")
    assert np.array_equal(in_memory(again.pixels), image)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "int8", "int16", "int32", "float32", "float64"])
def test_pixels_keep_the_types_that_mantis_reads(written, dtype):
    image = np.array([[[0, 1], [100, 7]]], dtype)
    back = written(study_of(image))[1].image_sets[0].images[0].pixels
    assert (back.dtype, in_memory(back).tolist()) == (np.dtype(dtype), image.tolist())


@pytest.mark.parametrize(
    ("dtype", "largest", "becomes"),
    [("int64", 300, "uint16"), ("uint64", 2**40, "float64"), ("int64", -5, "int32"), ("bool", 1, "uint8"), ("float16", 3, "float32"), ("uint64", 2**60, None)],
)
def test_pixels_of_other_types_become_such_or_are_lost(dtype, largest, becomes):
    image = np.array([[[0, largest]]]).astype(dtype)
    images = FORMAT.fitted(study_of(image)).image_sets[0].images
    assert [one.pixels.dtype.name for one in images] == ([becomes] if becomes else [])


@pytest.mark.parametrize("largest", [255, 65_536, 16_777_217, 2**32 - 1, 2**32, 2**53 - 1])
def test_labels_are_exact(written, largest):
    labels = np.array([[0, largest], [1, largest]], np.uint64)
    root, again = written(study_of(labels=labels))
    assert np.array_equal(in_memory(again.image_sets[0].labels[0].pixels), labels)
    (path,) = root.rglob("*.tif")
    assert tifffile.imread(path).dtype.itemsize <= 8
    assert tifffile.imread(path).dtype not in (np.uint64, np.int64)


def test_pixel_size_and_origin_come_back(written):
    grid = Grid((Axis("y", 2, 0.5, "um", 3.0), Axis("x", 2, 0.25, "um", -1.5)))
    study = study_of(np.zeros((1, 2, 2), np.uint8), grid=grid, group="plate", position=(("x", 3),), channels=("CD3",))
    assert diff(study, written(study)[1]) == {}


def test_the_tables_are_those_of_mantis(project, written):
    """Mantis makes tables and indexes that are not there, and takes those that are."""
    study = project.image_set("a", "CD3").database({}, {"a": [row("T", "x", segments=[3])]}, [("a", "Age", 3, 1.0)]).study()
    root, _ = written(study)
    mine = sqlite3.connect(root / ".mantisDb")
    theirs = sqlite3.connect(":memory:")
    theirs.executescript(SCHEMA)
    query = "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'segue%' AND tbl_name NOT LIKE 'segue%' ORDER BY 2"
    assert mine.execute(query).fetchall() == theirs.execute(query).fetchall()
    for table in ("features", "features_generated", "settings", "selections"):
        assert mine.execute(f"PRAGMA table_info({table})").fetchall() == theirs.execute(f"PRAGMA table_info({table})").fetchall()
    assert mine.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    upsert = "INSERT INTO selections VALUES ('ax', 'a', '{}') ON CONFLICT(id) DO UPDATE SET selection_json = excluded.selection_json"
    mine.execute(upsert)
    mine.execute("INSERT INTO settings VALUES ('segmentationBasename', '1') ON CONFLICT(setting) DO UPDATE SET value = excluded.value")
    assert mine.execute("SELECT count(*) FROM selections").fetchone() == (1,)
    mine.close()
    theirs.close()


def test_only_the_first_image_and_label_image_of_one_plane_are_written(written):
    stack = Image(ArrayPixels(np.zeros((2, 3, 4), np.uint8)), "zyx", "stack")
    plane = Image(ArrayPixels(np.ones((3, 4), np.uint8)), "xy"[::-1], "plane")
    other = LabelImage(ArrayPixels(np.ones((5, 5), np.uint8)), "yx", "other")
    fits = LabelImage(ArrayPixels(np.ones((3, 4), np.uint8)), "yx", "fits")
    s = FORMAT.fitted(Study((ImageSet("a", images=(stack, plane), labels=(other, fits)),))).image_sets[0]
    assert (len(s.images), [one.name for one in s.labels]) == (1, ["fits"])


def test_the_file_of_the_segmentation_is_the_one_of_the_settings(project, written):
    project.image_set("a", "CD3", segmentation="cells.tiff").database({"segmentationBasename": "cells.tiff"})
    root, _ = written(project.study())
    assert (root / "a" / "cells.tiff").is_file()
    assert tables(root)["settings"]["segmentationBasename"] == "cells.tiff"
    renamed = project.study().map(lambda s: replace(s, labels=tuple(replace(one, name="Zellen") for one in s.labels)))
    assert written(renamed, "two.mantis")[1].image_sets[0].labels[0].name == "Zellen"
