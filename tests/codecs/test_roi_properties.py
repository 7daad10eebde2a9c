"""Properties of ROIs: what Java's loader would find, and texts that survive it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.roi_properties import parsed, rendered, sealed, unsealed

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.dictionaries(texts, texts, max_size=4))
def test_what_is_rendered_is_parsed_again(properties):
    text = rendered(properties)
    assert text.isascii()
    assert parsed(text) == properties


@given(texts)
def test_sealed_texts_are_plain_words(text):
    seal = sealed(text)
    assert unsealed(seal) == text
    assert all("!" <= character <= "~" and character != "\\" for character in seal)
    assert parsed(f"key: {seal}\n") == {"key": seal}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("key: value\n", {"key": "value"}),
        ("key=value", {"key": "value"}),
        ("key value", {"key": "value"}),
        ("key : = value", {"key": "= value"}),
        ("  key\t:\tvalue ", {"key": "value "}),
        ("# comment\n! another\n\nkey: 1", {"key": "1"}),
        ("key: one,\\\n   two", {"key": "one,two"}),
        ("key: even\\\\\nnext: 1", {"key": "even\\", "next": "1"}),
        ("a\\:b\\ c: d", {"a:b c": "d"}),
        ("path: C:\\temp\\new", {"path": "C:\temp\new"}),
        ("µ: \\u00b5m \\ud83d\\ude42", {"µ": "µm 🙂"}),
        ("lone: \\ud83d", {"lone": "\ufffd"}),
        ("key", {"key": ""}),
        (": value", {"": "value"}),
        ("twice: 1\r\ntwice: 2\r", {"twice": "2"}),
        ("bad: \\u12", {"bad": "u12"}),
        ("", {}),
    ],
)
def test_reads_by_the_rules_of_java(text, found):
    assert parsed(text) == found


@given(st.text(max_size=40))
def test_any_text_can_be_parsed(text):
    parsed(text)
