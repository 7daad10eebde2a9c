"""Segments of two results are paired by what they are, not by their numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import segue
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.workflow.same_segments import same_segments

SQUARES = ((1, 2, 3), (1, 8, 4), (9, 3, 5))


def labels(*squares):
    array = np.zeros((20, 30), np.uint16)
    for nth, (y, x, size) in enumerate(squares, 1):
        array[y : y + size, x : x + size] = nth
    return array


def masks(array):
    return Study((ImageSet("cells", grid_of("yx", array.shape), labels=(LabelImage(ArrayPixels(array), "yx"),)),))


def outlines(array):
    return Study((segue.outline(array),))


def values(array):
    numbers = [n for n in np.unique(array).tolist() if n]
    frame = pl.DataFrame({"row": range(len(numbers)), "Area": [float((array == n).sum()) for n in numbers], "Mean": [1.0] * len(numbers)})
    objects = Objects(pl.DataFrame({"id": [str(n) for n in numbers], "label": numbers}))
    table = Table("objects", frame.cast({"row": pl.Int32}), (Column("Area"), Column("Mean")))
    return Study((ImageSet("cells", objects=objects, tables={"measurements": table}),))


@pytest.mark.parametrize("kind", [masks, outlines, values])
def test_what_one_side_lacks_is_named_though_all_others_have_other_numbers(kind):
    found = same_segments(kind(labels(*SQUARES)), kind(labels(*SQUARES[1:])))
    assert (found.both, found.only_a["area"].to_list(), found.only_a["label"].cast(pl.Int64).to_list()) == (2, [9.0], [1])
    assert found.only_b.is_empty()
    assert not found.equal


@pytest.mark.parametrize("kind", [masks, outlines, values])
def test_numbers_alone_are_no_difference(kind):
    found = same_segments(kind(labels(*SQUARES)), kind(labels(*reversed(SQUARES))))
    assert found.equal
    assert found.both == 3


def test_a_moved_pixel_is_another_segment():
    a, b = labels((1, 2, 3)), labels((1, 2, 3))
    b[1, 2], b[4, 2] = 0, 1
    found = same_segments(masks(a), masks(b))
    assert (found.both, len(found.only_a), len(found.only_b)) == (0, 1, 1)


def test_equal_rows_are_counted_as_often_as_they_stand_there():
    twice, once = labels((1, 2, 3), (9, 9, 3)), labels((1, 2, 3))
    found = same_segments(values(twice), values(once))
    assert (found.both, len(found.only_a), len(found.only_b)) == (1, 1, 0)


def test_nothing_to_pair_by():
    assert same_segments(Study((ImageSet("a"),)), Study((ImageSet("b"),))) is None
    assert same_segments(masks(labels(*SQUARES)), values(labels(*SQUARES))) is None
    assert same_segments(values(labels(*SQUARES)), Study((ImageSet("cells"),))) is None


def test_layers_and_time_points_are_kept_apart():
    frames = np.stack([labels((1, 2, 3)), labels((1, 2, 3), (9, 9, 4))])
    one = Study((ImageSet("", grid_of("tyx", frames.shape), labels=(LabelImage(ArrayPixels(frames), "tyx"),)),))
    other = Study((ImageSet("", grid_of("tyx", frames.shape), labels=(LabelImage(ArrayPixels(frames[::-1].copy()), "tyx"),)),))
    found = same_segments(one, other)
    assert (found.both, found.only_a["area"].to_list(), found.only_b["area"].to_list()) == (2, [16.0], [16.0])
