"""Numbers as ImageJ writes them. The texts are those of ``ij.measure.ResultsTable.d2s`` and ``saveAs`` of ImageJ 1.53t on Java 17."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from segue.codecs.imagej_numbers import imagej_text, imagej_texts

D2S = [
    *[(0.0, 3, "0.000"), (-0.0, 0, "-0"), (-0.0, 1, "-0.0"), (2.5, 0, "3"), (0.5, 0, "1"), (0.25, 1, "0.2"), (0.35, 1, "0.3"), (2.675, 2, "2.67")],
    *[(0.0005, 2, "5.000E-4"), (0.0005, 9, "0.000500000"), (-0.0004, 3, "-4.000E-4"), (0.001, 0, "0"), (0.0009999, 5, "0.00100"), (-0.002, 2, "-0.00")],
    *[(999999999999.0, 3, "999999999999.000"), (999999999999.5, 3, "1.000E12"), (1e12, 9, "1.000E12"), (1.7e308, 9, "1.700E308"), (1e-300, 9, "1.000E-300")],
    *[(123456789012.34567, 9, "123456789012.345670000"), (255069770670.39597, 9, "255069770670.395970000"), (3.4028234663852886e38, 6, "3.4e38")],
    *[(math.nan, 3, "NaN"), (math.inf, 0, "Infinity"), (-math.inf, 9, "-Infinity"), (9.9995e-05, 3, "9.999E-5"), (1.2345e-05, 2, "1.234E-5")],
    *[(2.675, -3, "2.675E0"), (0.0, -1, "0.0E0"), (-2.5, -4, "-2.5000E0"), (694.8674738744653, -9, "6.948674739E2"), (-88425.0, -3, "-8.843E4")],
]


@pytest.mark.parametrize(("value", "places", "text"), D2S)
def test_numbers_are_written_digit_for_digit(value: float, places: int, text: str) -> None:
    assert imagej_text(value, places) == text
    if places >= 0:
        assert imagej_texts(pl.Series([value]), places, fractions=True).to_list() == [text]
    else:
        assert imagej_texts(pl.Series([value]), -places, scientific=True).to_list() == [text]


def test_a_column_has_decimals_if_one_of_its_first_24_values_has_a_fraction() -> None:
    late = [float(nth) for nth in range(24)] + [0.25, 7.0]
    assert imagej_texts(pl.Series(late), 3).to_list()[-3:] == ["23", "0.250", "7"]
    soon = [float(nth) for nth in range(23)] + [0.25, 7.0]
    assert imagej_texts(pl.Series(soon), 3).to_list()[-3:] == ["22.000", "0.250", "7.000"]


def test_what_does_not_fit_32_bits_is_no_whole_number() -> None:
    assert imagej_texts(pl.Series([1.0, 3e9]), 3).to_list() == ["1.000", "3000000000.000"]
    assert imagej_texts(pl.Series([1.0, 2.0**31 - 1]), 3).to_list() == ["1", "2147483647"]


def test_not_a_number_decides_nothing_but_infinity_does() -> None:
    assert imagej_texts(pl.Series([math.nan, 2.0]), 3).to_list() == ["NaN", "2"]
    assert imagej_texts(pl.Series([math.inf, 2.0]), 3).to_list() == ["Infinity", "2.000"]


def test_missing_stays_missing() -> None:
    assert imagej_texts(pl.Series([None, 0.5, None], dtype=pl.Float64), 3).to_list() == [None, "0.500", None]
    assert imagej_texts(pl.Series([], dtype=pl.Float64)).to_list() == []


@pytest.mark.parametrize("decimals", [0, 3, 9])
def test_columns_are_written_like_single_numbers(decimals: int) -> None:
    draw = np.random.default_rng(5)
    values = np.concatenate(
        [draw.uniform(-1e4, 1e4, 500), np.exp(draw.normal(0, 12, 500)), draw.integers(-500, 500, 300) / 64, -np.exp(draw.normal(-8, 4, 300))]
    )
    assert imagej_texts(pl.Series(values), decimals, fractions=True).to_list() == [imagej_text(value, decimals) for value in values.tolist()]
