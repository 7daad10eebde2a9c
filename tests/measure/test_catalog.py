"""The catalogue is whole: names once, nothing made of what does not exist, presets that name measurements."""

from __future__ import annotations

from segue.measure.catalog import MEASUREMENTS

NAMES = [each.name for each in MEASUREMENTS]


def test_names_are_given_once():
    assert len(set(NAMES)) == len(NAMES)


def test_what_a_measurement_is_made_of_is_in_the_catalogue_before_it():
    assert [(each.name, part) for place, each in enumerate(MEASUREMENTS) for part in each.made_of if part not in NAMES[:place]] == []
