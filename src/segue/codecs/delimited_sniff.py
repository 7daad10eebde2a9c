"""What kind of text table it is, from its first lines: delimiter, header rows, decimal mark. The suffix of the file is never asked."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from segue.codecs.delimited_records import Record, records
from segue.codecs.delimited_text import Encoding, head_of
from segue.storage.source import Source

HEAD = 1 << 18
_ROWS = 200
_MOST_HEADERS = 4
_DELIMITERS = ("\t", ";", ",")
_RARE = (" ", "|")
_EXCEL = re.compile(rb'^"?sep=(.)"?\r?\n', re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:nan|inf|infinity|∞)", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?")
_NOTHING = {"", "na", "n/a", "#n/a", "ø", "-", "none", "null"}
Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    bom: bool = False
    packed: bool = False
    """Whether the file is gzip."""
    header_rows: int = 1
    quote: str = '"'
    row_numbers: bool = False
    """Whether the first column has no name and counts the rows from 0 or 1: ImageJ, pandas and R do that."""


@dataclass(frozen=True)
class Sniffed:
    """What the first lines show."""

    dialect: Dialect
    header: tuple[Cells, ...]
    """The header rows."""
    rows: tuple[Cells, ...]
    """The first rows below the header, at most 200."""
    width: int
    """Usual number of cells in a row."""
    skip: int = 0
    """Bytes of Excel's ``sep=`` line in front of the table (after the byte order mark)."""
    decided: bool = True
    """Whether the rows tell the decimal mark."""

    @property
    def names(self) -> tuple[str, ...]:
        """The cells of the last header row that holds names; empty texts where a column has none."""
        return tuple(cell or "" for cell in self.header[0]) if self.header else ()


def sniff(source: Source, *, delimiter: str | None = None, header_rows: int | None = None) -> Sniffed | None:
    """Look at the first 256 KiB; None = it is not text, or empty.

    Raises
    ------
    NotFound
    """
    found = None if source.is_folder else head_of(source, HEAD)
    if found is None or not found[0].strip():
        return None
    data, whole, encoding = found
    return sniffed(data, encoding, whole=whole, delimiter=delimiter, header_rows=header_rows)


def sniffed(data: bytes, encoding: Encoding, *, whole: bool, delimiter: str | None = None, header_rows: int | None = None) -> Sniffed:
    """The same for text that is at hand (UTF-8); ``whole`` = it is all of the file."""
    excel = _EXCEL.match(data)
    skip = excel.end() if excel else 0
    if excel and delimiter is None:
        delimiter = excel[1].decode("latin-1")
    data = data[skip:]
    delimiter = delimiter or _delimiter(data, whole=whole)
    found = _sample(data, delimiter, whole=whole)
    width = Counter(len(one.cells) for one in found[-_ROWS:]).most_common(1)[0][0] if found else 0
    cells = [one.cells for one in found]
    count = _headers(cells, width) if header_rows is None else min(header_rows, len(cells))
    header, rows = tuple(cells[:count]), tuple(cells[count:])
    decimal = _decimal(rows, delimiter)
    dialect = Dialect(delimiter, decimal or ".", encoding.name, encoding.bom, encoding.packed, count, row_numbers=_counts(header, rows))
    return Sniffed(dialect, header, rows, width, skip, decided=decimal is not None or delimiter == ",")


def _sample(data: bytes, delimiter: str, *, whole: bool) -> list[Record]:
    """The first records, without empty ones, and without the last if it may be cut off."""
    found = list(records(data, delimiter, most=_ROWS + _MOST_HEADERS))
    if not whole and found and found[-1].end == len(data) and len(found) > 1:
        found = found[:-1]
    return [one for one in found if len(one.cells) > 1 or one.cells[0] is not None]


def _delimiter(data: bytes, *, whole: bool) -> str:
    best, score = ",", 0.0
    for one in _DELIMITERS:
        found = _sample(data, one, whole=whole)
        evidence = _evidence([record.cells for record in found])
        if evidence > score + 1e-9:
            best, score = one, evidence
    return best if score else next((one for one in _RARE if _strict_columns(data, one, whole=whole)), ",")


