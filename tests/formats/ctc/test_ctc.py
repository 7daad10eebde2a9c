"""Folders of the Cell Tracking Challenge: masks over time, tracks, parents, and what does not fit together."""

from __future__ import annotations

import pickle
from importlib import import_module

import numpy as np
import polars as pl
import pytest
import tifffile

import segue
from segue.errors import Incompatible, Malformed, TooLarge, WrongFormat
from segue.formats.ctc.spec import FORMAT
from segue.formats.detect import detect
from segue.model.connections import Connections
from segue.model.diff import diff
from segue.model.features import Feature
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.objects import Objects
from segue.model.study import ImageSet, Study
from segue.storage.source import Source
from segue.testing.trips import PlainSink

TRACKS = "1 0 1 0\n2 2 3 1\n3 2 3 1\n4 0 3 0\n"
"""Cell 1 divides into 2 and 3 after frame 1; 4 lives all the time."""
FRAMES = ([1, 4], [1, 4], [2, 3, 4], [2, 3, 4])


def frame(labels, height=4, width=8):
    """One pixel per label, in the column of its number."""
    mask = np.zeros((height, width), np.uint16)
    for label in labels:
        mask[1, label] = label
    return mask


def folder(path, frames=FRAMES, text=TRACKS, name="mask{:03d}.tif", tracks="res_track.txt"):
    path.mkdir(parents=True)
    for t, labels in frames.items() if isinstance(frames, dict) else enumerate(frames):
        tifffile.imwrite(path / name.format(t), labels if isinstance(labels, np.ndarray) else frame(labels), photometric="minisblack")
    if text is not None:
        (path / tracks).write_text(text)
    return path


def read(path, **options):
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
    return study.image_sets[0], [str(note) for note in notes]


def seen(s):
    return list(zip(s.objects.frame["t"], s.objects.frame["label"], strict=True))


def parents(s):
    """(parent's time, parent's track, child's time, child's track)."""
    objects = s.objects.frame
    place = objects.select(pl.concat_list(pl.col("t").cast(pl.Int64), "track"))["t"].to_list()
    return [(*place[parent], *place[child]) for parent, child in s.connections.frame.select("parent", "child").rows()]


# reading


def test_a_result_is_a_label_image_over_time_with_tracks_and_parents(tmp_path):
    s, notes = read(folder(tmp_path / "01_RES"))
    assert notes == []
    assert (s.labels[0].axes, s.labels[0].pixels.shape, s.labels[0].persists) == ("tyx", (4, 4, 8), True)
    np.testing.assert_array_equal(in_memory(s.labels[0].pixels), [frame(labels) for labels in FRAMES])
    assert seen(s) == [(t, label) for t, labels in enumerate(FRAMES) for label in labels]
    assert s.objects.frame["track"].to_list() == s.objects.frame["label"].to_list()
    assert parents(s) == [(1, 1, 2, 2), (1, 1, 2, 3)]
    assert s.connections.frame["kind"].to_list() == ["track", "track"]
    assert s.grid.shape == (4, 4, 8)


@pytest.mark.parametrize(
    ("inner", "name", "text"),
    [("01_RES", "mask{:03d}.tif", "res_track.txt"), ("01_GT/TRA", "man_track{:03d}.tif", "man_track.txt"), ("x", "mask{:04d}.tif", "res_track.txt")],
)
def test_results_and_truths_are_recognised_by_their_names(tmp_path, inner, name, text):
    path = folder(tmp_path / inner, name=name, tracks=text)
    assert detect(Source(path))[0] is FORMAT
    assert len(read(path)[0].objects) == 10


def test_the_folder_of_a_truth_is_that_of_its_tracks(tmp_path):
    folder(tmp_path / "01_GT" / "TRA", name="man_track{:03d}.tif", tracks="man_track.txt")
    folder(tmp_path / "01_GT" / "SEG", {1: [1, 4]}, None, "man_seg{:03d}.tif")
    assert detect(Source(tmp_path / "01_GT"))[0] is FORMAT
    s, notes = read(tmp_path / "01_GT")
    assert len(s.connections) == 2
    assert notes == ["skipped: the masks in SEG; give that folder to read them"]


