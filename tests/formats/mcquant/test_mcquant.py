"""Tables of mcquant: cells by their number in the mask, markers as channels, centroids as points.

``samples/exemplar_cell.csv`` was made by mcquant's steps (SingleCellDataExtraction.py, 33f59c0c: regionprops_table, the map of names, the order
of columns, intensity_mean and intensity_median) with scikit-image on a mask of 12 x 16 pixels with the labels 1, 2 and 7.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import segue
from segue.errors import Malformed, WrongFormat
from segue.formats.detect import detect
from segue.formats.mcquant.spec import FORMAT
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.model.tables import Column, Table
from segue.storage.sink import FileSink
from segue.storage.source import Source

SAMPLE = Path(__file__).parent / "samples" / "exemplar_cell.csv"


def table_of(path: Path) -> Table:
    return FORMAT.read(Source(path))[0].image_sets[0].tables["measurements"]


def written(study: Study, path: Path) -> str:
    with FileSink(path) as sink:
        FORMAT.write(FORMAT.fitted(study), sink)
        sink.keep()
    return path.read_text()


def saved(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "cells.csv"
    path.write_text(text, encoding="utf-8")
    return Source(path)


def test_cells_are_objects_named_by_their_number() -> None:
    s = FORMAT.read(Source(SAMPLE))[0].image_sets[0]
    assert s.objects.frame.select("id", "label", "layer").rows() == [("1", 1, "labels"), ("2", 2, "labels"), ("7", 7, "labels")]


def test_centroids_are_counted_from_the_corner_of_the_image() -> None:
    """Cell 1 covers columns 2 to 7 and rows 1 to 4: its middle is (5, 3) from the corner, (4.5, 2.5) from the first pixel's centre."""
    s = FORMAT.read(Source(SAMPLE))[0].image_sets[0]
    assert s.shapes.frame["kind"].unique().to_list() == ["point"]
    assert s.shapes.rings.coords[0].tolist() == [5.0, 3.0]


def test_markers_are_channels_and_shape_is_none() -> None:
    columns = {column.name: column for column in table_of(SAMPLE).columns}
    assert {name: column.channel for name, column in columns.items()} == {
        **{"DNA1": "DNA1", "CD3/CD8": "CD3/CD8", "DNA1_intensity_median": "DNA1", "CD3/CD8_intensity_median": "CD3/CD8"},
        **dict.fromkeys(("Area", "MajorAxisLength", "MinorAxisLength", "Eccentricity", "Solidity", "Extent", "Orientation")),
    }
    assert (columns["Area"].unit, columns["MajorAxisLength"].unit, columns["Orientation"].unit) == ("pixel^2", "pixel", "rad")


def test_what_was_read_is_written_as_it_was(tmp_path: Path) -> None:
    study, notes = FORMAT.read(Source(SAMPLE))
    assert len(notes) == 0
    assert diff(study, FORMAT.fitted(study)) == {}
    assert written(study, tmp_path / "a_mcquant.csv") == SAMPLE.read_text()


def test_columns_that_somebody_added_stay(tmp_path: Path) -> None:
    source = saved(tmp_path, "CellID,CD3,phenotype,X_centroid,Y_centroid,good\n5,1.5,T cell,1,2,True\n3,,,,,\n")
    study, _ = FORMAT.read(source)
    s = study.image_sets[0]
    assert [(column.name, column.type, column.channel) for column in s.tables["measurements"].columns] == [
        ("CD3", "number", "CD3"),
        ("phenotype", "text", None),
        ("good", "boolean", None),
    ]
    assert len(s.shapes) == 1
    assert diff(study, FORMAT.read(saved(tmp_path, written(study, tmp_path / "b.csv")))[0]) == {}


def test_tables_and_names_of_others_are_put_in_order(tmp_path: Path) -> None:
    objects = Objects(pl.DataFrame({"id": ["a", "b"], "label": [None, 1]}, schema_overrides={"label": pl.UInt64}))
    frame = pl.DataFrame({"row": [0, 1], "CellID": [1.5, None], "Area": [2.0, 3.0]})
    more = pl.DataFrame({"row": [1], "Area": [9]})
    tables = {"x": Table("objects", frame, (Column("CellID"), Column("Area"))), "y": Table("objects", more, (Column("Area", "integer"),))}
    study = Study((ImageSet("", objects=objects, tables=tables),))
    text = written(study, tmp_path / "a.csv")
    assert text == "CellID,CellID 1,Area-2,X_centroid,Y_centroid,Area\n2,1.5,,,,2.0\n1,,9,,,3.0\n"
    assert diff(study, FORMAT.fitted(study))[F.OBJECT_LABEL] == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("CellID,A\n1,2\n1,3\n", "two rows have the CellID 1"),
        ("CellID,A\na,2\nb,3\n", "column CellID"),
        ("CellID,A\n,2\n1,3\n", "column CellID"),
        ("CellID,A\n1.5,2\n2,3\n", "column CellID"),
        ("CellID,A\n-1,2\n2,3\n", "column CellID"),
        ("CellID,X_centroid,Y_centroid\n1,left,2\n", "column X_centroid"),
    ],
)
def test_what_names_no_cell_is_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(Malformed, match=what):
        FORMAT.read(saved(tmp_path, text))


def test_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongFormat, match="no column CellID"):
        FORMAT.read(saved(tmp_path, "id,x\n1,2\n"))


@pytest.mark.parametrize(("text", "score"), [("CellID,A,X_centroid,Y_centroid\n", 95), ('\ufeff"CellID";"A"\n', 70), ("id,CellID\n", 0), ("", 0)])
def test_it_is_recognised_by_its_columns(tmp_path: Path, text: str, score: int) -> None:
    assert FORMAT.evidence(saved(tmp_path, text)).score == score


def test_it_is_not_taken_for_any_table() -> None:
    assert detect(Source(SAMPLE))[0] is FORMAT


def test_large_numbers_and_no_cells(tmp_path: Path) -> None:
    study, _ = FORMAT.read(saved(tmp_path, "CellID,A\n18446744073709551615,1\n2.0,2\n".replace("2.0", "2")))
    assert study.image_sets[0].objects.frame["label"].to_list() == [2**64 - 1, 2]
    empty, _ = FORMAT.read(saved(tmp_path, "CellID,A,X_centroid,Y_centroid\n"))
    assert len(empty.image_sets[0].objects) == 0


def test_it_becomes_a_geojson_of_points(tmp_path: Path) -> None:
    segue.convert(SAMPLE, tmp_path / "a.geojson")
    s = segue.read(tmp_path / "a.geojson").image_sets[0]
    assert s.objects.frame["label"].to_list() == [1, 2, 7]
    np.testing.assert_array_equal(s.shapes.rings.coords[0], [5.0, 3.0])
