"""history.jsonl: one event per line."""

from __future__ import annotations

from segue.formats.segue_study.plain import as_record, from_text, to_text
from segue.model.study import Event


def encode(events: tuple[Event, ...]) -> bytes:
    return b"".join(to_text(event, indent=None) for event in events)


def decode(data: bytes, where: str) -> tuple[Event, ...]:
    """The events.

    Raises
    ------
    Malformed
    """
    lines = enumerate(data.split(b"\n"), 1)
    return tuple(as_record(from_text(line, f"{where} line {number}"), Event, f"{where} line {number}") for number, line in lines if line)
