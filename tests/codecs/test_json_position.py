"""The fast way through coordinates takes only what the grammar of JSON allows, and gives the same numbers as the slow one."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.json_position_kernel import position_at
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
