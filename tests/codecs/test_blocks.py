"""Pixels go into a container block by block, whoever packs the blocks."""

from __future__ import annotations

import numpy as np
import pytest

from segue.codecs.blocks import count, write_blocks
from segue.model.image import ArrayPixels
from segue.tasks.workers import Threads
from segue.transform.tally import Tally

IMAGE = np.arange(60, dtype=np.uint16).reshape(6, 10)


class Rows:
    """A container of rows: stores the bytes of two rows at a time."""

    blocks = tuple((slice(start, start + 2), slice(0, 10)) for start in (0, 2, 4))
    pack = staticmethod(np.ndarray.tobytes)

    def __init__(self):
        self.stored = []

    def put(self, nth, packed):
        self.stored.append((nth, packed))


class Counting(ArrayPixels):
    """Pixels that were clipped at 20."""

    def read_tallied(self, region):
        part = self.read(region)
        return np.minimum(part, 20), Tally(clipped=int((part > 20).sum()))


@pytest.mark.parametrize("workers", [Threads(1), Threads(3)])
def test_blocks_are_put_in_their_order(workers):
    writer = Rows()
    assert list(write_blocks(writer, ArrayPixels(IMAGE), workers)) == [Tally()] * 3
    assert [nth for nth, _ in writer.stored] == [0, 1, 2]
    assert b"".join(packed for _, packed in writer.stored) == IMAGE.tobytes()


def test_what_a_change_altered_is_counted():
    tallies = list(write_blocks(Rows(), Counting(IMAGE), Threads(1)))
    assert sum(tallies, Tally()) == Tally(clipped=39)


def test_it_can_stop_in_between():
    writer = Rows()
    steps = write_blocks(writer, ArrayPixels(IMAGE), Threads(2))
    next(steps)
    steps.close()
    assert len(writer.stored) == 1


class WithHalf(Rows):
    """A container that also stores every second pixel of what it stored."""

    def __init__(self):
        super().__init__()
        self.half = Rows()

    def then(self):
        return [(self.half, Stored(self))]


class Stored:
    """What a container has stored."""

    shape, dtype = (6, 10), np.dtype(np.uint16)

    def __init__(self, writer):
        self.writer = writer

    def read(self, region):
        return np.frombuffer(b"".join(packed for _, packed in self.writer.stored), np.uint16).reshape(6, 10)[region] // 2


@pytest.mark.parametrize("workers", [Threads(1), Threads(3)])
def test_what_follows_is_made_of_what_was_written(workers):
    writer = WithHalf()
    assert len(list(write_blocks(writer, ArrayPixels(IMAGE), workers))) == count(writer) == 6
    assert b"".join(packed for _, packed in writer.half.stored) == (IMAGE // 2).tobytes()
