"""What a change of label images costs, in pixels and segments."""

from __future__ import annotations

import numpy as np

from segue.model.image import ArrayPixels, LabelImage
from segue.model.study import ImageSet, Study
from segue.workflow.changed_pixels import changed_pixels


def labels(array, axes="yx"):
    return Study((ImageSet("", labels=(LabelImage(ArrayPixels(np.asarray(array)), axes),)),))


def test_pixels_and_segments_are_counted():
    assert changed_pixels(labels([[1, 1, 0], [2, 2, 2]]), labels([[1, 1, 1], [2, 3, 3]])) == "3 pixels of 3 segments differ"
    assert changed_pixels(labels([[1, 1]]), labels([[1, 0]])) == "1 pixel of 1 segment differs"


def test_planes_count_on_their_own():
    assert changed_pixels(labels([[[1, 1]], [[1, 1]]], "tyx"), labels([[[1, 0]], [[0, 1]]], "tyx")) == "2 pixels of 2 segments differ"


def test_there_is_nothing_to_say_where_nothing_differs_or_nothing_fits():
    assert changed_pixels(labels([[1, 1]]), labels([[1, 1]])) == ""
    assert changed_pixels(labels([[1, 1]]), labels([[1, 1, 1]])) == ""
