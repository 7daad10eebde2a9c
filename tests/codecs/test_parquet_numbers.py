"""Plain columns of numbers of Parquet, decoded here: bit by bit what others wrote, and nothing that a file can do."""

from __future__ import annotations

import io
import random
from contextlib import suppress

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import parquet_foreign
from segue.codecs.parquet_footer import look
from segue.codecs.parquet_numbers import candidates, decoded
from segue.codecs.parquet_runs_kernel import look_up
from segue.codecs.snappy_kernel import unpack
from segue.codecs.thrift import Compact
from segue.errors import SegueError
from segue.storage.source import Source

ROWS = 500
DRAW = np.random.default_rng(8)


def gaps(values):
    return pl.Series(values).set(pl.Series(DRAW.random(ROWS) < 0.3), None)


NUMBERS = {
    "float": DRAW.normal(size=ROWS),
    "float with gaps": gaps(DRAW.normal(size=ROWS)),
    "few": DRAW.integers(0, 9, ROWS) * 0.5,
    "few with gaps": gaps(DRAW.integers(0, 9, ROWS) * 1.5),
    "nan": np.where(DRAW.random(ROWS) < 0.2, np.nan, -0.0),
    "nothing": pl.Series([None] * ROWS, dtype=pl.Float64),
    "float32": DRAW.normal(size=ROWS).astype(np.float32),
    "int64": DRAW.integers(-(2**63), 2**63 - 1, ROWS),
    "int32": DRAW.integers(-(2**31), 2**31, ROWS).astype(np.int32),
    "int8": DRAW.integers(-128, 128, ROWS).astype(np.int8),
    "uint64": DRAW.integers(0, 2**64, ROWS, dtype=np.uint64),
    "uint16": DRAW.integers(0, 2**16, ROWS).astype(np.uint16),
    "one": np.full(ROWS, 7.25),
}
FRAME = pl.DataFrame(NUMBERS)
OTHERS = pl.DataFrame(
    {
        "text": [f"t{nth % 17}" for nth in range(ROWS)],
        "duration": pl.Series(range(ROWS)).cast(pl.Duration("us")),
        "day": pl.Series(range(ROWS)).cast(pl.Int32).cast(pl.Date),
        "pair": [{"a": nth, "b": nth / 2} for nth in range(ROWS)],
        "flag": [nth % 3 == 0 for nth in range(ROWS)],
    }
)


def by_polars(frame, **options):
    out = io.BytesIO()
    frame.write_parquet(out, row_group_size=300, **options)
    return out.getvalue()


def by_arrow(frame, **options):
    table = frame.to_arrow()
    sure = [pa.field(one.name, one.type, nullable=nth % 2 == 0 or table.column(one.name).null_count > 0) for nth, one in enumerate(table.schema)]
    out = io.BytesIO()
    pq.write_table(table.cast(pa.schema(sure)), out, row_group_size=400, data_page_size=900, dictionary_pagesize_limit=1500, **options)
    return out.getvalue()


WRITERS = {f"polars {one}": (by_polars, {"compression": one}) for one in ("uncompressed", "snappy", "gzip", "zstd", "lz4")}
WRITERS |= {
    f"arrow {one} {version}{' dictionary' * packed}": (by_arrow, {"compression": one, "data_page_version": version, "use_dictionary": packed})
    for one in ("none", "snappy", "gzip", "zstd", "lz4")
    for version in ("1.0", "2.0")
    for packed in (False, True)
}


def written(path, data):
    path.write_bytes(data)
    return Source(path)


def alike(found, expected):
    """Equal to the last bit."""
    assert found.dtype == expected.dtype
    assert found.is_null().equals(expected.is_null())
    assert found.drop_nulls().to_numpy().tobytes() == expected.drop_nulls().to_numpy().tobytes()


@pytest.mark.parametrize("name", WRITERS)
def test_what_others_write(name, tmp_path):
    write, options = WRITERS[name]
    source = written(tmp_path / "x.parquet", write(FRAME, **options))
    found = decoded(source, candidates(source))
    assert set(FRAME.columns) - set(found) <= {"nothing"}  # an empty dictionary is unusual
    for column, values in found.items():
        alike(values, FRAME[column])


