"""The tree of ark-analysis: written beside the database, and read without it."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

import segue
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.rules import RegionRule
from segue.testing.canonical import canonical


@pytest.fixture
def study(tmp_path):
    """Two fields with two channels, a segmentation, and a project's regions, two of which overlap."""
    root = tmp_path / "given"
    (root / "fov0").mkdir(parents=True)
    mask = np.zeros((20, 30), np.uint8)
    mask[2:8, 3:9], mask[10:15, 12:20] = 1, 2
    for name in ("CD3", "CD8"):
        tifffile.imwrite(root / "fov0" / f"{name}.tiff", np.full((20, 30), len(name), np.uint16))
    tifffile.imwrite(root / "fov0" / "cell_segmentation.tiff", mask)
    tifffile.imwrite(root / "fov0" / "population_mask.tiff", np.where(mask == 1, 3, mask))
    (root / "fov0" / "population_mask.csv").write_text('region_id,region_name\n2,stroma\n3,"a, b"\n')
    return segue.read(root, from_="mantis-project")


def test_the_tree_has_arks_names_and_every_id(study, tmp_path):
    segue.write(study, tmp_path / "out", to="mantis-project", layout="ark")
    fov = tmp_path / "out" / "fov0"
    assert sorted(path.name for path in fov.iterdir()) == ["CD3.tiff", "CD8.tiff", "cell_segmentation.tiff", "population_mask.csv", "population_mask.tiff"]
    assert (fov / "population_mask.csv").read_text() == 'region_id,region_name\n1,stroma\n2,"a, b"\n'
    written = tifffile.imread(fov / "population_mask.tiff")
    assert np.unique(written).tolist() == [0, 1, 2]
    assert (written == 2).sum() == 36


def test_without_the_database_it_is_a_tree_of_ark(study, tmp_path):
    segue.write(study, tmp_path / "out", to="mantis-project", layout="ark")
    (tmp_path / "out" / ".mantisDb").unlink()
    again = segue.read(tmp_path / "out", from_="mantis-project")
    assert [one.name for one in again.populations] == [("stroma",), ("a, b",)]
    assert all(isinstance(one.rule, RegionRule) for one in again.populations)
    assert again.image_sets[0].images[0].channels == ("CD3", "CD8")


def test_with_the_database_nothing_is_read_twice(study, tmp_path):
    segue.write(study, tmp_path / "out", to="mantis-project", layout="ark")
    again = segue.read(tmp_path / "out")
    assert diff(study, again) == {Feature.STUDY_EXTRAS: 1}  # the setting that names the segmentation
    assert len(again.populations) == len(study.populations)


def test_a_region_that_overlaps_an_earlier_one_stands_in_the_database_alone(tmp_path):
    segue.write(canonical(), tmp_path / "out", to="mantis-project", layout="ark")
    plain = tmp_path / "plain"
    segue.write(canonical(), plain, to="mantis-project")
    one, other = (segue.read(path) for path in (tmp_path / "out", plain))
    assert [p.name for p in one.populations] == [p.name for p in other.populations]
