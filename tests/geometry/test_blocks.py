"""Blocks of columns: their outlines are those of the picture, whichever implementation draws them, and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.geometry.test_outline import KINDS, draw_labels

from segue.errors import TooLarge
from segue.geometry import blocks as module
from segue.geometry.blocks import Blocks, blocks_of, joined, of_picture, painted, traced
from segue.geometry.outline import outline
from segue.model.rings import Rings


def of_labels(image):
    labels, rings = outline(image)
    return rings, joined([of_picture(image == label) for label in labels])


@pytest.mark.parametrize("small", [0, 10**9], ids=["kernel", "plain"])
@given(kind=st.sampled_from(KINDS), rows=st.integers(1, 14), columns=st.integers(1, 14), seed=st.integers(0, 2**32))
def test_outlines_are_those_of_the_picture(small, kind, rows, columns, seed):
    rings, blocks = of_labels(draw_labels(kind, rows, columns, seed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SMALL", small)
        found = traced(blocks)
    assert len(found) == len(rings)
    assert found.same(rings).all()
    again = blocks_of(rings)
    assert all(np.array_equal(one, other) for one, other in zip(again, blocks, strict=True))


def test_pictures_come_back():
    image = draw_labels("noise", 9, 7, 3) == 1
    picture, left, top = painted(of_picture(image, 5, 2), 0)
    whole = np.zeros((20, 20), bool)
    whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    assert np.array_equal(whole[2:11, 5:12], image)
    assert whole.sum() == image.sum()


@pytest.mark.parametrize("small", [0, 10**9], ids=["kernel", "plain"])
def test_shapes_may_overlap_be_empty_and_lie_left_of_the_image(small, monkeypatch):
    monkeypatch.setattr(module, "SMALL", small)
    one = of_picture(np.ones((2, 3), bool), -4, -1)
    found = traced(joined([one, of_picture(np.zeros((2, 2), bool)), one]))
    assert np.diff(found.shape_start).tolist() == [1, 0, 1]
    assert found.take([2]).coords.tolist() == [[-4, -1], [-1, -1], [-1, 1], [-4, 1]]


def test_work_grows_with_the_blocks_and_not_with_the_image(monkeypatch):
    monkeypatch.setattr(module, "SMALL", 0)
    side = 2**31 - 2
    zero, one = np.zeros(1, np.int64), np.ones(1, np.int64)
    found = traced(Blocks(np.array([0, 1]), zero, one * side, zero, one * side))
    assert found.coords.tolist() == [[0, 0], [side, 0], [side, side], [0, side]]


def test_an_outline_of_too_many_columns_is_refused():
    with pytest.raises(TooLarge, match="polygon"):
        blocks_of(Rings.simple([[0, 0], [1e9, 0], [1e9, 5], [0, 5]], [0, 4]))


def test_pieces_of_any_size_give_the_same(monkeypatch):
    rings, blocks = of_labels(draw_labels("noise", 40, 40, 1))
    monkeypatch.setattr(module, "CHUNK", 50)
    assert traced(blocks).same(rings).all()
    assert all(np.array_equal(one, other) for one, other in zip(blocks_of(rings), blocks, strict=True))
