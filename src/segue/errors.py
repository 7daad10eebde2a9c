"""Every error that segue raises on purpose.

* SegueError                  one sentence a scientist understands, and what to do
  - UsageError                the request makes no sense
    . UnknownFormat           names the nearest formats
    . AmbiguousFormat         names the candidates and the option that decides
    . InvalidOption           option, given, allowed
    . InvalidRecipe
  - SourceError               the input cannot be used
    . NotFound
    . WrongFormat             expected, found
    . Malformed               where in the file, and what was expected there
    . UnsupportedVariant      well-formed and known, but not something segue can represent
    . TooLarge                beyond a stated limit
    . SourceChanged           the file changed while it was open
    . Incompatible            two inputs do not belong together
  - NotesRefused              --strict: the conversion would lose or change something
  - SinkError                 the output exists, is not writable, or the disk is full
  - MissingDependency         an optional package is not installed

What is not a SegueError and reaches a user is a bug of segue.
"""

from __future__ import annotations

from typing import Any


class SegueError(Exception):
    """Base of every error segue raises on purpose. ``fields`` holds the facts behind the sentence."""

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.message, self.fields))

    def to_json(self) -> dict[str, Any]:
        """The error as plain data: its class name, its sentence, its fields as text."""
        fields = {key: value if isinstance(value, int | float | None) else str(value) for key, value in self.fields.items()}
        return {"error": type(self).__name__, "message": self.message, **fields}


def _rebuild(kind: type[SegueError], message: str, fields: dict[str, Any]) -> SegueError:
    return kind(message, **fields)


class UsageError(SegueError):
    """The request makes no sense, whatever the input holds."""


class UnknownFormat(UsageError):
    """No format has this name or suffix."""


class AmbiguousFormat(UsageError):
    """Several formats fit equally well."""


class InvalidOption(UsageError):
    """An option has a value that it cannot take."""


class InvalidRecipe(UsageError):
    """A recipe cannot be understood."""


class SourceError(SegueError):
    """An input cannot be used."""


class NotFound(SourceError):
    """An input does not exist or cannot be opened."""


class WrongFormat(SourceError):
    """The input is not of the format it was read as."""


class Malformed(SourceError):
    """The input breaks the rules of its format.

    Fields: ``path``, ``position`` (byte, line or key path, as text), ``expected``.
    """


class UnsupportedVariant(SourceError):
    """The input is well-formed, but is a variant that segue cannot represent."""


class TooLarge(SourceError):
    """The input exceeds a stated limit, or announces sizes that its bytes cannot hold."""


class SourceChanged(SourceError):
    """A file changed after it was opened."""


class Incompatible(SourceError):
    """Two inputs do not belong together."""


class NotesRefused(SegueError):
    """The conversion would lose or change something, and ``--strict`` forbids that. Field: ``notes``."""


class SinkError(SegueError):
    """The output exists, cannot be written, or does not fit on the disk."""


class MissingDependency(SegueError):
    """An optional package is needed. Field: ``extra``."""
