"""The fast way through coordinates takes only what the grammar of JSON allows, and gives the same numbers as the slow one."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.json_position_kernel import position_at, short_number_at
from segue.codecs.words_kernel import REACH

BEHIND = b" " * (REACH + 8) + b"]"


def read(text):
    """(bytes taken, x, y); None where it is left to the slow way."""
    b = np.frombuffer(text.encode() + BEHIND, np.uint8)
    end, x, y = position_at(b, 0)
    return (end, x, y) if end >= 0 else None


@pytest.mark.parametrize("text", ["12,7]", "0,0]", "12.25,7.5]", "0.5,0.25]", "1234567,7654321]", "1234567.7654321,1.0000001]"])
def test_the_usual_forms_are_read(text):
    assert read(text) == (len(text), *json.loads("[" + text))


@pytest.mark.parametrize(
    "text",
    [
        "12.25,7]",
        "12,7.5]",
        "-1,2]",
        "1,-2]",
        "1, 2]",
        " 1,2]",
        "12345678,1]",
        "1.12345678,1.5]",
        "1.5,2.5,3.5]",
        "1,2,3]",
        "1e3,2]",
        "1.5,2.5e1]",
        "01,2]",
        "1,02]",
        "00.5,1.5]",
        "1.5,01.5]",
        "1.,2.]",
        ".5,.5]",
        "1..5,2.5]",
        "1.5.5,2]",
        "1,]",
        ",1]",
        "]",
        "1:2]",
        "1.5,2.5}",
        "NaN,1]",
        "",
    ],
)
def test_every_other_form_is_left_to_the_slow_way(text):
    assert read(text) is None


def test_near_the_end_of_the_text_nothing_is_read_beyond_it():
    for size in range(6, REACH):
        b = np.frombuffer(b"1.5,2]" + b"]" * (size - 6), np.uint8)
        assert position_at(b, 0)[0] == -1


NUMBERS = st.one_of(st.integers(0, 10**8), st.decimals(0, 10**7, places=3, allow_nan=False).map(str), st.text("0123456789.,-e ]", max_size=9))


@given(NUMBERS, NUMBERS, st.sampled_from("],} "))
def test_what_is_read_is_what_json_says(x, y, end):
    text = f"{x},{y}{end}"
    found = read(text)
    if found is not None:
        taken, *values = found
        assert json.loads("[" + text[:taken]) == values


def short(text):
    """(bytes taken, value); None where it is left to the slow way."""
    end, value = short_number_at(np.frombuffer(text.encode() + BEHIND, np.uint8), 0)
    return (end, value) if end >= 0 else None


@pytest.mark.parametrize("text", ["12", "0", "-0", "12.25", "-0.5", "1234567.7654321", "-1234567", "0.0000001"])
def test_usual_numbers_are_read(text):
    assert short(text + ",") == (len(text), float(text))
    assert np.signbit(short(text + "}")[1]) == text.startswith("-")


@pytest.mark.parametrize("text", ["", "-", "--1", "+1", "01", "-01", "00.5", "1.", "1.,", ".5", "12345678", "1.12345678", "NaN", " 1", "null", "1..5"])
def test_unusual_numbers_are_left_to_the_slow_way(text):
    assert short(text + ",") is None


@given(st.one_of(NUMBERS.map(str), st.floats(-1e9, 1e9).map(str), st.text("0123456789.-", max_size=16)))
def test_a_number_that_is_read_is_what_json_says(text):
    found = short(text + ",")
    if found is not None:
        assert json.loads(text[: found[0]]) == found[1]


def test_no_number_is_read_near_the_end_of_the_text():
    for size in range(3, REACH):
        assert short_number_at(np.frombuffer(b"1.5" + b"]" * (size - 3), np.uint8), 0)[0] == -1
