"""The one table from error classes to HTTP statuses; its sibling for exit codes is ``segue.cli.exit_codes``."""

from __future__ import annotations

from segue.errors import Incompatible, MissingDependency, NotesRefused, NotFound, SegueError, SinkError, SourceChanged, SourceError, TooLarge, UsageError

STATUSES: tuple[tuple[type[SegueError], int], ...] = (
    (UsageError, 400),
    (NotFound, 404),
    (SourceChanged, 409),
    (Incompatible, 409),
    (TooLarge, 413),
    (SourceError, 422),
    (NotesRefused, 409),
    (SinkError, 507),
    (MissingDependency, 501),
)
"""The first class that fits decides."""


def status_for(error: SegueError) -> int:
    """The HTTP status of an error."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
