"""The CSV with the names of regions: number and name in each row; a first row of names (ark-analysis: ``region_id,region_name``) is known."""

from __future__ import annotations

import polars as pl

from segue.codecs.delimited_sniff import Cells
from segue.codecs.javascript_numbers import number, whole_numbers
from segue.codecs.mantis_csv import read_rows
from segue.formats.mantis_files.csv_notes import mended, told, trimmed
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def fits(row: Cells) -> bool:
    """Whether a row is a number and a name."""
    return len(row) == 2 and number(row[0] or "") is not None and bool(row[1])


def read_names(source: Source) -> tuple[dict[int, str], list[Note]]:
    """Number -> name; of several rows with a number the last counts, as in Mantis.

    Raises
    ------
    SourceError
        It is no text table.
    """
    if not source.size:
        return {}, []
    rows = read_rows(source, fits)
    notes = mended(rows)
    found: dict[int, str] = {}
    if rows.width < 2:
        notes.append(Note(Kind.SKIPPED, "there is no second column with names of regions"))
    else:
        frame = pl.DataFrame({"line": rows.lines, "number": whole_numbers(rows.columns[0]), "name": trimmed(rows.columns[1])})
        frame = frame.slice(int(frame.height > 0 and frame["number"][0] is None))  # names of the columns
        bad = frame["number"].is_null() | frame["name"].is_null()
        notes += told(Kind.SKIPPED, "without a number and a name", frame["line"].filter(bad))
        found = dict(frame.filter(~bad).select("number", "name").iter_rows())
    return found, list(Notes(tuple(notes)).at(source.path.name))
