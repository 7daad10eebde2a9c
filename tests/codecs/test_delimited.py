"""Text tables of every kind that tools write: read as they were meant, mended where they are broken."""

from __future__ import annotations

import csv
import gzip
import io
import mmap
import random
import time
from contextlib import suppress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import delimited, delimited_text
from segue.codecs.delimited import MISSING, numbers, read_delimited, sniff
from segue.codecs.delimited_write import write_delimited
from segue.errors import InvalidOption, Malformed, SegueError, TooLarge, UnsupportedVariant
from segue.storage.source import Source
from segue.testing.scalars import HOSTILE


@pytest.fixture
def read(tmp_path):
    def reading(data, **options):
        path = tmp_path / "x.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_delimited(Source(path), **options)

    return reading


@pytest.mark.parametrize("delimiter", ["\t", ";", ",", " ", "|"])
def test_the_delimiter_is_found_by_the_content(read, delimiter):
    found = read("id,area,mean\n1,5,2\n2,6,3\n".replace(",", delimiter))
    assert found.dialect.delimiter == delimiter
    assert found.names == ("id", "area", "mean")
    assert found.columns.rows() == [("1", "5", "2"), ("2", "6", "3")]


def test_a_delimiter_inside_values_is_not_the_delimiter(read):
    assert read("id,populations\n1,a;b\n2,c;d\n").dialect.delimiter == ","
    assert read('id;place\n1;"a, b"\n2;"c, d"\n').columns.rows() == [("1", "a, b"), ("2", "c, d")]


def test_decimal_commas_are_seen(read):
    found = read("id;area\n1;2,5\n2;3\n")
    assert (found.dialect.delimiter, found.dialect.decimal) == (";", ",")
    assert numbers(found.columns["1"], found.dialect.decimal).to_list() == [2.5, 3.0]


def test_a_decimal_comma_far_below_is_seen_too(read):
    found = read("id;area\n" + "1;2\n" * 90_000 + "1;2,5\n")
    assert found.dialect.decimal == ","


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1,2\n3,4\n", 0),
        ("id,area\n1,2\n", 1),
        ("id,area\n", 1),
        ("name,class\na,b\nc,d\n", 1),
        ("CellID,1,2\n1,3,4\n2,3,4\n", 1),
        ("id,area\n1,NA\n2,3\n", 1),
        ("Image,Nuclei,Nuclei\nImageNumber,ObjectNumber,AreaShape_Area\n1,1,5\n1,2,6\n", 2),
        ("LABEL,ID,QUALITY\nLabel,Spot ID,Quality\nLabel,Spot ID,Quality\n,,(quality)\nID0,0,2.5\nID1,1,ø\n", 4),
    ],
)
def test_header_rows_are_counted(read, text, rows):
    found = read(text)
    assert found.dialect.header_rows == len(found.header) == rows
    assert found.columns.height == text.count("\n") - rows


