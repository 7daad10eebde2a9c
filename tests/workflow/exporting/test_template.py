"""Names of outputs: placeholders with specifications, endings of formats, and dots that stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.errors import UsageError
from segue.workflow.exporting.template import ALLOWED, SLICE, padded, plain, roi_text, template_of, with_ending

VALUES = {"nickname": "scan.2023.01", "x_start": 5, "x_stop": 60, "dataset_dir": Path("in"), "slice_index": 7, "ext": "png", "index": 2}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{nickname}", "scan.2023.01.png"),
        ("{nickname}.png", "scan.2023.01.png"),
        ("{nickname}.PNG", "scan.2023.01.PNG"),
        ("{nickname}.{ext}", "scan.2023.01.png"),
        ("{nickname}.tif", "scan.2023.01.tif.png"),
        ("{dataset_dir}/{nickname}_x{x_start:04d}-{x_stop}", "in/scan.2023.01_x0005-60.png"),
        ("{nickname}_{slice_index:05}", "scan.2023.01_00007.png"),
        ("{{literal}}_{index}", "{literal}_2.png"),
        ("plain", "plain.png"),
        ("a.b/c", "a.b/c.png"),
        ("out/.png", "out/.png.png"),
    ],
)
def test_names(given, expected):
    assert with_ending(template_of(given), (".png",), ".png").filled(VALUES) == expected


@pytest.mark.parametrize("given", ["{nick}", "{nickname!r}", "{nickname", "nickname}", "{}", "{0}", "{date}", "{x_start:{y_start}}"])
def test_what_is_no_template(given):
    with pytest.raises(UsageError) as error:
        template_of(given)
    if "{" in given and "}" in given:
        assert all(f"{{{name}}}" in str(error.value) for name in ALLOWED)


@pytest.mark.parametrize("given", ["{nickname:04d}", "{x_start:q}", "{channel}", "{c_start}"])
def test_values_that_do_not_fit_their_place(given):
    with pytest.raises(UsageError, match=r"does not fit|has no value here"):
        template_of(given).filled(VALUES)


def test_numbers_of_slices_are_as_wide_as_the_last_one():
    assert padded(template_of("{slice_index}"), range(5, 105)).filled({SLICE: 7}) == "007"
    assert padded(template_of("{slice_index}"), range(9)).filled({SLICE: 7}) == "7"
    assert padded(template_of("{slice_index:06d}"), range(9)).filled({SLICE: 7}) == "000007"


def test_a_pattern_is_a_template_in_which_one_place_is_left():
    pattern = template_of("{{a}}{nickname}_{slice_index:03d}").filled({"nickname": "b{c}"}, keep={SLICE})
    assert pattern == "{{a}}b{{c}}_{slice_index:03d}"
    assert template_of(pattern).filled({SLICE: 4}) == "{a}b{c}_004"


def test_texts_of_values():
    assert roi_text("zyx", (10, 20, 30), {"x": (1, 3)}) == "[(0, 0, 1), (10, 20, 3)]"
    assert plain("Simple Segmentation") == "Simple_Segmentation"
    assert plain("a/b:c") == "a_b_c"
