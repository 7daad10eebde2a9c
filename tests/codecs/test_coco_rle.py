"""COCO's run-length masks: counts, texts and pixels agree with the definition, and with pycocotools where it is installed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import coco_rle
from segue.codecs.coco_rle import BEYOND, CHARACTER, CUT_OFF, NEGATIVE, Counts, faults, of_blocks, of_text, to_blocks, to_text
from segue.geometry.blocks import joined, of_picture, painted

masks = st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32), st.sampled_from((0.0, 0.1, 0.5, 0.9, 1.0)))


def picture(rows, columns, seed, share):
    return np.random.default_rng(seed).random((rows, columns)) < share


def counted(mask):
    """The definition: pixels down the columns, in turn background and mask."""
    found, value = [0], False
    for pixel in mask.T.ravel().tolist():
        if pixel != value:
            found.append(0)
            value = pixel
        found[-1] += 1
    return found


def written(counts):
    """The definition of the text, one number at a time."""
    text = ""
    for nth, count in enumerate(counts):
        value = count - counts[nth - 2] if nth > 2 else count
        while True:
            group, value = value & 31, value >> 5
            done = value == (-1 if group & 16 else 0)
            text += chr(48 + group + (0 if done else 32))
            if done:
                break
    return text


def as_counts(lists):
    return Counts(np.cumsum([0, *map(len, lists)]), np.array([count for one in lists for count in one], np.int64))


def texts_of(texts):
    return np.frombuffer("".join(texts).encode(), np.uint8), np.cumsum([0, *map(len, texts)])


@pytest.mark.parametrize("small", [0, 10**9], ids=["kernel", "plain"])
@given(drawn=st.lists(masks, min_size=1, max_size=4))
def test_masks_come_back_and_follow_the_definition(small, drawn):
    pictures = [picture(*one) for one in drawn]
    height, width = (np.array([one.shape[axis] for one in pictures]) for axis in (0, 1))
    found = of_blocks(joined([of_picture(one) for one in pictures]), height, width)
    lists = [found.counts[a:b].tolist() for a, b in pairwise(found.start)]
    assert lists == [counted(one) for one in pictures]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coco_rle, "SMALL", small)
        text, start = to_text(found)
        again, fault = of_text(text, start)
    assert [text[a:b].tobytes().decode() for a, b in pairwise(start)] == [written(one) for one in lists]
    assert not fault.any()
    assert not faults(again, height, width).any()
    blocks = to_blocks(again, height)
    assert blocks.areas().tolist() == [one.sum() for one in pictures]
    for nth, one in enumerate(pictures):
        if one.any():
            box, left, top = painted(blocks, nth)
            assert np.array_equal(one[top : top + box.shape[0], left : left + box.shape[1]], box)


@given(drawn=masks)
def test_pycocotools_says_the_same(drawn):
    oracle = pytest.importorskip("pycocotools.mask")
    mask = picture(*drawn)
    expected = oracle.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"]
    assert written(counted(mask)) == expected.decode()


@pytest.mark.parametrize("small", [0, 10**9], ids=["kernel", "plain"])
@given(lists=st.lists(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=6), max_size=4))
def test_any_counts_come_back_from_their_text(small, lists):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coco_rle, "SMALL", small)
        text, start = to_text(as_counts(lists))
        found, fault = of_text(text, start)
    assert not fault.any()
    assert found.counts.tolist() == [count for one in lists for count in one]


@pytest.mark.parametrize("small", [0, 10**9], ids=["kernel", "plain"])
def test_damaged_texts_are_found_and_leave_the_others_alone(small, monkeypatch):
    monkeypatch.setattr(coco_rle, "SMALL", small)
    found, fault = of_text(*texts_of(["52203", "5 2", "5P", "", "P" * 40, "52203"]))
    assert fault.tolist() == [0, CHARACTER, CUT_OFF, 0, CHARACTER, 0]
    assert np.diff(found.start).tolist() == [5, 0, 0, 0, 0, 5]
    assert found.counts[:5].tolist() == found.counts[5:].tolist()


def test_counts_that_cannot_be_are_found():
    two, large = np.full(4, 2), np.full(4, 2**31 - 1)
    bad = as_counts([[1, 2, 1], [5, -1], [1, 4], [2**62, 2**62]])
    assert faults(bad, two, two).tolist() == [0, NEGATIVE, BEYOND, BEYOND]
    assert faults(bad, large, large).tolist() == [0, NEGATIVE, 0, BEYOND]


def test_a_run_over_a_million_columns_is_three_blocks():
    blocks = to_blocks(as_counts([[3, 10**12]]), np.array([10**6]))
    assert (len(blocks.x), blocks.areas().tolist()) == (3, [10**12])
