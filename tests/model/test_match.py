"""The same object in both: by the id it was given, else by its label, else by its place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.image import ArrayPixels, LabelImage
from segue.model.keep import keep
from segue.model.match import implied, match
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.testing.strategies import studies


def pairs(a, b, **options):
    return match(Objects(pl.DataFrame(a)), Objects(pl.DataFrame(b)), **options).rows()


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({"id": ["a", "b"]}, {"id": ["a", "b"]}, [(0, 0), (1, 1)]),
        ({"id": ["a", "b"]}, {"id": ["b", "a"]}, [(0, 1), (1, 0)]),
        ({"id": ["a", "b", "c"]}, {"id": ["c", "x"]}, [(2, 0)]),
        ({"id": ["a", "b"]}, {"id": ["x", "y"]}, [(0, 0), (1, 1)]),
        ({"id": ["a", "b"]}, {"id": ["x", "y", "z"]}, []),
        ({"id": ["a", "b"], "label": [1, 2]}, {"id": ["x", "y"], "label": [2, 1]}, [(0, 1), (1, 0)]),
        ({"id": ["a", "b"], "label": [1, 2]}, {"id": ["b", "a"], "label": [1, 2]}, [(0, 1), (1, 0)]),
        ({"id": ["a", "b"], "label": [1, 2], "layer": ["p", "q"]}, {"id": ["x", "y"], "label": [2, 1], "layer": ["r", "r"]}, [(0, 1), (1, 0)]),
        ({"id": ["a", "b"], "label": [1, 1], "t": [0, 1]}, {"id": ["x", "y"], "label": [1, 1], "t": [1, 0]}, [(0, 1), (1, 0)]),
        ({"id": ["a"], "label": [1]}, {"id": ["x", "y"], "label": [1, 1], "t": [0, 1]}, []),
        ({"id": []}, {"id": ["a"]}, []),
    ],
)
def test_objects_are_matched(a, b, expected):
    schema = {"id": pl.Utf8}
    assert match(Objects(pl.DataFrame(a, schema_overrides=schema)), Objects(pl.DataFrame(b, schema_overrides=schema))).rows() == expected


def test_an_id_made_of_a_label_is_not_taken_for_one_that_was_given():
    given_ids, made = {"id": ["x", "1"], "label": [1, 2]}, {"id": ["1", "2"], "label": [1, 2]}
    assert pairs(given_ids, made) == [(0, 0), (1, 1)]
    assert pairs(made, given_ids) == [(0, 0), (1, 1)]


def test_an_id_made_of_a_label_is_still_an_id_where_the_label_is_lost():
    assert pairs({"id": ["7", "8"], "label": [7, 8]}, {"id": ["8", "7", "9"]}) == [(0, 1), (1, 0)]


def test_bare_labels_are_never_matched_by_id_or_place():
    assert pairs({"id": ["1", "2"], "label": [2, None]}, {"id": ["1", "2"], "label": [1, 2]}, bare=True) == [(0, 1)]


@given(study=studies())
def test_every_object_is_itself(study):
    for image_set in study.image_sets:
        rows = np.arange(len(image_set.objects))
        assert match(image_set.objects, image_set.objects).rows() == list(zip(rows, rows, strict=True))


@given(study=studies())
def test_losing_ids_loses_nothing_else(study):
    assert set(diff(study, keep(study, set(F) - {F.OBJECT_ID}))) <= {F.OBJECT_ID}


class TestImpliedObjects:
    LABELS = ImageSet("", labels=(LabelImage(ArrayPixels(np.array([[0, 1, 2]], np.uint8)), "yx", "cells"),))
    TABLE = ImageSet("", objects=Objects(pl.DataFrame({"id": ["a", "b", "c"], "layer": ["q", "q", None], "label": [1, 2, None], "name": ["p", None, None]})))

    def test_are_the_labels_of_the_other_side(self):
        assert implied(self.LABELS, self.TABLE).frame.select("id", "layer", "label", "name").rows() == [("1", "cells", 1, None), ("2", "cells", 2, None)]

    def test_keep_the_layers_of_the_other_side_where_that_has_label_images_itself(self):
        other = replace(self.TABLE, labels=(replace(self.LABELS.labels[0], name="q"),))
        assert implied(self.LABELS, other).frame["layer"].to_list() == ["q", "q"]

    def test_are_not_needed_where_there_is_a_table(self):
        assert implied(self.TABLE, self.LABELS) is self.TABLE.objects

    def test_make_a_label_image_differ_in_what_labels_cannot_say(self):
        found = diff(Study((self.TABLE,)), Study((self.LABELS,)))
        assert found == {F.LABELS: 1, F.LAYER: 1, F.OBJECTS: 1, F.OBJECT_ID: 2, F.OBJECT_NAME: 1}


def test_a_label_that_persists_is_its_own_track():
    """Label images say nothing about tracks, but neither lose nor gain one when their labels are called tracks."""
    pixels = ArrayPixels(np.array([[[1, 2]], [[1, 2]]], np.uint8))
    tracks = Objects(pl.DataFrame({"id": ["a", "b"], "layer": "cells", "label": [1, 2], "t": [0, 1], "track": [1, 5]}))
    known = Study((ImageSet("", labels=(LabelImage(pixels, "tyx", "cells"),), objects=tracks),))
    assert diff(Study((ImageSet("", labels=(LabelImage(pixels, "tyx", "cells"),)),)), known)[F.TRACK] == 1
    assert diff(Study((ImageSet("", labels=(LabelImage(pixels, "tyx", "cells", persists=False),)),)), known)[F.TRACK] == 2
