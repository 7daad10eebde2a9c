"""Is it a population CSV of Mantis?"""

from __future__ import annotations

from segue.codecs.javascript_numbers import number
from segue.codecs.mantis_csv import sample
from segue.formats.format import Evidence
from segue.formats.mantis_populations.columns import fits, surely_named
from segue.storage.source import Source

_SUFFIXES = (".csv", ".txt", ".tsv")


def detect(source: Source) -> Evidence:
    """By the first rows: numbers of segments and names of populations, without names of columns."""
    if source.is_folder or source.suffix not in _SUFFIXES:
        return Evidence(0, "it is no text table")
    found = sample(source, fits)
    if found is None or not found.rows or len(found.rows[0]) < 2:
        return Evidence(0, "it is no text table")
    if surely_named(found.rows[0]):
        return Evidence(75, "its columns are called as segments and populations of Mantis")
    if found.share < 0.7:
        return Evidence(0, "its rows are no segments and populations")
    if not fits(found.rows[0]):
        return Evidence(30, "it could be segments and populations, but its columns have other names")
    return _rows([row for row in found.rows if fits(row)], source)


def _rows(rows: list[tuple[str | None, ...]], source: Source) -> Evidence:
    first = 0 if all(number(row[0] or "") is not None for row in rows) else 1
    names = [row[first + 1] or "" for row in rows if len(row) > first + 1]
    if len(names) < len(rows) or sum(number(name) is None for name in names) < 0.5 * len(names):
        return Evidence(20, "it could be segments and populations, but all names are numbers")
    if not first and _names_regions(source, [row[0] for row in rows], names):
        return Evidence(0, "it holds the names of the regions in the picture of the same name")
    if len(names) > 1 and len(set(names)) == len(names) and max(map(len, rows)) == 2:
        return Evidence(50, "it can be segments and populations, but no population has two segments")
    return Evidence(80, f"its rows are {'images, ' if first else ''}segments and populations without names of columns")


def _names_regions(source: Source, numbers: list[str | None], names: list[str]) -> bool:
    """Whether it lies beside a picture that is called alike, and gives each number one name."""
    beside = any(source.path.with_suffix(suffix).is_file() for suffix in (".tif", ".tiff"))
    return beside and len(set(numbers)) == len(numbers)
