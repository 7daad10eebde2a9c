"""Tables to Parquet and back."""

from __future__ import annotations

import io

import polars as pl
import pytest

from segue.codecs import parquet
from segue.errors import Malformed

FRAME = pl.DataFrame(
    {
        "": pl.Series(["a", None, "é\0🔬"]),
        "number": [float("nan"), None, float("-inf")],
        "large": pl.Series([2**64 - 1, None, 0], dtype=pl.UInt64),
        "lists": pl.Series([["b", ""], [], None], dtype=pl.List(pl.Utf8)),
    }
)


@pytest.mark.parametrize("frame", [FRAME, FRAME.clear(), FRAME.head(1), pl.DataFrame(), pl.DataFrame(height=3)])
def test_every_value_comes_back(frame):
    back = parquet.decode(parquet.encode(frame), "x")
    assert back.equals(frame)
    assert back.schema == frame.schema


def test_the_same_table_gives_the_same_bytes():
    large = pl.DataFrame({"a": range(600_000)}).with_columns(b=pl.col("a").cast(pl.Utf8))
    assert parquet.encode(large, {"k": "v"}) == parquet.encode(large.clone(), {"k": "v"})


def test_texts_travel_in_the_metadata():
    data = parquet.encode(FRAME, {"segue": '{"é": 1}'})
    assert parquet.metadata(data, "x")["segue"] == '{"é": 1}'
    assert pl.read_parquet(io.BytesIO(data)).equals(FRAME)


@pytest.mark.parametrize(
    "data", [b"", b"PAR1", b"PAR1PAR1", b"PAR1\xff\xff\xff\xffPAR1", b"no table at all", parquet.encode(FRAME)[:-1], parquet.encode(FRAME)[-300:]]
)
@pytest.mark.parametrize("function", [parquet.decode, parquet.metadata])
def test_what_is_no_table_is_said_to_be_none(function, data):
    with pytest.raises(Malformed, match=r"objects\.parquet"):
        function(data, "objects.parquet")
