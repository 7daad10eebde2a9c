"""``segue convert --preview``: what a table would look like, before it is written."""

from __future__ import annotations

import json

import pytest

from segue.cli import main

HEADER = '"Id",Channel,XY,Z,Time,"Tags","Shape","Name",Area'


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Convert a table of 30 cells; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    rows = [f'"c{nth}",0,1,1,1,"","point","",{nth}.5' for nth in range(30)]
    (tmp_path / "cells.csv").write_text("\n".join([HEADER, *rows]) + "\n")

    def convert(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["convert", "cells.csv", *arguments])
        return ended.value.code, *capfd.readouterr()

    return convert


def test_the_header_and_ten_rows_and_nothing_is_written(run, tmp_path):
    code, out, err = run("out.tsv", "--to", "nimbus-csv", "--preview")
    assert (code, out.splitlines()[0]) == (0, HEADER.replace(",", "\t"))
    assert [line.split("\t")[0] for line in out.splitlines()[1:]] == [f'"c{nth}"' for nth in range(10)]
    assert "out.tsv: 9 columns, 30 rows; nothing was written" in err
    assert not (tmp_path / "out.tsv").exists()


def test_for_machines(run):
    (found,) = json.loads(run("out.csv", "--to", "nimbus-csv", "--preview", "--json", "--set", "properties=none")[1])
    assert (found["columns"][-1], found["rows"], found["text"].count("\n")) == ("Name", 30, 11)


def test_other_formats_have_none_and_say_so(run):
    code, out, err = run("out.geojson", "--preview")
    assert (code, out) == (3, "")
    assert "there is no preview of qupath-geojson; use --dry-run" in err
