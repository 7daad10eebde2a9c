"""Mantis Viewer's files, and its dialect."""

from __future__ import annotations

import csv

import numpy as np
import polars as pl
import pytest

from segue.codecs.fcs_read import data_sets
from segue.errors import Incompatible
from segue.formats.fcs.spec import FORMAT
from segue.model.diff import diff
from segue.model.objects import Objects
from segue.model.tables import Column, Table
from segue.storage.source import Source


@pytest.mark.golden
def test_its_files_give_the_numbers_of_its_tables(golden, load):
    folder = golden / "mantis" / "generated"
    study, notes = load(Source(folder / "set_one.fcs"))
    with (folder / "set_one.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    (found,) = study.image_sets
    assert found.objects.frame["label"].to_list() == [int(row["Segment ID"]) for row in rows]
    assert found.shapes.rings.coords.tolist() == [[int(row["Centroid X"]) + 0.5, int(row["Centroid Y"]) + 0.5] for row in rows]
    values = found.tables["measurements"].frame.drop("row")
    titles = [name for name in rows[0] if name not in ("Segment ID", "Centroid X", "Centroid Y", "Populations")]
    assert values.columns == [name.replace(" ", "", 1) for name in titles]
    assert np.allclose(values.to_numpy(), [[float(row[name]) for name in titles] for row in rows], rtol=1e-6)
    assert any("SegmentID" in str(note) for note in notes)
    chosen = [int(row["Segment ID"]) for row in rows if "CD4 High Cells" in row["Populations"].split(",")]
    part = load(Source(folder / "set_one_CD4_High_Cells.fcs"))[0]
    assert part.image_sets[0].objects.frame["label"].to_list() == chosen


@pytest.mark.golden
def test_written_in_its_dialect_the_file_is_its_own(golden, load, save):
    theirs = Source(golden / "mantis" / "generated" / "set_one.fcs")
    ours = data_sets(save(load(theirs)[0], dialect="mantis"))[0]
    original = data_sets(theirs)[0]
    assert (ours.array() == original.array()).all()
    different = {key for key in original.words if original.words[key] != ours.words[key]}
    ranges = {f"$P{number}R" for number in range(1, 18)}
    assert different <= {"$CYT", "$BEGINDATA", "$ENDDATA"} | ranges
    assert all(float(ours.words[key]) == pytest.approx(float(original.words[key]), rel=1e-7) for key in different & ranges), "of single precision"
    assert list(ours.words) == list(original.words)


def test_its_faults_are_not_repeated(study, save, load):
    source = save(study("a", labels=[7, 3, 12]), dialect="mantis")
    one = data_sets(source)[0]
    assert one.version == "3.0"
    assert [channel.name for channel in one.layout.channels] == ["CD3mean", "CD4/CD8", "CentroidX", "CentroidY", "SegmentID"]
    assert one.array()[:, -1].tolist() == [3, 7, 12]
    assert load(source)[0].image_sets[0].objects.frame["label"].to_list() == [3, 7, 12]
    empty = data_sets(save(study("a", labels=[], membership=type(study("b").image_sets[0].membership).empty()), "empty.fcs", dialect="mantis"))[0]
    assert empty.words["$P1R"] == "0"


def test_names_that_become_equal_stay_apart(save):
    columns = tuple(Column(name) for name in ("b cat", "bcat", "SegmentID", "µm²", "x"))
    frame = pl.DataFrame({"row": [0], **{column.name: [1.0] for column in columns}}, schema_overrides={"row": pl.Int32})
    objects = Objects(pl.DataFrame({"id": ["1"], "label": [1], "layer": ["labels"]}))
    from segue.model.study import ImageSet, Study

    whole = Study((ImageSet("", objects=objects, tables={"measurements": Table("objects", frame, columns)}),))
    one = data_sets(save(whole, dialect="mantis"))[0]
    assert [channel.name for channel in one.layout.channels] == ["bcat", "bcat-2", "SegmentID(value)", "um2", "x(value)", "SegmentID"]


@pytest.mark.parametrize(("change", "said"), [({"labels": [2**24 + 1]}, "16,777,216"), ({}, "one image set")])
def test_what_it_cannot_hold_is_refused(study, change, said):
    whole = study("a", **change, membership=type(study("b").image_sets[0].membership).empty()) if change else study("a", "b")
    with pytest.raises(Incompatible, match=said):
        FORMAT.fitted(whole, FORMAT.options("write", {"dialect": "mantis"}))


def test_positions_are_cut_to_pixels(study, save, load):
    whole = study("a", labels=[1, 2, 3])
    found = load(save(whole, dialect="mantis"))[0]
    assert found.image_sets[0].shapes.rings.coords.tolist() == [[0.5, 0.5], [1.5, 1.5], [2.5, 4.5]]
    again = FORMAT.fitted(found, FORMAT.options("write", {"dialect": "mantis"}))
    assert diff(found, again) == {}


def test_image_set_and_population_are_named_in_keywords(study, save, load):
    for dialect in ("segue", "mantis"):
        source = save(study("ROI/2\n", labels=[3, 5]), f"{dialect}.fcs", dialect=dialect, population="T cells/CD8")
        words = data_sets(source)[0].words
        assert (words["$SMNO"].strip(), words["$CELLS"]) == ("ROI/2", "T cells/CD8")
    assert load(source)[0].image_sets[0].name == "ROI/2"
