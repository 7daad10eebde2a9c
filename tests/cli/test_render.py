"""``segue render``: pictures of files, batches, recipes, settings, and what is refused."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

import segue
from segue.cli import main
from segue.cli.render import command
from segue.model.study import Study
from segue.tasks.workers import Threads
from segue.testing.canonical import canonical
from segue.workflow.recipe_render import RenderRecipe
from segue.workflow.rendering.plan import plan_render
from segue.workflow.rendering.task import container_for, rendering, task_of


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
def cells(tmp_path):
    """Two images with their masks, of 24 x 30 pixels."""
    image = np.random.default_rng(0).integers(0, 4000, (24, 30)).astype(np.uint16)
    labels = np.zeros((24, 30), np.uint16)
    labels[3:9, 4:12], labels[12:20, 15:25] = 1, 7
    (tmp_path / "images").mkdir()
    for name in ("a", "b"):
        tifffile.imwrite(tmp_path / "images" / f"{name}.tif", image)
        tifffile.imwrite(tmp_path / "images" / f"{name}_mask.tif", labels)
    return image, labels


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_picture_of_a_file_with_the_mask_beside_it(run, cells):
    code, out, err = run("render", "images/a.tif", "-o", "a.png", "-v")
    assert code == 0, err
    assert "wrote a.png (30 x 24 pixels" in out
    assert "its segments are those of a_mask.tif" in err
    assert "image shown between the percentiles 0.1 and 99.9 of the plane" in err
    assert np.array_equal(opened("a.png"), segue.render(cells[0], labels=cells[1]))


@pytest.mark.parametrize("name", ["a.tif", "a.tiff", "a.png", "a.bmp"])
def test_lossless_formats_hold_the_same_pixels(run, cells, name):
    assert run("render", "images/a.tif", "-o", name, "--fill", "0.5")[0] == 0
    assert np.array_equal(opened(name), segue.render(cells[0], labels=cells[1], fill=0.5))


def test_tiff_is_a_page_of_colours_with_the_size_of_a_pixel(run, cells):
    code, _, err = run("render", "images/a.tif", "-o", "a.tif", "--pixel-size", "0.5um", "--zoom", "2", "--crop", "x=2:12")
    assert code == 0, err
    with tifffile.TiffFile("a.tif") as file:
        assert (file.pages[0].photometric, file.pages[0].shape) == (2, (48, 20, 3))
    with segue.read("a.tif") as study:
        axes = {axis.name: (axis.scale, axis.unit) for axis in study.image_sets[0].grid.axes}
    assert axes == {"y": (0.25, "um"), "x": (0.25, "um")}


def test_a_folder_of_pictures_and_the_recipe_that_makes_them_again(run, cells, tmp_path):
    code, _, err = run("render", "images/", "-o", "out/", "--settings", "json", "--save-recipe", "again.json", "--workers", "2")
    assert code == 0, err
    assert "2 rendered" in err
    assert sorted(path.name for path in Path("out").glob("*.*")) == ["a.display.json", "a.png", "b.display.json", "b.png"]
    assert json.loads(Path("out/a.display.json").read_text())["channels"][0]["channel"] == "image"
    before = Path("out/a.png").read_bytes()
    assert run("run", "again.json", "--overwrite")[0] == 0
    assert Path("out/a.png").read_bytes() == before
    assert "already done" in run("run", "again.json", "--resume")[2]
    assert run("clean", "out", "--yes")[0] in (0, 2)


def test_every_image_set_of_a_study(run):
    segue.write(canonical(), "study.segue")
    code, _, err = run("render", "study.segue", "-o", "one.png")
    assert code == 2
    assert "2 pictures cannot be written to the one file one.png; use a template such as 'one-{image_set}.png'" in err
    code, _, err = run("render", "study.segue", "-o", "{image_set}.png")
    assert code == 0, err
    assert {path.name for path in Path().glob("*.png")} == {"field 1.png", "field 2.png"}
    assert run("render", "study.segue", "-o", "two.png", "--image-set", "field 2")[0] == 0
    assert np.array_equal(opened("two.png"), opened("field 2.png"))
    code, _, err = run("render", "study.segue", "-o", "three.png", "--image-set", "field 3")
    assert code == 2
    assert "has no image set field 3; there are field 1, field 2" in err


def test_presets_and_files_of_settings(run):
    segue.write(canonical(), "study.segue")
    assert run("render", "study.segue", "-o", "day.png", "--image-set", "field 1", "--display", "day", "--no-scale-bar", "--settings", "json")[0] == 2
    code, _, err = run("render", "study.segue", "-o", "day.png", "--image-set", "field 1", "--display", "day", "--scale-bar", "none", "--settings", "json")
    assert code == 0, err
    assert run("render", "study.segue", "-o", "again.png", "--image-set", "field 1", "--display", "day.display.json")[0] == 0
    assert np.array_equal(opened("day.png"), opened("again.png"))
    assert run("render", "study.segue", "-o", "x.png", "--image-set", "1", "--display", "noon")[0] == 2


def test_populations_of_another_file(run, cells):
    Path("gates.csv").write_text("label,populations\n7,bright\n")
    code, _, err = run("render", "images/a.tif", "-o", "a.png", "--populations", "gates.csv", "--population-fill", "1", "-v")
    assert code == 0, err
    assert "1 object in population bright" in err
    assert opened("a.png")[15, 20].tolist() == [230, 159, 0]


def test_a_dry_run_writes_nothing(run, cells):
    code, _, err = run("render", "images/a.tif", "-o", "a.png", "--dry-run")
    assert code == 0, err
    assert not Path("a.png").exists()
    assert "has no channel" in run("render", "images/a.tif", "-o", "a.png", "--dry-run", "--channel", "CD3")[2]


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (("images/a.tif", "-o", "images/a.tif"), 2, "is an input, so it cannot be the output"),
        (("images/", "-o", "a.png"), 2, "2 pictures cannot be written to the one file a.png"),
        (("images/a.tif", "-o", "a.csv"), 2, "nothing says in which format to write a.csv"),
        (("images/a.tif", "-o", "a.npy", "--set", "poem=1"), 2, "--set poem: no such option here"),
        (("images/a.tif", "-o", "a.png", "--display", "x.json"), 3, "x.json does not exist"),
        (("images/a.tif", "-o", "a.png", "--display", "images/a_mask.csv"), 3, "does not exist"),
        (("images/a.tif", "-o", "a.png", "--scale-bar"), 3, "nothing says how large a pixel of a.tif is"),
        (("images/a.tif", "-o", "{poem}.png"), 2, "cannot be filled"),
        (("images/a.tif", "-o", "a.png", "--fill", "2"), 2, "0<=x<=1"),
    ],
)
def test_what_is_refused(run, cells, args, code, sentence):
    found, _, err = run("render", *args)
    assert (found, sentence in err) == (code, True), err
    assert not Path("a.png").exists()


def test_an_existing_picture_is_kept(run, cells):
    Path("a.png").write_bytes(b"mine")
    assert run("render", "images/a.tif", "-o", "a.png")[0] == 6
    assert Path("a.png").read_bytes() == b"mine"
    Path("b.display.json").write_bytes(b"mine")
    assert run("render", "images/b.tif", "-o", "b.png", "--settings", "json")[0] == 6
    assert not Path("b.png").exists()


@pytest.mark.parametrize(
    "text", ["{}", '{"segue": "display", "name": 5}', "[1]", "Channel,Marker\n", "Channel,Marker,Low Threshold,High Threshold\nxChannel,CD3,0,1\n", "\x00"]
)
def test_files_that_are_no_settings(run, cells, text):
    Path("x.json").write_text(text)
    code, _, err = run("render", "images/a.tif", "-o", "a.png", "--display", "x.json")
    assert code == 3, err
    assert "x.json" in err


def test_the_number_of_workers_makes_no_difference(cells, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe = RenderRecipe(inputs=("images/a.tif",), output="x.png", fill=0.3, text=True)
    plan = plan_render(recipe, container_for(recipe))
    task = task_of(recipe, container_for(recipe))
    for name, workers in (("one.png", Threads(1)), ("three.png", Threads(3)), ("pickled.png", None)):
        work = rendering(task, workers)
        work = pickle.loads(pickle.dumps(work)) if workers is None else work
        work(plan.items[0].at((tmp_path / name,)), False)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "three.png").read_bytes() == (tmp_path / "pickled.png").read_bytes()


def test_every_setting_is_an_option():
    options = {parameter.name for parameter in command.params}
    assert set(RenderRecipe.model_fields) - {"task", "display_file"} <= options


def test_studies_without_pixels_need_a_size(run):
    s = canonical().image_sets[1]
    segue.write(Study((s,)), "study.segue")
    code, _, err = run("render", "study.segue", "-o", "a.png", "-v")
    assert code == 0, err
    assert "z=1 is shown, of 3" in err
