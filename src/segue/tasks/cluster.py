"""Work in pieces on other machines: a Dask cluster, named by the address of its scheduler. No graph: single futures, few at a time."""

from __future__ import annotations

import logging
import time
from collections import deque
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from segue.errors import MissingDependency, SegueError, SourceError, TooLarge, UsageError
from segue.tasks.workers import AHEAD, Piece, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LOOK_AGAIN = 1.0
"""Seconds after which the cluster is asked again how many work: clusters of job queues grow and shrink."""


@dataclass(frozen=True)
class Cluster:
    """The workers of a Dask cluster, however it was started (``dask scheduler``, dask-jobqueue, a service).

    Files are opened by the workers: they must see the same folders. A piece whose worker dies is begun again on another one; the scheduler
    gives up after ``distributed.scheduler.allowed-failures`` (3) such deaths.
    """

    address: str
    """``tcp://host:8786``, or the path of a scheduler file."""
    timeout: float = 30.0
    """Seconds to wait for the scheduler to answer. Workers may come later."""

    def run(self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        """``work`` of every piece, in the order of the pieces; see `workers.Workers`.

        Raises
        ------
        MissingDependency
            ``distributed`` is not installed.
        UsageError
            No scheduler answers, or the workers have another version of segue.
        SourceError
            The connection is lost. TooLarge: a piece ends every worker that works on it.
        """
        waiting: deque[Any] = deque()
        with self._client() as team:
            try:
                for piece in pieces:
                    waiting.append(team.begin(work, piece))
                    if len(waiting) >= team.room():
                        yield team.result(waiting.popleft())
                while waiting:
                    yield team.result(waiting.popleft())
            finally:
                team.cancel(waiting)

    def unordered(
        self, work: Callable[[Piece], Result], pieces: Iterable[Piece], lost: Callable[[SegueError], Result] | None = None
    ) -> Iterator[tuple[int, Result]]:
        """(number of the piece, ``work`` of it), as they are finished; see `workers.Workers` and `run`.

        A piece that ends its worker takes others with it that were waiting there. So a piece that died too often is tried once more when
        nothing else is going on: only who dies alone is to blame.
        """
        begun: dict[Any, tuple[int, Piece]] = {}
        ready: SimpleQueue[Any] = SimpleQueue()
        suspects: list[tuple[int, Piece]] = []
        with self._client() as team:
            try:
                for numbered in enumerate(pieces):
                    begun[team.begin(work, numbered[1], ready)] = numbered
                    if len(begun) >= team.room():
                        yield from team.finished(ready, begun, suspects)
                while begun:
                    yield from team.finished(ready, begun, suspects)
                for number, piece in suspects:
                    yield number, team.alone(work, piece, lost)
            finally:
                team.cancel(begun)

    @contextmanager
    def _client(self) -> Iterator[_Team]:
        distributed = _distributed()
        how = {"scheduler_file": self.address} if Path(self.address).is_file() else {"address": self.address}
        with _quiet():
            try:
                client = distributed.Client(**how, timeout=self.timeout, set_as_default=False)
            except (OSError, ValueError, TimeoutError) as error:
                raise UsageError(f"no Dask scheduler answers at {self.address}; is it running, and is this its address?", address=self.address) from error
            try:
                yield _Team(client, self.address)
            finally:
                with suppress(OSError, TimeoutError):
                    client.close(timeout=5)


class WorkerDied(TooLarge):
    """A piece of work ended every worker that was given it."""


class _Team:
    """A connection to the scheduler."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._count = 1
        self._looked = -LOOK_AGAIN

    def begin(self, work: Callable[[Piece], Result], piece: Piece, ready: SimpleQueue[Any] | None = None) -> Any:
        from segue import __version__

        with self._translated():
            future = self._client.submit(partial(_checked, work, __version__), piece, pure=False)
        if ready is not None:
            future.add_done_callback(ready.put)
        return future

    def room(self) -> int:
        """How many pieces may be begun and not taken."""
        if time.monotonic() - self._looked >= LOOK_AGAIN:
            with self._translated():
                self._count = max(1, sum(self._client.nthreads().values()))
            self._looked = time.monotonic()
        return AHEAD * self._count

    def result(self, future: Any) -> Any:
        with self._translated():
            return future.result()

    def finished(self, ready: SimpleQueue[Any], begun: dict[Any, tuple[int, Piece]], suspects: list[tuple[int, Piece]]) -> Iterator[tuple[int, Any]]:
        """Waits for a piece, and gives its number and result; nothing if its worker died."""
        future = ready.get()
        number, piece = begun.pop(future)
        try:
            result = self.result(future)
        except WorkerDied:
            suspects.append((number, piece))
        else:
            yield number, result

    def alone(self, work: Callable[[Piece], Result], piece: Piece, lost: Callable[[SegueError], Result] | None) -> Result:
        """The result of a piece while nothing else is going on."""
        try:
            result: Result = self.result(self.begin(work, piece))
        except WorkerDied as error:
            if lost is None:
                raise
            return lost(TooLarge(error.message, **error.fields))
        return result

    def cancel(self, futures: Iterable[Any]) -> None:
        """Pieces that are not begun never are; those that are being worked on end by themselves."""
        with suppress(Exception):  # the connection may be what failed
            self._client.cancel(list(futures), force=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Dask's errors as ours."""
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker

        try:
            yield
        except KilledWorker as error:
            raise WorkerDied(
                f"a piece of the work ended every worker that did it ({error.allowed_failures + 1}); usually it needs more memory than a worker has",
                worker=str(error.last_worker.address),
            ) from error
        except (CancelledError, CommClosedError) as error:
            raise SourceError(
                f"the connection to the Dask scheduler at {self._address} was lost; see whether it still runs, and go on with --resume"
            ) from error
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "segue":
                raise
            raise UsageError("the workers of the cluster have no segue of this version; install the same one there") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """What goes wrong with a connection is said by our errors; its tracebacks are of use to nobody who converts images."""
    loggers = [logging.getLogger(name) for name in ("distributed.client", "distributed.core", "distributed.batched", "tornado.application", "asyncio")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _checked(work: Callable[[Piece], Result], version: str, piece: Piece) -> Result:
    """On the worker: the work, if it is the same segue."""
    from segue import __version__

    if __version__ != version:
        raise UsageError(f"a worker of the cluster has segue {__version__}, and this is {version}; install the same version there")
    return work(piece)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise MissingDependency("working on a cluster needs Dask: pip install 'segue[dask]'", extra="dask") from error
    return distributed