@pytest.mark.parametrize("write", [by_polars, by_arrow])
def test_the_guard_decodes_the_rest_meanwhile(write, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_foreign, "WORTH", 0)
    asked = []
    inner = parquet_foreign._asked
    monkeypatch.setattr(parquet_foreign, "_asked", lambda source, request: asked.append(request) or inner(source, request))
    both = OTHERS.hstack(FRAME.get_columns())
    source = written(tmp_path / "x.parquet", write(both))
    assert parquet_foreign.table(source).equals(pl.read_parquet(source.path))
    assert set(FRAME.columns) - {"nothing"} <= set(asked[0]["without"])
    chosen = ["few", "day", "int8"]
    assert parquet_foreign.table(source, chosen).equals(both.select(chosen))
    assert parquet_foreign.table(source, ["one", "int8"]).equals(both.select("one", "int8"))
    assert parquet_foreign.table(source, []).shape == (0, 0)


def test_numbers_that_mean_something_else_come_from_the_guard(tmp_path, monkeypatch):
    """Durations are stored as plain whole numbers; only the schema of Arrow in the metadata tells."""
    monkeypatch.setattr(parquet_foreign, "WORTH", 0)
    source = written(tmp_path / "x.parquet", by_polars(OTHERS))
    assert "duration" in candidates(source)
    assert parquet_foreign.table(source, ["duration"]).equals(OTHERS.select("duration"))


def test_what_is_written_in_another_way_comes_from_the_guard(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_foreign, "WORTH", 0)
    out = io.BytesIO()
    encodings = {"float": "BYTE_STREAM_SPLIT", "int32": "DELTA_BINARY_PACKED", "one": "PLAIN"}
    pq.write_table(FRAME.select(list(encodings)).to_arrow(), out, use_dictionary=False, column_encoding=encodings)
    source = written(tmp_path / "x.parquet", out.getvalue())
    assert list(candidates(source)) == ["one"]
    assert parquet_foreign.table(source).equals(FRAME.select(list(encodings)))
    source = written(tmp_path / "y.parquet", by_polars(FRAME, compression="brotli"))
    assert candidates(source) == {}
    assert parquet_foreign.table(source).equals(FRAME)


def test_small_files_are_left_to_the_guard(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_foreign, "decoded", lambda source, columns: pytest.fail("decoded here") if columns else {})
    assert parquet_foreign.table(written(tmp_path / "x.parquet", by_polars(FRAME))).equals(FRAME)


def test_more_than_a_file_may_hold_is_left_to_the_guard(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_foreign, "WORTH", 0)
    monkeypatch.setattr(parquet_foreign, "_most", lambda source: 100)
    assert parquet_foreign._worth(written(tmp_path / "x.parquet", by_polars(FRAME)), None) == {}


DAMAGE = (b"\xff\xff\xff\xff\x0f", b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x00", b"\x80\x80\x80\x80\x08", b"\x7f")


def damaged(data, draw):
    """Bits, numbers and pieces changed: anywhere, at the begin of pages, in the footer."""
    hurt, footer = bytearray(data), len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    at = draw.choice((draw.randrange(4, footer), draw.randrange(4, 40), draw.randrange(footer, len(data) - 8)))
    match draw.randrange(4):
        case 0:
            hurt[at] ^= 1 << draw.randrange(8)
        case 1:
            value = draw.choice(DAMAGE)
            hurt[at : at + len(value)] = value
        case 2:
            begin, length = draw.randrange(4, footer), draw.randrange(1, 50)
            hurt[at : at + length] = hurt[begin : begin + length]
        case _:
            del hurt[at : at + draw.randrange(1, 30)]
    return bytes(hurt)


def test_damage_is_never_more_than_a_column_that_is_left_out(tmp_path):
    draw = random.Random(22)
    files = [write(FRAME.head(100), **options) for write, options in WRITERS.values()]
    partly = 0
    for nth in range(300):
        source = written(tmp_path / "x.parquet", damaged(files[nth % len(files)], draw))
        wanted = {name: column for name, column in candidates(source).items() if column.bytes < 1 << 20}
        found = decoded(source, wanted)
        assert all(values.len() == wanted[name].rows for name, values in found.items())
        partly += len(found) < len(wanted)
    assert partly > 25


def test_damaged_files_are_read_or_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_foreign, "WORTH", 0)
    draw, read = random.Random(23), 0
    original = by_arrow(OTHERS.hstack(FRAME.get_columns()).head(50))
    for _ in range(40):
        source = written(tmp_path / "x.parquet", damaged(original, draw))
        with suppress(SegueError):
            read += parquet_foreign.table(source).height >= 0
    assert read


