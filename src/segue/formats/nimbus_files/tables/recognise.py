"""Whether a text is a table of NimbusImage."""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.formats.nimbus_files.tables.headings import CONNECTIONS, DATASET, OBJECTS, TRACKS, separator_of

HEAD = 4096
"""Bytes of a text that are looked at."""


def evidence(head: bytes) -> Evidence:
    """By the names of the first columns."""
    names = heading(head)
    if names[: len(OBJECTS)] == OBJECTS:
        return Evidence(97, "it has the columns of NimbusImage's tables")
    if names[: len(OBJECTS) - 1] == OBJECTS[:-1]:
        return Evidence(95, "it has the columns of NimbusImage's older tables")
    if names in (CONNECTIONS, TRACKS):
        return Evidence(96, "it has the columns that segue writes for connections or tracks of NimbusImage")
    return Evidence(0, "it has not the columns of NimbusImage's tables")


def heading(head: bytes) -> tuple[str, ...]:
    """The names of the first columns, as far as they are of NimbusImage; empty for other texts.

    Parameters
    ----------
    head
        The begin of a file.
    """
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].rstrip(b"\r")
    if not line.startswith((b'"Id"', b"Id", b'"Dataset"', b"Dataset")):
        return ()
    parts = line.decode("utf-8", "replace").split(separator_of(line))
    names = tuple(part[1:-1] if len(part) > 1 and part[0] == part[-1] == '"' else part for part in parts)
    names = names[1:] if names[0] == DATASET else names
    return names[: len(OBJECTS)] if names[: len(OBJECTS)] == OBJECTS else names


def says_datasets(head: bytes) -> bool:
    """Whether a table says of which dataset each row is.

    Parameters
    ----------
    head
        The begin of a file.
    """
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b'"').startswith(DATASET.encode())
