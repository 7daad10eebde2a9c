"""``segue select`` at the command line: what it makes, says, refuses, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

import segue
from segue.cli import main

SQUARE = {"type": "Polygon", "coordinates": [[[4, 4], [14, 4], [14, 14], [4, 14], [4, 4]]]}


def cells():
    found = np.zeros((20, 30), np.uint16)
    found[5:8, 5:8], found[9:12, 6:10], found[5:9, 11:17], found[13:18, 13:19], found[2:6, 22:28] = 1, 2, 3, 4, 9
    return found


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in a folder with an image, its mask, regions and a study; (exit code, output, errors)."""
    monkeypatch.chdir(tmp_path)
    tifffile.imwrite("cells.tif", (cells() * 10).astype(np.float32))
    tifffile.imwrite("cells-mask.tif", cells())
    feature = {"type": "Feature", "geometry": SQUARE, "properties": {"objectType": "annotation", "name": "Left"}}
    Path("left.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")

    def run(*args):
        with pytest.raises(SystemExit) as end:
            main([str(one) for one in args])
        return end.value.code, *capsys.readouterr()

    assert run("measure", "cells.tif", "--labels", "cells-mask.tif", "-o", "cells.segue", "--statistics", "area,mean")[0] == 0
    return run


def members(path="cells.segue"):
    """Name of a population -> labels of its members."""
    with segue.read(path) as study:
        (s,) = study.image_sets
        labels = {one.id: s.objects.frame["label"].gather(s.membership.frame.filter(population=one.id)["object"]).to_list() for one in study.populations}
        return {" / ".join(one.name): labels[one.id] for one in study.populations}


def test_regions_of_a_file_become_populations_with_rules(run):
    code, out, _ = run("select", "cells.segue", "--region", "left.geojson", "--by", "any", "--color", "#d55e00")
    assert code == 0
    assert "Left" in out
    assert "to take it back: segue undo cells.segue" in out
    assert members() == {"Left": [1, 2, 3, 4]}
    with segue.read("cells.segue") as study:
        (population,) = study.populations
        region = study.image_sets[0].objects.frame.filter(layer="regions")
        assert (population.rule.by, population.rule.regions) == ("any", tuple(region["id"]))
        assert population.colour == 0xD55E00FF
    assert run("undo", "cells.segue")[0] == 0
    assert members() == {}


@pytest.mark.parametrize(("by", "found"), [("centroid", [1, 2, 3]), ("majority", [1, 2]), ("any", [1, 2, 3, 4])])
def test_what_of_a_segment_lies_in_a_region_is_chosen(run, by, found):
    assert run("select", "cells.segue", "--region", "left.geojson", "--by", by, "--name", "In")[0] == 0
    assert members() == {"In": found}


def test_every_file_that_has_areas_can_hold_regions(run):
    assert run("convert", "left.geojson", "left-RoiSet.zip")[0] == 0
    assert run("select", "cells.segue", "--region", "left-RoiSet.zip")[0] == 0
    assert list(members().values()) == [[1, 2, 3]]


def test_gates_are_ranges_joined_by_and_and_or(run):
    assert run("select", "cells.segue", "--gate", "area:12: & mean::30", "--name", "Dim")[0] == 0
    assert run("select", "cells.segue", "--gate", "mean:90: | area::9", "--name", "Odd")[0] == 0
    assert members() == {"Dim": [2, 3], "Odd / mean from 90": [9], "Odd / area to 9": [1], "Odd": [1, 9]}


def test_what_a_gate_asks_for_is_measured(run):
    assert run("select", "cells.segue", "--gate", "perimeter:15:", "--name", "Long")[0] == 0
    assert members() == {"Long": [3, 4, 9]}
    with segue.read("cells.segue") as study:
        assert "perimeter" in [column.name for column in study.image_sets[0].tables["measurements"].columns]
    assert run("undo", "cells.segue")[0] == 0
    with segue.read("cells.segue") as study:
        assert [column.name for column in study.image_sets[0].tables["measurements"].columns] == ["area", "mean"]


