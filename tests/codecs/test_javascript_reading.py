"""Numbers and texts that JavaScript reads and writes: columns of them; where Node is installed, it is asked itself."""

from __future__ import annotations

import json
import math
import shutil
import struct
import subprocess
from random import Random

import polars as pl
import pytest

from segue.codecs.javascript_numbers import javascript_text, javascript_texts, leading_numbers, leading_whole_numbers, number, numbers, whole_numbers

TEXTS = [
    *("  5 ", "1e2", "0x10", "12.5", "-3", "+4", "0b11", "0o17", "Infinity", "-Infinity", "abc", "1_0", "5.", "0x", ".5", ".", "1e", "\ufeff7", "\u00a08"),
    *("0X1f", "-0x10", "\u0661", "1e400", "00012", "NaN", "99999999999999999999", "12abc", "220.7", "1e3", "  -7.5e1x", " 0x1Fz", "+", "- 5", "#ff0000"),
]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((385.0, "385"), (377.93282209123885, "377.93282209123885"), (1e-05, "0.00001"), (1e-7, "1e-7"), (1e20, "100000000000000000000"), (1e21, "1e+21")),
        *((-0.0, "0"), (1.5e-9, "1.5e-9"), (2.0**53 + 2, "9007199254740994"), (5e-324, "5e-324"), (-1234.5, "-1234.5"), (math.nan, "NaN")),
        *((math.inf, "Infinity"), (-math.inf, "-Infinity")),
    ],
)
def test_numbers_are_written_as_javascript_does(value, text):
    assert javascript_text(value) == text
    assert javascript_texts(pl.Series([value])).to_list() == [text]


def test_missing_numbers_stay_missing_and_whole_ones_keep_their_digits():
    assert javascript_texts(pl.Series([1.0, None, 0.5])).to_list() == ["1", None, "0.5"]
    assert javascript_texts(pl.Series([2**63 - 1])).to_list() == ["9223372036854775807"]


def test_a_text_that_means_a_number_is_one():
    assert [number(text) for text in ("0x10", " 12 ", "1e2", "", "#ff", "12abc")] == [16, 12, 100, None, None, None]
    assert whole_numbers(pl.Series(["0x10", "18446744073709551615", "12.5", "-1", "", None, "1e2"])).to_list() == [16, 2**64 - 1, None, None, None, None, 100]


def test_a_text_may_only_begin_with_a_number():
    assert leading_numbers(pl.Series(["12abc", "NA", "", None, "-.5x"])).to_list() == [12, None, None, None, -0.5]
    assert leading_whole_numbers(pl.Series(["220.7", "1e3", "x1", "-0x1F", "0x"])).to_list() == [220, 1, None, -31, None]


def asked(script, values):
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: nobody to ask how JavaScript does it")
    program = f"const all = JSON.parse(require('fs').readFileSync(0)); console.log(JSON.stringify(all.map(value => {script})))"
    return json.loads(subprocess.run([node, "-e", program], input=json.dumps(values), capture_output=True, text=True, check=True, timeout=300).stdout)


def test_node_writes_the_same_texts():
    draw = Random(1)
    values = [struct.unpack(">d", draw.randbytes(8))[0] for _ in range(3000)] + [10 ** draw.uniform(-9, 24) for _ in range(1000)]
    values = [value for value in values if math.isfinite(value)]
    assert javascript_texts(pl.Series(values)).to_list() == asked("String(value)", values)


@pytest.mark.parametrize(("ours", "theirs"), [(numbers, "Number"), (leading_numbers, "parseFloat"), (leading_whole_numbers, "parseInt")])
def test_node_reads_the_same_numbers(ours, theirs):
    found = ["NaN" if value is None else javascript_text(value) for value in ours(pl.Series(TEXTS))]
    assert found == asked(f"String({theirs}(value))", TEXTS)


@pytest.mark.parametrize("name", ["^a$", "*", "", "a"])
def test_any_name_of_a_column_will_do(name):
    texts = pl.Series(name, ["1e-7", "5", "x"])
    for found in (numbers(texts), whole_numbers(texts), leading_numbers(texts), leading_whole_numbers(texts), javascript_texts(pl.Series(name, [1e-7, 5.0]))):
        assert found.name == name
    assert javascript_texts(pl.Series(name, [1e-7, None, 5.0])).to_list() == ["1e-7", None, "5"]