def test_header_rows_can_be_said(read):
    assert read("1,2\n3,4\n", header_rows=1).names == ("1", "2")
    assert read("a,b\n3,4\n", header_rows=0).columns.rows() == [("a", "b"), ("3", "4")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(read, encoding):
    found = read("name\tArea µm²\nnaïve\t5\nplain\t6\n".encode(encoding))
    assert found.names == ("name", "Area µm²")
    assert found.columns["0"].to_list() == ["naïve", "plain"]
    assert bool(found.repairs) == (encoding == "cp1252")


def test_gzip_is_unpacked(read):
    assert read(gzip.compress(b"a,b\n1,2\n")).columns.rows() == [("1", "2")]
    with pytest.raises(Malformed, match="cut off"):
        read(gzip.compress(b"a,b\n1,2\n")[:-4])


def test_line_ends(read):
    for end in ("\n", "\r\n", "\r"):
        assert read(end.join(["a,b", "1,2", "3,4", ""])).columns.rows() == [("1", "2"), ("3", "4")]


def test_empty_is_null_only_where_it_is_not_quoted(read):
    assert read('a,b\n,""\n1,2\n').columns.rows() == [(None, ""), ("1", "2")]


def test_line_breaks_and_quotes_inside_texts(read):
    assert read('a,b\n"x\ny","he said ""yes"""\n').columns.rows() == [("x\ny", 'he said "yes"')]


def test_quotes_that_break_the_rules_are_mended_and_said(read):
    found = read('Label,Area\n"cells "t1", first",1\n5" pipe,2\n"never closed,3\nfine,4\n')
    assert found.columns.rows() == [('cells "t1", first', "1"), ('5" pipe', "2"), ('"never closed', "3"), ("fine", "4")]
    assert [line for line, _ in found.repairs] == [2, 3, 4]


def test_ragged_rows_are_said(read):
    found = read("a,b,c\n1,2\n1,2,3,4\n5,6,7\n")
    assert found.columns.rows() == [("1", "2", None, None), ("1", "2", "3", "4"), ("5", "6", "7", None)]
    assert found.names == ("a", "b", "c", "")
    assert found.repairs == [(2, "2 cells where other rows have 3"), (3, "4 cells where other rows have 3")]


def test_empty_lines_and_delimiters_at_the_end_are_nothing(read):
    found = read("\na,b,\n1,2,\n,,\n3,4,\n\n\n")
    assert found.names == ("a", "b")
    assert found.columns.rows() == [("1", "2"), ("3", "4")]


def test_row_names_of_r_have_no_header(read):
    found = read('"x" "y"\n"1" 2 3\n"2" 4 5\n')
    assert found.names == ("", "x", "y")
    assert found.dialect.row_numbers


def test_excel_may_say_the_delimiter(read):
    assert read("sep=;\na;b\n1;2\n").columns.rows() == [("1", "2")]


@pytest.mark.parametrize(
    ("texts", "expected", "kind"),
    [
        (["1", None, "-2"], [1, None, -2], pl.Int64),
        (["18446744073709551615", "1"], [2**64 - 1, 1], pl.UInt64),
        (["9007199254740993"], [2**53 + 1], pl.Int64),
        (["1", "2.5", "1e3"], [1.0, 2.5, 1000.0], pl.Float64),
        (["inf", "-Infinity", ".5"], [float("inf"), float("-inf"), 0.5], pl.Float64),
        ([" 1", "2 "], [1, 2], pl.Int64),
        (["007", "1"], ["007", "1"], pl.Utf8),
        (["99999999999999999999"], ["99999999999999999999"], pl.Utf8),
        (["9007199254740993", "1.5"], ["9007199254740993", "1.5"], pl.Utf8),
        (["1e400"], ["1e400"], pl.Utf8),
        (["1", "x"], ["1", "x"], pl.Utf8),
        (["1", ""], ["1", ""], pl.Utf8),
        ([None], [None], pl.Utf8),
        (["NA", "1", "ø"], [None, 1, None], pl.Int64),
        (["NA", "ø"], ["NA", "ø"], pl.Utf8),
        (["0x10"], ["0x10"], pl.Utf8),
    ],
)
def test_numbers_are_exact_or_stay_text(texts, expected, kind):
    found = numbers(pl.Series("n", texts, dtype=pl.Utf8), missing=MISSING)
    assert found.to_list() == expected
    assert (found.dtype, found.name) == (kind, "n")


def test_nan_is_a_number():
    assert numbers(pl.Series(["NaN", "1", None])).is_nan().to_list() == [True, False, None]


def test_a_decimal_comma_is_no_point():
    assert numbers(pl.Series(["1,5", "2"]), ",").to_list() == [1.5, 2.0]
    assert numbers(pl.Series(["1.500", "2"]), ",").dtype == pl.Utf8


CELLS = st.sampled_from([text for text in HOSTILE if "\0" not in text]) | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=5)


