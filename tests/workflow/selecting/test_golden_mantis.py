"""A real project of Mantis Viewer and its populations, through a changed segmentation: the acceptance of the selection, number by number."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile

import segue
from segue.cli import main
from segue.model.image import ArrayPixels, LabelImage
from segue.model.rules import RegionRule
from segue.notes import Kind
from segue.workflow.selecting.evaluate import select_rows

pytestmark = pytest.mark.golden

INSIDE = [45, 55, 76, 105, 128, 150, 153, 160, 179, 201, 207, 217, 224, 266, 270, 278, 298, 309]


@pytest.fixture
def files(golden, tmp_path, monkeypatch, capsys):
    """A study made of the populations of v1.0 on their image and labels; (labels, a function that runs a command)."""
    monkeypatch.chdir(tmp_path)
    one = golden / "mantis/test/files/project/set_one"
    labels = tifffile.imread(one / "segmentation.tif").astype(np.uint16)

    def run(*args):
        with pytest.raises(SystemExit) as end:
            main([str(part) for part in args])
        return end.value.code, *capsys.readouterr()

    source = golden / "mantis/generated/populations_D_v1.0.json"
    assert run("convert", source, "set_one.segue", "--image", one / "cd4.tif", "--labels", one / "segmentation.tif")[0] == 0
    return labels, run


def members(name, path="set_one.segue"):
    with segue.read(path) as study:
        (s,) = study.image_sets
        (population,) = [one for one in study.populations if one.name[-1] == name]
        rows = s.membership.frame.filter(population=population.id)["object"]
        return s.objects.frame["label"].gather(rows).to_list()


def backwards(labels):
    """The same cells, numbered 1 to 48 from the last to the first; and the new number of each."""
    numbers = np.unique(labels)[1:]
    new = {int(number): place for place, number in enumerate(numbers[::-1], 1)}
    found = np.zeros_like(labels)
    for number, place in new.items():
        found[labels == number] = place
    return found, new


def eroded(labels):
    """Every cell without the pixels at its edge."""
    padded = np.pad(labels, 1)
    around = [np.roll(padded, step, axis)[1:-1, 1:-1] for axis in (0, 1) for step in (1, -1)]
    return np.where(np.all([one == labels for one in around], axis=0), labels, 0).astype(labels.dtype)


@pytest.mark.parametrize(
    ("by", "count", "without", "more"),
    [("centroid", 18, [], []), ("mantis-1.0", 18, [], []), ("majority", 17, [309], []), ("any", 22, [], [23, 56, 252, 288]), ("mantis-1.1", 17, [309], [])],
)
def test_the_region_selects(files, by, count, without, more):
    with segue.read("set_one.segue") as study:
        from dataclasses import replace

        (region,) = [one for one in study.populations if isinstance(one.rule, RegionRule)]
        assert region.rule.by == "mantis-1.0"
        populations = [replace(one, rule=replace(one.rule, by=by)) if one is region else one for one in study.populations]
        s, rows = select_rows(study.image_sets[0], populations, {region.id})
        found = sorted(s.objects.frame["label"].gather(rows[region.id]).to_list())
    assert len(found) == count
    assert found == sorted({*INSIDE, *more} - set(without))


def test_the_same_cells_after_the_mask_was_numbered_backwards(files):
    labels, run = files
    new, numbers = backwards(labels)
    tifffile.imwrite("new.tif", new)
    code, out, err = run("select", "set_one.segue", "--labels", "new.tif", "--refresh")
    assert code == 0
    assert sorted(members("Image Selection 1")) == sorted(numbers[label] for label in INSIDE)
    assert members("Graph Selection 2") == []
    said = " ".join(err.split())
    assert "'Graph Selection 2' is stale: 4 members of this list left it" in said
    assert "the fingerprint of the labels that it was made on is a29aae86, that of these is 8bb7dd84" in said, "how it was noticed"
    assert "3 of its ids exist here, too (23, 45, 46), but may be other cells" in said
    assert "stale" in out
    with segue.read("set_one.segue") as study:
        kept = study.image_sets[0].extras.filter(format="segue")["payload"].to_list()
        assert any(
            json.loads(one) == {"stale": {"labels": LabelImage(ArrayPixels(labels), "yx").fingerprint(), "members": ["23", "45", "46", "55"]}} for one in kept
        )


def test_eroded_cells_are_another_segmentation_though_their_numbers_are_the_same(files):
    labels, run = files
    smaller = eroded(labels)
    tifffile.imwrite("eroded.tif", smaller)
    code, _, err = run("select", "set_one.segue", "--labels", "eroded.tif", "--refresh")
    assert code == 0
    left = set(np.unique(smaller)) - {0}
    found = members("Image Selection 1")
    assert set(found) <= left
    assert abs(len(found) - len(set(INSIDE) & left)) <= 1, "a centre may move across the edge of the region"
    assert members("Graph Selection 2") == []
    assert f"{len({23, 45, 46, 55} & left)} of its ids exist here, too" in " ".join(err.split())


def test_labels_of_another_size_are_refused(files):
    labels, run = files
    tifffile.imwrite("cropped.tif", labels[:, :90])
    code, _, err = run("select", "set_one.segue", "--labels", "cropped.tif", "--refresh")
    assert code == 3
    assert "y 100 x x 90 pixels" in err
    assert "y 100 x x 100" in err
    assert len(members("Graph Selection 2")) == 4


def test_a_file_that_is_about_other_labels_is_judged_by_its_region(golden, files):
    labels, run = files
    tifffile.imwrite("new.tif", backwards(labels)[0])
    source = golden / "mantis/generated/populations_D_v1.0.json"
    code, out, err = run("convert", source, "other.segue", "--labels", "new.tif", "--json")
    assert code == 0, err
    notes = json.loads(out)["items"][0]["notes"]
    (said,) = [note for note in notes if note["kind"] == Kind.CHANGED and "regions list" in note["what"]]
    assert "select 18 on these labels" in said["what"]
    with segue.read("other.segue") as study:
        assert study.image_sets[0].membership.frame["labels"].null_count() == len(study.image_sets[0].membership)
    with segue.read("set_one.segue") as study:
        assert study.image_sets[0].membership.frame["labels"].null_count() == 0


def test_the_gates_of_mantis_and_the_cells_that_it_gated_elsewhere(golden, files):
    _, run = files
    one = golden / "mantis/test/files/project/set_one"
    assert run("select", one, "--gates", golden / "mantis/generated/gates.csv", "-o", "gated.segue")[0] == 0
    with segue.read("gated.segue") as study:
        tables = study.image_sets[0].tables["measurements"].frame
        wanted = tables.filter(tables["cd3 Mean"].is_between(2, 4) & tables["cd4 Mean"].is_between(1.5, 10))["row"]
        labels = study.image_sets[0].objects.frame["label"].gather(wanted).to_list()
    assert members("CD3+CD4+", "gated.segue") == labels
    assert len(labels) == 4
    code, _, err = run("select", "gated.segue", "--ids", golden / "mantis/generated/set_one_CD4_High_Cells.fcs", "--name", "CD4 high")
    assert code == 0, err
    assert len(members("CD4 high", "gated.segue")) == 4