def test_polygons_are_written_or_read(run):
    Path("gate.csv").write_text("area,mean\n10,0\n40,0\n40,35\n10,35\n", encoding="utf-8")
    assert run("select", "cells.segue", "--polygon-gate", "gate.csv", "--name", "File")[0] == 0
    assert run("select", "cells.segue", "--polygon-gate", "area,mean: 10,0 40,0 40,35 10,35", "--scale", "log10,linear", "--name", "Word")[0] == 0
    assert members() == {"File": [2, 3], "Word": [2, 3]}


def test_lists_are_written_or_read(run):
    Path("ids.txt").write_text("1\n9\n77\n", encoding="utf-8")
    assert run("select", "cells.segue", "--ids", "2-4,9", "--name", "Word")[0] == 0
    code, _, err = run("select", "cells.segue", "--ids", "ids.txt")
    assert (code, "1 label without a segment: 77" in err) == (0, True)
    assert members() == {"Word": [2, 3, 4, 9], "ids": [1, 9]}


def test_a_subset_of_events_is_a_population(run):
    assert run("select", "cells.segue", "--ids", "3,4", "--name", "Gated")[0] == 0
    Path("cells-mask.tif").unlink()  # or it would be measured instead of the segments of the study
    code, _, err = run("measure", "cells.segue", "-o", "{population}.fcs", "--statistics", "area", "--split-populations", "Gated")
    assert code == 0, err
    assert run("select", "cells.segue", "--ids", "Gated.fcs", "--name", "Back")[0] == 0
    assert members()["Back"] == [3, 4]


def test_sets_of_populations(run):
    for name, ids in (("A, a", "1-3"), ("B", "3-9")):
        assert run("select", "cells.segue", "--ids", ids, "--name", name)[0] == 0
    assert run("select", "cells.segue", "--union", '"A, a",B', "--name", "U")[0] == 0
    assert run("select", "cells.segue", "--intersection", '"A, a",B')[0] == 0
    assert run("select", "cells.segue", "--difference", 'B,"A, a"', "--name", "D")[0] == 0
    assert members() == {"A, a": [1, 2, 3], "B": [3, 4, 9], "U": [1, 2, 3, 4, 9], "A, a and B": [3], "D": [4, 9]}


def test_rules_can_be_run_again(run):
    assert run("select", "cells.segue", "--gate", "area:12:", "--name", "Large")[0] == 0
    assert run("edit", "cells.segue", "-s", "label:1", "--tag", "Large")[0] == 0
    assert members() == {"Large": [2, 3, 4, 9, 1]}
    code, out, _ = run("select", "cells.segue", "--refresh")
    assert (code, "selected anew" in out) == (0, True)
    assert members() == {"Large": [2, 3, 4, 9]}
    code, out, _ = run("select", "cells.segue", "--refresh")
    assert (code, "nothing changed" in out) == (0, True)


def test_a_population_is_replaced_only_on_request(run):
    assert run("select", "cells.segue", "--gate", "area:12:", "--name", "Large")[0] == 0
    code, _, err = run("select", "cells.segue", "--gate", "area:24:", "--name", "Large")
    assert (code, "--replace" in err) == (2, True)
    assert run("select", "cells.segue", "--gate", "area:24:", "--name", "Large", "--replace")[0] == 0
    assert members() == {"Large": [3, 4, 9]}


def test_a_new_segmentation(run):
    assert run("select", "cells.segue", "--region", "left.geojson")[0] == 0
    assert run("select", "cells.segue", "--ids", "1,9", "--name", "Drawn")[0] == 0
    new = np.zeros_like(cells())
    for place, label in enumerate((9, 4, 3, 2, 1), 1):
        new[cells() == label] = place
    tifffile.imwrite("new.tif", new)
    before = {path: path.read_bytes() for path in Path("cells.segue").rglob("*") if path.is_file()}
    code, out, err = run("select", "cells.segue", "--labels", "new.tif", "--refresh", "--strict")
    assert (code, "stale" in err) == (5, True)
    code, out, _ = run("select", "cells.segue", "--labels", "new.tif", "--refresh", "--dry-run")
    assert (code, "label pixels" in out) == (0, True)
    assert {path: path.read_bytes() for path in Path("cells.segue").rglob("*") if path.is_file() and path.name != ".lock" and path in before} == before
    code, out, err = run("select", "cells.segue", "--labels", "new.tif", "--refresh")
    assert (code, "'Drawn' is stale: 2 members" in err, "stale" in out) == (0, True, True)
    assert members() == {"Left": [3, 4, 5], "Drawn": []}
    assert "stale       Drawn: 2 members, listed on other labels" in run("inspect", "cells.segue")[1]
    assert run("undo", "cells.segue")[0] == 0
    assert members() == {"Left": [1, 2, 3], "Drawn": [1, 9]}