@given(st.lists(st.tuples(CELLS, st.none() | CELLS, st.none() | st.floats()), min_size=1, max_size=6), st.sampled_from("\t;,"), st.booleans())
def test_what_is_written_comes_back_and_python_reads_the_same(tmp_path_factory, rows, delimiter, excel):
    frame = pl.DataFrame(rows, schema={"0": pl.Utf8, "1": pl.Utf8, "2": pl.Float64}, orient="row")
    path = tmp_path_factory.mktemp("t") / "x"
    with path.open("wb") as file:
        write_delimited(file, frame, delimiter=delimiter, bom=excel, newline="\r\n" if excel else "\n")
    back = read_delimited(Source(path), delimiter=delimiter, header_rows=1)
    assert back.columns[:, :2].equals(frame[:, :2])
    assert back.repairs == []
    values = back.columns["2"].cast(pl.Float64)
    assert values.equals(frame["2"]) or frame["2"].is_nan().any()
    text = path.read_bytes().decode("utf-8-sig" if excel else "utf-8")
    python = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1:]
    assert [row[:2] for row in python] == [[one, two or ""] for one, two, _ in rows]


def test_the_same_table_gives_the_same_bytes_and_says_missing_as_asked():
    frame = pl.DataFrame({"a": [1.5, None, float("nan")], "b": ["", None, "x"]})
    out = io.BytesIO()
    write_delimited(out, frame, delimiter=";", decimal=",", missing="NA", nan="nan", header=[("a", "b"), ("µm", "")])
    assert out.getvalue().decode() == 'a;b\nµm;""\n1,5;""\nNA;NA\nnan;x\n'


def test_sniffing_reads_only_the_head(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbfid,x\n" + b"1,2.5\n" * 100_000)
    found = sniff(Source(path))
    assert found.names == ("id", "x")
    assert found.rows[0] == ("1", "2.5")
    assert len(found.rows) <= 204
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert sniff(Source(path)) is None


@pytest.mark.parametrize(
    "data",
    [b'"a,' * 100_000, b'"x\n' * 100_000, b'"' * 100_001, b'"""\n' * 100_000, b'a,b\n"1,2\n"3,4"x\n' * 20_000, b"a\n" + b"," * 90_000 + b"\n1" * 90_000],
)
def test_hostile_texts_take_bounded_time(read, data):
    start = time.process_time()
    with suppress(SegueError):
        read(data)
    assert time.process_time() - start < 10


def test_a_gzip_bomb_is_refused(read, monkeypatch):
    monkeypatch.setattr("segue.codecs.delimited_text._SMALLEST_LIMIT", 1 << 16)
    with pytest.raises(TooLarge, match="unpacks to more than"):
        read(gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000))


def test_large_tables_may_come_as_numbers(read):
    rows = "".join(f"{nth},{nth / 4},{nth}\n" for nth in range(80_000))
    plain, quick = (read(f"id,x,n\n{rows}", floats=floats) for floats in (False, True))
    assert [column.dtype for column in quick.columns] == [pl.Utf8, pl.Float64, pl.Utf8]
    assert numbers(plain.columns["1"]).equals(quick.columns["1"])
    for odd in ("x", "1e400", "9007199254740993"):
        late = read(f"id,x,n\n{rows}1,{odd},1\n", floats=True)
        assert late.columns["1"].dtype == pl.Utf8
        assert late.columns["1"][-1] == odd
    beside_nothing = read(f"id,x,n\n{rows}1,nan,1\n1,-9007199254740993,1\n", floats=True)
    assert beside_nothing.columns["1"][-1] == "-9007199254740993"
    german = read(f"id;x;n\n{rows}".replace(",", ";").replace(".", ","), floats=True)
    assert german.columns["1"].equals(quick.columns["1"])


