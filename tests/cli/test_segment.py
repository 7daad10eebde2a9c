"""``segue segment``: the NEUBIAS activity, batches, recipes, what is refused."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.cli import main
from segue.cli.segment import command as segment_command
from segue.workflow.recipe_segment import SegmentRecipe
from segue.workflow.running import run as run_recipe
from segue.workflow.segmenting.item import SegmentItem
from segue.workflow.segmenting.task import segmenting, task_of


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run ``segue ARGS...`` in an empty folder; gives (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)

    def go(*args):
        with pytest.raises(SystemExit) as end:
            main([str(arg) for arg in args])
        return end.value.code or 0, *capsys.readouterr()

    return go


@pytest.fixture
def images(tmp_path):
    """Two images of bright squares of 36 and 100 pixels, beside a mask that is none of them."""
    image = np.full((30, 40), 10, np.uint16)
    image[2:8, 3:9], image[12:22, 20:30] = 200, 300
    (tmp_path / "images").mkdir()
    for name in ("cells", "shapes"):
        tifffile.imwrite(tmp_path / "images" / f"{name}.tif", image)
        tifffile.imwrite(tmp_path / f"{name}.tif", image)
    tifffile.imwrite(tmp_path / "images/cells_mask.tif", (image > 250).astype(np.uint8))
    return tmp_path / "images"


@pytest.mark.golden
def test_the_activity_of_neubias(golden, run, tmp_path):
    """Output saving, activity 1: a table, a ROI set and a label image; the particle of 1716 pixels is too large."""
    shutil.copyfile(golden / "neubias/xy_8bit_binary_randomshapes.tif", tmp_path / "shapes.tif")
    outputs = ("-o", "labels.tif", "-o", "labels.png", "-o", "RoiSet.zip", "-o", "shapes.csv")
    options = ("--threshold", "imagej-default", "--max-size", 1000)
    code, out, err = run("segment", "shapes.tif", *options, *outputs, "--statistics", "area,centroid", "--save-recipe", "recipe.json", "-v")
    assert code == 0, err
    assert "6 objects" in out
    assert "1 particle left out: larger than 1000 pixels" in err
    assert "objects are the values from 129 (imagej-default, ImageJ 1.53t)" in err
    theirs = tifffile.imread(golden / "imagej/neubias_activity/shapes_labels.tif")
    assert np.array_equal(tifffile.imread("labels.tif"), theirs)
    table = pl.read_csv("shapes.csv")
    assert table["area"].to_list() == [865, 793, 737, 961, 402, 778]
    assert table["label"].to_list() == [1, 2, 3, 4, 5, 6]
    assert len(segue.read("RoiSet.zip").image_sets[0].objects) == 6
    assert np.array_equal(segue.rasterize(segue.read("RoiSet.zip").image_sets[0], theirs.shape), theirs)
    before = {name: (tmp_path / name).read_bytes() for name in ("labels.tif", "labels.png", "RoiSet.zip", "shapes.csv")}
    assert run("run", "recipe.json")[0] == 6, "nothing is overwritten"
    assert run("run", "recipe.json", "--overwrite")[0] == 0
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


@pytest.mark.golden
def test_the_table_is_imagejs(golden, run, tmp_path):
    shutil.copyfile(golden / "neubias/xy_8bit_binary_randomshapes.tif", tmp_path / "shapes.tif")
    outputs = ("-o", "results.txt", "-o", "results.csv")
    code, _, err = run("segment", "shapes.tif", "--threshold", "imagej-default", "--max-size", 1000, *outputs, "--preset", "imagej", "--set", "decimals=3")
    assert code == 0, err
    for name, separator in (("results.txt", "\t"), ("results.csv", ",")):
        theirs = pl.read_csv(golden / "imagej/neubias_activity" / f"shapes_{name}", separator=separator, infer_schema=False)
        ours = pl.read_csv(name, separator=separator, infer_schema=False)
        assert ours.select(theirs.columns).equals(theirs), "cell by cell, as text"


def test_the_work_can_be_sent_elsewhere(images):
    """Cluster workers get a copy of item and work."""
    recipe = SegmentRecipe(inputs=("cells.tif",), outputs=("labels.tif",), threshold="100:", max_size="50um2", pixel_size="1um")
    work = pickle.loads(pickle.dumps(segmenting(task_of(recipe))))
    result = work(SegmentItem(images / "cells.tif", (images / "labels.tif",)), False)
    assert pickle.loads(pickle.dumps(result)).content == "1 object"


@pytest.mark.golden
def test_ilastik_and_stardist_images_become_something(golden, run):
    code, _, err = run("segment", golden / "stardist/img2d.tif", "-o", "labels.tif", "--min-size", "20")
    assert code == 0, err
    assert tifffile.imread("labels.tif").max() > 20


def test_many_images_at_once(run, images, tmp_path):
    code, _, err = run("segment", images, "-o", "out/{nickname}-labels.tif", "-o", "tables/{nickname}.csv", "--workers", 2)
    assert code == 0, err
    assert "2 segmented, 0 failed" in err
    assert sorted(path.name for path in (tmp_path / "out").glob("*.tif")) == ["cells-labels.tif", "shapes-labels.tif"]
    assert pl.read_csv("tables/cells.csv")["area"].to_list() == [36, 100]
    tifffile.imwrite(images / "empty.tif", np.full((5, 5), 9, np.uint8))
    code, _out, err = run("segment", images, "-o", "out/{nickname}-labels.tif", "--overwrite")
    assert code == 1
    assert "failed: empty.tif: empty.tif: every pixel has the value 9" in err
    assert "2 segmented, 1 failed" in err


def test_a_recipe_from_python_and_beside_the_output(run, images):
    (done,) = run_recipe({"task": "segment", "inputs": ["cells.tif"], "outputs": ["labels.tif", "cells.csv"], "min_size": 50}, with_recipe=True)
    assert done.result.content == "1 object"
    recipe = json.loads((images.parent / "cells.csv.recipe.json").read_text())
    assert recipe["outputs"] == ["cells.csv"]
    assert recipe["min_size"] == 50
    before = (images.parent / "cells.csv").read_bytes()
    (images.parent / "cells.csv").unlink()
    assert run("run", "cells.csv.recipe.json")[0] == 0
    assert (images.parent / "cells.csv").read_bytes() == before


def test_the_study_says_how_it_was_made_and_holds_the_image(run, images):
    assert run("segment", "cells.tif", "-o", "cells.segue", "--min-size", 50)[0] == 0
    with segue.read("cells.segue") as study:
        (s,) = study.image_sets
        assert len(s.images) == 1
        assert json.loads(s.history[-1].recipe)["min_size"] == 50
    assert run("segment", "cells.tif", "-o", "other.segue", "--min-size", 10)[0] == 0
    _code, out, _ = run("diff", "cells.segue", "other.segue")
    assert "min_size" in out


def test_no_particle_is_a_result(run, images):
    code, _out, err = run("segment", "cells.tif", "-o", "labels.tif", "-o", "RoiSet.zip", "-o", "cells.csv", "--threshold", "5000:", "-v")
    assert code == 0, err
    assert "no particle was found" in err
    assert not tifffile.imread("labels.tif").any()
    assert pl.read_csv("cells.csv").height == 0


def test_a_dry_run_writes_nothing(run, images):
    code, out, _ = run("segment", "cells.tif", "-o", "labels.tif", "--dry-run")
    assert code == 0
    assert "would write labels.tif" in out
    assert not (images.parent / "labels.tif").exists()


def test_json(run, images):
    body = json.loads(run("segment", "cells.tif", "-o", "labels.tif", "--json")[1])
    assert body["items"][0]["objects"] == 2
    assert any("objects are the values from" in note["what"] for note in body["items"][0]["notes"])


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (("cells.tif", "-o", "labels.jpg"), 2, "JPEG changes pixel values, so labels and measurements would be destroyed"),
        (("cells.tif", "-o", "labels.tif", "--threshold", "otzu"), 2, "'otzu' is no threshold; there are otsu, li, triangle, imagej-default"),
        (("cells.tif", "-o", "cells.tif", "--overwrite"), 2, "cells.tif is the image, so it cannot be the output"),
        (("cells.tif", "-o", "a.tif", "-o", "A.TIF"), 2, "two outputs would both be"),
        (("images", "-o", "labels.tif"), 2, "2 items cannot be written to the one file"),
        (("images", "-o", "out/{nickname}.tif", "-o", "labels.tif"), 2, "cannot be written to the one file labels.tif"),
        (("cells.tif", "-o", "out/{nickname}.tif", "-o", "labels.tif"), 2, "either all are templates or folders, or none"),
        (("cells.tif", "-o", "a.tif", "-o", "b.png", "-o", "c.zip", "--to", "tiff", "--to", "png"), 2, "--to was given 2 times for 3 outputs"),
        (("cells.tif", "-o", "labels.tif", "--min-size", "5um2"), 3, "pixel size of cells.tif is not known"),
        (("cells.tif", "-o", "labels.tif", "--set", "nonsense=1"), 2, "--set nonsense: no such option here"),
        (("cells.tif", "-o", "cells.csv", "--statistics", "maen"), 2, "there is no measurement 'maen'"),
        (("cells.tif", "-o", "labels.tif", "--circularity", "round"), 2, "'round' is not LOW-HIGH, such as 0.50-1.00"),
        (("cells.tif", "-o", "labels.tif", "--circularity", "0.9-0.5"), 2, "both are between 0 and 1"),
        (("cells.tif", "-o", "labels.tif", "--circularity", "0.5-2"), 2, "both are between 0 and 1"),
        (("cells.tif", "-o", "labels.tif", "--min-circularity", "0.9", "--max-circularity", "0.2"), 2, "circularity is between 0 and 1"),
        (("nowhere.tif", "-o", "labels.tif"), 3, "nowhere.tif does not exist"),
        (("cells.tif", "-o", "labels.tif", "--connectivity", "26", "--min-circularity", "0.5"), 2, "circularity is measured of planes"),
    ],
)
def test_what_cannot_be_done_is_said(run, images, args, code, sentence):
    given, _, err = run("segment", *args)
    assert (given, sentence in err) == (code, True), err


def test_refusals_of_other_commands_lead_here(run, images):
    code, _, err = run("convert", "cells.tif", "RoiSet.zip")
    tifffile.imwrite("grey.tif", np.random.default_rng(1).integers(0, 4000, (60, 60)).astype(np.uint16))
    code, _, err = run("convert", "grey.tif", "RoiSet.zip")
    assert code == 3
    assert "use segue segment" in err
    assert run("segment", "grey.tif", "-o", "RoiSet2.zip")[0] == 0


def test_sizes_in_units(run, images):
    code, _out, err = run("segment", "cells.tif", "-o", "cells.csv", "--pixel-size", "0.5um", "--min-size", "10 um2", "--physical", "--statistics", "area")
    assert code == 0, err
    assert pl.read_csv("cells.csv").row(0)[-1] == 25


def test_the_examples_of_the_help(run, images):
    examples = [line.strip() for line in (segment_command.help or "").splitlines() if line.strip().startswith("segue ")]
    assert len(examples) >= 4
    for number, line in enumerate(examples):
        args = line.replace("'", "").split()[1:]
        code, _, err = run(*args, "--overwrite")
        assert code == 0, f"{number}: {line}\n{err}"


@pytest.mark.parametrize(
    ("args", "count"),
    [
        (("--circularity", "0.1-0.5"), 0),
        (("--circularity", "0.5:1"), 2),
        (("--circularity", "0.5"), 2),
        (("--threshold", "-5"), 1),
        (("--threshold=-5:20",), 1),
    ],
)
def test_limits_and_negative_numbers(run, images, args, count):
    assert run("segment", "cells.tif", "-o", "labels.tif", *args)[0] == 0
    assert tifffile.imread("labels.tif").max() == count


def test_a_study_says_the_same_wherever_it_is_made(images, monkeypatch):
    """A batch that goes on compares what is there with what it would write, elsewhere."""
    monkeypatch.chdir(images.parent)
    task = task_of(SegmentRecipe(inputs=("cells.tif",), outputs=("out/cells.segue",), threshold="100:"))
    planned = SegmentItem(Path("cells.tif"), (Path("out/cells.segue"),))
    for place in (planned, planned.at((Path("elsewhere/deep/cells.segue"),))):
        segmenting(task)(place, False)
    files = [{file.relative_to(top): file.read_bytes() for file in sorted(top.rglob("*")) if file.is_file()} for top in map(Path, ("out", "elsewhere/deep"))]
    assert files[0] == files[1]


def test_recipes_beside_outputs_of_a_batch_make_them_again(run, images):
    assert run("segment", images, "-o", "out/{nickname}.fcs", "-o", "labels/{nickname}.tif", "--with-recipe")[0] == 0
    for path in map(Path, ("out/shapes.fcs", "labels/shapes.tif")):
        before = path.read_bytes()
        assert run("run", f"{path}.recipe.json", "--overwrite")[0] == 0
        assert path.read_bytes() == before
    assert json.loads(Path("out/shapes.fcs.recipe.json").read_text())["options"] == {"image_index": 2}
