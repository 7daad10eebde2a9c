"""Work in pieces: done here, by threads, or by other machines; the results come in the order of the pieces."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

Piece = TypeVar("Piece")
Result = TypeVar("Result")

AHEAD = 2
"""Pieces per worker that are begun before the first result is taken: bounds the memory of results that wait."""


class Workers(Protocol):
    """Who does the work."""

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        """``work`` of every piece, in the order of the pieces; the first error ends it.

        ``work`` is a function of a module (or a partial of one), pieces and results can be pickled: then any workers can do it.
        """
        ...


@dataclass(frozen=True)
class Threads:
    """Threads of this process."""

    count: int | None = None
    """None = one per core; 1 = no thread but the caller's."""

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        count = self.count or cores()
        if count == 1:
            yield from map(work, pieces)
            return
        waiting: deque[Future[Result]] = deque()
        with ThreadPoolExecutor(count) as pool:
            try:
                for piece in pieces:
                    waiting.append(pool.submit(work, piece))
                    if len(waiting) >= AHEAD * count:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for one in waiting:
                    one.cancel()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