def test_only_some_frames_were_annotated(tmp_path):
    s, notes = read(folder(tmp_path / "SEG", {1: [5], 3: [2, 6]}, None, "man_seg{:03d}.tif"))
    assert seen(s) == [(1, 5), (3, 2), (3, 6)]
    assert (s.labels[0].persists, s.objects.frame["track"].null_count(), s.labels[0].pixels.shape[0]) == (False, 3, 4)
    assert notes == ["assumed: 2 frames that nobody annotated: read as empty", "assumed: 2 frames without an object"]


def test_frames_without_a_file_cost_nothing(tmp_path):
    s, notes = read(folder(tmp_path / "SEG", {99_999: [5], 70_000: [2]}, None, "man_seg{:03d}.tif"))
    assert seen(s) == [(70_000, 2), (99_999, 5)]
    assert notes[0] == "assumed: 99,998 frames that nobody annotated: read as empty"


def test_single_planes_of_volumes_were_annotated(tmp_path):
    path = tmp_path / "01_GT" / "SEG"
    path.mkdir(parents=True)
    for t, z in ((0, 2), (1, 0)):
        tifffile.imwrite(path / f"man_seg_{t:03d}_{z:03d}.tif", frame([3]))
    s, notes = read(path)
    assert s.labels[0].pixels.shape == (2, 3, 4, 8)
    assert np.argwhere(in_memory(s.labels[0].pixels)).tolist() == [[0, 2, 1, 3], [1, 0, 1, 3]]
    assert "assumed: 2 planes of volumes that were annotated in part: the other planes are empty" in notes
    folder(tmp_path / "01_GT" / "TRA", [np.zeros((6, 4, 8), np.uint16)], "", "man_track{:03d}.tif", "man_track.txt")
    assert read(path)[0].labels[0].pixels.shape == (2, 6, 4, 8)
    assert s.labels[0].pixels.read((slice(0, 2), slice(1, 3), slice(1, 2), slice(2, 5))).tolist() == [[[[0, 0, 0]], [[0, 3, 0]]], [[[0, 0, 0]], [[0, 0, 0]]]]


def test_volumes_have_a_z_axis(tmp_path):
    volume = np.stack([frame([1]), frame([1, 4])])
    s, _ = read(folder(tmp_path / "r_RES", [volume, volume], "1 0 1 0\n4 0 1 0\n"))
    assert (s.labels[0].axes, s.labels[0].pixels.shape, s.grid.names) == ("tzyx", (2, 2, 4, 8), "tzyx")
    assert seen(s) == [(0, 1), (0, 4), (1, 1), (1, 4)]


def test_pixels_are_references_that_open_only_the_frames_asked_for(tmp_path):
    path = folder(tmp_path / "01_RES")
    pixels = pickle.loads(pickle.dumps(read(path)[0].labels[0].pixels))
    (path / "mask000.tif").unlink()
    np.testing.assert_array_equal(pixels.read((slice(2, 3), slice(0, 4), slice(0, 8))), frame(FRAMES[2])[None])


def test_the_text_may_be_believed(tmp_path):
    s, notes = read(folder(tmp_path / "01_RES", text="1 0 1 0\n2 2 9 1\n"), check=False)
    assert seen(s) == [(0, 1), (1, 1), (2, 2), (3, 2)]
    assert parents(s) == [(1, 1, 2, 2)]
    assert notes == ["repaired: 1 track beginning or ending where no mask is: cut to the frames that are there"]


def test_a_text_that_announces_too_much_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(import_module("segue.formats.ctc.read"), "MOST", 5)
    with pytest.raises(TooLarge, match="announces 10 objects"):
        read(folder(tmp_path / "01_RES"), check=False)


