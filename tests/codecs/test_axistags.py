"""Axistags: the text that ilastik and vigra write, and what is understood of it."""

import json
import shutil
import subprocess

import pytest

from segue.codecs.axistags import AxisTags, guess, manner_of, parse, render


def test_the_text_is_that_of_ilastik():
    assert render("yc", {}) == (
        '{\n  "axes": [\n    {\n      "key": "y",\n      "typeFlags": 2,\n      "resolution": 0,\n      "description": ""\n    },\n'
        '    {\n      "key": "c",\n      "typeFlags": 1,\n      "resolution": 0,\n      "description": ""\n    }\n  ]\n}'
    )


def test_a_text_says_what_was_rendered():
    assert parse(render("tzyxc", {"t": 30.0, "x": 0.325})) == AxisTags("tzyxc", {"t": 30.0, "x": 0.325})


@pytest.mark.parametrize("text", ["", "{", "[]", '{"axes": 3}', '{"axes": [{"key": "q"}]}', '{"axes": [{"key": "x"}, {"key": "x"}]}', "[" * 100_000])
def test_other_texts_say_nothing(text):
    assert parse(text) is None


def test_steps_that_cannot_be_are_not_known():
    assert parse(json.dumps({"axes": [{"key": "y", "resolution": -1}, {"key": "x", "resolution": "1"}]})) == AxisTags("yx", {})


def test_no_guess_for_lines_and_no_manner_of_nothing():
    assert guess((5,)) == guess((1,) * 6) == guess(()) == ""
    assert manner_of(None).labelled


def test_vigra_parses_it():
    code = "import sys, vigra; print([(one.key, round(one.resolution, 6)) for one in vigra.AxisTags.fromJSON(sys.stdin.read())])"
    python = next((one for one in ("/usr/bin/python3", shutil.which("python3")) if one and _has_vigra(one)), None)
    if python is None:
        pytest.skip("vigra is not installed (Debian: python3-vigra)")
    done = subprocess.run([python, "-c", code], input=render("tcyx", {"x": 0.325, "t": 1 / 3}), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[('t', 0.333333), ('c', 0.0), ('y', 0.0), ('x', 0.325)]"


def _has_vigra(python):
    return shutil.which(python) is not None and subprocess.run([python, "-c", "import vigra"], capture_output=True, check=False).returncode == 0
