"""Mantis Viewer -> NimbusImage -> QuPath -> ImageJ -> Mantis Viewer: populations and labels go all the way, in the free fields of each format."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import segue

pytestmark = pytest.mark.golden
LINKS = ["nimbus.json", "qupath.geojson", "imagej-RoiSet.zip"]
NEEDS = {"nimbus.json": "nimbus-json"}
MEMBERS = [(label, "CD4 High Cells") for label in (23, 45, 46, 55)] + [(label, 'a, quoted "pop"') for label in (46, 55, 56, 76)]


@pytest.fixture(scope="module")
def chain(golden, tmp_path_factory):
    """The folder with every link, and what each of them cost."""
    folder = tmp_path_factory.mktemp("chain")
    given = golden / "mantis" / "test" / "files" / "project" / "set_one"
    source, costs = given, {}
    populations = golden / "mantis" / "generated" / "populations_active.csv"
    for name in LINKS:
        more = {"populations": populations} if source == given else {}
        costs[name] = segue.convert(source, folder / name, to=NEEDS.get(name), **more)
        source = folder / name
    return folder, costs


def test_8_rows_of_populations_arrive(chain):
    folder, _ = chain
    segue.convert(folder / LINKS[-1], folder / "populations.csv", to="mantis-populations")
    with (folder / "populations.csv").open(newline="") as file:
        rows = [tuple(row) for row in csv.reader(file)]
    assert rows == [("set_one", str(label), name) for label, name in MEMBERS]


@pytest.mark.parametrize("link", LINKS)
def test_48_labels_are_bit_identical_behind_every_link(golden, chain, link):
    import tifffile

    folder, _ = chain
    mask = golden / "mantis" / "test" / "files" / "project" / "set_one" / "segmentation.tif"
    back = folder / f"{link}.tif"
    segue.convert(folder / link, back, image=mask, role="labels")
    labels = tifffile.imread(back)
    assert len(np.unique(labels)) == 49
    assert np.array_equal(labels, tifffile.imread(mask))


def test_only_the_images_are_lost_and_they_are_named(chain):
    _, costs = chain
    assert [sorted(str(note.feature) for note in costs[name].refused) for name in LINKS] == [["images"], [], []]


@pytest.mark.parametrize("link", LINKS)
def test_name_pixel_size_and_populations_are_in_every_link(chain, link):
    folder, _ = chain
    with segue.read(folder / link) as study:
        (s,) = study.image_sets
        assert s.name == "set_one"
        assert (s.grid.size("y"), s.grid.size("x")) == (100, 100)
        assert [one.name for one in study.populations] == [("CD4 High Cells",), ('a, quoted "pop"',)]
        assert len(s.membership) == 8
        assert s.objects.frame["label"].n_unique() == 48
