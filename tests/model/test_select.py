"""Everything that refers to an object follows it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segue.model.diff import diff
from segue.model.select import take_objects, take_shapes
from segue.model.study import Study
from segue.testing.canonical import canonical
from segue.testing.strategies import studies

CELLS = canonical().image_sets[0]


def test_what_refers_to_an_object_goes_with_it():
    left = take_objects(CELLS, np.array([2, 1]))
    assert left.objects.frame["id"].to_list() == ["cell-300", "2"]
    assert left.shapes.frame["object"].to_list() == [0, 1]
    assert left.shapes.rings.same(CELLS.shapes.rings.take(np.array([2, 1]))).all()
    assert (len(left.connections), len(left.tables["links"])) == (0, 0)
    assert dict(left.tables["measurements"].frame.select("row", "count").rows()) == {0: -1, 1: None}
    assert left.tables["measurements"].stale.to_list() == [0]
    assert left.membership.frame.select("population", "object").rows() == [("p1", 1)]
    assert left.extras.is_empty()
    assert left.labels == CELLS.labels
    assert len(left.tables["image"]) == 1


def test_a_connection_stays_where_both_its_ends_do():
    left = take_objects(CELLS, np.array([1, 0]))
    assert left.connections.frame.select("parent", "child").rows() == [(1, 0)]
    assert left.tables["links"].frame.rows() == [(0, 0.25)]
    assert left.extras.height == 1


def test_objects_stay_when_their_shapes_go():
    left = take_shapes(CELLS, np.array([1]))
    assert (len(left.objects), left.shapes.frame["object"].to_list()) == (3, [1])


@given(study=studies(), data=st.data())
def test_shuffling_objects_changes_only_their_order(study, data):
    everything = np.arange(len(study.image_sets[0].objects))
    image_set = take_objects(study.image_sets[0], everything)  # without extras of objects that do not exist
    order = np.array(data.draw(st.permutations(everything)), np.int64)
    shuffled = take_objects(image_set, order)
    one, other, back = (Study((each,), study.populations) for each in (image_set, shuffled, take_objects(shuffled, np.argsort(order))))
    assert set(diff(one, other)) <= {"object order"}
    assert diff(one, back) == {}
