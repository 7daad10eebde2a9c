"""Populations: joined, split, summed up."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import tifffile

import segue
from segue.errors import InvalidOption
from segue.model.populations import Population
from segue.workflow.jobs.running import Running
from segue.workflow.measuring.gather import gathered
from segue.workflow.measuring.task import carry_measure
from segue.workflow.recipe_measure import MeasureRecipe


@pytest.fixture
def gated(cells):
    """The cells, and a table of populations: 1 and 70 are T cells, 70 is large, too."""
    Path("gates.csv").write_text("label,populations\n70,T cell;CD8/large\n1,T cell\n")
    return cells


def test_they_stand_in_the_table(gated):
    gated.measure(populations=("gates.csv",), statistics=("area",))
    assert gated.table()["populations"].to_list() == ["T cell", None, "T cell;CD8/large"]


def test_one_file_per_population(gated):
    result = gated.measure("{nickname}_{population}.csv", "all.csv", populations=("gates.csv",), split_populations=(), statistics=("mean", "area"))
    assert sorted(path.name for path in result.written) == ["all.csv", "cells_CD8_large.csv", "cells_T_cell.csv"]
    whole, tee, large = (pl.read_csv(name) for name in ("all.csv", "cells_T_cell.csv", "cells_CD8_large.csv"))
    assert (tee["label"].to_list(), large["label"].to_list()) == ([1, 70], [70])
    assert tee["channel 1 mean"].to_list() == whole["channel 1 mean"].gather([0, 2]).to_list()


def test_chosen_populations_and_names_that_are_none(gated):
    result = gated.measure("{population}.fcs", populations=("gates.csv",), split_populations=("CD8/large", "B cell"))
    assert [path.name for path in result.written] == ["CD8_large.fcs"]
    assert any("no population 'B cell'" in str(note) for note in result.notes)
    with pytest.raises(InvalidOption, match="did you mean 'T cell'"):
        gated.measure("{population}.csv", populations=("gates.csv",), split_populations=("T cel",))
    with pytest.raises(InvalidOption, match=r"only if it has .* a population with members, and this one has no"):
        gated.measure("{population}.csv", split_populations=())


def test_label_images_of_a_population_hold_only_its_members(gated):
    gated.measure("{population}.tif", populations=("gates.csv",), split_populations=("T cell",))
    assert sorted(set(tifffile.imread("T_cell.tif").ravel().tolist())) == [0, 1, 70]


@pytest.fixture
def two(gated):
    """Two images of the same labels, of which only the second has a fourth cell."""
    mask = gated.mask.copy()
    mask[2:5, 30:35] = 9
    Path("imgs").mkdir()
    Path("masks").mkdir()
    for name, pixels in (("a", gated.mask), ("b", mask)):
        tifffile.imwrite(f"masks/{name}.tif", pixels)
        tifffile.imwrite(f"imgs/{name}.tif", gated.image[0], imagej=True, metadata={"unit": "um"}, resolution=(2, 2))
    Path("gates.csv").write_text("image,label,populations\nb,9,T cell\na,1,T cell\na,70,B cell\n")
    return gated


def carried(*outputs, **given):
    recipe = MeasureRecipe(inputs=("imgs/",), labels="masks/{nickname}.tif", outputs=outputs, **given)
    return carry_measure(recipe, Running())[1]


def test_one_table_of_all_images(two):
    done = carried("all.csv", "all.fcs", combine=True, populations=("gates.csv",), statistics=("area", "mean"))
    assert [one.error for one in done] == [None, None]
    table = pl.read_csv("all.csv")
    assert table.select("image", "label", "area").rows() == [
        *(("a", label, area) for label, area in ((1, 48), (4, 120), (70, 108))),
        *(("b", label, area) for label, area in ((1, 48), (4, 120), (9, 15), (70, 108))),
    ]
    assert table["populations"].to_list() == ["T cell", None, "B cell", None, None, "T cell", None]
    with segue.read("all.fcs") as study:
        assert [(s.name, len(s.objects)) for s in study.image_sets] == [("a", 3), ("b", 4)]


def test_a_file_of_populations_that_does_not_say_which_image_it_is_about_is_refused(two):
    Path("gates.csv").write_text("label,populations\n70,T cell\n")
    done = carried("out/", populations=("gates.csv",))
    assert all("gates.csv" in str(one.error) for one in done)


def test_a_failed_image_is_not_in_the_combined_table(two):
    Path("masks/a.tif").write_bytes(Path("masks/a.tif").read_bytes()[:200])
    done = carried("all.csv", combine=True)
    assert [one.error is None for one in done] == [False, True]
    assert set(pl.read_csv("all.csv")["image"]) == {"b"}


def test_a_summary_counts_per_image_and_population(two):
    carried("out/", populations=("gates.csv",), statistics=("area",), summary="summary.csv")
    table = pl.read_csv("summary.csv")
    assert table.columns == ["image", "population", "objects", "fraction", "per_pixel", "per_mm^2", "mean area"]
    rows = {(row["image"], row["population"]): row for row in table.iter_rows(named=True)}
    counts = {("a", None): 3, ("a", "T cell"): 1, ("a", "B cell"): 1, ("b", None): 4, ("b", "T cell"): 1, ("b", "B cell"): 0}
    assert {key: row["objects"] for key, row in rows.items()} == counts
    one = rows["a", "T cell"]
    assert (one["fraction"], one["per_pixel"], one["mean area"]) == (pytest.approx(1 / 3), pytest.approx(1 / 1200), 48)
    assert one["per_mm^2"] == pytest.approx(1 / (1200 * 0.25e-6))


def test_populations_of_one_id_and_two_names_stay_two():
    studies = [segue.Study((segue.ImageSet(name),), (Population("1", (name,)),)) for name in ("T", "B", "T")]
    found = gathered(studies)
    assert [(one.id, one.name) for one in found.populations] == [("1", ("T",)), ("1-2", ("B",))]
    assert [s.name for s in found.image_sets] == ["T", "B", "T-2"]


def test_events_know_their_image(two):
    """Files of several images can be concatenated and taken apart again; each says which image it is of."""
    carried("{nickname}.fcs", statistics=("mean",))
    texts = [Path(f"{name}.fcs").read_bytes()[:6000] for name in "ab"]
    assert all(f"$SMNO|{name}|".encode() in text.replace(b"/", b"|").replace(b"\x0c", b"|") for name, text in zip("ab", texts, strict=True))
