"""Recipes as macros for ImageJ (run by the real one in tests/interop), and as Python scripts."""

from __future__ import annotations

import runpy

import numpy as np
import pytest
import tifffile

from segue.errors import SegueError, UsageError
from segue.workflow.recipe import ConvertRecipe
from segue.workflow.recipe_measure import MeasureRecipe
from segue.workflow.recipe_segment import SegmentRecipe
from segue.workflow.scripting.imagej_macro import macro_of
from segue.workflow.scripting.macro_text import WORDS, quoted
from segue.workflow.scripting.python_script import python_script


@pytest.fixture
def place(tmp_path, monkeypatch):
    image = np.zeros((40, 50), np.uint8)
    image[5:15, 5:15], image[20:24, 30:34] = 200, 220
    tifffile.imwrite(tmp_path / "cells.tif", image)
    tifffile.imwrite(tmp_path / "labels.tif", (image > 0).astype(np.uint16) * (1 + (image > 210)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def segmenting(**given):
    return SegmentRecipe(inputs=("cells.tif",), **{"outputs": ("out/labels.tif",), **given})


def test_a_segmentation_in_the_words_of_analyze_particles(place):
    text = macro_of(segmenting(threshold="li", min_size=5, max_size=90, min_circularity=0.25, exclude_edges=True, include_holes=True), place / "a.ijm")
    assert 'setAutoThreshold("Li dark");' in text
    assert "size=5-90 pixel circularity=0.25-1 show=[Count Masks] clear add exclude include" in text
    assert 'images[0] = folder + "cells.tif";' in text
    assert 'File.makeDirectory(folder + "out");' in text
    assert "Set Measurements" not in text


def test_paths_lead_from_the_macro_to_the_files(place):
    (place / "macros").mkdir()
    assert 'images[0] = folder + "../cells.tif";' in macro_of(segmenting(), place / "macros" / "a.ijm")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"threshold": "100:150"}, "setThreshold(100, 150);"),
        ({"threshold": 12.5}, "setThreshold(12.5, 1e30);"),
        ({"threshold": "binary"}, "setThreshold(1, 1e30);"),
        ({"threshold": "otsu", "background": "light"}, 'setAutoThreshold("Otsu");'),
        ({"physical": True, "pixel_size": "2x0.5x0.4um", "max_size": "9um2"}, "unit=um pixel_width=0.4 pixel_height=0.5 voxel_depth=2.0"),
    ],
)
def test_thresholds_and_units(place, given, said):
    assert said in macro_of(segmenting(**given), place / "a.ijm")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"connectivity": 4}, "connectivity 4"),
        ({"threshold": "otsu-exact"}, "otsu-exact"),
        ({"channel": 1}, "one channel"),
        ({"per_plane": True}, "one channel and plane"),
        ({"max_size": "9um2"}, "--physical"),
        ({"outputs": ("cells.geojson",)}, "cells.geojson"),
        ({"threshold": 5, "background": "light"}, "range"),
    ],
)
def test_what_imagej_cannot_do_is_said_before_any_work(place, given, why):
    with pytest.raises(UsageError, match=why):
        macro_of(segmenting(**given), place / "a.ijm")


def test_only_what_imagej_measures(place):
    recipe = MeasureRecipe(inputs=("cells.tif",), labels="labels.tif", outputs=("cells.csv",), preset="imagej", statistics=("percentile 10",))
    with pytest.raises(UsageError, match="percentile 10"):
        macro_of(recipe, place / "a.ijm")
    with pytest.raises(UsageError, match="combine"):
        macro_of(recipe.model_copy(update={"combine": True}), place / "a.ijm")
    with pytest.raises(UsageError, match="no convert"):
        macro_of(ConvertRecipe(inputs=("cells.tif",), output="a.zip"), place / "a.ijm")


def test_every_column_of_imagej_has_a_word():
    from segue.measure.presets import IMAGEJ

    assert set(IMAGEJ.measurements) == set(WORDS)


def test_texts_cannot_break_out_of_their_quotes():
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'
    with pytest.raises(UsageError, match="line break"):
        quoted("a\nb")


def test_the_script_makes_the_same_files(place, capsys):
    from segue.workflow.running import run

    recipe = segmenting(outputs=("out/labels.tif", "out/RoiSet.zip"), threshold="imagej-default", max_size=50)
    (place / "again.py").write_text(python_script(recipe), encoding="utf-8")
    assert all(done.error is None for done in run(recipe.model_dump(by_alias=True)))
    files = sorted((place / "out").glob("*.*"))
    before = {path.name: path.read_bytes() for path in files}
    for path in files:
        path.unlink()
    runpy.run_path(str(place / "again.py"))
    assert {path.name: path.read_bytes() for path in files} == before
    assert "1 object" in capsys.readouterr().out


def test_the_script_reports_an_item_that_fails(place):
    (place / "again.py").write_text(python_script(segmenting(threshold=255)).replace("cells.tif", "gone.tif"), encoding="utf-8")
    with pytest.raises(SegueError, match=r"gone\.tif"):
        runpy.run_path(str(place / "again.py"))
