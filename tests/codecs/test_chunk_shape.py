"""Sizes of chunks as ilastik chooses them, and blocks of whole chunks."""

import pytest

from segue.codecs.chunk_shape import MOST_BYTES, block_shape, chunk_shape, given_chunks


def test_ilastiks_own_example():
    assert chunk_shape("zyxc", (1000, 2000, 3000, 1), 1_000_000) == (100, 100, 100, 1)


@pytest.mark.parametrize(
    ("axes", "shape", "pixels", "chunk"),
    [
        ("zyxc", (64, 56, 32, 1), 512_000, (64, 56, 32, 1)),
        ("tyxc", (7, 408, 408, 1), 512_000, (1, 408, 408, 1)),
        ("yxc", (5000, 5000, 3), 256_000, (506, 505, 1)),
        ("zyx", (1000, 1000, 1000), 256_000, (63, 64, 63)),
    ],
)
def test_small_arrays_are_one_chunk_and_time_and_channels_are_apart(axes, shape, pixels, chunk):
    assert chunk_shape(axes, shape, pixels) == chunk


def test_blocks_are_whole_chunks_that_cover_what_the_source_decodes():
    assert block_shape((100, 300, 300), (80, 80, 80), (1, 300, 300), 1) == (80, 320, 320)
    assert block_shape((100, 1000, 1000), (80, 80, 80), (1, 1000, 1000), 1) == (80, 560, 560)  # as much of the plane as fits
    assert MOST_BYTES >= 80 * 560 * 560
    assert block_shape((10, 64, 64), (1, 64, 64), (), 1) == (10, 64, 64)


def test_chunks_of_the_user():
    assert given_chunks("64", "tczyx", (9, 9, 100, 100, 50)) == (1, 1, 64, 64, 50)
    with pytest.raises(ValueError, match="each axis"):
        given_chunks("1,2", "zyx", (5, 5, 5))
