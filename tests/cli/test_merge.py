"""``segue merge`` on the command line."""

import json
from pathlib import Path

import pytest

import segue
from segue.cli import main
from segue.testing.canonical import canonical


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    segue.write(canonical(), "a.segue")
    segue.write(canonical(), "b.segue")


def run(line, capsys, code=0):
    with pytest.raises(SystemExit) as end:
        main(line.split())
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


def test_a_saved_recipe_does_it_again(here, capsys):
    run("merge b.segue a.segue --only values --overwrite ids --save-recipe again.json", capsys)
    assert json.loads(Path("again.json").read_bytes())["overwrite"] == "ids"
    assert "nothing changed" in run("run again.json", capsys).out
    (done,) = segue.run("again.json", dry_run=True)
    assert done.error is None