def test_what_is_no_table_is_refused(read):
    with pytest.raises(TooLarge, match="columns"):
        read(b"a,b\n" + b"," * 200_000)
    with pytest.raises(Malformed, match="line 2"):
        read(b"a,b\n" + b"," * 20_000 + b"\n" + b"1,2\n" * 20_000)
    with pytest.raises(UnsupportedVariant, match="not a text table"):
        read(b"PK\x03\x04" + bytes(100))
    with pytest.raises(Malformed, match="empty"):
        read(b"")
    with pytest.raises(InvalidOption, match="delimiter"):
        read(b"a,b\n", delimiter="::")


GOLDEN = {
    "imagej/blobs_results.csv": (64, 34, ",", True),
    "imagej/blobs_results.txt": (64, 34, "\t", True),
    "imagej/BasicTable.txt": (2, 5, ",", False),
    "neubias/batch_processing_results.csv": (13, 6, "\t", False),
    "neubias/object_measurements.csv": (3, 5, ",", True),
    "neubias/nuclei.tsv": (12, 33, "\t", False),
}


@pytest.mark.golden
@pytest.mark.parametrize("name", GOLDEN)
def test_real_tables(golden, name):
    found = read_delimited(Source(golden / name))
    assert (found.columns.height, found.columns.width, found.dialect.delimiter, found.dialect.row_numbers) == GOLDEN[name]
    assert found.dialect.header_rows == 1
    assert found.repairs == []


def test_a_control_character_in_every_line_is_text_and_noise_is_not(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"index,name\n" + b"0,a\x00\x01\n" * 500)
    assert read_delimited(Source(path)).columns.to_series(1)[0] == "a\x00\x01"
    for noise in (bytes(5000), random.Random(1).randbytes(5000)):
        path.write_bytes(noise)
        with pytest.raises(UnsupportedVariant):
            read_delimited(Source(path))


def test_a_name_that_begins_like_a_byte_order_mark_keeps_its_first_character(read):
    """Behind the header it is part of a name; only in front of the whole file it is a mark."""
    assert read("image,area\n\ufeffbom,5\nother,6\n").columns.rows() == [("\ufeffbom", "5"), ("other", "6")]


MAPPED = (
    b"id,x\n1,2.5\n2,3.5\n",
    'name,µm²\nä,1.25\n"b,""c",2.5\n'.encode(),
    b"a,b\n1,2\n3\n4,5,6\n",
    b"sep=;\na;b\n1,5;2\n3,5;4\n",
    b'a,b\n1,say "so"\n2,x\n',
    b"x\r\n1.5\r\n\r\n2.5\r\n",
    b"n,v\n1,9007199254740993.0\n2,0.5\n",
)


@pytest.mark.parametrize("text", MAPPED)
@pytest.mark.parametrize("floats", [False, True])
def test_a_large_text_is_read_where_it_lies_with_the_same_result(text, floats, tmp_path, monkeypatch):
    path = tmp_path / "a[0]*.csv"
    path.write_bytes(text)
    monkeypatch.setattr(delimited, "LARGE", 1)
    copied = delimited.read_delimited(Source(path), floats=floats)
    monkeypatch.setattr(delimited_text, "_MAPPED_FROM", 1)
    assert delimited_text.mapped_text(Source(path)) is not None
    mapped = delimited.read_delimited(Source(path), floats=floats)
    assert mapped.columns.equals(copied.columns)
    assert (mapped.header, mapped.dialect, mapped.repairs) == (copied.header, copied.dialect, copied.repairs)


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbfa,b\n1,2\n", gzip.compress(b"a,b\n1,2\n", mtime=0), b"a\r1\r", "a,b\n1,2\n".encode("utf-16"), b"a,\xb5\n1,2\n", b" \n"],
    ids=["mark", "gzip", "old Macintosh", "UTF-16", "Windows-1252", "empty"],
)
def test_what_must_be_changed_first_is_not_read_where_it_lies(data, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited_text, "_MAPPED_FROM", 1)
    (tmp_path / "x.csv").write_bytes(data)
    assert delimited_text.mapped_text(Source(tmp_path / "x.csv")) is None