# what does not fit together


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (TRACKS.replace("2 2 3 1", "2 2 3 -1"), "repaired: 1 track with a parent below 0: taken for none"),
        (TRACKS + "4 0 3 0\n", "repaired: 1 line standing there twice"),
        (TRACKS + "4 0 2 1\n", "skipped: 1 line about a track that an earlier line describes differently"),
        (TRACKS + "0 0 3 0\n", "skipped: 1 line about a track without a number above 0"),
        (TRACKS.replace("2 2 3 1", "2 2 3 9"), "skipped: connections (1 track with a parent in no mask)"),
        (TRACKS.replace("2 2 3 1", "2 2 3 2"), "skipped: connections (1 track with itself as parent)"),
        (TRACKS.replace("2 2 3 1", "2 2 3 3"), "skipped: connections (1 track with a parent not seen before)"),
        (TRACKS.replace("2 2 3 1", "2 2 3 4"), "assumed: 1 track with a parent that lives on: connected with the last time it is seen before"),
        (TRACKS.replace("4 0 3 0", "4 3 0 0"), "repaired: 1 track with the end before the beginning: the two frames were exchanged"),
        (TRACKS.replace("4 0 3 0", "4 0 2 0"), "repaired: 1 track beginning or ending in the text at another frame than in the masks: the masks count"),
        (TRACKS.replace("4 0 3 0\n", ""), "repaired: 1 label in the masks that the text does not name: tracks without a parent"),
        (TRACKS + "7 0 3 0\n", "skipped: tracks (1 track of the text in no mask)"),
    ],
)
def test_what_does_not_fit_is_mended_and_said(tmp_path, text, note):
    s, notes = read(folder(tmp_path / "01_RES", text=text))
    assert notes == [note]
    assert len(s.objects) == 10


def test_gaps_are_kept_and_said(tmp_path):
    s, notes = read(folder(tmp_path / "01_RES", ([1], [], [1], [2]), "1 0 2 0\n2 3 3 1\n"))
    assert seen(s) == [(0, 1), (2, 1), (3, 2)]
    assert notes == ["assumed: 1 track with frames in between without a pixel: going on behind the gap", "assumed: 1 frame without an object"]
    s, notes = read(folder(tmp_path / "02_RES", ([1], [], [2]), "1 0 0 0\n2 2 2 1\n"))
    assert parents(s) == [(0, 1, 2, 2)]
    assert notes[0] == "assumed: 1 track with a parent that ends earlier than in the frame before: a division, or the same cell behind a gap"


def test_missing_frames_and_a_missing_text_are_said(tmp_path):
    path = folder(tmp_path / "01_RES", text=None)
    (path / "mask001.tif").unlink()
    assert detect(Source(path))[0] is FORMAT
    s, notes = read(path)
    assert len(s.objects) == 8
    assert notes == [
        "repaired: 1 frame without a mask: read as empty",
        "repaired: there is no res_track.txt: tracks are the labels of the masks, and parents are not known",
        "assumed: 1 frame without an object",
    ]


def test_an_empty_result_is_read(tmp_path):
    s, notes = read(folder(tmp_path / "01_RES", ([], []), ""))
    assert (len(s.objects), len(s.connections)) == (0, 0)
    assert notes == ["assumed: 2 frames without an object"]


def test_the_text_may_have_other_spaces_and_line_ends(tmp_path):
    s, notes = read(folder(tmp_path / "01_RES", text="\ufeff" + TRACKS.replace("\n", " \r\n").replace(" 1", "\t1") + "\n\n"))
    assert (len(s.connections), notes) == (2, [])


@pytest.mark.parametrize("line", ["1 0", "1 0 a 0", "1 0 1.5 0", "1 0 3 0 7", "99999999999999999999 0 1 0"])
def test_other_lines_are_refused_with_their_number(tmp_path, line):
    with pytest.raises(Malformed, match="line 2 is not four whole numbers"):
        read(folder(tmp_path / "01_RES", text="4 0 3 0\n" + line + "\n"))


def test_masks_that_do_not_belong_together_are_refused(tmp_path):
    with pytest.raises(Incompatible, match="of one size"):
        read(folder(tmp_path / "a_RES", [frame([1]), np.zeros((5, 8), np.uint16)]))
    with pytest.raises(Incompatible, match="label -1"):
        read(folder(tmp_path / "b_RES", [np.full((4, 8), -1, np.int16)]))
    with pytest.raises(Malformed, match="not the mask of one frame"):
        read(folder(tmp_path / "c_RES", [np.zeros((2, 3, 4, 8), np.uint8)]))
    with pytest.raises(TooLarge, match="100,000"):
        read(folder(tmp_path / "d_RES", {999_999_999: [1]}))


