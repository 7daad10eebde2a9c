"""XLSX: what spreadsheet programs write is read, what segue writes is a table to them, and nothing hostile gets through."""

from __future__ import annotations

import datetime
import io
import zipfile

import polars as pl
import pytest

import segue
from segue.codecs import xlsx_write
from segue.codecs.xlsx_read import read_xlsx
from segue.codecs.xlsx_write import write_xlsx
from segue.errors import Incompatible, InvalidOption, Malformed, SegueError, TooLarge, UnsupportedVariant
from segue.formats.table.fit import check_sheet
from segue.formats.table.flat import Flat
from segue.storage.source import Source
from segue.testing.scalars import HOSTILE

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.xlsx"


def written(path, names, columns):
    with path.open("wb") as file:
        write_xlsx(file, names, columns, "objects")
    return path


def with_sheet(path, xml, **more):
    """A workbook whose sheet is the given XML."""
    written(path, ["id"], [pl.Series(["a"])])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = xml.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | more).items():
            archive.writestr(name, content)
    return Source(path)


def test_every_value_comes_back(path):
    numbers = [0.1 + 0.2, 1e300, 5e-324, float("inf"), float("-inf"), None, -0.0, float("nan"), 4.0]
    texts = [text for text in HOSTILE if text != "\ufeffbom"][:9]
    columns = [pl.Series(texts), pl.Series(numbers), pl.Series(range(9)), pl.Series([True, None] * 4 + [False])]
    back = read_xlsx(Source(written(path, ["t", "n", "i", "b"], columns)))
    assert back.header == ["t", "n", "i", "b"]
    for column, found in zip(columns, back.columns, strict=True):
        assert found.values.equals(column.alias(""), check_dtypes=True)


def test_hostile_texts_and_names_come_back(path):
    texts = [*HOSTILE, "_x0041_", "_x0041_x0042_", "a_x000D_b", "\r\n", "\uffff", "]]>"]
    found = read_xlsx(Source(written(path, texts, [pl.Series(["x"])] * len(texts))))
    assert found.header == texts
    column = read_xlsx(Source(written(path, ["t"], [pl.Series(texts)]))).columns[0].values
    assert column.to_list() == texts


def test_the_same_table_gives_the_same_bytes(path, tmp_path):
    columns = [pl.Series(["=1+1", None]), pl.Series([1.5, 2.5])]
    assert written(path, ["a", "b"], columns).read_bytes() == written(tmp_path / "y.xlsx", ["a", "b"], columns).read_bytes()


def test_openpyxl_reads_texts_as_texts_and_numbers_as_numbers(path):
    openpyxl = pytest.importorskip("openpyxl")
    texts = ["SEPT7", "=1+1", "1-2", "2024-01-01", "http://x", "007", "a, b", "µm² 👩‍🔬", "<&>"]
    written(path, ["name", "n", "b"], [pl.Series(texts), pl.Series([nth / 3 for nth in range(9)]), pl.Series([True, False, None] * 3)])
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("name", "n", "b")
    assert [row[0] for row in rows[1:]] == texts
    assert [row[1] for row in rows[1:]] == [nth / 3 for nth in range(9)]
    assert [row[2] for row in rows[1:]] == [True, False, None] * 3
    assert {cell.data_type for cell in sheet["A"]} <= {"s", "inlineStr"}


def test_what_openpyxl_writes_is_read(path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "cells"
    rows = [
        ("CellID", "name", "area", "seen", "ok", "formula"),
        (7, "a & b", 1.5, datetime.date(2024, 5, 1), True, "=1+1"),
        (9, None, "#N/A", None, False, None),
    ]
    for row in rows:
        sheet.append(row)
    book.create_sheet("other").append(("id",))
    book.save(path)
    found = read_xlsx(Source(path))
    assert found.sheets == ["cells", "other"]
    assert [one.values.to_list() for one in found.columns] == [[7, 9], ["a & b", None], [1.5, None], [45413, None], [True, False], [None, None]]
    assert [one.dates for one in found.columns] == [False, False, False, True, False, False]
    study = segue.read(path)
    assert study.image_sets[0].objects.frame.select("label", "name").rows() == [(7, "a & b"), (9, None)]
    with pytest.raises(InvalidOption, match="no sheet 'x'; it has cells, other"):
        segue.read(path, sheet="x")


def test_cells_may_omit_their_places_and_rows_may_be_missing(path):
    rows = '<row><c t="inlineStr"><is><t>id</t></is></c><c t="inlineStr"><is><r><t>a</t></r><r><t>rea</t></r><rPh><t>x</t></rPh></is></c></row>'
    found = read_xlsx(with_sheet(path, SHEET.format(rows + '<row r="4"><c r="B4"><v>5</v></c></row>')))
    assert found.header == ["id", "area"]
    assert [one.values.to_list() for one in found.columns] == [[None, None, None], [None, None, 5]]


@pytest.mark.parametrize(
    ("xml", "error"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + SHEET.format('<row r="1"><c r="A1"><v>&b;</v></c></row>'), Malformed),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SHEET.format("<row><c><v>&a;</v></c></row>"), Malformed),
        (SHEET.format('<row r="99999999"><c><v>1</v></c></row>'), TooLarge),
        (SHEET.format('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'), Malformed),
        (SHEET.format('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), Malformed),
        (SHEET.format('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), Malformed),
        (SHEET[:-5], Malformed),
    ],
    ids=["bomb", "outside", "row", "column", "shared", "scattered", "cut"],
)
def test_hostile_sheets_are_refused(path, xml, error):
    with pytest.raises(error):
        read_xlsx(with_sheet(path, xml))


def test_damaged_workbooks_raise_only_our_errors(path):
    data = written(path, ["id", "n"], [pl.Series(["a", "b"]), pl.Series([1.5, 2.5])]).read_bytes()
    for at in range(0, len(data), 41):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        try:
            segue.read(path, from_="table")
        except SegueError:
            continue


def test_other_office_files_are_refused(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(UnsupportedVariant, match="no workbook"):
        segue.read(path, from_="table")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(UnsupportedVariant, match=r"save it as \.xlsx"):
        segue.read(path, from_="table")


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [(1_048_576, 1, "holds 1,048,576 rows, and these are 1,048,577"), (1, 16_385, "holds 16,384 columns, and these are 16,385")],
)
def test_what_a_sheet_cannot_hold_is_refused_before_writing(rows, columns, message):
    one = pl.Series([0]).new_from_index(0, rows)
    with pytest.raises(Incompatible, match=message):
        check_sheet(Flat([str(nth) for nth in range(columns)], [one] * columns, columns, ()))
    with pytest.raises(ValueError, match="does not fit"):
        write_xlsx(io.BytesIO(), [str(nth) for nth in range(columns)], [one] * columns, "x")
    assert (xlsx_write.MOST_ROWS, xlsx_write.MOST_COLUMNS) == (2**20, 2**14)


def test_a_text_that_no_cell_holds_is_refused(tmp_path):
    source = tmp_path / "x.csv"
    source.write_text(f"id,text\na,{'x' * 32_768}\n", encoding="utf-8")
    with pytest.raises(Incompatible, match="holds 32,767 characters, and one of these texts has 32,768"):
        segue.convert(source, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_names_of_columns_go_beyond_z():
    assert [xlsx_write.letters(nth) for nth in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
