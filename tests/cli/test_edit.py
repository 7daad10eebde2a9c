"""``segue edit`` and ``segue undo`` at the command line: what they say, what they refuse, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in a folder with a mask of three cells; (exit code, output, errors)."""
    monkeypatch.chdir(tmp_path)
    mask = np.zeros((20, 30), np.uint8)
    mask[2:9, 2:9], mask[2:9, 12:20], mask[12:18, 5:25] = 1, 2, 3
    tifffile.imwrite("mask.tif", mask)

    def run(*args):
        with pytest.raises(SystemExit) as end:
            main(list(args))
        return end.value.code, *capsys.readouterr()

    run("convert", "mask.tif", "cells.segue", "--set", "role=labels")
    run("convert", "mask.tif", "rois.zip")
    return run


def test_a_file_is_replaced_only_on_request(run):
    before = Path("mask.tif").read_bytes()
    code, _, err = run("edit", "mask.tif", "-s", "1", "--delete")
    assert (code, Path("mask.tif").read_bytes()) == (2, before)
    assert "-o NEW, or --overwrite to replace mask.tif" in err
    assert run("edit", "mask.tif", "-s", "1", "--delete", "--overwrite")[0] == 0
    assert set(np.unique(tifffile.imread("mask.tif"))) == {0, 2, 3}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("-s", "1"), "say one thing to do: --rename, --delete"),
        (("-s", "1", "--delete", "--merge"), "say one thing to do, not several: --delete, --merge"),
        (("--delete",), "say which objects: an id, id:ID"),
        (("-s", "nobody", "--delete"), "no object is 'nobody'; there are 3, with ids such as '1', '2', '3'"),
        (("-s", "1", "--colour", "rde"), "'rde' is no colour; write #rrggbb, or one of white, grey"),
        (("-s", "1", "--tag", "T", "--with-colour", "#12"), "'#12' is no colour"),
        (("-s", "1", "--rename", "x", "--connectivity", "8"), "connectivity"),
        (("-s", "1", "--relabel", "0"), "0 is not in the range"),
        (("-s", "1", "--relabel", "3"), "the number 3 is taken by object '3'"),
    ],
)
def test_what_makes_no_sense_is_refused(run, args, said):
    code, _, err = run("edit", "cells.segue", *args)
    assert (code, said in err) == (2, True), err


def test_what_the_format_cannot_hold_is_said_or_refused(run):
    code, out, err = run("edit", "mask.tif", "-s", "1", "--tag", "Tumor", "-o", "new.npy", "-v")
    assert (code, out.splitlines()[0]) == (0, "1 object put into 'Tumor'")
    assert "lost: populations, members of populations" in err
    code, _, err = run("edit", "mask.tif", "-s", "1", "--tag", "Tumor", "-o", "strict.npy", "--strict")
    assert (code, Path("strict.npy").exists()) == (5, False)


def test_another_form_is_written_by_its_suffix(run):
    assert run("edit", "rois.zip", "-s", "1", "-s", "2", "--merge", "-o", "merged.geojson")[0] == 0
    assert json.loads(Path("merged.geojson").read_text())["type"] == "FeatureCollection"


def test_a_study_says_how_to_take_it_back_and_does(run):
    code, out, _ = run("edit", "cells.segue", "-s", "label:1-2", "--merge")
    assert (code, out) == (0, "2 objects merged into '1'\nedited cells.segue; to take it back: segue undo cells.segue\n")
    assert run("undo", "cells.segue", "--list")[1].splitlines()[-1].split() == ["1", "merge", "label:1-2"]
    assert run("undo", "cells.segue")[1] == "took back edit 1: merge label:1-2\n"
    assert run("diff", "cells.segue", "mask.tif")[1] == "no difference\n"
    assert run("undo", "cells.segue")[0] == 2
    code, _, err = run("undo", "mask.tif")
    assert (code, "only a study (NAME.segue) remembers its edits" in err) == (2, True)


def test_a_dry_run_changes_nothing(run):
    before = {path: path.read_bytes() for path in Path("cells.segue").rglob("*") if path.is_file()}
    code, out, _ = run("edit", "cells.segue", "-s", "3", "--delete", "--dry-run")
    assert (code, out.splitlines()[-1].split()) == (0, ["label", "pixels", "1"])
    assert {path: path.read_bytes() for path in Path("cells.segue").rglob("*") if path.is_file()} == before


def test_stale_values_are_shown(run):
    Path("table.csv").write_text("id,label,x,y,Area\n1,1,5.5,5.5,49\n2,2,16,5.5,56\n")
    assert run("convert", "table.csv", "table.segue")[0] == 0
    assert run("edit", "table.segue", "-s", "1", "-s", "2", "--merge")[0] == 0
    assert "stale: 1" in run("inspect", "table.segue")[1]
    code, _, err = run("convert", "table.segue", "again.csv")
    assert (code, "marks of stale values" in err) == (0, True)


def test_a_recipe_holds_several_edits_that_are_made_all_or_not_at_all(run):
    edits = [{"edit": "delete", "objects": ["1"]}, {"edit": "rename", "objects": ["1"], "name": "gone"}]
    recipe = {"segue": 1, "task": "edit", "input": "cells.segue", "edits": edits}
    Path("recipe.json").write_text(json.dumps(recipe))
    assert run("run", "recipe.json")[0] == 2
    assert run("diff", "cells.segue", "mask.tif")[1] == "no difference\n"
    Path("recipe.json").write_text(json.dumps(recipe | {"edits": edits[::-1]}))
    code, out, _ = run("run", "recipe.json", "--json")
    assert (code, json.loads(out)["numbers"]) == (0, [1, 2])
    Path("recipe.json").write_text(json.dumps(recipe | {"task": "cook"}))
    assert run("run", "recipe.json")[0] == 2
