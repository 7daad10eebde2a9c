"""The one table from error classes to exit codes."""

from __future__ import annotations

from segue.errors import MissingDependency, NotesRefused, SegueError, SinkError, SourceError, UsageError

OK = 0
SOME_FAILED = 1
USAGE = 2
OUR_BUG = 4
INTERRUPTED = 130

CODES: tuple[tuple[type[SegueError], int], ...] = (
    (UsageError, USAGE),
    (SourceError, 3),
    (NotesRefused, 5),
    (SinkError, 6),
    (MissingDependency, 7),
)


def code_for(error: SegueError) -> int:
    """The exit code of an error."""
    return next((code for kind, code in CODES if isinstance(error, kind)), OUR_BUG)
