"""The real ImageJ opens our results tables with the same columns and values, we write its own again byte for byte, and R reads both."""

from __future__ import annotations

import csv
import math
import os
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from segue.formats.imagej_results.spec import FORMAT
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.sink import FileSink
from segue.storage.source import Source

JAR = Path(os.environ.get("IJ_JAR", "/usr/share/java/ij.jar"))
MACRO = """
folder = getArgument();
function look(name, to) {
  Table.open(folder + "/" + name);
  out = File.open(folder + "/" + to);
  heads = split(Table.headings, "\\t");
  print(out, Table.headings); print(out, Table.size);
  for (i = 0; i < heads.length; i++) {
    if (heads[i] != " ") {
      line = heads[i];
      for (row = 0; row < Table.size; row++) {
        if (heads[i] == "Label" || heads[i] == "note") line += "\\t" + Table.getString(heads[i], row); else line += "\\t" + d2s(Table.get(heads[i], row), 9);
      }
      print(out, line);
    }
  }
  File.close(out); run("Close");
}
look("Results ours.csv", "seen_csv.tsv");
look("Results ours.txt", "seen_txt.tsv");
run("Input/Output...", "jpeg=85 gif=-1 file=.csv use_file copy_row save_column save_row");
newImage("field.tif", "16-bit ramp", 60, 50, 6);
run("Stack to Hyperstack...", "order=xyczt(default) channels=2 slices=1 frames=3 display=Grayscale");
what = "area mean standard modal min centroid center perimeter bounding fit shape feret's integrated median skewness kurtosis area_fraction stack";
run("Set Measurements...", what + " redirect=None decimal=5");
for (t = 1; t <= 3; t++) for (c = 1; c <= 2; c++) { Stack.setPosition(c, 1, t); makeOval(5 * t, 4, 11 + t, 9 + 2 * c); run("Measure"); }
saveAs("results", folder + "/theirs.csv"); saveAs("results", folder + "/theirs.txt");
run("Clear Results");
run("Set Measurements...", "area mean display redirect=None decimal=3");
makeRectangle(1, 1, 5, 4); Roi.setName("cell, one"); run("Measure");
makeRectangle(9, 1, 6, 4); Roi.setName("cell two"); run("Measure");
saveAs("results", folder + "/named.csv"); saveAs("results", folder + "/named.txt");
run("Quit");
"""
LABELS = [3, 8, 21, 22]
VALUES = {"Area": [7.0, 8.0, 9.5, 4e9], "Mean": [0.1, 1e-12, math.nan, math.inf], "my value": [-1.0, 2.25, -3e-7, 0.0], "BX": [1.0, 0.0, 2.0, 5.0]}
NOTES = ["a", "b,c", "it is", "µm"]

pytestmark = pytest.mark.slow


def ours() -> Study:
    frame = pl.DataFrame({"row": range(4), **VALUES, "note": NOTES}, schema_overrides={"row": pl.Int32})
    columns = (*(Column(name) for name in VALUES), Column("note", "text"))
    objects = Objects(
        pl.DataFrame({"id": [str(label) for label in LABELS], "label": LABELS}, schema_overrides={"label": pl.UInt64}).with_columns(layer=pl.lit("a"))
    )
    return Study((ImageSet("", objects=objects, tables={"t": Table("objects", frame, columns)}),))


def write(study: Study, path: Path, **options: object) -> None:
    chosen = FORMAT.options("write", {"separator": "comma" if path.suffix == ".csv" else "tab", **options})
    with FileSink(path) as sink:
        FORMAT.write(FORMAT.fitted(study, chosen), sink, chosen)
        sink.keep()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not JAR.is_file() or not shutil.which("xvfb-run"):
        pytest.skip("ImageJ (Debian: imagej xvfb) is not installed")
    place = tmp_path_factory.mktemp("imagej")
    for suffix in ("csv", "txt"):
        write(ours(), place / f"Results ours.{suffix}")
    (place / "look.ijm").write_text(MACRO, "utf-8")
    command = ["xvfb-run", "-a", "java", "-Dfile.encoding=UTF-8", "-jar", str(JAR), "-macro", str(place / "look.ijm"), str(place)]
    subprocess.run(command, check=False, timeout=300, capture_output=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    return place


@pytest.mark.imagej
@pytest.mark.parametrize("suffix", ["csv", "txt"])
def test_imagej_sees_the_same_columns_and_values(folder, suffix):
    lines = (folder / f"seen_{suffix}.tsv").read_text(encoding="utf-8").splitlines()
    assert [name for name in lines[0].split("\t") if name.strip()] == ["Label", "Area", "Mean", "BX", "my value", "note"]
    assert int(lines[1]) == 4
    seen = {line.split("\t")[0]: line.split("\t")[1:] for line in lines[2:]}
    assert seen["Label"] == [str(label) for label in LABELS]
    assert seen["note"] == NOTES
    for name, values in VALUES.items():
        for found, value in zip(seen[name], values, strict=True):
            number = float(found.replace("Infinity", "inf"))
            assert number == pytest.approx(value, abs=1e-9, nan_ok=True), name


@pytest.mark.imagej
@pytest.mark.parametrize("suffix", ["csv", "txt"])
def test_what_imagej_measured_on_a_stack_is_written_again_byte_for_byte(folder, suffix):
    study, _ = FORMAT.read(Source(folder / f"theirs.{suffix}"))
    s = study.image_sets[0]
    assert s.objects.frame["t"].to_list() == [0, 0, 1, 1, 2, 2]
    assert s.tables["measurements"].frame["Ch"].to_list() == [1, 2] * 3
    write(study, folder / f"again.{suffix}", decimals=5)
    assert (folder / f"again.{suffix}").read_bytes() == (folder / f"theirs.{suffix}").read_bytes()


@pytest.mark.imagej
@pytest.mark.parametrize(("suffix", "name"), [("csv", "cell; one"), ("txt", "cell, one")])
def test_labels_of_imagej_are_the_image_and_its_rois(folder, suffix, name):
    s = FORMAT.read(Source(folder / f"named.{suffix}"))[0].image_sets[0]
    assert s.name == "field.tif"
    assert s.objects.frame["id"].to_list() == [name, "cell two"]
    assert s.tables["measurements"].frame["Area"].to_list() == [20, 24]


@pytest.mark.parametrize(("suffix", "call"), [("csv", "read.csv"), ("txt", "read.delim")])
def test_r_reads_our_tables(tmp_path, suffix, call):
    if not shutil.which("Rscript"):
        pytest.skip("R (Debian: r-base-core) is not installed")
    write(ours(), tmp_path / f"ours.{suffix}")
    code = (
        f'x <- {call}("{tmp_path}/ours.{suffix}", check.names=FALSE, encoding="UTF-8"); cat(sapply(x, class)); '
        f'write.csv(format(x, digits=15), "{tmp_path}/r.csv", row.names=FALSE, fileEncoding="UTF-8")'
    )
    done = subprocess.run(["Rscript", "-e", code], check=True, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    assert done.stdout.split() == ["integer", "integer", "numeric", "numeric", "integer", "numeric", "character"]
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["note"].strip() for row in rows] == NOTES
    assert [int(row["Label"]) for row in rows] == LABELS
    for name, values in VALUES.items():
        assert [float(row[name]) for row in rows] == pytest.approx(values, abs=1e-9, nan_ok=True)
