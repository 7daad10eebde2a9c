"""Label colours: the same everywhere, neighbours far apart."""

from __future__ import annotations

import numpy as np

from segue.codecs.colours import colour_of, label_colours


def test_the_table_is_always_the_same() -> None:
    table = label_colours()
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert table[:4].tolist() == [[0, 0, 0], [85, 0, 255], [0, 255, 0], [255, 0, 0]]


def test_no_two_of_the_first_255_labels_look_alike() -> None:
    table = label_colours().astype(int)
    assert len({tuple(colour) for colour in table.tolist()}) == 256
    neighbours = np.abs(np.diff(table, axis=0)).sum(axis=1)
    assert neighbours.min() > 40


def test_no_label_is_dark() -> None:
    assert label_colours()[1:].max(axis=1).min() > 80


def test_larger_tables_repeat() -> None:
    large = label_colours(65536)
    np.testing.assert_array_equal(large[256:511], large[1:256])
    assert (large[1:].max(axis=1) > 0).all()


def test_colours_of_pixels_agree_with_the_table() -> None:
    labels = np.array([[0, 1, 255], [256, 510, 511]], np.uint32)
    np.testing.assert_array_equal(colour_of(labels), label_colours(512)[labels])
    np.testing.assert_array_equal(colour_of(np.array([-1, np.iinfo(np.int64).min + 1])).shape, (2, 3))
    np.testing.assert_array_equal(colour_of(np.array([2**64 - 1], np.uint64))[0] > 0, colour_of(np.array([(2**64 - 2) % 255 + 1], np.uint8))[0] > 0)