def test_other_folders_are_none(tmp_path):
    folder(tmp_path / "images", name="img{:03d}.tif", text=None)
    with pytest.raises(WrongFormat, match=r"mask000\.tif"):
        read(tmp_path / "images")
    folder(tmp_path / "batch", text=None)
    assert FORMAT.evidence(Source(tmp_path / "batch")).score == 0
    with pytest.raises(WrongFormat, match="is a file"):
        read(tmp_path / "batch" / "mask000.tif")


# writing


def tracked(frames, *, persists=True, links=(), **columns):
    """A study of masks; ``columns`` of its objects, one for each label in each frame; links between (t, label)."""
    image = LabelImage(ArrayPixels(np.stack([frame(labels, width=16) for labels in frames])), "tyx", "cells", persists)
    keys = [(t, label) for t, labels in enumerate(frames) for label in labels]
    objects = Objects.empty()
    if columns or links:
        data = {"id": [f"{t}/{label}" for t, label in keys], "layer": "cells", "t": [t for t, _ in keys], "label": [label for _, label in keys], **columns}
        objects = Objects(pl.DataFrame(data))
    rows = [{"id": str(nth), "kind": "track", "parent": keys.index(one), "child": keys.index(other), "tags": []} for nth, (one, other) in enumerate(links)]
    connections = Connections(pl.DataFrame(rows)) if rows else Connections.empty()
    return Study((ImageSet("", labels=(image,), objects=objects, connections=connections),))


def write(study, path, **options):
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    FORMAT.write(fitted, PlainSink(path), chosen)
    return fitted


def masks(path, name="mask*.tif"):
    return [sorted(set(tifffile.imread(one).flat) - {0}) for one in sorted(path.glob(name))]


def test_labels_that_persist_are_written_as_they_are(tmp_path):
    write(tracked(FRAMES), tmp_path / "out")
    assert (tmp_path / "out" / "res_track.txt").read_text() == "1 0 1 0\n2 2 3 0\n3 2 3 0\n4 0 3 0\n"
    assert masks(tmp_path / "out") == [list(labels) for labels in FRAMES]
    one = tifffile.imread(tmp_path / "out" / "mask002.tif")
    assert (one.dtype, one.shape) == (np.uint16, (4, 16))


def test_a_folder_that_is_read_is_written_the_same(tmp_path):
    s, _ = read(folder(tmp_path / "01_RES"))
    fitted = write(Study((s,)), tmp_path / "out")
    assert diff(Study((s,)), fitted) == {}
    assert (tmp_path / "out" / "res_track.txt").read_text() == TRACKS
    assert masks(tmp_path / "out") == [list(labels) for labels in FRAMES]


def test_labels_that_restart_become_tracks(tmp_path):
    """As ilastik and CellProfiler number objects: the track is a column."""
    study = tracked(([1, 2], [1, 2], [1]), persists=False, track=[7, 9, 9, 7, 9])
    fitted = write(study, tmp_path / "out")
    assert (tmp_path / "out" / "res_track.txt").read_text() == "7 0 1 0\n9 0 2 0\n"
    assert [tifffile.imread(one)[1, 1:3].tolist() for one in sorted((tmp_path / "out").glob("mask*"))] == [[7, 9], [9, 7], [9, 0]]
    assert [one[1] for one in seen(fitted.image_sets[0])] == [7, 9, 7, 9, 9]
    assert fitted.image_sets[0].objects.frame["track"].to_list() == [7, 9, 7, 9, 9]


def test_links_from_frame_to_frame_become_tracks(tmp_path):
    links = [((0, 1), (1, 2)), ((1, 2), (2, 1)), ((1, 2), (2, 3)), ((0, 2), (1, 1))]
    write(tracked(([1, 2], [1, 2], [1, 3]), persists=False, links=links), tmp_path / "out")
    assert (tmp_path / "out" / "res_track.txt").read_text() == "1 0 1 0\n2 0 1 0\n3 2 2 1\n4 2 2 1\n"
    assert [tifffile.imread(one)[1, 1:4].tolist() for one in sorted((tmp_path / "out").glob("mask*"))] == [[1, 2, 0], [2, 1, 0], [3, 0, 4]]


def test_a_gap_makes_two_tracks_and_a_connection(tmp_path):
    study = tracked(([3], [], [3], [3]))
    fitted = write(study, tmp_path / "out")
    assert (tmp_path / "out" / "res_track.txt").read_text() == "3 0 0 0\n4 2 3 3\n"
    assert masks(tmp_path / "out") == [[3], [], [4], [4]]
    found = diff(study, fitted)
    assert found[Feature.LABELS] == 1
    assert found[Feature.CONNECTIONS] == 1


