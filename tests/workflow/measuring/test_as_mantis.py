"""``--preset mantis``: the files that Mantis Viewer exports, from a real project of its own."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from segue.codecs.fcs_read import data_sets
from segue.errors import Incompatible
from segue.storage.source import Source
from segue.workflow.measuring.item import MeasureResult, measure_item
from segue.workflow.measuring.plan import plan_measure
from segue.workflow.measuring.task import task_of
from segue.workflow.recipe_measure import MeasureRecipe


@pytest.fixture
def mantis(golden, tmp_path, monkeypatch):
    """Measure ``set_one`` of the project; gives the folder of what Mantis Viewer exported itself."""
    monkeypatch.chdir(tmp_path)
    project, exported = golden / "mantis" / "test" / "files" / "project", golden / "mantis" / "generated"

    def measuring(*outputs: str, **given) -> MeasureResult:
        inputs = (str(project / "set_one"),)
        given = {"labels": "{dataset_dir}/{nickname}/segmentation.tif", "populations": (str(exported / "populations_active.csv"),), "preset": "mantis", **given}
        recipe = MeasureRecipe(inputs=inputs, outputs=outputs, **given)
        (item,) = plan_measure(recipe).items
        return measure_item(item, False, task_of(recipe))

    measuring.exported = exported
    return measuring


def same_events(ours: Path, theirs: Path) -> None:
    one, other = data_sets(Source(ours))[0], data_sets(Source(theirs))[0]
    assert [channel.name for channel in one.layout.channels] == [channel.name for channel in other.layout.channels]
    assert np.array_equal(one.array(), other.array())


@pytest.mark.golden
def test_its_table_byte_for_byte(mantis):
    mantis("s.csv", strict=False)
    assert Path("s.csv").read_bytes() == (mantis.exported / "set_one.csv").read_bytes()


@pytest.mark.golden
def test_a_folder_gets_its_names_of_files(mantis):
    mantis("csv/")
    mantis("fcs/", to=("fcs",), options={"dialect": "mantis"})
    mantis("parts/", to=("fcs",), options={"dialect": "mantis"}, split_populations=("CD4 High Cells",))
    mantis("old/", preset="mantis-median")
    mantis("old/", preset="mantis-mean", to=("fcs",), options={"dialect": "mantis"}, split_populations=())
    assert (Path("csv") / "set_one.csv").read_bytes() == (mantis.exported / "set_one.csv").read_bytes()
    same_events(Path("fcs/set_one.fcs"), mantis.exported / "set_one.fcs")
    same_events(Path("parts/set_one_CD4_High_Cells.fcs"), mantis.exported / "set_one_CD4_High_Cells.fcs")
    assert sorted(path.name for path in Path("old").iterdir()) == [
        "set_one_CD4_High_Cells_mean.fcs",
        "set_one_a,_quoted__pop__mean.fcs",
        "set_one_median.csv",
    ]


@pytest.mark.golden
def test_version_1_0_calls_columns_as_the_markers(mantis):
    mantis("mean.csv", preset="mantis-mean")
    mantis("median.csv", preset="mantis-median")
    with (mantis.exported / "set_one.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for statistic in ("mean", "median"):
        with Path(f"{statistic}.csv").open(encoding="utf-8") as file:
            found = list(csv.DictReader(file))
        assert list(found[0]) == ["Segment ID", "191Ir", "b-catenin", "cd3", "cd4", "Centroid X", "Centroid Y", "Populations"]
        assert [row["b-catenin"] for row in found] == [row[f"b-catenin {statistic.title()}"] for row in rows]
        assert [row["Populations"] for row in found] == [row["Populations"] for row in rows]


@pytest.fixture
def project(cells):
    """A study of three image sets: the second without a segmentation, the third without members."""
    from dataclasses import replace

    import segue

    with segue.read("cells.tif") as image, segue.read("mask.tif", role="labels") as labels:
        one = replace(image.image_sets[0], labels=labels.image_sets[0].labels)
        sets = (replace(one, name="a/1"), replace(one, name="b", labels=()), replace(one, name="c"))
        segue.write(segue.Study(sets), "project.segue")
    Path("gates.csv").write_text("image,label,populations\na/1,4,T cell\n")
    return cells


def test_a_folder_gets_a_table_of_each_image_set(project):
    given = {"inputs": ("project.segue",), "labels": None, "preset": "mantis", "populations": ("gates.csv",)}
    result = project.measure("out/", **given)
    assert sorted(path.name for path in Path("out").iterdir()) == ["a_1.csv", "c.csv"]
    assert [path.name for path in result.written] == ["a_1.csv", "c.csv"]
    assert [line.rpartition(",")[2] for line in Path("out/a_1.csv").read_text().splitlines()] == ["Populations", "", "T cell", ""]
    (note,) = [str(note) for note in result.notes if "not measured" in str(note)]
    assert note.endswith("only if it has a segmentation and an image, and b has no segmentation")
    project.measure("fcs/", to=("fcs",), options={"dialect": "mantis"}, **given)
    project.measure("fcs/", to=("fcs",), options={"dialect": "mantis"}, split_populations=(), **given)
    assert sorted(path.name for path in Path("fcs").iterdir()) == ["a_1.fcs", "a_1_T_cell.fcs", "c.fcs"], "a population without members gets no file"
    assert data_sets(Source(Path("fcs/a_1.fcs")))[0].words["$SMNO"] == "a/1"


def test_a_template_may_name_the_image_set(project):
    given = {"inputs": ("project.segue",), "labels": None, "preset": "mantis-mean"}
    project.measure("x_{image_set}_mean.csv", **given)
    assert sorted(path.name for path in Path().glob("x_*")) == ["x_a_1_mean.csv", "x_c_mean.csv"]


def test_one_file_does_not_hold_several_image_sets_of_mantis(project):
    with pytest.raises(Incompatible, match=r"holds one image set, and these are 2.*'one_\{image_set\}.csv'"):
        project.measure("one.csv", inputs=("project.segue",), labels=None, preset="mantis")
    assert not Path("one.csv").exists()


def test_without_any_segmentation_nothing_is_written(project):
    import segue

    with segue.read("cells.tif") as image:
        segue.write(image, "bare.segue")
    with pytest.raises(Incompatible, match=r"only if it has a segmentation and an image, and .*bare.segue has no segmentation; name its label image"):
        project.measure("out/", inputs=("bare.segue",), labels=None, preset="mantis")
    assert not Path("out").exists()


@pytest.mark.golden
@pytest.mark.parametrize("from_", [None, "mantis-project"])
def test_a_project_is_measured_as_it_lies_there(mantis, golden, from_):
    """As folders of channels, each with its segmentation; or as one project."""
    recipe = MeasureRecipe(inputs=(str(golden / "mantis" / "test" / "files" / "project"),), outputs=("out/",), preset="mantis", from_=from_)
    for item in plan_measure(recipe).items:
        notes = measure_item(item, False, task_of(recipe)).notes
        assert [str(note) for note in notes.refused] == []
    assert sorted(path.name for path in Path("out").iterdir()) == ["set_one.csv", "set_two.csv"]
    theirs = [line.split(",")[:20] for line in (mantis.exported / "set_one.csv").read_text().splitlines()]
    assert [line.split(",")[:20] for line in Path("out/set_two.csv").read_text().splitlines()] == theirs


@pytest.mark.golden
def test_nothing_that_was_measured_is_said_to_be_lost(mantis):
    assert [str(note) for note in mantis("a.csv").notes.refused] == []
    parts = mantis("{population}.fcs", options={"dialect": "mantis"}, split_populations=()).notes.refused
    assert {str(note.feature) for note in parts} == {"values"} or "single precision" in str(parts.items)
    assert Path("CD4_High_Cells.fcs").exists()
