"""``segue merge`` on the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.cli import main
from segue.testing.canonical import canonical


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    segue.write(canonical(), "a.segue")
    segue.write(canonical(), "b.segue")


def run(line, capsys, code=0):
    return run_words(line.split(), capsys, code)


def run_words(words, capsys, code=0):
    with pytest.raises(SystemExit) as end:
        main(words)
    output = capsys.readouterr()
    assert end.value.code == code, output.err
    return output


def test_importing_a_study_into_its_copy_changes_nothing(here, capsys):
    assert "nothing changed in a.segue" in run("merge b.segue a.segue", capsys).out
    assert json.loads(run("merge b.segue a.segue --json", capsys).out)["number"] is None


def test_what_does_not_fit_ends_with_exit_code_3(here, capsys):
    segue.convert("b.segue", "one.coco.json")
    study = segue.read("one.coco.json")
    assert study.image_sets
    error = run("merge one.coco.json a.segue --map z=+40", capsys, 3).err
    assert "nothing was imported" in error


@pytest.mark.parametrize(
    "line", ["merge b.segue a.segue --only everything", "merge b.segue a.segue --map z", "merge b.segue", "merge b.segue a.segue --set nonsense=1"]
)
def test_wrong_usage_ends_with_exit_code_2(here, capsys, line):
    run(line, capsys, 2)


def test_a_part_that_there_is_not_is_named_with_those_there_are(here, capsys):
    error = run("merge b.segue a.segue --only values,anotations", capsys, 2).err
    assert "'anotations' is not one of 'annotations', 'connections', 'properties', 'values', 'populations'" in error


def test_a_saved_recipe_does_it_again(here, capsys):
    run("merge b.segue a.segue --only values --overwrite ids --save-recipe again.json", capsys)
    assert json.loads(Path("again.json").read_bytes())["overwrite"] == "ids"
    assert "nothing changed" in run("run again.json", capsys).out
    (done,) = segue.run("again.json", dry_run=True)
    assert done.error is None


def test_an_image_that_the_study_does_not_have(here, capsys):
    pixels = np.arange(2 * 8 * 9, dtype=np.uint16).reshape(2, 8, 9)
    tifffile.imwrite("field 9.tif", pixels, imagej=True, metadata={"axes": "CYX"})
    assert "--add-image-sets" in run_words(["merge", "field 9.tif", "a.segue"], capsys, 3).err
    shown = run_words(["merge", "field 9.tif", "a.segue", "--add-image-sets", "--dry-run"], capsys).out
    assert "1 image set added: 'field 9'" in shown
    assert "image sets  1" in shown
    run_words(["merge", "field 9.tif", "a.segue", "--add-image-sets", "--pixels", "reference", "--save-recipe", "again.json"], capsys)
    recipe = json.loads(Path("again.json").read_bytes())
    assert (recipe["add_image_sets"], recipe["pixels"]) == (True, "reference")
    assert "nothing changed" in run("run again.json", capsys).out
    assert run("undo a.segue", capsys).out.strip() == "took back edit 1: merge field 9.tif add image sets reference"
    assert "field 9" not in run("inspect a.segue", capsys).out


def test_a_project_of_nimbusimage_there_and_back(here, capsys):
    run("convert a.segue p.nimbus-project", capsys)
    assert "would write" in run("convert p.nimbus-project q.segue --dry-run", capsys).out
    next(Path("p.nimbus-project").glob("*.ome.tif")).write_bytes(b"II*\0 damaged")
    assert "is not the file that was published" in run("convert p.nimbus-project q.segue --strict", capsys, 5).err
    Path("empty").mkdir()
    assert "neither annotations of NimbusImage" in run("convert empty r.segue --from nimbus-project", capsys, 3).err
