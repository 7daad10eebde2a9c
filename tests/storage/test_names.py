"""File names that are good on Linux, macOS and Windows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.storage.names import LONGEST, safe_name, safe_names, same_file_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cells", "cells.tif"),
        ("a/b\\c:d", "a_b_c_d.tif"),
        ("con", "con_.tif"),
        ("NUL.backup", "NUL_.backup.tif"),
        ("com1", "com1_.tif"),
        ("common", "common.tif"),
        ("", "_.tif"),
        ("..", "_.tif"),
        ("trailing. ", "trailing.tif"),
        ("tab\tnew\nline", "tab_new_line.tif"),
        ("µm/Zelle ä", "µm_Zelle ä.tif"),
        ("e\u0301", "é.tif"),
        ("\ud800", "_.tif"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert safe_name(text, ".tif") == name


def test_a_long_name_is_cut_before_the_suffix_and_between_characters() -> None:
    name = safe_name("ä" * 300, ".ome.tif")
    assert len(name.encode()) <= LONGEST
    assert name.endswith("ä.ome.tif")


def test_names_that_one_system_cannot_tell_apart_are_numbered() -> None:
    assert safe_names(["a", "A", "a/", "a_", "b"], ".csv") == ["a.csv", "A_2.csv", "a_.csv", "a__2.csv", "b.csv"]
    assert same_file_name("É.csv", "é.csv")


def test_numbering_avoids_names_that_are_taken() -> None:
    assert safe_names(["a", "a_2", "a", "a"]) == ["a", "a_2", "a_3", "a_4"]


@given(st.lists(st.text(max_size=300), max_size=8), st.sampled_from(["", ".tif", ".ome.tif"]))
def test_any_text_gives_distinct_possible_names(texts: list[str], suffix: str) -> None:
    names = safe_names(texts, suffix)
    assert len({name.casefold() for name in names}) == len(texts)
    for name in names:
        assert name.endswith(suffix)
        assert 0 < len(name.encode()) <= LONGEST
        assert not set(name) & set('<>:"/\\|?*\0\n')
        assert name not in {".", ".."}
        assert name[-1] not in " ."
