"""Whether values are all different: seen at once where numbers only grow, counted where they do not."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.model.frames import all_different

TEXTS = st.text("01a", max_size=3) | st.integers(0, 40).map(str) | st.none()


@given(st.lists(TEXTS, max_size=8))
def test_texts(values: list[str | None]) -> None:
    assert all_different(pl.Series(values, dtype=pl.Utf8)) == (len(set(values)) == len(values))


@given(st.lists(st.integers(0, 9) | st.none(), max_size=6), st.booleans())
def test_numbers(values: list[int | None], ascending: bool) -> None:
    values = sorted(values, key=lambda value: value or 0) if ascending else values
    assert all_different(pl.Series(values, dtype=pl.Int32)) == (len(set(values)) == len(values))


@pytest.mark.parametrize("values", [["1", "01"], ["2", "1"], ["٣", "4"], ["9" * 30, "1" + "0" * 30], ["1", None]])
def test_different_texts_of_equal_or_unusual_numbers(values: list[str | None]) -> None:
    assert all_different(pl.Series(values, dtype=pl.Utf8))
