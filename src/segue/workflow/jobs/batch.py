"""Working on many items: side by side if asked, going on after one that fails, remembering what is done."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from segue.errors import SegueError, SinkError
from segue.storage.fault import DISK
from segue.tasks.workers import Threads, Workers
from segue.workflow.jobs.attempt import Attempt, Frame, Step, attempt
from segue.workflow.jobs.item import Done, I, Work

if TYPE_CHECKING:
    from segue.workflow.jobs.record import Job

ONE_BY_ONE = Threads(1)


def run_items(
    items: Sequence[I],
    work: Work[I],
    *,
    batch: bool = True,
    workers: Workers = ONE_BY_ONE,
    job: Job | None = None,
    overwrite: bool = False,
    elsewhere: bool = False,
) -> Iterator[Done[I]]:
    """Work on items; what became of each comes as it is finished, in any order.

    Parameters
    ----------
    items, work
        What is done to what; see ``jobs.item``.
    batch
        Whether a failed item is yielded with its error and the others are worked on. A disk that is full ends a batch all the same: nothing
        more is begun, and the items that were not begun are missing from what is yielded.
    workers
        Who does it. The outputs do not depend on it.
    job
        Where is remembered what is done; None = nowhere.
    overwrite
        Whether outputs that exist may be replaced; a job knows this itself.
    elsewhere
        Whether files are opened by other processes, in other folders: paths are made absolute.

    Raises
    ------
    SegueError
        The error of the first item that fails, where it is no batch. An error that is not ours ends the work in any case.
    """
    stopped = False
    frame = replace(Frame(overwrite) if job is None else job.frame, elsewhere=not isinstance(workers, Threads))
    elsewhere = elsewhere or frame.elsewhere

    def begun() -> Iterator[Step[I]]:
        for item in items:
            if stopped:
                return
            entry = None if job is None else job.entry(item)
            yield Step(absolute(item) if elsewhere else item, entry)

    for number, made in workers.unordered(partial(attempt, work=work, frame=frame), begun(), _lost):
        if made.error is not None and not batch:
            raise made.error
        if job is not None:
            made = job.remembered(made)
        stopped = stopped or disk_is_full(made.error)
        yield Done(number, items[number], made.result, made.error, made.before)


def disk_is_full(error: SegueError | None) -> bool:
    """Whether an error is one that every further item would meet: no space, no quota, a disk that became read-only."""
    return isinstance(error, SinkError) and error.fields.get("errno") in DISK - {errno.EFBIG}


def absolute(item: I) -> I:
    """An item for workers that may be elsewhere: every path in it, alone or in a tuple or mapping, begins at the root."""
    if not is_dataclass(item):
        return item
    return cast(I, replace(item, **{one.name: _absolute(getattr(item, one.name)) for one in fields(item) if one.init}))


def _absolute(value: Any) -> Any:
    if isinstance(value, Path):
        return value.absolute()
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_absolute(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return absolute(cast(Any, value))
    if isinstance(value, Mapping):
        return {key: _absolute(one) for key, one in value.items()}
    return value


def _lost(error: SegueError) -> Attempt:
    """What became of an item that ended its workers."""
    return Attempt(error=error)
