"""XLSX (ECMA-376): the values of one sheet. Nothing is computed, followed or executed; sizes are checked before they are believed.

Formulas count as the value that was stored with them. Memory: the unpacked file, and the columns that hold something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segue.codecs.xlsx_cells import Column, Sheet, Texts
from segue.codecs.xml_read import parse, tree
from segue.codecs.zip_directory import Limits, read_directory
from segue.codecs.zip_read import Entries, read_zip
from segue.errors import InvalidOption, Malformed, SegueError, UnsupportedVariant
from segue.storage.source import Source

LARGEST = 4 << 30
"""Bytes that all parts of a workbook may unpack to."""
_LEAST, _RATIO = 256 << 20, 100
_WORKBOOK = re.compile(r"(?:^|/)workbook\.xml$")
_FIRST = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
_DATE = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.')


@dataclass(frozen=True)
class Found:
    """One sheet of a workbook."""

    header: list[str | None]
    """The cells of its first row that holds something; empty if that row holds numbers."""
    columns: list[Column]
    """The rows below, as wide as the header or wider."""
    sheets: list[str]
    """Names of all sheets, in order."""


def is_xlsx(source: Source) -> bool:
    """Whether a zip file holds a workbook; looks at its directory only, and only where its first entry is one of an Office file."""
    if not source.head(80)[30:].startswith(_FIRST):
        return False
    try:
        names = read_directory(source.read_bytes(LARGEST)).names
    except SegueError:
        return False
    return any(_WORKBOOK.search(name) for name in names)


def read_xlsx(source: Source, sheet: str | None = None, *, header: bool | None = None) -> Found:
    """Read a sheet: the named one, else the first.

    Parameters
    ----------
    source
        The file.
    sheet
        Its name.
    header
        Whether the first row holds names; None = if it holds only texts.

    Raises
    ------
    NotFound, SourceChanged, TooLarge
    Malformed
        It is damaged, or its cells are scattered so widely that they are no table.
    UnsupportedVariant
        It holds no sheet of cells (a binary workbook, for example).
    InvalidOption
        There is no sheet of that name.
    """
    data = source.read_bytes(LARGEST)
    entries = read_zip(data, Limits(total=min(LARGEST, max(_LEAST, _RATIO * len(data)))))
    parts = {name.lstrip("/"): nth for nth, name in enumerate(entries.names)}
    book = next((name for name in parts if _WORKBOOK.search(name)), None)
    if book is None:
        raise UnsupportedVariant(f"{source.path} holds no workbook that segue reads; save it as .xlsx in a spreadsheet program", path=source.path)
    sheets = _sheets(entries, parts, book, source.path)
    names = list(sheets)
    if not names or (sheet is not None and sheet not in sheets):
        raise InvalidOption(f"{source.path} has no sheet {sheet!r}; it has {', '.join(names) or 'none'}", option="sheet", allowed=", ".join(names))
    folder = PurePosixPath(book).parent
    texts = _texts(entries, parts, str(folder / "sharedStrings.xml"), source.path)
    dates = _date_styles(entries, parts, str(folder / "styles.xml"), source.path)
    handler = Sheet(texts, dates, source.path)
    parse(_part(entries, parts, sheets[names[0] if sheet is None else sheet], source.path), handler, source.path, largest=LARGEST)
    return Found(*handler.table(header=header), names)


def _part(entries: Entries, parts: dict[str, int], name: str, path: Path) -> bytes:
    nth = parts.get(name)
    if nth is None:
        raise Malformed(f"{path} is damaged: its part {name} is missing", path=path, expected=name)
    return entries.buffer[entries.start[nth] : entries.start[nth + 1]].tobytes()


def _sheets(entries: Entries, parts: dict[str, int], book: str, path: Path) -> dict[str, str]:
    """Name of a sheet -> the part that holds it."""
    folder = PurePosixPath(book).parent
    relations = _part(entries, parts, str(folder / "_rels" / "workbook.xml.rels"), path)
    targets = {str(one.get("Id")): (str(one.get("Target")), str(one.get("Type"))) for one in tree(relations, path).iter("Relationship")}
    found: dict[str, str] = {}
    for one in tree(_part(entries, parts, book, path), path).iter("sheet"):
        target, kind = targets.get(str(one.get("id")), ("", ""))
        if kind.endswith("/worksheet") and one.get("name") is not None:
            found[str(one.get("name"))] = target.lstrip("/") if target.startswith("/") else str(folder / target)
    return found


def _texts(entries: Entries, parts: dict[str, int], name: str, path: Path) -> list[str]:
    """The shared texts of a workbook."""
    if name not in parts:
        return []
    handler = Texts()
    parse(_part(entries, parts, name, path), handler, path, largest=LARGEST)
    return handler.found


def _date_styles(entries: Entries, parts: dict[str, int], name: str, path: Path) -> set[str]:
    """Numbers of the cell styles that show a number as a date or time."""
    if name not in parts:
        return set()
    styles = tree(_part(entries, parts, name, path), path)
    own = {one.get("numFmtId"): str(one.get("formatCode")) for one in styles.iter("numFmt")}
    dates = {str(number) for number in (*range(14, 23), *range(45, 48))} | {str(key) for key, code in own.items() if _is_date(code)}
    cells = next(styles.iter("cellXfs"), None)
    return {str(nth) for nth, one in enumerate(cells.iter("xf") if cells is not None else ()) if one.get("numFmtId") in dates}


def _is_date(code: str) -> bool:
    return any(letter in _DATE.sub("", code).lower() for letter in "ydhs") and "general" not in code.lower()
