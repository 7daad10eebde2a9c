"""The catalogue is whole: names once, nothing made of what does not exist, presets that name measurements."""

from __future__ import annotations

import pytest

from segue.measure.catalog import MEASUREMENTS
from segue.measure.presets import PRESETS

NAMES = [each.name for each in MEASUREMENTS]


def test_names_are_given_once():
    assert len(set(NAMES)) == len(NAMES)


def test_what_a_measurement_is_made_of_is_in_the_catalogue_before_it():
    assert [(each.name, part) for place, each in enumerate(MEASUREMENTS) for part in each.made_of if part not in NAMES[:place]] == []


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_names_measurements_under_headings_of_its_own(preset):
    assert {measurement for _, measurement in preset.columns} <= set(NAMES)
    assert len({heading for heading, _ in preset.columns}) == len(preset.columns)
