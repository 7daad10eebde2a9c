"""Is it a feature CSV of Mantis?"""

from __future__ import annotations

from segue.codecs.javascript_numbers import number
from segue.codecs.mantis_csv import sample
from segue.formats.format import Evidence
from segue.formats.mantis_features.columns import by_names, fits
from segue.storage.source import Source

_SUFFIXES = (".csv", ".txt", ".tsv")

_STATISTICS = "Populations"
"""The last column of what Mantis writes."""


def detect(source: Source) -> Evidence:
    """By the names of the first columns, which Mantis itself does not look at."""
    if source.is_folder or source.suffix not in _SUFFIXES:
        return Evidence(0, "it is no text table")
    found = sample(source, fits)
    if found is None or not found.rows or len(found.rows[0]) < 2:
        return Evidence(0, "it is no text table")
    form = by_names(found.rows[0])
    if form is None or any(number(cell or "") is not None for cell in found.rows[0]):
        return Evidence(0, "its first columns are not called Segment ID, or Image and Segment ID")
    if len(found.rows[0]) == 2 + (form == "project") and found.rows[0][-1] is not None and "population" in found.rows[0][-1].casefold():
        return Evidence(0, "it names populations instead of features")
    if found.rows[0][-1] == _STATISTICS:
        return Evidence(20, "it could be features, but it is what Mantis writes as statistics")
    return Evidence(70, "its first columns are called as those of Mantis' segment features")
