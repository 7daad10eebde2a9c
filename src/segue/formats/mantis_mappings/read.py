"""A file of channel marker mappings -> study."""

from __future__ import annotations

import polars as pl

from segue.codecs.delimited_sniff import Cells
from segue.codecs.mantis_csv import Rows, read_rows
from segue.errors import WrongFormat
from segue.formats.mantis_files.colours import from_mantis, understood
from segue.formats.mantis_files.csv_notes import mended, told, trimmed
from segue.formats.mantis_files.slots import COLOURS
from segue.formats.mantis_mappings.presets import Channels, assembled
from segue.formats.options import Options
from segue.model.display import ChannelDisplay
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_SLOTS = {slot.casefold(): slot for slot in COLOURS}
_MOST = 100_000
"""Rows that a file of settings may have."""


def fits(row: Cells) -> bool:
    """Whether a row names a mapping, one of the seven channels, and a marker."""
    return len(row) in (3, 4) and bool(row[0]) and (row[1] or "").strip().casefold() in _SLOTS and bool(row[2])


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the mappings; of several rows about a channel of a mapping the last counts, as in Mantis.

    Raises
    ------
    SourceError
        It is no text table, or no row of it is about a channel of Mantis.
    """
    if not source.size:
        return assembled({}), Notes.of(Note(Kind.ASSUMED, "it is empty: there is no mapping"))
    rows = read_rows(source, fits)
    notes = mended(rows)
    frame = _understood(rows, notes)
    if not frame.height:
        slots = ", ".join(COLOURS)
        raise WrongFormat(f"{source.path} holds no mapping; a row is: name, one of {slots}, marker, colour", path=source.path)
    return assembled(_mappings(frame, notes)), Notes(tuple(notes))


def _understood(rows: Rows, notes: list[Note]) -> pl.DataFrame:
    """(mapping, slot, marker, colour, line) of the rows that say something; what was passed over or mended is noted."""
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(rows))
    given = [column.head(_MOST) for column in (*rows.columns, *(empty for _ in range(4 - rows.width)))][:4]
    names, slots, markers, colours = (trimmed(column) for column in given)
    known = slots.str.to_lowercase().replace_strict(_SLOTS, default=None, return_dtype=pl.Utf8)
    frame = pl.DataFrame({"line": rows.lines.head(_MOST), "mapping": names, "slot": known, "marker": markers, "colour": colours})
    header = bool(frame.height > 1 and frame["slot"][0] is None and frame["slot"].head(2).null_count() == 1)
    if header:
        notes.append(Note(Kind.ASSUMED, "the first line holds the names of the columns"))
    cut = (given[0] != names) | (given[2] != markers)
    notes += told(Kind.REPAIRED, "with blanks around a name", rows.lines.head(_MOST).filter(cut.fill_null(value=False)))
    frame = frame.slice(int(header))
    for column, what in (("mapping", "without the name of a mapping"), ("slot", f"without one of {', '.join(COLOURS)}"), ("marker", "without a marker")):
        notes += told(Kind.SKIPPED, what, frame.filter(pl.col(column).is_null())["line"])
        frame = frame.drop_nulls(column)
    return frame


def _mappings(frame: pl.DataFrame, notes: list[Note]) -> dict[str, Channels]:
    found: dict[str, dict[str, ChannelDisplay]] = {}
    again, unknown = [], []
    for line, mapping, slot, marker, text in frame.rows():
        channels = found.setdefault(mapping, {})
        if channels.pop(slot, None) is not None:
            again.append(line)
        colour = understood(text) if text is not None else None
        if text is not None and colour is None:
            unknown.append(line)
        channels[slot] = ChannelDisplay(marker, COLOURS[slot] if colour is None else from_mantis(colour) or 0xFF)
    notes += told(Kind.SKIPPED, "with something else than a colour in the last column: the channel's own is taken", unknown)
    notes += told(Kind.CHANGED, "about a channel that their mapping has already: the last one counts, as in Mantis", again)
    return {name: list(channels.items()) for name, channels in found.items()}
