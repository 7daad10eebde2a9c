"""Regions of a file of populations come along into a study, and nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import tifffile

import segue
from segue.model.rules import ListRule, RegionRule
from segue.workflow.carried import both, renamed, split, with_regions
from segue.workflow.convert import Item, Settings, convert_item

LABELS = np.zeros((30, 40), np.uint16)
LABELS[2:6, 2:6], LABELS[10:14, 4:8], LABELS[20:24, 30:34] = 45, 23, 300
ROWS = [
    {"id": "a", "renderOrder": 1, "selectedRegion": [0, 0, 12, 0, 12, 20, 0, 20], "selectedSegments": [45, 23], "name": "In", "color": 1, "visible": True},
    {"id": "b", "renderOrder": 2, "selectedRegion": None, "selectedSegments": [300], "name": "Listed", "color": 2, "visible": True},
]


@pytest.fixture
def place(tmp_path):
    tifffile.imwrite(tmp_path / "cells_mask.tif", LABELS)
    (tmp_path / "p.json").write_text(json.dumps(ROWS))
    return tmp_path


def converted(place, target, **more):
    result = convert_item(Item(place / "cells_mask.tif", place / target, populations=(place / "p.json",)), Settings(options={"role": "labels"}, **more))
    return [str(note) for note in result.notes]


def test_a_study_gets_the_regions_and_the_lists_know_their_labels(place):
    notes = converted(place, "s.segue")
    study = segue.read(place / "s.segue")
    (s,) = study.image_sets
    assert s.objects.frame["id"].to_list() == ["23", "45", "300", "a"]
    assert [one.rule for one in study.populations] == [RegionRule(("a",), "mantis-1.0"), ListRule()]
    assert set(s.membership.frame["labels"]) == {s.labels[0].fingerprint()}
    assert len(s.shapes) == 1
    assert not [note for note in notes if "without an object" in note]


def test_a_table_of_segments_gets_no_row_for_a_region(place):
    converted(place, "cells.csv", to="table")
    assert len((place / "cells.csv").read_text().splitlines()) == 4


def test_a_region_whose_id_is_taken_gets_another_and_the_rule_follows(place):
    read = segue.read(place / "p.json")
    segments, regions = split(read.image_sets[0])
    assert (len(segments.objects), len(regions.objects)) == (3, 1)
    s, ids = with_regions(read.image_sets[0], regions)
    assert ids == {"a": "a-2"}
    assert len(s.shapes) == 2
    population = renamed(read.populations[0], ids)
    assert population.rule == RegionRule(("a-2",), "mantis-1.0")
    assert renamed(read.populations[0], {}).rule == ListRule()
    assert both(read.populations[0], population).rule.regions == ("a", "a-2")
    assert both(replace(population, rule=ListRule()), read.populations[0]).rule == read.populations[0].rule