@pytest.mark.parametrize("size", [2**40, 2**62])
def test_a_page_that_claims_to_be_huge_is_not_believed(size):
    from segue.codecs.parquet_layout import Chunk, Numbers
    from segue.codecs.parquet_pages import numbers

    def number(value):
        value *= 2
        return bytes([value >> shift & 127 | 128 for shift in range(0, 63, 7)]) + bytes([value >> 63 & 1])

    page = b"\x15\x00\x15" + number(size) + b"\x15\x0a\x2c\x15\x0a\x15\x00\x15\x06\x15\x06\x00\x00" + b"12345"
    for codec in (0, 1, 2, 6, 7):
        with pytest.raises(ValueError, match="larger than its rows need"):
            numbers(Numbers("f8", "f8", optional=False, chunks=(Chunk(4, len(page), codec, 5),)), lambda begin, length: page)


def test_lists_that_claim_to_be_endless_end_with_the_bytes(tmp_path):
    endless = b"\x19\xf1" + b"\xff" * 8 + b"\x7f"
    with pytest.raises(IndexError):
        Compact(endless).record()
    footer = endless.replace(b"\x19", b"\x39", 1)  # in a field before the schema: passed over
    source = written(tmp_path / "x.parquet", b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    assert look(source).columns == ()
    assert candidates(source) == {}
    for deep in (b"\x1c", b"\x19\x19", b"\x19\x1c"):
        with pytest.raises((ValueError, IndexError)):
            Compact(deep * 100_000).record()


def packed(values, width):
    """Groups of eight, as Parquet packs them."""
    padded = [*values, *[0] * (-len(values) % 8)]
    bits = sum(value << (width * nth) for nth, value in enumerate(padded))
    return bytes([len(padded) // 8 << 1 | 1]) + bits.to_bytes(len(padded) * width // 8, "little")


@given(st.integers(0, 32), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=60), st.integers(1, 60))
def test_runs_name_the_members_of_a_table(width, values, repeated):
    values = [value % (1 << width) % 100 for value in values]
    table = np.arange(100) * 3
    data = packed(values, width) + bytes([repeated << 1]) + values[0].to_bytes((width + 7) // 8, "little")
    whole = [*values, *[0] * (-len(values) % 8), *[values[0]] * repeated]
    out = np.empty(len(whole), np.int64)
    assert look_up(np.frombuffer(data, np.uint8), width, table, out)
    assert out.tolist() == [3 * value for value in whole]


@given(st.binary(max_size=40), st.integers(0, 32), st.integers(0, 50))
def test_any_bytes_are_runs_or_none(data, width, count):
    out = np.full(count, -1)
    if look_up(np.frombuffer(data, np.uint8), width, np.arange(5), out):
        assert ((out >= 0) & (out < 5)).all()


@given(st.binary(max_size=3000) | st.text("ab", max_size=3000).map(str.encode))
def test_snappy_is_unpacked(data):
    squeezed = np.frombuffer(pa.compress(data, codec="snappy", asbytes=True), np.uint8)
    out = np.empty(len(data), np.uint8)
    assert unpack(squeezed, out)
    assert out.tobytes() == data
    assert not unpack(squeezed[:-1], out) or not data
    assert not unpack(squeezed, np.empty(len(data) + 1, np.uint8))


@given(st.binary(max_size=60), st.integers(0, 100))
def test_any_bytes_are_snappy_or_none(data, size):
    unpack(np.frombuffer(data, np.uint8), np.empty(size, np.uint8))
