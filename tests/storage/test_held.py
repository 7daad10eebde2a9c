"""Bytes in memory, read as a file is."""

from __future__ import annotations

import pytest

from segue.codecs.delimited import read_delimited
from segue.errors import TooLarge
from segue.storage.held import Held


def test_they_are_read_as_a_file_is_and_nothing_on_disk_is_touched():
    source = Held(b"a,b\n1,2\n", "/no/such/archive.zip/../a.csv")
    assert (source.size, source.is_folder, source.suffix, source.head(3), bytes(source.read_view())) == (8, False, ".csv", b"a,b", source.read_bytes())
    source.check()
    assert read_delimited(source).columns.rows() == [("1", "2")]


def test_a_limit_holds():
    with pytest.raises(TooLarge, match="8 bytes"):
        Held(b"12345678", "a").read_bytes(limit=7)


def test_a_large_text_is_not_looked_for_on_disk(monkeypatch):
    monkeypatch.setattr("segue.codecs.delimited_text._MAPPED_FROM", 4)
    assert read_delimited(Held(b"a,b\n1,2\n", "x.zip/a.csv")).names == ("a", "b")
