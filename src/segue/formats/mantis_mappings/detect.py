"""Is it a file of channel marker mappings?"""

from __future__ import annotations

from segue.codecs.mantis_csv import sample
from segue.formats.format import Evidence
from segue.formats.mantis_mappings.read import fits
from segue.storage.source import Source

_SUFFIXES = (".csv", ".txt", ".tsv")


def detect(source: Source) -> Evidence:
    """By the names of Mantis' seven channels in the second column."""
    if source.is_folder or source.suffix not in _SUFFIXES:
        return Evidence(0, "it is no text table")
    found = sample(source, fits)
    if found is None or not found.share:
        return Evidence(0, "its rows name none of Mantis' channels")
    return Evidence(95 if found.share >= 0.5 else 60, "its rows name channels of Mantis (rChannel, gChannel, ...)")
