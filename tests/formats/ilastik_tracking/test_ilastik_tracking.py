"""Tracking tables of ilastik: objects by frame and label, tracks, divisions, false detections, mergers, positions."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
import tifffile

import segue
from segue.errors import Malformed, SegueError, WrongFormat
from segue.formats.detect import detect
from segue.formats.ilastik_tracking.spec import FORMAT
from segue.model.image import ArrayPixels, LabelImage
from segue.storage.source import Source
from segue.testing.damage import damages

HEADER = (
    "frame,labelimageId,trackId,lineageId,parentTrackId,mergerLabelId,"
    "Center_of_the_object_0,Center_of_the_object_1,Size_in_pixels_0,Mean_Intensity_0,Mean_Intensity_1\n"
)
ROWS = (
    "0,1,2,2,0,0,10,4,12.000000,1.500000,7.000000\n"
    "0,2,-1,-1,0,0,20,3,1.000000,2.500000,8.000000\n"
    "1,1,3,2,2,0,8,5,6.000000,3.500000,9.000000\n"
    "1,2,4,2,2,0,12,5,5.000000,nan,9.500000\n"
    "1,3,1,1,0,0,30,3,2.000000,0.000000,1.000000\n"
    "2,1,3,2,0,0,7,6,6.000000,3.000000,1.000000\n"
    "2,5,4,2,0,3,0,0,0.000000,0.000000,0.000000\n"
)
"""Track 2 divides into 3 and 4; two false detections; the last came out of the merger 3 and was not measured."""


@pytest.fixture
def read(tmp_path):
    def reading(text, name="x_CSV-Table.csv", **options):
        (tmp_path / name).write_text(text)
        return FORMAT.read(Source(tmp_path / name), FORMAT.options("read", options))

    return reading


def test_an_object_is_a_frame_and_a_label_and_is_on_a_track(read, tmp_path):
    study, _ = read(HEADER + ROWS)
    s = study.image_sets[0]
    assert s.objects.frame["t"].to_list() == [0, 0, 1, 1, 1, 2, 2]
    assert s.objects.frame["label"].to_list() == [1, 2, 1, 2, 3, 1, 5]
    assert s.objects.frame["track"].to_list() == [2, None, 3, 4, None, 3, 4]
    assert s.objects.frame["id"].to_list()[:3] == ["t0/1", "t0/2", "t1/1"]
    assert detect(Source(tmp_path / "x_CSV-Table.csv"))[0] is FORMAT


def test_divisions_are_connections_from_the_last_object_of_the_parent(read):
    s = read(HEADER + ROWS)[0].image_sets[0]
    assert s.connections.frame.select("id", "kind", "parent", "child").rows() == [("2-3", "track", 0, 2), ("2-4", "track", 0, 3)]


def test_false_detections_are_a_population_without_tracks(read):
    study, notes = read(HEADER + ROWS)
    assert [(one.name, one.kind) for one in study.populations] == [(("false detection",), "class")]
    assert study.image_sets[0].membership.frame["object"].to_list() == [1, 4]
    assert "assumed: 2 objects without a track: the population 'false detection'" in map(str, notes)


def test_lineages_and_mergers_are_values(read):
    table = read(HEADER + ROWS)[0].image_sets[0].tables["features"]
    assert table.frame["lineageId"].to_list() == [2, None, 2, 2, None, 2, 2]
    assert table.frame["mergerLabelId"].to_list() == [None] * 6 + [3]


def test_what_was_not_measured_is_missing(read):
    study, notes = read(HEADER.replace("Size_in_pixels_0", "SquaredDistances_0") + ROWS.replace("2,5,4,2,0,3,0,0,0.000000", "2,5,4,2,0,3,0,0,9999.000000"))
    s = study.image_sets[0]
    assert s.tables["features"].frame.row(6, named=True) | {"row": 0} == dict.fromkeys(s.tables["features"].frame.columns) | {
        "row": 0,
        "lineageId": 2,
        "mergerLabelId": 3,
    }
    assert s.shapes.frame["object"].to_list() == [0, 1, 2, 3, 4, 5]
    assert "repaired: 1 object out of a merger that ilastik did not measure: features and position are missing" in map(str, notes)


def test_positions_are_whole_pixels_half_a_pixel_further(read):
    study, notes = read(HEADER + ROWS)
    np.testing.assert_array_equal(study.image_sets[0].shapes.rings.coords[:2], [[10.5, 4.5], [20.5, 3.5]])
    assert "assumed: 6 positions in whole pixels: ilastik cuts off what is behind the point" in map(str, notes)


def test_positions_are_exact_where_the_convex_hull_features_say_them(read):
    """``Object Center`` is the same number as ``Center of the object``, and is not cut off."""
    header = "frame,labelimageId,trackId,Center_of_the_object_0,Center_of_the_object_1,Center_of_the_object_2,Object_Center_0,Object_Center_1,Object_Center_2\n"
    study, notes = read(header + "0,1,2,10,4,1,10.166607,4.25,1.75\n0,2,3,10,4,1,3.0,4.25,1.75\n")
    shapes = study.image_sets[0].shapes
    np.testing.assert_array_equal(shapes.rings.coords, [[10.666607, 4.75], [10.5, 4.5]])
    assert shapes.frame["z"].to_list() == [2, 1]
    assert [str(note) for note in notes] == ["assumed: 1 position in whole pixels: ilastik cuts off what is behind the point"]


@pytest.mark.golden
def test_real_tables_of_objects_say_the_same_in_both_columns(golden):
    s = segue.read(golden / "ilastik/testObjectClassificationGuiReference/table-test_data_table.csv").image_sets[0]
    frame = s.tables["features"].frame
    for nth in range(3):
        assert frame[f"Object Center_{nth}"].to_list() == frame[f"Center of the object_{nth}"].to_list()


def test_some_columns_are_known_measurements(read):
    columns = {one.name: (one.measurement, one.channel, one.unit) for one in read(HEADER + ROWS)[0].image_sets[0].tables["features"].columns}
    assert columns["Size_in_pixels_0"] == ("area", None, "pixel")
    assert columns["Mean_Intensity_1"] == ("mean", "1", None)
    assert columns["Center_of_the_object_0"] == (None, None, None)
    one = read((HEADER + ROWS).replace(",Mean_Intensity_1", ",Minimum_intensity_0"))[0].image_sets[0].tables["features"].columns
    assert [(c.measurement, c.channel) for c in one if "ntensity" in c.name] == [("mean", None), ("min", None)]


def test_parents_that_are_not_there_are_said(read):
    study, notes = read(HEADER + ROWS.replace("1,1,3,2,2,", "1,1,3,2,9,").replace("1,2,4,2,2,", "1,2,4,2,4,"))
    assert len(study.image_sets[0].connections) == 0
    assert "skipped: 2 connections (2 objects with a parent track not seen before)" in map(str, notes)


def test_a_parent_may_end_earlier(read):
    study, notes = read(HEADER + "0,1,2,2,0,0,1,1,4,1,1\n3,1,5,2,2,0,1,1,4,1,1\n")
    assert study.image_sets[0].connections.frame.select("parent", "child").rows() == [(0, 1)]
    assert "assumed: 1 object with a parent that ends earlier than in the frame before" in map(str, notes)


def test_an_object_of_two_tracks_stands_there_twice(read):
    """A merger that was not resolved."""
    study, notes = read(HEADER + "0,1,2,2,0,0,1,1,4,1,1\n0,1,3,3,0,0,1,1,4,1,1\n")
    assert study.image_sets[0].objects.frame.select("label", "track").rows() == [(1, 2), (None, 3)]
    assert "repaired: 1 row about an object that an earlier row of its frame is about: another object without a label" in map(str, notes)


def test_tables_are_joined_to_label_images_by_frame_and_label(read, tmp_path):
    masks = np.zeros((3, 8, 8), np.uint16)
    masks[:, 1, 1], masks[:2, 3, 3], masks[1, 5, 5], masks[2, 5, 5] = 1, 2, 3, 5
    tifffile.imwrite(tmp_path / "labels.tif", masks, imagej=True, metadata={"axes": "TYX"})
    read(HEADER + ROWS)
    segue.convert(tmp_path / "labels.tif", tmp_path / "out.segue", table=tmp_path / "x_CSV-Table.csv", role="labels")
    s = segue.read(tmp_path / "out.segue").image_sets[0]
    assert s.objects.frame.select("t", "label", "track").rows()[:4] == [(0, 1, 2), (0, 2, None), (1, 1, 3), (1, 2, 4)]
    assert len(s.connections) == 2


def test_tracks_go_to_the_cell_tracking_challenge(read, tmp_path):
    """Labels that restart in each frame, and the table that says which track they are on."""
    from segue.formats.catalog import named
    from segue.testing.trips import PlainSink

    study, _ = read(HEADER + ROWS)
    masks = np.zeros((3, 8, 8), np.uint16)
    for t, label in study.image_sets[0].objects.frame.select("t", "label").rows():
        masks[t, label, label] = label
    study = study.map(lambda s: replace(s, labels=(LabelImage(ArrayPixels(masks), "tyx", "labels", persists=False),)))
    record = named("ctc")
    record.write(record.fitted(study), PlainSink(tmp_path / "01_RES"))
    lines = (tmp_path / "01_RES" / "res_track.txt").read_text().splitlines()
    assert lines == ["2 0 0 0", "3 1 2 2", "4 1 2 2", "5 0 0 0", "6 1 1 0"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (ROWS.replace("0,1,2,2", "0,0,2,2", 1), "labelimageId holds 0"),
        (ROWS.replace("0,1,2,2", "-1,1,2,2", 1), "frame holds -1"),
        (ROWS.replace("0,1,2,2", "0,1,x,2", 1), "trackId holds"),
        (ROWS.replace("0,1,2,2", "0,1,2.5,2", 1), "trackId holds"),
        (ROWS.replace("0,1,2,2", "99999999999,1,2,2", 1), "frame holds 99999999999"),
    ],
)
def test_keys_that_are_no_whole_numbers_are_refused(read, text, sentence):
    with pytest.raises(Malformed, match=sentence):
        read(HEADER + text)


def test_other_tables_are_refused(read, tmp_path):
    with pytest.raises(WrongFormat, match="labelimageId"):
        read("a,b\n1,2\n")
    with pytest.raises(WrongFormat, match="trackId"):
        read("frame,labelimageId\n1,2\n")
    assert FORMAT.evidence(Source(tmp_path)).score == 0


def test_an_empty_table_has_no_objects(read):
    study, _ = read(HEADER)
    assert len(study.image_sets[0].objects) == 0


def test_damaged_tables_are_refused_or_read_but_nothing_else(tmp_path):
    path = tmp_path / "x.csv"
    original = (HEADER + ROWS).encode()
    for _, damaged in damages(original, random.Random(7), 60):
        path.write_bytes(damaged)
        try:
            FORMAT.read(Source(path))
        except SegueError:
            continue
