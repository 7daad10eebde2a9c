"""Labels become shapes and shapes labels; what that changes is said, and what it keeps is exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segue.errors import Incompatible
from segue.model.diff import diff
from segue.model.grid import Grid, grid_of
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.objects import Objects
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.workflow.derive import Policy, labels_from_shapes, shapes_from_labels


def labelled(array, axes="yx", **more):
    return ImageSet("", grid_of(axes, array.shape), labels=(LabelImage(ArrayPixels(array), axes),), **more)


def boxes(*corners, size=(20, 30)):
    """Polygons x0, y0, x1, y1 on a grid."""
    coords = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)] for x0, y0, x1, y1 in corners], float).reshape(-1, 2)
    rings = Rings.simple(coords, np.arange(len(corners) + 1) * 4)
    frame = pl.DataFrame({"object": np.arange(len(corners), dtype=np.int32), "kind": ["polygon"] * len(corners)})
    objects = Objects(pl.DataFrame({"id": [f"o{n}" for n in range(len(corners))]}))
    return ImageSet("", grid_of("yx", size), objects=objects, shapes=Shapes(frame, rings))


def drawn(s, **policy):
    made, notes = labels_from_shapes(s, Policy(**policy))
    return in_memory(made.labels[0].pixels), made, notes


@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.int32, np.uint64, ">u2"]), hnp.array_shapes(min_dims=2, max_dims=4, max_side=7), elements=st.integers(0, 5)
    )
)
def test_outlines_draw_the_same_labels(array):
    axes = "tzyx"[-array.ndim :]
    s = labelled(array, axes)
    outlined, _ = shapes_from_labels(s)
    back, _ = labels_from_shapes(replace(outlined, labels=()))
    assert diff(Study((s,)), Study((replace(back, shapes=Shapes.empty()),))) == {}


def test_labels_beyond_every_float_come_back():
    array = np.array([[2**64 - 1, 0], [2**63, 2**53 + 1]], np.uint64)
    outlined, _ = shapes_from_labels(labelled(array))
    assert np.array_equal(drawn(replace(outlined, labels=()))[0], array)


def test_objects_that_are_known_keep_their_facts_and_rows():
    array = np.array([[5, 0, 3]], np.uint8)
    objects = Objects(pl.DataFrame({"id": ["b", "a"], "layer": ["labels"] * 2, "label": [3, 9], "name": ["third", None]}))
    s, _ = shapes_from_labels(labelled(array, objects=objects))
    assert s.objects.frame["id"].to_list() == ["b", "a", "5"]
    assert s.shapes.frame["object"].to_list() == [0, 2]
    assert s.objects.frame["name"].to_list() == ["third", None, None]


def test_segments_that_have_a_shape_already_are_not_outlined_again():
    once, _ = shapes_from_labels(labelled(np.array([[1, 2]], np.uint8)))
    again, notes = shapes_from_labels(once)
    assert len(again.shapes) == 2
    assert len(notes) == 0


def test_a_centre_is_no_outline():
    centre = Shapes(pl.DataFrame({"object": [0], "role": ["centre"], "kind": ["point"]}), Rings.simple([[0.5, 0.5]], [0, 1]))
    objects = Objects(pl.DataFrame({"id": ["cell"], "layer": ["labels"], "label": [1]}))
    made, _ = shapes_from_labels(labelled(np.ones((1, 1), np.uint8), objects=objects, shapes=centre))
    assert made.shapes.frame.select("object", "role", "kind").rows() == [(0, "centre", "point"), (0, "outline", "traced")]


def test_objects_without_a_label_get_the_next_free_number():
    s = boxes((0, 0, 2, 2), (4, 0, 6, 2), (8, 0, 10, 2))
    s = replace(s, objects=s.objects.with_columns(label=pl.Series([None, 1, None], dtype=pl.UInt64)))
    array, made, _ = drawn(s)
    assert made.objects.frame["label"].to_list() == [2, 1, 3]
    assert array[0, [0, 4, 8]].tolist() == [2, 1, 3]


@pytest.mark.parametrize(("overlap", "winner"), [("last", 2), ("first", 1), ("smallest", 2)])
def test_a_pixel_of_several_shapes_goes_where_the_policy_says(overlap, winner):
    array, _, notes = drawn(boxes((0, 0, 10, 10), (5, 5, 9, 9)), overlap=overlap)
    assert array[6, 6] == winner
    assert [note.count for note in notes] == [16]
    assert "16 pixels" in notes.items[0].sentence


def test_overlap_can_be_refused():
    with pytest.raises(Incompatible, match="covered by others"):
        drawn(boxes((0, 0, 10, 10), (5, 5, 9, 9)), overlap="error")


def test_holes_can_be_filled_and_small_parts_dropped():
    array = np.zeros((9, 12), np.uint8)
    array[1:6, 1:6] = 4
    array[3, 3] = 0
    array[7, 9] = 4
    outlined, _ = shapes_from_labels(labelled(array), Policy(holes="fill", parts="largest"))
    back = drawn(replace(outlined, labels=()))[0]
    assert back[3, 3] == 4
    assert back[7, 9] == 0
    assert (back > 0).sum() == 25


def test_an_image_of_unknown_size_is_asked_for():
    with pytest.raises(Incompatible, match="--image"):
        drawn(replace(boxes((0, 0, 2, 2)), grid=Grid()))


def test_a_shape_without_a_plane_is_on_all_of_them():
    s = boxes((0, 0, 2, 2))
    array, _, _ = drawn(replace(s, grid=grid_of("zyx", (3, 4, 4))))
    assert array[:, 0, 0].tolist() == [1, 1, 1]


def test_many_objects_cost_no_python_object_each():
    array = np.arange(1, 40_001, dtype=np.uint32).reshape(200, 200)
    outlined, _ = shapes_from_labels(labelled(array))
    assert len(outlined.shapes) == 40_000
    assert np.array_equal(drawn(replace(outlined, labels=()))[0], array)
