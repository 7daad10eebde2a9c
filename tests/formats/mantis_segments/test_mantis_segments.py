"""Segmentations of Mantis Viewer as text: a list of pixels in each line."""

from __future__ import annotations

import numpy as np
import pytest

from segue.errors import InvalidOption, Malformed
from segue.formats.catalog import FORMATS
from segue.formats.detect import detect
from segue.geometry.pixel_masks import masks_of_pixels, pixels_of_runs, runs_of_masks
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.storage.source import Source
from segue.testing.trips import PlainSink

FORMAT = FORMATS["mantis-segments"]


@pytest.fixture
def read(tmp_path):
    def reading(text, **options):
        path = tmp_path / "mine.txt"
        path.write_bytes(text.encode())
        study, notes = FORMAT.read(Source(path), FORMAT.options("read", options))
        return study, [str(one) for one in notes]

    return reading


def pixels(study):
    """Label -> its pixels (x, y)."""
    s = study.image_sets[0]
    owner, x, y = pixels_of_runs(*runs_of_masks(s.shapes.rings))
    labels = s.objects.frame["label"].gather(s.shapes.frame["object"].gather(owner)).to_list()
    found = {}
    for label, *place in zip(labels, x.tolist(), y.tolist(), strict=True):
        found.setdefault(label, []).append(tuple(place))
    return found


def study_of(labels):
    labels = np.asarray(labels)
    grid = Grid((Axis("y", labels.shape[0]), Axis("x", labels.shape[1])))
    return Study((ImageSet("", grid, labels=(LabelImage(ArrayPixels(labels), "yx", "labels"),)),))


def written(path, study):
    FORMAT.write(FORMAT.fitted(study), PlainSink(path))
    return path.read_text(encoding="utf-8")


@pytest.mark.golden
def test_the_segments_are_those_of_the_mask(golden, tmp_path):
    import tifffile

    source = Source(golden / "mantis/generated/segmentation_text.csv")
    mask = tifffile.imread(golden / "mantis/test/files/project/set_one/segmentation.tif").astype(np.int64)
    study, notes = FORMAT.read(source)
    assert detect(source)[0] is FORMAT
    assert not len(notes)
    expected = {nth: set(zip(*np.nonzero(mask == label)[::-1], strict=True)) for nth, label in enumerate(np.unique(mask)[1:11], 1)}
    assert {label: set(places) for label, places in pixels(study).items()} == expected
    assert written(tmp_path / "out.csv", study) == source.path.read_text(encoding="utf-8")


def test_with_a_size_it_is_a_label_image(read):
    study, _ = read("0,0,1,0\n2,1\n", width=3, height=2)
    assert in_memory(study.image_sets[0].labels[0].pixels).tolist() == [[1, 1, 0], [0, 0, 2]]
    with pytest.raises(InvalidOption, match="width and height"):
        read("0,0\n", width=3)


def test_shared_pixels_belong_to_all_or_to_the_last(read):
    study, notes = read("0,0,1,0\n1,0,2,0\n")
    assert pixels(study) == {1: [(0, 0), (1, 0)], 2: [(1, 0), (2, 0)]}
    assert notes == ["assumed: 1 pixel listed for several segments: they belong to each of them"]
    study, notes = read("0,0,1,0\n1,0,2,0\n", width=3, height=1)
    assert in_memory(study.image_sets[0].labels[0].pixels).tolist() == [[1, 2, 2]]
    assert notes == ["assumed: 1 pixel listed for several segments: they belong to the last one"]


def test_version_1_0_counted_from_zero(read):
    study, notes = read("0,0\n1,0\n2,0\n", numbering="0")
    assert pixels(study) == {1: [(1, 0)], 2: [(2, 0)]}
    assert notes == ["skipped: the first line is background in Mantis v1.0 (line 1)"]


def test_pixels_outside_the_image_are_refused(read):
    with pytest.raises(Malformed, match=r"line 2: a pixel lies outside the image of 3 x 2; are x and y exchanged\?"):
        read("0,0\n3,0\n", width=3, height=2)


@pytest.mark.parametrize(
    ("text", "line"), [("1,2\n3\n", 2), ("1,2\n3,x\n", 2), ("1,2\n\n3,4.5\n", 3), ("-1,2\n", 1), ("1,2\n3,4,5\n", 2), ("5.5.5,1\n", 1), ("99999999999,1\n", 1)]
)
def test_a_line_that_is_no_list_of_pixels_is_named(read, text, line):
    with pytest.raises(Malformed, match=f"line {line}: the pixels of a segment are written as x1,y1"):
        read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\ufeff1,2\n3,4\n", "a byte order mark (line 1)"),
        ("1,2\n\n3,4\n\n", "an empty line, passed over (lines 2, 4)"),
        ("1;2\n3;4\n", "semicolons"),
        ("1\t2\n3\t4\n", "tabs"),
        ("1, 2\n3, 4\n", "blanks"),
        ('"1,2"\n"3,4"\n', "quotes"),
        ("1,2\r\n3,4\r\n", ""),
        ("1,2\r3,4", ""),
        ("1,2,\n3,4,3,4\n", ""),
    ],
)
def test_what_mantis_refuses_is_read(read, text, said):
    study, notes = read(text)
    assert pixels(study) == {1: [(1, 2)], 2: [(3, 4)]}
    assert any(said in one for one in notes) if said else not notes, notes


def test_labels_with_gaps_are_numbered_anew(tmp_path):
    assert written(tmp_path / "out.txt", study_of([[0, 7, 7], [300, 0, 7]])) == "1,0,2,0,2,1\n0,1\n"


def test_without_segments_the_file_is_empty(read, tmp_path):
    assert written(tmp_path / "out.txt", study_of(np.zeros((3, 3), np.uint8))) == ""
    assert not len(read("")[0].image_sets[0].objects)


def test_masks_of_pixels_are_their_runs():
    owner, x, y = np.array([1, 1, 1, 0, 1, 1]), np.array([4, 3, 4, 9, 3, 7]), np.array([2, 2, 3, 0, 2, 2])
    masks, repeated = masks_of_pixels(owner, x, y, 3)
    assert repeated == 1
    assert [one.tolist() for one in runs_of_masks(masks)] == [[0, 1, 1, 1], [0, 2, 2, 3], [9, 3, 7, 4], [10, 5, 8, 5]]
    assert masks.coords[masks.ring_start[::2][:-1]].tolist() == [[9, 0], [3, 2], [0, 0]]


@pytest.mark.parametrize("text", ["1,2\n3,4\n5,6\n", "1,2,3,4\n5,6,7,8\n", "id,area\n1,5\n", "1.5,2\n2.5,3,4,5\n", "23,CD4\n"])
def test_tables_are_not_taken_for_segments(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    assert FORMAT.evidence(Source(tmp_path / "t.csv")).score <= 30


def test_outlines_of_cellpose_are_told_from_pixels(tmp_path):
    """Both are x1,y1,x2,y2,...; an outline is walked, pixel by pixel."""
    (tmp_path / "outlines.txt").write_text("5,5,6,5,7,6,7,7,6,8,5,8,4,7,4,6\n20,20,21,20,21,21,20,21\n")
    assert detect(Source(tmp_path / "outlines.txt"))[0].name == "cellpose-outlines"
    (tmp_path / "pixels.txt").write_text("5,5,6,5,7,5\n20,20,21,20,22,20,20,21,21,21,22,21\n")
    assert detect(Source(tmp_path / "pixels.txt"))[0] is FORMAT