def test_a_cell_that_buds_ends_where_its_child_begins(tmp_path):
    """The challenge knows no parent that lives on."""
    write(tracked(([1], [1, 5], [1, 5]), links=[((0, 1), (1, 5))], track=[1, 1, 5, 1, 5]), tmp_path / "out")
    assert (tmp_path / "out" / "res_track.txt").read_text() == "1 0 0 0\n5 1 2 1\n6 1 2 1\n"


def test_merges_cannot_be_said(tmp_path):
    study = tracked(([1, 2], [3]), links=[((0, 1), (1, 3)), ((0, 2), (1, 3))])
    fitted = write(study, tmp_path / "out")
    assert (tmp_path / "out" / "res_track.txt").read_text() == "1 0 0 0\n2 0 0 0\n3 1 1 1\n"
    assert diff(study, fitted)[Feature.CONNECTIONS] >= 1


def test_a_track_of_several_objects_in_a_frame_is_no_track(tmp_path):
    """As TrackMate numbers them: a whole lineage is one."""
    write(
        tracked(([1], [1, 2], [1, 2]), persists=False, track=[0] * 5, links=[((0, 1), (1, 1)), ((0, 1), (1, 2)), ((1, 1), (2, 1)), ((1, 2), (2, 2))]),
        tmp_path / "out",
    )
    assert (tmp_path / "out" / "res_track.txt").read_text() == "1 0 0 0\n2 1 2 1\n3 1 2 1\n"


def test_labels_beyond_16_bits_are_refused_or_numbered_anew(tmp_path):
    array = np.zeros((2, 3, 3), np.uint32)
    array[:, 1, 1], array[1, 0, 0] = 70_000, 5
    study = Study((ImageSet("", labels=(LabelImage(ArrayPixels(array), "tyx"),)),))
    with pytest.raises(Incompatible, match=r"label 70,000 does not fit.*renumber=true"):
        FORMAT.fitted(study)
    write(study, tmp_path / "out", renumber=True)
    assert (tmp_path / "out" / "res_track.txt").read_text() == "1 0 1 0\n2 1 1 0\n"


def test_too_many_tracks_are_refused():
    array = np.arange(1, 70_001, dtype=np.uint32).reshape(2, 175, 200)
    with pytest.raises(Incompatible, match="70,000 tracks"):
        FORMAT.fitted(Study((ImageSet("", labels=(LabelImage(ArrayPixels(array), "tyx", persists=False),)),)))


def test_long_series_have_more_digits(tmp_path):
    study = Study((ImageSet("", labels=(LabelImage(ArrayPixels(np.ones((1001, 1, 1), np.uint8)), "tyx"),)),))
    write(study, tmp_path / "out", names="truth")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert (names[0], names[-1], names[-2]) == ("man_track.txt", "man_track1000.tif", "man_track0999.tif")
    assert (tmp_path / "out" / "man_track.txt").read_text() == "1 0 1000 0\n"


def test_volumes_are_pages_that_every_reader_of_tiff_understands(tmp_path):
    array = np.zeros((2, 3, 4, 5), np.uint8)
    array[:, 1] = 8
    write(Study((ImageSet("", labels=(LabelImage(ArrayPixels(array), "tzyx"),)),)), tmp_path / "out")
    with tifffile.TiffFile(tmp_path / "out" / "mask001.tif") as file:
        assert len(file.pages) == 3
        np.testing.assert_array_equal([page.asarray() for page in file.pages], array[1])


def test_there_has_to_be_a_label_image():
    with pytest.raises(Incompatible, match="no label image"):
        FORMAT.fitted(Study((ImageSet(""),)))


def test_the_command_line_reads_and_writes_such_folders(tmp_path):
    folder(tmp_path / "01_RES")
    segue.convert(tmp_path / "01_RES", tmp_path / "t.segue")
    segue.convert(tmp_path / "t.segue", tmp_path / "02_RES", to="ctc")
    assert (tmp_path / "02_RES" / "res_track.txt").read_text() == TRACKS
