"""The catalogue is whole: names once, nothing made of what does not exist, everything that is listed is measured, alone or together."""

from __future__ import annotations

import numpy as np
import pytest

from segue.measure.catalog import MEASUREMENTS
from segue.measure.catalog_surroundings import SURROUNDINGS
from segue.measure.forms import forms
from segue.measure.measuring import Channel, Wanted, measure
from segue.model.image import ArrayPixels, Image, LabelImage

NAMES = [each.name for each in MEASUREMENTS]


def test_names_are_given_once():
    assert len(set(NAMES)) == len(NAMES)


def test_what_a_measurement_is_made_of_is_in_the_catalogue_before_it():
    assert [(each.name, part) for place, each in enumerate(MEASUREMENTS) for part in each.made_of if part not in NAMES[:place]] == []


@pytest.mark.parametrize("dimensions", [2, 3])
def test_all_that_is_listed_is_measured(dimensions):
    """Of planes and volumes, with one channel."""
    labels = np.zeros((4, 6, 7)[3 - dimensions :], np.uint16)
    labels[..., 1:3, 1:4], labels[..., 3:5, 1:6] = 3, 8
    image = np.arange(labels.size, dtype=np.uint16).reshape(labels.shape)
    axes, names = "zyx"[3 - dimensions :], [each.name for each in MEASUREMENTS if dimensions in each.dimensions]
    found = measure(LabelImage(ArrayPixels(labels), axes), [Channel(Image(ArrayPixels(image), axes))], Wanted(tuple(names)))
    assert [name for name, _ in found.columns] == names
    assert all(len(column) == 2 for column in found.columns.values())


@pytest.mark.parametrize("one", [each for each in MEASUREMENTS if not each.channels and each not in SURROUNDINGS], ids=lambda one: one.name)
def test_a_form_that_is_asked_for_alone_is_the_same(one):
    plane = np.array([[1, 1, 0, 2], [1, 0, 1, 2], [1, 1, 1, 2]])
    for dimensions in one.dimensions:
        block = plane if dimensions == 2 else np.stack([plane, plane[::-1]])
        names = frozenset(each.name for each in MEASUREMENTS)
        alone = forms(block, frozenset({one.name}), pixel=(3, 2, 2))
        assert alone.keys() == {"label", one.name}
        np.testing.assert_array_equal(alone[one.name], forms(block, names, pixel=(3, 2, 2))[one.name])
