"""What commands print: at most three lines of notes, a line per output, a table for a batch."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from segue.notes import Kind, Note, Notes

LINES = 3
_ORDER = (Kind.LOST, Kind.CHANGED, Kind.SKIPPED, Kind.REPAIRED, Kind.ASSUMED, Kind.DONE)


def say_notes(notes: Notes, *, verbose: bool, quiet: bool) -> None:
    """Notes on standard error, the worst first; the rest is counted unless ``verbose``."""
    if quiet:
        return
    lines = [line for kind in _ORDER for line in _lines(notes.of_kind(kind).merged(), kind)]
    shown = lines if verbose or len(lines) <= LINES else [*lines[: LINES - 1], f"... and {len(lines) - LINES + 1} more notes; -v shows them all"]
    for line in shown:
        click.echo(f"  {line}", err=True)


def say_done(notes: Notes) -> None:
    """What was done, a sentence each, on standard output."""
    for note in notes.of_kind(Kind.DONE).merged():
        click.echo(note.sentence)


def without_done(notes: Notes) -> Notes:
    """The notes that `say_done` leaves out."""
    return Notes(tuple(note for note in notes if note.kind is not Kind.DONE))


def say_differences(differences: Mapping[Any, int], where: str = "") -> None:
    """What a dry run would change: feature -> how much; ``where`` follows the sentence that nothing would."""
    rows = [[str(feature), f"{count:,}"] for feature, count in differences.items()]
    say_table(["what", "would differ"], rows) if rows else click.echo(f"nothing would change{where}")


def _lines(notes: Notes, kind: Kind) -> list[str]:
    if kind not in (Kind.LOST, Kind.CHANGED):
        return [str(note) for note in notes]
    by_reason: dict[str, list[str]] = {}
    for note in notes:
        by_reason.setdefault(note.sentence, []).append(_counted(note))
    return [f"{kind}: {', '.join(features)}{f' - {reason}' if reason not in features else ''}" for reason, features in by_reason.items()]


def _counted(note: Note) -> str:
    if note.feature is None:
        return note.sentence
    return str(note.feature) if note.count == 1 else f"{note.feature} ({note.count:,})"


def say_json(body: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


def say_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, err: bool = False) -> None:
    """A plain table with aligned columns; long cells are not cut."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), err=err)


def size(count: int) -> str:
    """Bytes as people say them."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000  # type: ignore[assignment]
    raise AssertionError


def progress(quiet: bool) -> bool:
    """Whether a progress bar makes sense: on a terminal, and not told to be quiet."""
    return not quiet and sys.stderr.isatty()
