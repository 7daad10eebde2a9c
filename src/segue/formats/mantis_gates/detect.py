"""Is it a gates CSV of Mantis?"""

from __future__ import annotations

from segue.codecs.mantis_csv import sample
from segue.formats.format import Evidence
from segue.formats.mantis_gates.columns import fits, places
from segue.storage.source import Source

_SUFFIXES = (".csv", ".txt", ".tsv")
_MOST = 10_000
"""Bytes of a file of gates: they are written by hand."""


def detect(source: Source) -> Evidence:
    """By the first rows: a name and two numbers in ascending order, and the name of a gate."""
    if source.is_folder or source.suffix not in _SUFFIXES:
        return Evidence(0, "it is no text table")
    found = sample(source, fits)
    if found is None or not found.rows or len(found.rows[0]) not in (3, 4):
        return Evidence(0, "it is no text table of three or four columns")
    at = places(found.rows[0])
    named = at.header and len(found.rows) > 1 and found.share < 1 and at.columns["feature"] < len(found.rows[0]) and {0, 1, 2} <= set(at.columns.values())
    rows = found.rows[1:] if at.header else found.rows
    if not rows or sum(map(fits, rows)) < 0.8 * len(rows):
        return Evidence(0, "its rows are no features with two ends")
    if named and _called(found.rows[0]):
        return Evidence(80, "its columns are called feature, min and max")
    if at.header:
        return Evidence(20, "it could be gates, but its columns have other names")
    if len(rows[0]) == 4:
        return Evidence(80, "its rows are features, two ends and names of gates")
    different = len({row[0] for row in rows}) > 0.5 * len(rows)
    return Evidence(65 if different and source.size < _MOST else 30, "its rows are features and two ends")


def _called(first: tuple[str | None, ...]) -> bool:
    return {"feature", "min", "max"} <= {(cell or "").strip().casefold() for cell in first}