LONG = b"n,v,t\n" + b"1,2.5,some text\n" * 20_000
"""Longer than what is looked at before a large text is parsed."""


@pytest.mark.parametrize(
    "end",
    [
        b"2,3.5,x\n",
        b'3,4.5,"a, ""b"""\n',
        b'3,4.5,"two\nlines"\n',
        b'3,4.5,say "so"\n',
        b'"3","4.5",x\n',
        b"3,4.5,\xb5m\n",
        "3,4.5,µm".encode(),
        b"3\n4,5,6,7,8\n",
    ],
    ids=["plain", "quotes", "line break", "unruly quotes", "quoted numbers", "Windows-1252", "UTF-8", "uneven"],
)
@pytest.mark.parametrize("floats", [False, True])
def test_what_stands_far_below_the_begin_of_a_large_text_is_seen(end, floats, tmp_path, monkeypatch):
    (tmp_path / "x.csv").write_bytes(LONG + end)
    monkeypatch.setattr(delimited, "LARGE", 1)
    copied = delimited.read_delimited(Source(tmp_path / "x.csv"), floats=floats)
    monkeypatch.setattr(delimited_text, "_MAPPED_FROM", 1)
    found = delimited.read_delimited(Source(tmp_path / "x.csv"), floats=floats)
    assert found.columns.equals(copied.columns)
    assert (found.header, found.dialect, found.repairs) == (copied.header, copied.dialect, copied.repairs)


@pytest.mark.parametrize("size", [1, 8, 9, 65, 128, 129])
def test_every_byte_of_a_large_text_is_looked_at(size, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited_text, "_PIECE", 64 * 8)
    for at in {0, 7, 8, 63, 64, 65, size - 2, size - 1} & set(range(size)):
        for byte, with_quotes, without in ((b"x", True, True), (b'"', True, False), (b"\xb5", False, False)):
            (tmp_path / "x").write_bytes(b"a" * at + byte + b"a" * (size - at - 1))
            with (tmp_path / "x").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                assert delimited_text.is_text(data, quotes=True) is with_quotes
                assert delimited_text.is_text(data, quotes=False) is without


@pytest.mark.parametrize("texts", [["7", "007"], ["+7", "+07"], ["1", "-01"], ["1", "00"]])
def test_numbers_with_zeros_in_front_stay_text_wherever_they_stand(texts):
    series = pl.Series(["1"] * 100 + texts)
    assert numbers(series).equals(series)
    assert numbers(pl.Series(["0", "-0", "+0", "10"])).to_list() == [0, 0, 0, 10]


def test_a_number_that_means_missing_is_missing_among_whole_numbers():
    assert numbers(pl.Series(["1", "-99", "3"]), missing=(*MISSING, "-99")).to_list() == [1, None, 3]
    assert numbers(pl.Series(["1", "NA", "3"]), missing=MISSING).to_list() == [1, None, 3]


def test_rows_can_be_found_again_by_their_lines(tmp_path):
    (tmp_path / "rows.csv").write_text('4,A\n5,"two\nlines"\n\n6,B\n\n', encoding="utf-8")
    found = read_delimited(Source(tmp_path / "rows.csv"), header_rows=0, lines=True)
    assert found.columns.rows() == [("4", "A"), ("5", "two\nlines"), ("6", "B")]
    assert found.lines.to_list() == [1, 2, 5]
    assert found.repairs == [(4, "an empty line, passed over"), (6, "an empty line, passed over")]


def test_lines_are_counted_from_the_first_one_of_the_file(tmp_path):
    (tmp_path / "rows.csv").write_text("sep=;\nid;name\n4;A\n5;B\n", encoding="utf-8")
    assert read_delimited(Source(tmp_path / "rows.csv"), lines=True).lines.to_list() == [3, 4]
