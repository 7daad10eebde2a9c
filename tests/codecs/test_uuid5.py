"""UUIDs of texts: the kernel gives what the standard library gives."""

from __future__ import annotations

import uuid

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import uuid5 as module
from segue.codecs.uuid5 import is_uuid, uuid5

SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


@given(st.lists(st.text(max_size=120), min_size=1, max_size=20))
def test_the_kernel_gives_what_the_standard_library_gives(texts):
    expected = [str(uuid.uuid5(SPACE, text)) for text in texts]
    assert module._compiled(SPACE, pl.Series(texts, dtype=pl.Utf8)).to_list() == expected


@pytest.mark.parametrize("length", [0, 39, 40, 47, 48, 63, 64, 103, 104, 1000])
def test_every_number_of_blocks(length):
    texts = pl.Series(["x" * length, "µ" * length])
    assert module._compiled(SPACE, texts).to_list() == uuid5(SPACE, texts).to_list()


def test_many_go_to_the_kernel(monkeypatch):
    texts = pl.Series("id", [str(k) for k in range(100)])
    plain = uuid5(SPACE, texts)
    monkeypatch.setattr(module, "SMALL", 10)
    assert uuid5(SPACE, texts).equals(plain)
    assert uuid5(SPACE, texts).name == "id"


def test_what_is_a_uuid():
    texts = pl.Series([str(SPACE), str(SPACE).upper(), "17", None, str(SPACE) + "-2", SPACE.hex, ""])
    assert is_uuid(texts).to_list() == [True, True, False, False, False, False, False]