def _evidence(found: list[Cells]) -> float:
    """How well a delimiter explains the records: the share that has the usual number of cells; half of it if the header has not."""
    if not found:
        return 0
    width, count = Counter(map(len, found)).most_common(1)[0]
    if width < 2:
        return 0
    return count / len(found) * (1 if len(found[0]) in (width, width - 1) else 0.5)


def _strict_columns(data: bytes, delimiter: str, *, whole: bool) -> bool:
    """Whether a rare delimiter makes a table: at least two rows, all of one width, with a column of numbers."""
    found = [record.cells for record in _sample(data, delimiter, whole=whole)]
    if len(found) < 2 or len(set(map(len, found[1:]))) != 1 or len(found[1]) < 2 or len(found[0]) not in (len(found[1]), len(found[1]) - 1):
        return False
    return any(all(_is_number(cell) for cell in column) for column in zip(*found[1:], strict=True))


def _is_number(cell: str | None) -> bool:
    return cell is not None and _NUMBER.fullmatch(cell.strip()) is not None


def _is_nothing(cell: str | None) -> bool:
    return cell is None or cell.strip().lower() in _NOTHING


def _headers(found: list[Cells], width: int) -> int:
    """How many rows at the top are names: those with words where the columns below hold numbers."""
    if not found:
        return 0
    kinds = [_kinds(row, width) for row in found]
    for count in range(min(_MOST_HEADERS, len(found) - 1), 0, -1):
        numeric = [nth for nth, cells in enumerate(zip(*kinds[count:], strict=True)) if _numeric(cells)]
        enough = numeric if count == 1 else numeric[1:] and 2 * len(numeric) >= width
        if enough and all(_words(row, numeric, width, first=not nth) for nth, row in enumerate(found[:count])):
            return count
    return int(_like_names(found[0], width))


def _words(row: Cells, numeric: list[int], width: int, *, first: bool) -> bool:
    """Whether a row has words above columns of numbers, and below the first row nothing else but gaps."""
    shifted = row if len(row) != width - 1 else (None, *row)
    cells = [shifted[nth] if nth < len(shifted) else None for nth in numeric]
    numbers = sum(map(_is_number, cells))
    return any(not _is_number(cell) and not _is_nothing(cell) for cell in cells) and (first or not numbers)


def _kinds(row: Cells, width: int) -> list[bool | None]:
    """Per cell whether it is a number; None = there is nothing."""
    found = [None if _is_nothing(cell) else _is_number(cell) for cell in row[:width]]
    return found + [None] * (width - len(found))


def _numeric(kinds: tuple[bool | None, ...]) -> bool:
    """Whether nearly all that is filled in a column are numbers, and something is."""
    filled = len(kinds) - kinds.count(None)
    return bool(filled) and kinds.count(True) >= max(1, 0.8 * filled)


def _like_names(row: Cells, width: int) -> bool:
    """Whether a row can be names where nothing else tells: all different, none empty but the first, none a number."""
    names = [cell for nth, cell in enumerate(row) if nth or not _is_nothing(cell)]
    filled = [cell for cell in names if cell is not None and cell.strip()]
    return len(row) in (width, width - 1) and len(filled) == len(names) > 0 and len(set(filled)) == len(filled) and not any(map(_is_number, filled))


def _decimal(rows: tuple[Cells, ...], delimiter: str) -> str | None:
    """The decimal mark; None = no row tells. Between commas it is a point."""
    if delimiter == ",":
        return "."
    cells = [cell.strip() for row in rows for cell in row if cell]
    commas, points = (sum(pattern.fullmatch(cell) is not None for cell in cells) for pattern in (_COMMA, _POINT))
    return None if commas == points == 0 else "," if commas > points else "."


def _counts(header: tuple[Cells, ...], rows: tuple[Cells, ...]) -> bool:
    """Whether the first column is a row counter without a name."""
    if not header or not rows or (header[0] and not _is_nothing(header[0][0]) and len(header[0]) == len(rows[0])):
        return False
    first = [(row[0] or "").strip() for row in rows if row]
    return any(first == [str(start + nth) for nth in range(len(first))] for start in (0, 1))
