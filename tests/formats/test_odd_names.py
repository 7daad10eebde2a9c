"""A heading may be anything: empty, one that polars takes for a pattern, one that the model uses itself. Tables are read all the same, or refused."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

import segue
from segue.errors import SegueError
from segue.formats.catalog import FORMATS, named
from segue.storage.source import Source
from segue.testing.canonical import canonical
from segue.testing.damage import look_at

ODD = ("", "^a$", "*", "row")
MOST = 16
"""Headings of one file that are tried."""


def tables(path):
    """The text tables among what was written."""
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return [one for one in files if one.is_file() and one.suffix in (".csv", ".tsv", ".txt", ".xls")][:4]


def written(name, folder):
    """The canonical study as this format, or its first image set; None where it cannot hold either."""
    record, whole = named(name), canonical()
    path = folder / f"cells{next(iter(record.suffixes), '')}"
    for study in (whole, replace(whole, image_sets=whole.image_sets[:1])):
        try:
            segue.write(study, path, to=name, overwrite=True)
        except SegueError:
            continue
        return path
    return None


def renamed(text):
    """(heading, its new name, the table with it) for one heading after another."""
    head, _, rest = text.partition("\n")
    delimiter = "\t" if "\t" in head else ","
    names = next(csv.reader([head], delimiter=delimiter), [])
    for place, heading in enumerate(names[:MOST]):
        for odd in ODD:
            line = io.StringIO()
            csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow([*names[:place], odd, *names[place + 1 :]])
            yield heading, odd, line.getvalue() + rest


@pytest.mark.parametrize("name", [name for name in FORMATS if named(name).writes])
def test_headings_may_be_anything(name, tmp_path):
    path = written(name, tmp_path)
    files = tables(path) if path is not None else []
    if not files:
        pytest.skip("it has no text tables of the canonical study")
    for file in files:
        original = file.read_bytes()
        for heading, odd, text in renamed(original.decode()):
            file.write_text(text, encoding="utf-8", newline="")
            try:
                look_at(named(name).read(Source(path))[0])
            except SegueError:
                continue
            except Exception as error:
                raise AssertionError(f"{name}: {file.name} with {odd!r} for {heading!r}: {error!r}") from error
        file.write_bytes(original)