def test_labels_of_another_size_are_refused_with_both_sizes(run):
    tifffile.imwrite("small.tif", cells()[:15])
    code, _, err = run("select", "cells.segue", "--labels", "small.tif", "--refresh")
    assert code == 3
    assert "y 15 x x 30" in err
    assert "y 20 x x 30" in err


def test_a_change_that_is_too_large_for_the_journal_writes_the_study_anew(run, monkeypatch):
    assert run("select", "cells.segue", "--region", "left.geojson")[0] == 0
    tifffile.imwrite("new.tif", np.roll(cells(), 3, axis=1))
    monkeypatch.setattr("segue.workflow.edits.between.runs_between", lambda old, new: None)
    code, out, err = run("select", "cells.segue", "--labels", "new.tif", "--refresh")
    assert (code, "wrote cells.segue anew" in out, "segue undo does not take this back" in err) == (0, True, True)
    assert members() == {"Left": [1, 2]}
    assert run("undo", "cells.segue")[0] == 2
    assert run("convert", "cells.segue", "back.tif")[0] == 0
    assert np.array_equal(tifffile.imread("back.tif"), np.roll(cells(), 3, axis=1))


def test_an_image_with_its_labels_into_any_format(run):
    code, out, _ = run("select", "cells.tif", "--labels", "cells-mask.tif", "--region", "left.geojson", "-o", "out.csv")
    assert (code, "Left" in out) == (0, True)
    assert "Left" in Path("out.csv").read_text(encoding="utf-8")
    assert run("select", "cells.tif", "--gate", "mean:40:", "-o", "out.segue", "--name", "Bright")[0] == 0, "the mask beside the image is found"
    assert members("out.segue") == {"Bright": [4, 9]}
    assert run("select", "cells-mask.tif", "--gate", "area:12:", "-o", "out.geojson")[0] == 0
    assert run("select", "cells.segue", "--gate", "area:12:", "--name", "Large", "-o", "copy.segue")[0] == 0
    assert members("copy.segue") == {"Large": [2, 3, 4, 9]}
    assert members() == {}


def test_several_inputs_are_a_batch(run):
    Path("images").mkdir()
    for name in ("a", "b"):
        tifffile.imwrite(f"images/{name}.tif", (cells() * 10).astype(np.float32))
        tifffile.imwrite(f"images/{name}_mask.tif", cells())
    code, _, err = run("select", "images/a.tif", "images/b.tif", "--gate", "mean:40:", "--name", "Bright", "-o", "out/")
    assert code == 0, err
    assert [members(f"out/{name}.segue") for name in "ab"] == [{"Bright": [4, 9]}] * 2
    assert run("select", "out/a.segue", "out/b.segue", "--gate", "area:30:", "--name", "Large")[0] == 0
    assert [members(f"out/{name}.segue")["Large"] for name in "ab"] == [[4]] * 2


def test_a_recipe_does_it_again(run):
    args = (
        "select",
        "cells.tif",
        "--labels",
        "cells-mask.tif",
        "--region",
        "left.geojson",
        "--by",
        "majority",
        "-o",
        "out.csv",
        "--save-recipe",
        "recipe.json",
    )
    assert run(*args)[0] == 0
    before = Path("out.csv").read_bytes()
    assert run("run", "recipe.json", "--overwrite")[0] == 0
    assert Path("out.csv").read_bytes() == before
    assert run("select", "cells.segue", "--gate", "area:12:", "--name", "Large", "--save-recipe", "gate.json")[0] == 0
    assert run("undo", "cells.segue")[0] == 0
    assert run("run", "gate.json")[0] == 0
    assert members() == {"Large": [2, 3, 4, 9]}


