"""Pictures of real data of Mantis Viewer, as our own composition in numpy has them."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.study import ImageSet, Study

_spec = importlib.util.spec_from_file_location("composition", Path(__file__).with_name("composition.py"))
by_hand = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(by_hand)
border, over, rounded = by_hand.border, by_hand.over, by_hand.rounded

RED = 0xFF0000FF


@pytest.mark.golden
def test_mantis_viewers_set_one(golden):
    """Its cells in white with opacity 0.7, its population filled and outlined in its colour, as our own composition has them."""
    folder = golden / "mantis/test/files/project/set_one"
    cd3, labels = tifffile.imread(folder / "cd3.tif"), tifffile.imread(folder / "segmentation.tif").astype(np.uint32)
    members = [45, 55, 76]
    objects = Objects(pl.DataFrame({"id": [str(one) for one in members], "layer": ["labels"] * 3, "label": members}))
    s = ImageSet("", images=(Image(ArrayPixels(cd3), "yx"),), labels=(LabelImage(ArrayPixels(labels), "yx"),), objects=objects)
    study = Study((replace(s, membership=Membership.of(pl.DataFrame({"population": ["p"] * 3, "object": [0, 1, 2]}))),), (Population("p", ("P",), colour=RED),))
    found = segue.render(study, channels=(f"image=white:0:{cd3.max() * 0.7}",), outline_colour="white", outline_opacity=0.7, population_fill=0.4)
    expected = np.clip(cd3.astype(float) / (float(cd3.max()) * 0.7), 0, 1)[..., None] * np.array([255.0] * 3)
    for label in np.unique(labels)[1:]:
        mine = label in members
        over(expected, labels == label, (255, 0, 0), 0.4 if mine else 0)
        over(expected, border(labels == label), (255, 0, 0) if mine else (255, 255, 255), 1 if mine else 0.7)
    difference = np.abs(found.astype(int) - rounded(expected).astype(int))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 1e-3


@pytest.mark.golden
def test_a_project_of_mantis_viewer(golden, tmp_path):
    """Its database, beside its images: populations filled and outlined in their colours, the later one over the earlier, and the region of the first."""
    shutil.copytree(golden / "mantis/test/files/project", tmp_path / "project")
    shutil.copyfile(golden / "mantis/generated/mantisDb.sqlite", tmp_path / "project/.mantisDb")
    folder = tmp_path / "project/set_one"
    with segue.read(tmp_path / "project") as study:
        how = {"channels": ("191Ir=blue:0:100",), "outline_colour": "white", "outline_opacity": 0.7, "population_fill": 0.5}
        found = segue.render(study, image_set="set_one", **how)
        s = next(one for one in study.image_sets if one.name == "set_one")
        labels = tifffile.imread(folder / "segmentation.tif").astype(int)
        expected = np.clip(tifffile.imread(folder / "191Ir.tif").astype(float) / 100, 0, 1)[..., None] * np.array([0, 0, 255.0])
        colours = {}
        for one in sorted(study.populations, key=lambda each: each.order):
            rows = s.membership.frame.filter(population=one.id)["object"]
            colours |= dict.fromkeys(s.objects.frame["label"].gather(rows).to_list(), tuple(one.colour >> shift & 255 for shift in (24, 16, 8)))
    for label in np.unique(labels)[1:].tolist():
        over(expected, labels == label, colours.get(label, (0, 0, 0)), 0.5 if label in colours else 0)
        over(expected, border(labels == label), colours.get(label, (255, 255, 255)), 1 if label in colours else 0.7)
    region = np.zeros((100, 100), bool)
    region[10:30, 5:40] = True
    over(expected, region, (255, 0, 0), 0.4)
    over(expected, border(region), (255, 0, 0), 1)
    assert len(colours) == 6
    assert np.abs(found.astype(int) - rounded(expected).astype(int)).max() <= 1
