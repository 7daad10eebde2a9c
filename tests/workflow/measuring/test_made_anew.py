"""What is measured replaces columns of the same name, whatever table they were in: a project of Mantis has features already."""

from __future__ import annotations

import polars as pl
import pytest
from tests.formats.mantis_project.conftest import Made, row

from segue.cli import main


def test_features_of_a_project_are_measured_anew_and_others_stay(tmp_path, monkeypatch):
    values = [("a", "CD3 Mean", 3, -1.0), ("a", "Segment Area", 3, -1.0), ("a", "Age", 20, 0.5)]
    Made(tmp_path / "project").image_set("a", "CD3").database({"segmentationBasename": "segmentation.tif"}, {"a": [row("T", "x", segments=[7])]}, values, ["a"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["measure", "project", "--preset", "mantis", "-o", "out/", "-q"])
    assert end.value.code == 0
    found = pl.read_csv("out/a.csv")
    assert found.columns == [
        *("Segment ID", "Age", "CD3 Mean", "CD3 Median", "CD3 Num0", "CD3 Sum", "Segment Area", "Centroid X", "Centroid Y", "Populations"),
    ]
    assert found["Segment Area"].to_list() == [6, 9, 8]
    assert found["Age"].to_list() == [None, None, 0.5]
    assert found["Populations"].to_list() == [None, "T", None]
