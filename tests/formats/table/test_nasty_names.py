"""Names that spreadsheets and parsers get wrong come back equal through every kind of table, and other programs read the same."""

from __future__ import annotations

import csv
import shutil
import subprocess

import polars as pl
import pytest

import segue
from segue.model.objects import Objects
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table

NASTY = ("SEPT7", "CD3/CD8", 'a, quoted "pop"', "=1+1", "-CD3", "two\nlines", "👩‍🔬", "µm²", "1-2", "007", "TRUE", "NA", "a;b", "@x", "+5", "#N/A")
SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet", ".csv.gz", ".tsv.gz")


@pytest.fixture(scope="module")
def study():
    """Every nasty text as a name of an object, of a population, of a column, and as a value."""
    count = len(NASTY)
    rows = pl.int_range(count, dtype=pl.Int32, eager=True)
    objects = Objects(
        pl.DataFrame({"id": [f"cell {nth}" for nth in range(count)], "name": NASTY, "label": range(3, 3 + 2 * count, 2)}).with_columns(layer=pl.lit("labels"))
    )
    columns = (*(Column(name) for name in NASTY), Column("text", "text"), Column("count", "integer"))
    values = {name: [float(nth * place) + 0.25 for place in range(count)] for nth, name in enumerate(NASTY)}
    values["=1+1"][2], values["=1+1"][3] = None, float("nan")
    table = Table("objects", pl.DataFrame({"row": rows, **values, "text": NASTY, "count": range(count)}), columns)
    populations = tuple(Population(name, (name,)) for name in NASTY)
    members = pl.DataFrame({"population": [*NASTY, *NASTY], "object": [*range(count), *([0] * count)]}, schema={"population": pl.Utf8, "object": pl.Int32})
    points = [[nth + 0.5, 2.0] for nth in range(count)]
    shapes = Shapes(pl.DataFrame({"object": rows, "kind": "point"}), Rings.simple(_array(points), _array(range(count + 1), "int64")))
    membership = Membership.of(members.unique(maintain_order=True))
    return Study((ImageSet("", objects=objects, shapes=shapes, tables={"measurements": table}, membership=membership),), populations)


def _array(values, dtype="float64"):
    import numpy as np

    return np.array(list(values), dtype)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_all_of_them_come_back_equal(study, tmp_path, suffix):
    path = tmp_path / f"cells{suffix}"
    segue.write(study, path)
    back, first = segue.read(path).image_sets[0], study.image_sets[0]
    assert back.objects.frame.equals(first.objects.frame)
    frame, expected = back.tables["measurements"].frame, first.tables["measurements"].frame
    assert frame.columns == expected.columns
    assert frame.equals(expected)
    assert back.shapes.rings.coords.tolist() == first.shapes.rings.coords.tolist()
    pairs = {(name, row) for name, row in back.membership.frame.select("population", "object").rows()}
    assert pairs == set(first.membership.frame.select("population", "object").rows())


@pytest.mark.parametrize("suffix", [".geojson", "-RoiSet.zip"])
def test_outline_formats_hold_the_same_names(study, tmp_path, suffix):
    path = tmp_path / f"cells{suffix}"
    segue.write(study, path)
    back = segue.read(path)
    assert back.image_sets[0].objects.frame["name"].to_list() == list(NASTY)
    assert set(NASTY) <= {one.name[-1] for one in back.populations}


def test_pythons_csv_module_reads_the_same(study, tmp_path):
    for suffix, delimiter in ((".csv", ","), (".tsv", "\t")):
        segue.write(study, tmp_path / f"cells{suffix}")
        with (tmp_path / f"cells{suffix}").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter=delimiter))
        assert [row["name"] for row in rows] == list(NASTY)
        assert [row["=1+1"] for row in rows][2:4] == ["", "NaN"]
        assert [row["text (value)"] if "text (value)" in row else row["text"] for row in rows] == list(NASTY)


needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed (Debian: r-base-core)")


def r(script, *arguments):
    done = subprocess.run(["Rscript", "--vanilla", "-e", script, *map(str, arguments)], capture_output=True, text=True, timeout=300, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


ASK = """
a <- commandArgs(TRUE)
invisible(Sys.setlocale("LC_ALL", "C.UTF-8"))
x <- {read}(a[1], check.names = FALSE, encoding = "UTF-8", fileEncoding = "UTF-8-BOM", na.strings = c("", "NA"), stringsAsFactors = FALSE)
cat(nrow(x), ncol(x), sum(is.na(x[["=1+1"]]) & !is.nan(x[["=1+1"]])), sum(is.nan(x[["=1+1"]])), class(x[["SEPT7"]]), sum(x[["SEPT7"]] + x[["CD3/CD8"]]), "\\n")
cat(names(x), sep = "\\x01")
cat("\\x02")
cat(x$name, sep = "\\x01")
"""


@needs_r
@pytest.mark.parametrize(
    ("suffix", "options", "reader"),
    [
        (".csv", {}, "read.csv"),
        (".tsv", {}, "read.delim"),
        (".csv", {"undefined": "NA", "newline": "crlf", "bom": True}, "read.csv"),
        (".csv", {"decimal": "comma", "bom": True}, "read.csv2"),
    ],
    ids=["csv", "tsv", "excel", "german"],
)
def test_r_reads_the_same_rows_columns_and_missing_values(study, tmp_path, suffix, options, reader):
    path = tmp_path / f"cells{suffix}"
    segue.write(study, path, **options)
    facts, rest = r(ASK.format(read=reader), path).split("\n", 1)
    names, cells = (part.split("\x01") for part in rest.split("\x02"))
    table = study.image_sets[0].tables["measurements"]
    expected = table.frame.select((pl.col("SEPT7") + pl.col("CD3/CD8")).sum()).item()
    assert facts.split()[:5] == [str(len(NASTY)), str(6 + len(table.columns)), "1", "1", "numeric"]
    assert float(facts.split()[5]) == expected
    assert names[:3] == ["id", "label", "name"]
    assert set(NASTY) <= set(names)
    assert cells == list(NASTY)
