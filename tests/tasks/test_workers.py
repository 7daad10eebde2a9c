"""Work in pieces."""

from __future__ import annotations

import time
from itertools import count

import pytest

from segue.tasks.workers import Threads


@pytest.mark.parametrize("workers", [Threads(1), Threads(3), Threads()])
def test_results_come_in_the_order_of_the_pieces(workers):
    def late_when_early(piece):
        time.sleep(0.02 if piece == 0 else 0)
        return piece * piece

    assert list(workers.run(late_when_early, range(20))) == [n * n for n in range(20)]


@pytest.mark.parametrize("workers", [Threads(1), Threads(2)])
def test_pieces_are_taken_as_the_work_goes_on(workers):
    results = workers.run(str, count())
    assert [next(results) for _ in range(50)] == [str(n) for n in range(50)]
    results.close()


@pytest.mark.parametrize("workers", [Threads(1), Threads(2)])
def test_the_first_error_ends_the_work(workers):
    done = []

    def work(piece):
        if piece == 3:
            raise ValueError("three")
        done.append(piece)
        return piece

    with pytest.raises(ValueError, match="three"):
        list(workers.run(work, range(1000)))
    assert len(done) < 20
