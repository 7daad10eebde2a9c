"""Dropping a feature loses that feature, and dropping it again loses nothing more."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.model.diff import diff
from segue.model.features import SHAPE_FEATURES
from segue.model.features import Feature as F
from segue.model.keep import keep
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.testing.canonical import canonical
from segue.testing.laws import BECAUSE
from segue.testing.strategies import studies

BASE = canonical()
EVERYTHING = frozenset(F)

LOST = {
    F.IMAGE_SETS: {F.IMAGE_SETS: 1},
    F.IMAGE_SET_NAME: {F.IMAGE_SET_NAME: 2},
    F.GRID_SIZE: {F.GRID_SIZE: 2},
    F.PIXEL_SIZE: {F.PIXEL_SIZE: 1},
    F.ORIGIN: {F.ORIGIN: 1},
    F.IMAGES: {F.IMAGES: 1},
    F.IMAGE_NAME: {F.IMAGE_NAME: 1},
    F.CHANNEL_NAMES: {F.CHANNEL_NAMES: 1},
    F.DATA_RANGE: {F.DATA_RANGE: 1},
    F.LABELS: {F.LABELS: 1},
    F.LAYER: {},
    F.OBJECT_ID: {F.OBJECT_ID: 1 + 15, F.EXTRAS: 0},
    F.OBJECT_LABEL: {F.OBJECT_LABEL: 3},
    F.OBJECT_TIME: {F.OBJECT_TIME: 15},
    F.TRACK: {F.TRACK: 2},
    F.OBJECT_NAME: {F.OBJECT_NAME: 2 + 15},
    F.OBJECT_COLOUR: {F.OBJECT_COLOUR: 2},
    F.OBJECT_LOCKED: {F.OBJECT_LOCKED: 1},
    F.TRACED: {F.TRACED: 3 + 1},
    F.SPLINE: {F.SPLINE: 1},
    F.SHAPE_PLANE: {F.SHAPE_PLANE: 15},
    F.SHAPE_STYLE: {F.SHAPE_STYLE: 15},
    F.CONNECTIONS: {F.CONNECTIONS: 1, F.VALUES: 1},
    F.VALUES: {F.VALUES: 2 + 2 + 3 + 2 + 2 + 2 + 1 + 1, F.STALE: 1},
    F.STALE: {F.STALE: 1},
    F.COLUMNS: {F.COLUMNS: 5},
    F.POPULATIONS: {F.POPULATIONS: 4, F.MEMBERSHIP: 3},
    F.POPULATION_COLOUR: {F.POPULATION_COLOUR: 2},
    F.POPULATION_SETTINGS: {F.POPULATION_SETTINGS: 4},
    F.RULES: {F.RULES: 3},
    F.MEMBERSHIP: {F.MEMBERSHIP: 3},
    F.PROPERTIES: {F.PROPERTIES: 1},
    F.DISPLAY: {F.DISPLAY: 3},
    F.EXTRAS: {F.EXTRAS: 2},
}


@pytest.mark.parametrize("feature", LOST, ids=[feature.name for feature in LOST])
def test_what_is_not_kept_is_lost_and_nothing_else(feature):
    assert diff(BASE, keep(BASE, EVERYTHING - {feature})) == {one: count for one, count in LOST[feature].items() if count}


def test_everything_may_be_kept():
    assert diff(BASE, keep(BASE, EVERYTHING)) == {}


def test_without_objects_only_tables_about_the_image_are_left():
    left = keep(BASE, EVERYTHING - {F.OBJECTS}).image_sets[0]
    assert list(left.tables) == ["image"]
    assert (len(left.objects), len(left.shapes), len(left.connections), len(left.membership)) == (0, 0, 0, 0)


@given(study=studies(), features=st.frozensets(st.sampled_from(F)))
def test_keeping_twice_keeps_as_much_as_once(study, features):
    kept = keep(study, features)
    assert diff(kept, keep(kept, features)) == {}


@given(study=studies(), features=st.frozensets(st.sampled_from(F)))
def test_what_is_kept_does_not_differ(study, features):
    neutral = {F.PIXEL_TYPE, F.OBJECT_ORDER, F.LABEL_TIME, *SHAPE_FEATURES}
    lost = set(diff(study, keep(study, features)))
    consequences = {feature for feature, causes in BECAUSE.items() if causes - features}
    assert lost & features - consequences - neutral == set()


class TestLabels:
    def objects(self, **columns):
        return Study((ImageSet("", objects=Objects(pl.DataFrame({"id": ["a", "b", "c"], **columns}))),))

    def test_that_are_no_longer_unique_are_dropped(self):
        study = self.objects(layer=["cells", "nuclei", "nuclei"], label=[1, 1, 2])
        frame = keep(study, EVERYTHING - {F.LAYER}).image_sets[0].objects.frame
        assert frame.select("layer", "label").rows() == [("labels", 1), (None, None), ("labels", 2)]

    def test_of_several_times_become_one(self):
        study = self.objects(t=[0, 1, 2], label=[1, 1, 2])
        assert keep(study, EVERYTHING - {F.OBJECT_TIME}).image_sets[0].objects.frame["label"].to_list() == [1, None, 2]

    def test_are_what_a_layer_stands_for_where_its_name_is_lost(self):
        study = self.objects(layer=["cells", "regions", None], label=[1, None, 7])
        assert keep(study, EVERYTHING - {F.LAYER}).image_sets[0].objects.frame["layer"].to_list() == ["labels", None, "labels"]

    def test_are_the_ids_where_ids_are_lost(self):
        study = self.objects(layer=["cells", "cells", None], label=[1, 9, None])
        assert keep(study, EVERYTHING - {F.OBJECT_ID}).image_sets[0].objects.frame["id"].to_list() == ["1", "9", "#3"]


def test_other_roles_than_the_outline_are_left_out_where_roles_are_lost():
    cells = BASE.image_sets[0]
    study = replace(BASE, image_sets=(replace(cells, shapes=cells.shapes.with_columns(role=pl.Series(["outline", "nucleus", "outline"]))),))
    assert diff(study, keep(study, EVERYTHING - {F.SHAPE_ROLE})) == {F.TRACED: 1}


def test_an_inverted_image_is_shown_as_usual_where_that_is_lost():
    cells = BASE.image_sets[0]
    study = replace(BASE, image_sets=(replace(cells, images=(replace(cells.images[0], inverted=True),)),))
    assert diff(study, keep(study, EVERYTHING - {F.INVERTED})) == {F.INVERTED: 1}
