"""Boxes: every number once, in few reads of the source, and in the right place of the file."""

from __future__ import annotations

import io
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import boxes as module
from segue.codecs.blocks import write_whole
from segue.codecs.boxes import BOX_BYTES, MOST_BYTES, boxes
from segue.codecs.npy_write import npy_blocks
from segue.model.image import ArrayPixels
from segue.tasks.workers import Threads

SIZES = st.lists(st.integers(1, 7), min_size=2, max_size=5)


class Chunked(ArrayPixels):
    """Pixels that say in which pieces they are decoded."""

    chunks = ()


def in_chunks(array, chunks):
    pixels = Chunked(array)
    object.__setattr__(pixels, "chunks", tuple(chunks))
    return pixels


@given(data=st.data(), sizes=SIZES, step=st.integers(1, 5), small=st.integers(1, 60))
def test_every_number_is_in_one_box(data, sizes, step, small):
    chunks = data.draw(st.one_of(st.just([]), st.tuples(*(st.integers(1, 9) for _ in sizes))))
    counts = np.zeros(sizes, int)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BOX_BYTES", small)
        patch.setattr(module, "MOST_BYTES", 4 * small)
        found = boxes(sizes, 1, chunks, step)
    for box in found:
        counts[box] += 1
        assert box[-1] == slice(0, sizes[-1])
        assert box[-2].start % step == 0
        assert box[-2].stop == sizes[-2] or box[-2].stop % step == 0
    assert (counts == 1).all()


@given(data=st.data(), small=st.integers(1, 60), workers=st.sampled_from([1, 3]))
def test_an_array_in_any_order_of_axes_and_any_chunks(data, small, workers):
    axes = "".join(data.draw(st.permutations("tczyx"))[: data.draw(st.integers(2, 5))])
    order = "".join(data.draw(st.permutations(axes)))
    array = np.arange(prod(sizes := [data.draw(st.integers(1, 5)) for _ in axes]), dtype=np.uint16).reshape(sizes)
    pixels = in_chunks(array, [data.draw(st.integers(1, 6)) for _ in axes])
    file = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BOX_BYTES", small)
        write_whole(npy_blocks(file, pixels, axes, order), pixels, Threads(workers))
    np.testing.assert_array_equal(np.load(io.BytesIO(file.getvalue())), array.transpose([axes.index(name) for name in order]))


def test_small_planes_share_a_box_and_large_ones_are_cut():
    assert len(boxes((1000, 64, 64), 2)) == 2
    assert len(boxes((10, 4096, 4096), 2)) == 80
    assert max(prod(part.stop - part.start for part in box) for box in boxes((10, 4096, 4096), 2)) == BOX_BYTES // 2


def test_chunks_are_decoded_once_unless_they_are_as_large_as_the_memory():
    """64 planes of 1,024 x 1,024 bytes are 64 MB."""
    assert {box[0].stop - box[0].start for box in boxes((128, 1024, 1024), 1, (64, 64, 64))} == {64}
    huge = boxes((1000, 4096, 4096), 4, (1000, 64, 64))
    assert max(prod(part.stop - part.start for part in box) for box in huge) * 4 <= MOST_BYTES


def test_rows_longer_than_a_box_are_still_written():
    assert len(boxes((3, 1 << 24), 2)) == 3