def test_machines_get_json(run):
    code, out, _ = run("select", "cells.segue", "--gate", "area:12:", "--name", "Large", "--json")
    (item,) = json.loads(out)["items"]
    assert code == 0
    assert item["populations"] == [
        {"population": "Large", "image_set": "cells.segue", "rule": "gate", "outcome": "selected", "before": 0, "after": 4, "why": ""}
    ]
    assert item["number"] == 1


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ((), 2, "say what is to be selected"),
        (("--ids", "1", "--gate", "area:1:"), 2, "select in one way at a time"),
        (("--refresh", "--ids", "1"), 2, "select in one way at a time"),
        (("--labels", "cells-mask.tif"), 2, "for new labels add --refresh"),
        (("--gate", "area:1:", "--by", "any"), 2, "--by says how regions select"),
        (("--ids", "1", "--parent", "x"), 2, "--parent is the population"),
        (("--gate", "area:1:", "--parent", "x"), 2, "no population is called 'x'; there are: none"),
        (("--gate", "aera:1:"), 2, "no table has a column 'aera'; there are: 'area'"),
        (("--gate", "CD3 maen:1:"), 2, "no table has a column 'CD3 maen'"),
        (("--gate", "area"), 2, "'area' is no gate: it is no term"),
        (("--union", "a"), 2, "--union needs two populations or more"),
        (("--ids", "77,78"), 2, "no segment is 77, 78"),
        (("--region", "gone.geojson"), 3, "gone.geojson"),
        (("--region", "cells.segue"), 3, "holds no area that could be a region"),
        (("--gate", "area:1:", "--image-set", "other"), 2, "no image set is called 'other'"),
        (("--gate", "area:1:", "--color", "rouge"), 2, "'rouge' is no colour"),
    ],
)
def test_what_makes_no_sense_is_refused(run, args, code, said):
    found, _, err = run("select", "cells.segue", *args)
    assert (found, said in err) == (code, True), err


def test_what_cannot_be_done_is_said_with_the_sentence_of_the_table(run):
    assert run("convert", "left.geojson", "bare.segue", "--image", "cells.tif")[0] == 0
    code, _, err = run("select", "bare.segue", "--gate", "CD3 mean:1:")
    assert (code, "populations from gates can be made in an image set only if it has a segmentation and measured values" in err) == (3, True), err
    code, _, err = run("select", "cells.segue", "--refresh")
    assert (code, "only if it has a segmentation and a population" in err) == (3, True), err


def test_only_studies_are_changed_in_place(run):
    code, _, err = run("select", "cells.tif", "--gate", "area:1:")
    assert (code, "-o OUT (only a study" in err) == (2, True)


def test_regions_of_an_image_of_another_size_are_refused(run):
    tifffile.imwrite("large.tif", np.ones((40, 40), np.uint8))
    assert run("convert", "left.geojson", "drawn.segue", "--image", "large.tif")[0] == 0
    code, _, err = run("select", "cells.segue", "--region", "drawn.segue")
    assert (code, "y 40 x x 40 pixels" in err, "y 20 x x 30" in err) == (3, True, True)


def test_in_python(run):
    with segue.read("cells.segue") as study:
        found, notes = segue.select(study, gate="area:12: & mean::30", name="Dim", colour="#ff0000")
        assert len(study.populations) == 0
        (population,) = found.populations
        assert (population.name, population.colour) == (("Dim",), 0xFF0000FF)
        assert "2 objects in 'Dim'" in [note.sentence for note in notes]
        listed, _ = segue.select(found, ids=[1, 2], name="Two")
        assert len(listed.image_sets[0].membership.frame.filter(population="Two")) == 2
        again, _ = segue.select(listed, refresh=True)
        assert len(again.populations) == 2
    assert segue.select("cells.segue", region="left.geojson", by="any")
    assert members() == {"Left": [1, 2, 3, 4]}
    with pytest.raises(segue.SegueError, match="select in one way"):
        segue.select("cells.segue", gate="area:1:", ids="1")


def test_colours_have_names(run):
    assert run("select", "cells.segue", "--gate", "area:9:", "--name", "Large", "--color", "Red")[0] == 0
    with segue.read("cells.segue") as study:
        assert study.populations[0].colour == 0xFF0000FF
    code, _, err = run("select", "cells.segue", "--gate", "area:9:", "--name", "Other", "--color", "redd")
    assert (code, "'redd' is no colour; write #rrggbb, or one of white" in err) == (2, True)
