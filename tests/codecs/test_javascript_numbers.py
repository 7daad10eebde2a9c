"""Numbers as JavaScript writes them; the expected texts are those of Node's ``String(number)``."""

from __future__ import annotations

import polars as pl
import pytest

from segue.codecs.javascript_numbers import javascript_text, javascript_texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (385.0, "385"),
        (377.93282209123885, "377.93282209123885"),
        (-0.0, "0"),
        (0.00001, "0.00001"),
        (0.000001, "0.000001"),
        (-1.25e-6, "-0.00000125"),
        (1e-7, "1e-7"),
        (1e16, "10000000000000000"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_texts(value, text):
    assert javascript_text(value) == text


def test_integers_and_missing_values():
    assert javascript_texts(pl.Series([1, None, 2**60])).to_list() == ["1", None, str(2**60)]
    assert javascript_texts(pl.Series([1.5, None])).to_list() == ["1.5", None]
    assert javascript_texts(pl.Series([], dtype=pl.Float64)).to_list() == []
