"""Saved macros, run by the real ImageJ, make the files that segue makes: the same tables, the same pixels of label images, the same ROIs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.workflow.recipe_measure import MeasureRecipe
from segue.workflow.recipe_segment import SegmentRecipe
from segue.workflow.running import run
from segue.workflow.scripting.imagej_macro import macro_of

pytestmark = pytest.mark.imagej

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
OUTPUTS = ("labels.tif", "RoiSet.zip", "results.txt", "results.csv")
RECIPES = {
    "plain": {"threshold": "imagej-default", "max_size": 1000},
    "forms": {"threshold": "otsu", "min_size": 4, "min_circularity": 0.3, "exclude_edges": True},
    "holes": {"threshold": "100:250", "include_holes": True},
    "light": {"threshold": "triangle", "background": "light"},
    "units": {"threshold": "li", "physical": True, "pixel_size": "0.4x0.5um", "max_size": "40um2"},
}


def picture():
    """Squares, rings and specks of several brightnesses on a noisy ground."""
    rng = np.random.default_rng(12)
    y, x = np.mgrid[:120, :160]
    image = rng.integers(20, 60, y.shape)
    for cy, cx, r, value in ((20, 20, 12, 180), (30, 60, 9, 240), (70, 40, 16, 200), (90, 120, 14, 150), (0, 100, 10, 220), (60, 90, 3, 255)):
        away = np.hypot(y - cy, x - cx)
        image[(away <= r) & (away > r * 0.4)] = value
    return image.astype(np.uint8)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    if not JAR.is_file() or not shutil.which("xvfb-run"):
        pytest.skip("ImageJ (Debian: imagej xvfb) is not installed")
    folder = tmp_path_factory.mktemp("macros")
    tifffile.imwrite(folder / "cells.tif", picture())
    before = Path.cwd()
    os.chdir(folder)
    try:
        _both(folder)
    finally:
        os.chdir(before)
    return folder


def _both(folder):
    """Every recipe done by segue into ours/, and by ImageJ into theirs/."""
    driver = []
    for name, settings in RECIPES.items():
        recipes = {
            side: SegmentRecipe(inputs=("cells.tif",), outputs=tuple(f"{side}/{name}/{one}" for one in OUTPUTS), preset="imagej", **settings)
            for side in ("ours", "theirs")
        }
        assert [done.error for done in run(recipes["ours"].model_dump(by_alias=True))] == [None]
        (folder / f"{name}.ijm").write_text(macro_of(recipes["theirs"], folder / f"{name}.ijm"), "utf-8")
        driver.append(name)
    labels = "ours/plain/labels.tif"
    measuring = {side: MeasureRecipe(inputs=("cells.tif",), labels=labels, outputs=(f"{side}/measured.csv",), preset="imagej") for side in ("ours", "theirs")}
    assert [done.error for done in run(measuring["ours"].model_dump(by_alias=True))] == [None]
    (folder / "measured.ijm").write_text(macro_of(measuring["theirs"], folder / "measured.ijm"), "utf-8")
    for name in (*driver, "measured"):
        text = (folder / f"{name}.ijm").read_text("utf-8") + 'run("Quit");\n'
        (folder / "run.ijm").write_text(text, "utf-8")
        command = ["xvfb-run", "-a", "java", "-Dfile.encoding=UTF-8", "-jar", str(JAR), "-macro", str(folder / "run.ijm")]
        subprocess.run(command, check=False, timeout=300, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})


def cells(path):
    separator = "," if path.suffix == ".csv" else "\t"
    return [line.split(separator) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("table", ["results.txt", "results.csv"])
def test_the_tables_are_equal(place, name, table):
    """To the byte, but for whole numbers that come out of a root: 1 or 1.000000000 is decided by their last bit."""
    ours, theirs = (cells(place / side / name / table) for side in ("ours", "theirs"))
    assert ours[0] == theirs[0]
    assert [len(row) for row in ours] == [len(row) for row in theirs]
    odd = [(one, other) for row, there in zip(ours, theirs, strict=True) for one, other in zip(row, there, strict=True) if one != other]
    assert all(f"{float(one):.9f}" == f"{float(other):.9f}" for one, other in odd), odd
    assert len(ours) > 2


@pytest.mark.parametrize("table", ["results.txt", "results.csv"])
def test_where_no_last_bit_decides_the_bytes_are_equal(place, table):
    assert (place / "ours/holes" / table).read_bytes() == (place / "theirs/holes" / table).read_bytes()


@pytest.mark.parametrize("name", RECIPES)
def test_the_label_images_are_equal(place, name):
    ours, theirs = (tifffile.imread(place / side / name / "labels.tif") for side in ("ours", "theirs"))
    assert np.array_equal(ours, theirs)
    assert ours.max() > 1


def test_the_rois_hold_the_same_pixels(place):
    """Where holes belong to the particles: ImageJ's ROIs are outer lines unless it is told to make composite ones, which changes its perimeters."""
    name = "holes"
    studies = [segue.read(place / side / name / "RoiSet.zip") for side in ("ours", "theirs")]
    ours, theirs = (segue.rasterize(study.image_sets[0], (120, 160)) for study in studies)
    assert np.array_equal(ours, theirs)


def test_segments_of_a_mask_are_measured_alike(place):
    assert (place / "ours/measured.csv").read_bytes() == (place / "theirs/measured.csv").read_bytes()
