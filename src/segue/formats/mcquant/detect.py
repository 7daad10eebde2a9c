"""Recognising mcquant's tables by their columns."""

from __future__ import annotations

from segue.formats.format import Evidence
from segue.formats.mcquant.names import CELL, X, Y
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    line = source.head(1 << 16).removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    names = {name.strip().strip('"') for name in line.replace("\t", ",").replace(";", ",").split(",")}
    if {CELL, X, Y} <= names:
        return Evidence(95, f"it is a table with the columns {CELL}, {X} and {Y}")
    if CELL in names and line.lstrip('"').startswith(CELL):
        return Evidence(70, f"it is a table whose first column is {CELL}")
    return Evidence(0, f"it is no table with a column {CELL}")
