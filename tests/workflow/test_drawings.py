"""An image with drawings on it stays an image, unless labels are asked for (ADR 0021)."""

from __future__ import annotations

import numpy as np
import pytest

import segue
from segue.model.features import Feature
from segue.model.keep import keep
from segue.model.study import Study
from segue.testing.canonical import canonical


@pytest.fixture
def study(tmp_path):
    """A study of an image and outlines, without a label image."""
    drawn = keep(Study(canonical().image_sets[:1], canonical().populations), set(Feature) - {Feature.LABELS})
    segue.write(drawn, tmp_path / "a.segue")
    return tmp_path / "a.segue"


def test_it_stays_an_image(study, tmp_path):
    notes = segue.convert(study, tmp_path / "a.npy")
    assert np.array_equal(np.load(tmp_path / "a.npy"), canonical().image_sets[0].images[0].pixels.array)
    assert notes.counts()[Feature.TRACED] == 3, "what is drawn is lost, and it is said"


def test_labels_are_drawn_on_request(study, tmp_path):
    segue.convert(study, tmp_path / "a.npy", role="labels")
    assert np.array_equal(np.load(tmp_path / "a.npy"), canonical().image_sets[0].labels[0].pixels.array)


def test_drawings_of_one_file_go_onto_the_image_of_another(study, tmp_path):
    segue.convert(study, tmp_path / "cells.geojson")
    segue.convert(study, tmp_path / "image.tif")
    segue.convert(tmp_path / "cells.geojson", tmp_path / "both.ome.tif", image=tmp_path / "image.tif", role="image")
    segue.convert(tmp_path / "cells.geojson", tmp_path / "mask.tif", image=tmp_path / "image.tif")
    with segue.read(tmp_path / "both.ome.tif") as both, segue.read(tmp_path / "mask.tif") as mask:
        assert (len(both.image_sets[0].images), len(both.image_sets[0].shapes)) == (1, 3)
        assert (len(mask.image_sets[0].images), len(mask.image_sets[0].labels)) == (0, 1)
