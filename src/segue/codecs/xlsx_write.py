"""XLSX (ECMA-376) from columns: one sheet, exact numbers, texts that stay texts; the same table gives the same bytes.

Texts are inline strings, which no spreadsheet takes for a formula, a date or a link. Numbers have as many digits as they need (docs/adr/0012).
Memory: a block of rows.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

import polars as pl

from segue.codecs.xml_write import DECLARATION, escaped, escaped_texts

MOST_ROWS, MOST_COLUMNS, LONGEST = 1_048_576, 16_384, 32_767
"""What a sheet holds: rows with the header, columns, characters of a cell."""
NAN, INFINITIES = "#NUM!", ("inf", "-inf")
"""How NaN (an error value, as spreadsheets have no other) and infinities (texts) are written."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_BLOCK_CELLS = 1 << 20
_LARGE = 1 << 30
_ESCAPE = r"_x[0-9A-Fa-f]{4}_"
_CODES = [*range(9), 11, 12, 13, *range(14, 32), 0xFFFE, 0xFFFF]
_CONTROL = {chr(code): f"_x{code:04X}_" for code in _CODES}


def write_xlsx(file: BinaryIO, names: Sequence[str], columns: Sequence[pl.Series], sheet: str) -> None:
    """Write a workbook of one sheet: a row of names, then the values.

    Parameters
    ----------
    file
        Open for writing, at its begin.
    names
        One per column; any text.
    columns
        Texts, numbers and truth values of equal length, within ``MOST_ROWS`` (with the header), ``MOST_COLUMNS`` and ``LONGEST``.
    sheet
        Name of the sheet: at most 31 characters, none of ``[]:*?/\\``.

    Raises
    ------
    ValueError
        The table does not fit on a sheet: a bug of the caller.
    """
    height = columns[0].len() if columns else 0
    if height >= MOST_ROWS or len(columns) > MOST_COLUMNS:
        raise ValueError("the table does not fit on a sheet")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in _frame_of_files(sheet).items():
            archive.writestr(_entry(name), DECLARATION + text.encode())
        large = 60 * height * len(columns) + sum(_bytes(column) for column in columns) > _LARGE
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=large) as out:
            out.write(DECLARATION + f'<worksheet xmlns="{_MAIN}">{_FROZEN}<sheetData>'.encode())
            out.write(_rows([pl.Series([name], dtype=pl.Utf8) for name in names], 1))
            step = max(1, _BLOCK_CELLS // max(1, len(columns)))
            for start in range(0, height, step):
                out.write(_rows([column.slice(start, step) for column in columns], start + 2))
            out.write(b"</sheetData></worksheet>")


_FROZEN = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'


def _frame_of_files(sheet: str) -> dict[str, str]:
    """Everything of a workbook but its sheet."""
    main, rels = "application/vnd.openxmlformats-package.relationships+xml", f"{_PACKAGE}/relationships"
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="{main}"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="{escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{rels}"><Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
    }


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry that says nothing of the time and the machine."""
    found = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    found.compress_type = zipfile.ZIP_DEFLATED
    found.create_system = 0
    return found


def _bytes(column: pl.Series) -> int:
    return int(column.str.len_bytes().sum()) if column.dtype == pl.Utf8 else 20 * column.len()


def _rows(columns: Sequence[pl.Series], first: int) -> bytes:
    """Some rows of the sheet; ``first`` is the number of the first one, from 1."""
    height = columns[0].len() if columns else 0
    number = pl.int_range(first, first + height, eager=True).cast(pl.Utf8)
    cells = [_cells(column.alias(""), letters(nth), number) for nth, column in enumerate(columns)]
    frame = pl.DataFrame({"r": number} | {f"c{nth}": one for nth, one in enumerate(cells)})
    row = pl.concat_str(pl.lit('<row r="'), pl.col("r"), pl.lit('">'), *[f"c{nth}" for nth in range(len(cells))], pl.lit("</row>"))
    return "".join(frame.select(row).to_series()).encode()


def _cells(column: pl.Series, letter: str, number: pl.Series) -> pl.Series:
    """The XML of every cell; empty for null."""
    frame = pl.DataFrame({"v": column, "r": number})
    place = pl.concat_str(pl.lit(f'<c r="{letter}'), "r", pl.lit('"'))
    value = pl.col("v")
    if column.dtype == pl.Utf8:
        frame = frame.with_columns(v=_protected(column))
        cell = pl.concat_str(place, pl.lit(' t="inlineStr"><is><t xml:space="preserve">'), escaped_texts(value), pl.lit("</t></is></c>"))
    elif column.dtype == pl.Boolean:
        cell = pl.concat_str(place, pl.lit(' t="b"><v>'), value.cast(pl.Int8).cast(pl.Utf8), pl.lit("</v></c>"))
    else:
        cell = pl.concat_str(place, pl.lit("><v>"), value.cast(pl.Utf8), pl.lit("</v></c>"))
        if column.dtype.is_float() and not bool(column.is_finite().all()):
            cell = _special(cell, place, value)
    return frame.select(cell.fill_null("")).to_series()


def _special(cell: pl.Expr, place: pl.Expr, value: pl.Expr) -> pl.Expr:
    error = pl.concat_str(place, pl.lit(f' t="e"><v>{NAN}</v></c>'))
    infinity = pl.when(value > 0).then(pl.lit(INFINITIES[0])).otherwise(pl.lit(INFINITIES[1]))
    text = pl.concat_str(place, pl.lit(' t="inlineStr"><is><t>'), infinity, pl.lit("</t></is></c>"))
    return pl.when(value.is_nan()).then(error).when(value.is_infinite()).then(text).otherwise(cell)


def _protected(texts: pl.Series) -> pl.Series:
    """Texts with the characters that XML cannot hold as ``_xHHHH_``, and with what looks so already protected from being taken for them."""
    if texts.str.contains(_ESCAPE).any():
        texts = pl.Series([None if text is None else re.sub(f"_(?={_ESCAPE[1:]})", "_x005F_", text) for text in texts], dtype=pl.Utf8)
    return texts.str.replace_many(list(_CONTROL), list(_CONTROL.values()))


def letters(nth: int) -> str:
    """The name of a column from 0: A, B, ..., Z, AA, ..."""
    text = ""
    nth += 1
    while nth:
        nth, rest = divmod(nth - 1, 26)
        text = chr(65 + rest) + text
    return text
