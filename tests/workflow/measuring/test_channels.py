"""What channels are called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from segue.errors import Incompatible, WrongFormat
from segue.workflow.measuring.panel import panel_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("channel,name,keep,ilastik\nIr191,DNA,1,1\nPr141,CD3,0,\nNd142,CD8,1,2\n", ("DNA", "CD8")),
        ("channel_number,cycle_number,marker_name\n1,1,DNA_1\n2,1,CD3\n", ("DNA_1", "CD3")),
        ("channel\tname\n191\tDNA\n141\t\n", ("DNA", "141")),
        ("CD3\nCD8\n", ("CD3", "CD8")),
        ("name\nCD3\nCD8\n", ("CD3", "CD8")),
    ],
    ids=["steinbock", "mcmicro", "a channel without a name", "a list", "a column"],
)
def test_panels(tmp_path, text, names):
    (tmp_path / "panel.csv").write_text(text)
    assert panel_names(tmp_path / "panel.csv") == names


def test_a_table_without_names_is_refused(tmp_path):
    (tmp_path / "panel.csv").write_text("a,b\n1,2\n")
    with pytest.raises(WrongFormat, match="needs one called name"):
        panel_names(tmp_path / "panel.csv")


def test_a_panel_names_the_columns(cells):
    Path("panel.csv").write_text("channel,name\n1,CD3\n2,CD8/x\n")
    cells.measure(panel="panel.csv", statistics=("mean",))
    assert cells.table().columns[-2:] == ["CD3 mean", "CD8/x mean"]
    Path("panel.csv").write_text("channel,name\n1,CD3\n")
    with pytest.raises(Incompatible, match="has 2 channels, but 1 name was given"):
        cells.measure("other.csv", panel="panel.csv")


def test_names_of_the_image_and_those_that_are_wanted(cells):
    tifffile.imwrite("cells.tif", cells.image, ome=True, metadata={"axes": "CYX", "Channel": {"Name": ["CD3", "CD8"]}})
    cells.measure("all.csv", statistics=("mean",))
    assert cells.table("all.csv").columns[-2:] == ["CD3 mean", "CD8 mean"]
    cells.measure("one.csv", statistics=("mean",), channels=("CD8",))
    assert cells.table("one.csv").columns[-1] == "CD8 mean"
    assert cells.table("one.csv")["CD8 mean"].to_list() == pytest.approx([float(cells.image[1][cells.mask == one].mean()) for one in (1, 4, 70)])


def test_a_single_channel_without_a_name_needs_none(cells):
    tifffile.imwrite("cells.tif", cells.image[0])
    cells.measure(statistics=("mean",))
    assert cells.table().columns[-1] == "mean"


def test_names_that_polars_takes_for_patterns(cells):
    cells.measure(statistics=("mean",), channels=("^a.*$", "*"))
    assert cells.table().columns[-2:] == ["^a.*$ mean", "* mean"]
    assert np.isfinite(cells.table().get_column("* mean").to_numpy()).all()
