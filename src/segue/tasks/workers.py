"""Work in pieces: done here, by threads, or by other machines; the results come in the order of the pieces, or as they are finished."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from segue.errors import SegueError

Piece = TypeVar("Piece")
Result = TypeVar("Result")

AHEAD = 2
"""Pieces per worker that are begun before the first result is taken: bounds the memory of results that wait."""


class Workers(Protocol):
    """Who does the work.

    ``work`` is a function of a module (or a partial of one), pieces and results can be pickled: then any workers can do it.
    """

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        """``work`` of every piece, in the order of the pieces; the first error ends it."""
        ...

    def unordered(
        self, work: Callable[[Piece], Result], pieces: Iterable[Piece], lost: Callable[[SegueError], Result] | None = None
    ) -> Iterator[tuple[int, Result]]:
        """(number of the piece from 0, ``work`` of it), as they are finished; the first error ends it.

        ``lost`` makes a result of the error that a piece ended every worker that worked on it; without it, that is an error like any other.
        """
        ...


@dataclass(frozen=True)
class Threads:
    """Threads of this process.

    An interrupt (Ctrl-C) does not wait for pieces that are being worked on; every other end does.
    """

    count: int | None = None
    """None = one per core; 1 = no thread but the caller's."""

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        count = self.count or cores()
        if count == 1:
            yield from map(work, pieces)
            return
        waiting: deque[Future[Result]] = deque()
        with _pool(count) as pool:
            for piece in pieces:
                waiting.append(pool.submit(work, piece))
                if len(waiting) >= AHEAD * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def unordered(
        self, work: Callable[[Piece], Result], pieces: Iterable[Piece], lost: Callable[[SegueError], Result] | None = None
    ) -> Iterator[tuple[int, Result]]:
        count = self.count or cores()
        if count == 1:
            yield from enumerate(map(work, pieces))
            return
        begun: dict[Future[Result], int] = {}
        with _pool(count) as pool:
            for number, piece in enumerate(pieces):
                begun[pool.submit(work, piece)] = number
                if len(begun) >= AHEAD * count:
                    yield from _finished(begun)
            while begun:
                yield from _finished(begun)


def _finished(begun: dict[Future[Result], int]) -> Iterator[tuple[int, Result]]:
    """Waits until at least one piece is finished, and takes what is."""
    for future in sorted(wait(begun, return_when=FIRST_COMPLETED).done, key=begun.__getitem__):
        yield begun.pop(future), future.result()


@contextmanager
def _pool(count: int) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(count, thread_name_prefix="segue")
    patient = True
    try:
        yield pool
    except KeyboardInterrupt:
        patient = False
        raise
    finally:
        pool.shutdown(wait=patient, cancel_futures=True)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
