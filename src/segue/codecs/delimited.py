"""Text tables (CSV, TSV and their relatives, RFC 4180) as columns of text; what was not as it should be is mended and said.

polars parses; what it would misread (unruly quotes, ragged rows, other encodings) is brought into order before. Memory: the text two or three times
(not at all where it is large and in order already), and its columns.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from mmap import mmap

import numpy as np
import polars as pl

from segue.codecs.delimited_body import BROKEN, LARGE, Body, Text, decimal_columns
from segue.codecs.delimited_lines import Ints, cells_in, mended, positions, well_quoted, widths
from segue.codecs.delimited_numbers import MISSING, numbers
from segue.codecs.delimited_records import records
from segue.codecs.delimited_sniff import Cells, Dialect, Sniffed, sniff, sniffed
from segue.codecs.delimited_text import Encoding, is_text, mapped_text, text_of
from segue.errors import InvalidOption, Malformed, SegueError, TooLarge
from segue.storage.source import Source

__all__ = ["MISSING", "Delimited", "Dialect", "Sniffed", "numbers", "read_delimited", "sniff"]

WIDEST = 100_000
"""Columns that a text table may have."""
_FEW = 1000
_COMMA_NUMBER = r"^\s*[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?\s*$"
_NONE = np.zeros(0, np.int64)
Repair = tuple[int, str]


@dataclass(frozen=True)
class Delimited:
    """A text table."""

    header: list[tuple[str, ...]]
    """The header rows, each as wide as the table; empty text where a cell has no name."""
    columns: pl.DataFrame
    """All text, named "0", "1", ...; null where a cell is empty and not quoted. Float64 where ``floats`` allows it."""
    dialect: Dialect
    repairs: list[Repair]
    """(line, what was not as it should be); at most 1,000."""
    lines: pl.Series | None = None
    """The line at which each row begins, from 1 (Int64), if that was asked for."""

    @property
    def names(self) -> tuple[str, ...]:
        """The first header row; empty texts without one."""
        return self.header[0] if self.header else ("",) * self.columns.width


def read_delimited(source: Source, *, delimiter: str | None = None, header_rows: int | None = None, floats: bool = False, lines: bool = False) -> Delimited:
    """Read a text table, also of gzip, UTF-16, with a byte order mark, decimal commas, ragged rows, or quotes that break the rules.

    Parameters
    ----------
    source
        The file.
    delimiter
        One ASCII character; None = found by the content (never by the suffix).
    header_rows
        How many rows of names there are; None = found by the content (0 to 4).
    floats
        Whether columns of a large table that the first rows show to be numbers with a decimal mark may come as Float64, which is several times
        faster: what ``numbers`` makes of them, but that a quoted empty text among them is missing.
    lines
        Whether to say at which line each row begins; then each empty line is among the repairs, also at the end of the file.

    Raises
    ------
    NotFound, SourceChanged
    UnsupportedVariant
        It is not text.
    TooLarge
        More than 8 GiB unpacked, or than 100,000 columns.
    Malformed
        It is empty, rows are so uneven that they are no table, or gzip or UTF-16 is damaged.
    InvalidOption
        The delimiter cannot be one.
    """
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n'):
        raise InvalidOption(f"{delimiter!r} cannot be a delimiter; use one character such as , or ; or a tab", option="delimiter", given=delimiter)
    chosen = _Chosen(delimiter, header_rows, floats=floats, lines=lines)
    mapped = mapped_text(source)
    found = _hopeful(source, mapped, chosen) if mapped is not None and b'"' not in mapped[: 1 << 18] else None
    if found is None and mapped is not None and is_text(mapped, quotes=True):
        found = _read(source, mapped, Encoding(), chosen)
    if found is None:
        return _read(source, *text_of(source), chosen)
    source.check()
    return found


@dataclass(frozen=True)
class _Chosen:
    """What the caller wants."""

    delimiter: str | None
    header_rows: int | None
    floats: bool
    lines: bool


def _hopeful(source: Source, data: mmap, chosen: _Chosen) -> Delimited | None:
    """A text whose begin has no quotes is parsed as if it had none, while another thread looks; None = it has, or it is not UTF-8."""
    with ThreadPoolExecutor(1) as pool:
        plain = pool.submit(is_text, data, quotes=False)
        try:
            found = _read(source, data, Encoding(), chosen, quotes=_NONE)
        except SegueError:
            if plain.result():
                raise
            return None
        return found if plain.result() else None


def _read(source: Source, data: Text, encoding: Encoding, chosen: _Chosen, quotes: Ints | None = None) -> Delimited:
    """The table of a text; ``quotes`` = where they are, which keep to the rules."""
    if not data or (isinstance(data, bytes) and data.isspace()):
        raise Malformed(f"{source.path} is empty; a text table has at least a row", path=source.path, expected="a text table")
    whole = len(data) <= 1 << 18
    found = sniffed(data[: 1 << 18], encoding, whole=whole, delimiter=chosen.delimiter, header_rows=chosen.header_rows)
    repairs: list[Repair] = []
    if encoding.name == "cp1252":
        repairs.append((1, "not UTF-8: read as Windows-1252"))
    data = data[found.skip :] if found.skip else data
    data, quotes = (data, quotes) if quotes is not None else _in_order(data, found, repairs)
    header, end = _header(data, found)
    quotes = quotes[quotes >= end] - end
    decimals = decimal_columns(found) if chosen.floats and len(data) - end > LARGE else ()
    body = Body(data, end, quotes, found.dialect, decimals, source.path if isinstance(data, mmap) else None)
    return _assembled(source, body, header, found, repairs, first=data[:end].count(b"\n") + bool(found.skip) if chosen.lines else None)


def _in_order(data: Text, found: Sniffed, repairs: list[Repair]) -> tuple[Text, Ints]:
    """The text with quotes that keep to the rules, and where they are."""
    if data.find(b'"') < 0:
        return data, _NONE
    quotes = positions(data, ord('"'))
    if well_quoted(data, quotes, found.dialect.delimiter):
        return data, quotes
    data, lines = mended(bytes(data), found.dialect.delimiter, found.width)
    repairs += [(line, "quotes inside a text that are not doubled, or a quote that is never closed") for line in lines[:_FEW]]
    return data, positions(data, ord('"'))


def _header(data: Text, found: Sniffed) -> tuple[list[Cells], int]:
    """The header rows and where they end; empty lines above and between them are passed over."""
    header: list[Cells] = []
    end = 0
    if found.dialect.header_rows:
        for record in records(data, found.dialect.delimiter, most=_FEW):
            if len(record.cells) > 1 or record.cells[0] is not None:
                header.append(record.cells)
            end = record.end
            if len(header) == found.dialect.header_rows:
                break
    return header, end


def _assembled(source: Source, body: Body, header: list[Cells], found: Sniffed, repairs: list[Repair], *, first: int | None) -> Delimited:
    above = found.dialect.header_rows
    width = max([found.width, *map(len, header)])
    frame, width = _columns(source, body, width, repairs, above)
    begins = None if first is None else _lines(body, frame.height, first)
    if begins is not None:
        frame, begins = _without_empty_lines(frame, begins, repairs)
    elif frame.width > 1:
        frame = _without_empty_rows(frame, repairs)
    else:
        frame = _without_last_empty_rows(frame)
    frame, header = _without_empty_columns(frame, header, repairs)
    shifted = [row if len(row) != frame.width - 1 or found.width != frame.width else (None, *row) for row in header]
    if shifted != header:
        repairs.append((1, "the header has one name less than there are columns: the first column holds row names"))
    names = [tuple(cell or "" for cell in row) + ("",) * (frame.width - len(row)) for row in shifted]
    dialect = found.dialect if found.decided else replace(found.dialect, decimal=_decimal(frame) if re.search(b",", body.text) else ".")
    return Delimited(names, frame, dialect, sorted(repairs)[:_FEW], begins)


def _lines(body: Body, height: int, above: int) -> pl.Series:
    """The line at which each row begins; ``above`` = how many lines the header has."""
    _, lines, _ = widths(body.text, body.quotes, body.dialect.delimiter)
    found = lines[:height] + above if len(lines) >= height else np.arange(height) + above + 1
    return pl.Series("line", found, dtype=pl.Int64)


def _without_empty_lines(frame: pl.DataFrame, lines: pl.Series, repairs: list[Repair]) -> tuple[pl.DataFrame, pl.Series]:
    empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series() if frame.width else pl.Series([], dtype=pl.Boolean)
    if not empty.any():
        return frame, lines
    repairs += [(line, "an empty line, passed over") for line in lines.filter(empty).head(_FEW)]
    return frame.filter(~empty), lines.filter(~empty)


def _columns(source: Source, body: Body, width: int, repairs: list[Repair], above: int) -> tuple[pl.DataFrame, int]:
    _check_width(source, width)
    usual = width
    try:
        frame = body.parsed(width)
    except BROKEN:
        counts, lines, _ = widths(body.text, body.quotes, body.dialect.delimiter)
        width = max(width, int(counts.max(initial=1)))
        _check_width(source, width)
        if width * len(counts) > 8 * len(body.text) + (1 << 20):
            nth = int(counts.argmax())
            raise _uneven(source, int(lines[nth]) + above, int(counts[nth]), int(np.median(counts))) from None
        try:
            frame = body.parsed(width)
        except BROKEN as error:
            raise Malformed(f"{source.path} cannot be read as a table: {str(error).splitlines()[0]}", path=source.path, expected="a text table") from error
    if width > 1 and frame.height and (frame[frame.columns[-1]].null_count() or width != frame.width):
        _note_ragged(body, width, frame.height, usual, repairs, above)
    return frame, width


def _note_ragged(body: Body, width: int, height: int, usual: int, repairs: list[Repair], above: int) -> None:
    given = (body.text, body.quotes, body.dialect.delimiter)
    if cells_in(*given) == (width - 1) * height:
        return
    counts, lines, starts = widths(*given)
    ends = np.append(starts[1:], len(body.text))
    empty = ends - starts <= 2
    odd = np.flatnonzero((counts != usual) & ~(empty & (counts == 1)))[:_FEW].tolist()
    repairs.extend((int(lines[nth]) + above, f"{int(counts[nth])} cells where other rows have {usual}") for nth in odd)


def _without_empty_rows(frame: pl.DataFrame, repairs: list[Repair]) -> pl.DataFrame:
    if not frame.height or not frame[frame.columns[0]].null_count():
        return frame
    empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    if not empty.any():
        return frame
    last = int(empty.len() - (~empty).reverse().arg_max()) if not empty.all() else 0  # type: ignore[operator]
    inside = int(empty.head(last).sum())
    if inside:
        repairs.append((0, f"{inside} empty {'row' if inside == 1 else 'rows'} between the others, passed over"))
    return frame.filter(~empty)


def _without_last_empty_rows(frame: pl.DataFrame) -> pl.DataFrame:
    filled = frame.to_series().is_not_null()
    return frame.head(int(frame.height - filled.reverse().arg_max()) if filled.any() else 0)  # type: ignore[operator]


def _without_empty_columns(frame: pl.DataFrame, header: list[Cells], repairs: list[Repair]) -> tuple[pl.DataFrame, list[Cells]]:
    """Without columns at the end that have neither a name nor a value: a delimiter at the end of lines makes one."""
    keep = frame.width
    named = max((nth + 1 for row in header for nth, cell in enumerate(row) if cell is not None), default=0)
    while header and keep > max(named, 1) and frame.to_series(keep - 1).null_count() == frame.height:
        keep -= 1
    if keep < frame.width:
        what = "a column" if frame.width - keep == 1 else f"{frame.width - keep} columns"
        repairs.append((1, f"{what} at the end without a name or a value, passed over"))
    return frame[:, :keep], [row[:keep] for row in header]


def _decimal(frame: pl.DataFrame) -> str:
    """The decimal mark, where the first rows do not tell."""
    return "," if any(bool(column.str.contains(_COMMA_NUMBER).any()) for column in frame if column.dtype == pl.Utf8) else "."


def _check_width(source: Source, width: int) -> None:
    if width > WIDEST:
        raise TooLarge(f"{source.path} has {width:,} columns, more than the {WIDEST:,} that segue reads", path=source.path, limit=WIDEST)


def _uneven(source: Source, line: int, found: int, usual: int) -> Malformed:
    sentence = f"{source.path} is damaged at line {line:,}: expected about {usual:,} cells, found {found:,}"
    return Malformed(sentence, path=source.path, position=f"line {line}", expected=f"{usual} cells")
