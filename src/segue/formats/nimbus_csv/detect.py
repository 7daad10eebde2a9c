"""Is it a table of NimbusImage?"""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.formats.nimbus_files.tables.recognise import HEAD, evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By the names of its first columns."""
    return evidence(b"" if source.is_folder else source.head(HEAD))
