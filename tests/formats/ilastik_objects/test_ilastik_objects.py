"""Object tables of ilastik: objects by time step and label, classes as populations, positions, and crops of pixels."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import h5py
import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Malformed, SegueError, WrongFormat
from segue.formats.detect import detect
from segue.formats.ilastik_objects.spec import FORMAT
from segue.model.select import take_objects
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.damage import damages

TABLE = "ilastik/testObjectClassificationGuiReference/table-test_data_table.csv"
HEADER = (
    "object_id,timestep,labelimage_oid,User Label,Predicted Class,Probability of A,Probability of B,Size in pixels,"
    "Bounding Box Minimum_0,Bounding Box Minimum_1,Center of the object_0,Center of the object_1,Mean Intensity_0,Mean Intensity_1\n"
)
ROWS = (
    "0,0,1,A,A,0.75,0.25,3,2,1,2.3333,1.3333,5.0,6.0\n"
    "1,0,2,0,B,0.1,0.9,0,0,0,0.0,0.0,0.0,0.0\n"
    "2,0,5,0,B,0.5,0.5,4,6,0,6.5,0.5,7.0,8.0\n"
    "3,1,1,0,A,0.6,0.4,2,3,3,3.5,3.0,9.0,nan\n"
)


@pytest.fixture
def read(tmp_path):
    def reading(text, name="x_table.csv"):
        (tmp_path / name).write_text(text)
        return FORMAT.read(Source(tmp_path / name))

    return reading


def hdf5(path, crops=True, tags="yx"):
    """The same table as HDF5, each object with a margin of one pixel."""
    names = HEADER.strip().split(",")
    kinds = ["i8"] * 3 + ["S8", "S8"] + ["f4"] * 2 + ["i8"] * 3 + ["f4"] * 4
    records = [tuple(cell.encode() if kind == "S8" else cell for cell, kind in zip(row.split(","), kinds, strict=True)) for row in ROWS.splitlines()]
    with h5py.File(path, "w") as file:
        file["table"] = np.array([tuple(float(c) if isinstance(c, str) else c for c in row) for row in records], np.dtype(list(zip(names, kinds, strict=True))))
        for number, pixels in {0: [[0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]], 2: [[1, 1, 0], [1, 1, 0]]}.items() if crops else ():
            data = file.create_dataset(f"images/{number}/labeling", data=np.array(pixels, np.uint8))
            if tags:
                data.attrs["axistags"] = json.dumps({"axes": [{"key": key} for key in tags]})
    return path


@pytest.mark.golden
def test_a_real_table(golden):
    record, notes = detect(Source(golden / TABLE))
    assert (record, len(notes)) == (FORMAT, 0)
    study, notes = FORMAT.read(Source(golden / TABLE))
    s = study.image_sets[0]
    assert s.objects.frame.select("id", "label", "t").row(0) == ("1", 1, None)
    assert len(s.objects) == 22
    assert [one.name for one in study.populations] == [("Label 1",), ("Label 2",)]
    table = s.tables["features"]
    assert len(table.columns) == 218 - 4
    known = {column.name: column.measurement for column in table.columns if column.measurement}
    assert known["Size in pixels"] == "area"
    assert known["Mean Intensity"] == "mean"
    assert table.frame["Probability of Label 1"][:2].to_list() == [0.59, 0.41 - 0.29]
    assert table.frame["Size in pixels"][0] == 11086
    assert s.shapes.rings.coords[0].tolist() == [10.166607 + 0.5, 7.756179 + 0.5]
    assert s.shapes.frame["z"][0] == 18
    assert s.aliases["alias"][0] == "0"


def test_objects_are_named_by_time_step_and_label(read):
    s = read(HEADER + ROWS)[0].image_sets[0]
    assert s.objects.frame.select("id", "label", "t", "layer").rows() == [("t0/1", 1, 0, "labels"), ("t0/5", 5, 0, "labels"), ("t1/1", 1, 1, "labels")]
    assert s.tables["features"].frame["Mean Intensity_0"].to_list() == [5, 7, 9]
    assert {c.name: (c.measurement, c.channel) for c in s.tables["features"].columns}["Mean Intensity_1"] == ("mean", "1")


def test_rows_of_absent_labels_are_left_out(read):
    study, notes = read(HEADER + ROWS)
    assert 2 not in study.image_sets[0].objects.frame["label"]
    assert [str(note) for note in notes.of_kind(Kind.SKIPPED)] == ["skipped: 1 row about a label that is not in the image"]


def test_classes_are_populations_and_training_is_a_column(read):
    study = read(HEADER + ROWS)[0]
    s = study.image_sets[0]
    assert s.membership.frame.select("population", "object").rows() == [("A", 0), ("B", 1), ("A", 2)]
    assert {one.kind for one in study.populations} == {"class"}
    assert s.tables["features"].frame["User Label"].to_list() == ["A", None, None]


def test_hdf5_is_read_like_csv(read, tmp_path):
    path = hdf5(tmp_path / "x.h5", crops=False)
    assert detect(Source(path))[0] is FORMAT
    one, other = FORMAT.read(Source(path))[0].image_sets[0], read(HEADER + ROWS)[0].image_sets[0]
    assert one.objects.frame.equals(other.objects.frame)
    assert one.membership.frame.equals(other.membership.frame)
    assert np.allclose(one.shapes.rings.coords, other.shapes.rings.coords, atol=1e-6)
    for name in ("Probability of A", "Size in pixels", "User Label"):
        assert one.tables["features"].frame[name].to_list() == pytest.approx(other.tables["features"].frame[name].to_list(), abs=1e-6), name


def test_crops_are_placed_by_the_bounding_box(tmp_path):
    s = FORMAT.read(Source(hdf5(tmp_path / "x.h5")))[0].image_sets[0]
    assert s.shapes.frame.select("object", "kind", "z").rows() == [(0, "mask", None), (1, "mask", None)]
    labels = np.zeros((6, 9), np.uint16)
    labels[1, 2], labels[2, 2:4], labels[0:2, 6:8] = 1, 1, 5
    first = take_objects(s, np.array([0, 1]))
    assert np.array_equal(segue.rasterize(replace(first, objects=first.objects.with_columns(t=None)), (6, 9)), labels)


def test_crops_of_volumes_are_masks_on_planes(tmp_path):
    path = tmp_path / "x.h5"
    names, kinds = ["object_id", "timestep", "labelimage_oid", *(f"Bounding Box Minimum_{axis}" for axis in range(3))], ["i8"] * 6
    with h5py.File(path, "w") as file:
        file["table"] = np.array([(0, 0, 7, 10, 20, 30)], np.dtype(list(zip(names, kinds, strict=True))))
        pixels = np.zeros((3, 4, 5), np.uint8)
        pixels[1, 2, 1:3], pixels[2, 1, 1] = 1, 1
        file.create_dataset("images/0/labeling", data=pixels[..., None]).attrs["axistags"] = json.dumps({"axes": [{"key": key} for key in "zyxc"]})
    s = FORMAT.read(Source(path))[0].image_sets[0]
    assert s.shapes.frame["z"].to_list() == [30, 31]
    assert s.shapes.rings.take([0]).coords.tolist() == [[10, 21], [12, 22], [10, 21], [12, 21]]
    assert s.shapes.rings.take([1]).coords.tolist() == [[10, 20], [11, 21], [10, 20], [11, 20]]


def test_crops_without_axes_are_counted(tmp_path):
    study, notes = FORMAT.read(Source(hdf5(tmp_path / "x.h5", tags="y")))
    assert study.image_sets[0].shapes.frame["kind"].unique().to_list() == ["point"]
    assert [note.count for note in notes.of_kind(Kind.SKIPPED)] == [2, 1]


def test_a_table_is_joined_by_label(tmp_path):
    labels = np.zeros((6, 9), np.uint16)
    labels[1, 1], labels[3, 3] = 5, 1
    tifffile.imwrite(tmp_path / "cells_mask.tif", labels)
    (tmp_path / "x_table.csv").write_text(HEADER + "".join(ROWS.splitlines(keepends=True)[:3]))
    study = segue.read(tmp_path / "cells_mask.tif", table=tmp_path / "x_table.csv")
    s = study.image_sets[0]
    held = s.tables["features"].frame
    assert dict(zip(s.objects.frame["label"].gather(held["row"]), held["Size in pixels"], strict=True)) == {1: 3, 5: 4}
    assert len(s.membership) == 2


def test_a_comma_in_a_class_is_refused(read):
    with pytest.raises(Malformed, match="name of a class holds a comma"):
        read(HEADER.replace("Probability of B", "Probability of B, C") + ROWS.replace(",B,", ",B, C,"))
    with pytest.raises(Malformed, match="name of a class holds a comma"):
        read(HEADER + ROWS.replace(",0,B,", ",0,B, C,"))


def test_what_is_no_such_table_is_refused(read, tmp_path):
    with pytest.raises(Malformed, match="two rows are about the object 5"):
        read(HEADER + ROWS.replace("2,0,5", "2,0,1").replace("0,0,1,A", "0,0,5,A").replace("2,0,1,0", "2,0,5,0"))
    with pytest.raises(WrongFormat, match="labelimage_oid"):
        read("object_id,timestep\n1,2\n")
    with h5py.File(tmp_path / "y.h5", "w") as file:
        file["table"] = np.zeros(3)
    with pytest.raises(WrongFormat, match="labelimage_oid"):
        FORMAT.read(Source(tmp_path / "y.h5"))


@pytest.mark.parametrize("name", ["x_table.csv", "x.h5"])
def test_damaged_files_are_read_or_refused(tmp_path, name):
    original = hdf5(tmp_path / "whole.h5").read_bytes() if name.endswith("h5") else (HEADER + ROWS).encode()
    for nth, (_, damaged) in enumerate(damages(original, random.Random(3), 60)):
        path = tmp_path / f"{nth}{name}"
        path.write_bytes(damaged)
        try:
            study, _ = FORMAT.read(Source(path))
        except SegueError:
            continue
        assert isinstance(study.image_sets[0].objects.frame, pl.DataFrame)
