"""Work in pieces."""

from __future__ import annotations

import threading
import time
from itertools import count

import pytest

from segue.tasks.workers import Threads

EVERY = [Threads(1), Threads(3), Threads()]


@pytest.mark.parametrize("workers", EVERY)
def test_results_come_in_the_order_of_the_pieces(workers):
    def late_when_early(piece):
        time.sleep(0.02 if piece == 0 else 0)
        return piece * piece

    assert list(workers.run(late_when_early, range(20))) == [n * n for n in range(20)]


@pytest.mark.parametrize("workers", EVERY)
def test_or_as_they_are_finished_with_their_number(workers):
    assert sorted(workers.unordered(str, range(5, 25))) == [(n, str(n + 5)) for n in range(20)]


def test_a_slow_piece_does_not_hold_up_the_others():
    late = threading.Event()

    def work(piece):
        if piece == 0:
            assert late.wait(300)
        return piece

    results = Threads(2).unordered(work, range(10))
    assert next(results) != (0, 0)
    late.set()
    assert (0, 0) in list(results)


@pytest.mark.parametrize("workers", [Threads(1), Threads(2)])
@pytest.mark.parametrize("way", ["run", "unordered"])
def test_pieces_are_taken_as_the_work_goes_on(workers, way):
    taken = []
    results = getattr(workers, way)(str, (taken.append(n) or n for n in count()))
    for _ in range(50):
        next(results)
    results.close()
    assert len(taken) < 60


@pytest.mark.parametrize("workers", [Threads(1), Threads(2)])
@pytest.mark.parametrize("way", ["run", "unordered"])
def test_the_first_error_ends_the_work(workers, way):
    done = []

    def work(piece):
        if piece == 3:
            raise ValueError("three")
        done.append(piece)
        return piece

    with pytest.raises(ValueError, match="three"):
        list(getattr(workers, way)(work, range(1000)))
    assert len(done) < 20


def test_an_interrupt_does_not_wait_for_a_long_piece():
    goes_on, begun, done = threading.Event(), threading.Event(), threading.Event()

    def work(piece):
        begun.set()
        assert goes_on.wait(300)
        done.set()

    def pieces():
        yield 0
        assert begun.wait(300)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(Threads(2).unordered(work, pieces()))
    assert not done.is_set()
    goes_on.set()
    assert done.wait(300)
