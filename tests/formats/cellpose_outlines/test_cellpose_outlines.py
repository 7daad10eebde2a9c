"""Cellpose's outlines as text: the masks come back, and what a line cannot hold is noted.

``samples/cells_cp_outlines.txt`` was made of ``samples/cells_cp_masks.txt`` (one digit per pixel, drawn by hand) by the steps of Cellpose 4
(utils.outlines_list, io.outlines_to_text) with OpenCV 5.0.0: for every label ``cv2.findContours(mask, RETR_EXTERNAL, CHAIN_APPROX_NONE)``,
of several contours the longest, of at most four points none. Labels 4 and 5 have holes, 8 has two pixels that touch by a corner, 7 and 8 are tiny.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import segue
from segue.errors import Malformed, TooLarge
from segue.formats.cellpose_outlines.spec import FORMAT
from segue.formats.detect import detect
from segue.model.diff import diff
from segue.model.features import Feature as F
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source
from segue.workflow.derive import labels_from_shapes, shapes_from_labels

SAMPLES = Path(__file__).parent / "samples"
OUTLINES = SAMPLES / "cells_cp_outlines.txt"
HOLES = ([3, 12, 12, 13, 13, 13], [20, 2, 3, 2, 3, 4])
HOLES_OF = ([3, 12, 12, 13, 13, 13], [19, 1, 1, 1, 1, 1])
"""Rows and columns of the pixels in the holes, and a pixel of the object around each."""


def masks() -> np.ndarray[Any, Any]:
    rows = (SAMPLES / "cells_cp_masks.txt").read_text().split()
    return np.array([[0 if cell == "." else int(cell) for cell in row] for row in rows], np.uint16)


def shapes_of(labels: np.ndarray[Any, Any]) -> Study:
    s = ImageSet("", grid=grid_of("yx", labels.shape), labels=(LabelImage(ArrayPixels(labels), "yx"),))
    return Study((shapes_from_labels(s)[0],))


def drawn(study: Study, shape: tuple[int, int]) -> np.ndarray[Any, Any]:
    s = study.map(lambda one: ImageSet("", grid=grid_of("yx", shape), objects=one.objects, shapes=one.shapes)).image_sets[0]
    return in_memory(labels_from_shapes(s)[0].labels[0].pixels)


def write(study: Study, path: Path, **options: Any) -> Study:
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return fitted


def text_of(study: Study, tmp_path: Path, **options: Any) -> str:
    write(study, tmp_path / "a_cp_outlines.txt", **options)
    return (tmp_path / "a_cp_outlines.txt").read_text()


def test_the_masks_come_back_from_what_cellpose_writes() -> None:
    study, notes = FORMAT.read(Source(OUTLINES))
    expected = masks()
    expected[HOLES] = expected[HOLES_OF]  # holes have no place in the file
    expected[expected > 6] = 0  # nor have objects of four border pixels and less
    np.testing.assert_array_equal(drawn(study, expected.shape), expected)
    assert study.image_sets[0].objects.frame["label"].to_list() == [1, 2, 3, 4, 5, 6]
    assert [(note.kind, note.count) for note in notes] == [(Kind.SKIPPED, 2)]


def test_what_segue_writes_is_what_cellpose_writes(tmp_path: Path) -> None:
    large = np.where(masks() > 6, 0, masks())
    assert text_of(shapes_of(large), tmp_path) == OUTLINES.read_text().rstrip("\n") + "\n"


def test_tiny_objects_have_an_outline_too(tmp_path: Path) -> None:
    study = shapes_of(masks())
    lines = text_of(study, tmp_path).splitlines()
    assert lines[6:] == ["16,6,16,7", "20,7,21,8"]
    expected = masks()
    expected[HOLES] = expected[HOLES_OF]
    np.testing.assert_array_equal(drawn(FORMAT.read(Source(tmp_path / "a_cp_outlines.txt"))[0], expected.shape), expected)


def test_as_polygons_through_the_centres_the_objects_shrink() -> None:
    study, _ = FORMAT.read(Source(OUTLINES), FORMAT.options("read", {"outlines": "centres"}))
    shapes = study.image_sets[0].shapes
    assert shapes.frame["kind"].unique().to_list() == ["polygon"]
    assert shapes.rings.take([0]).coords[:5].tolist() == [[1.5, 1.5], [1.5, 2.5], [1.5, 3.5], [1.5, 4.5], [1.5, 5.5]]
    assert (drawn(study, masks().shape) == 1).sum() == 16 < (masks() == 1).sum() == 25


def test_the_line_is_the_label(tmp_path: Path) -> None:
    labels = np.zeros((4, 9), np.uint16)
    labels[0, 0], labels[1:3, 3:5], labels[0, 8] = 5, 2, 4
    study = shapes_of(labels)
    assert text_of(study, tmp_path).splitlines() == ["", "3,1,3,2,4,2,4,1", "", "8,0", "0,0"]
    back, _ = FORMAT.read(Source(tmp_path / "a_cp_outlines.txt"))
    assert back.image_sets[0].objects.frame["id"].to_list() == ["2", "4", "5"]
    (tmp_path / "a_cp_outlines.txt").unlink()
    assert text_of(study, tmp_path, gaps="close").splitlines() == ["3,1,3,2,4,2,4,1", "8,0", "0,0"]


def test_labels_beyond_a_million_get_free_lines(tmp_path: Path) -> None:
    study = shapes_of(np.array([[0, 4_000_000, 0, 1]], np.uint32))
    fitted = write(study, tmp_path / "a_cp_outlines.txt")
    assert fitted.image_sets[0].objects.frame["label"].to_list() == [1, 2]
    assert diff(study.map(lambda s: ImageSet("", objects=s.objects, shapes=s.shapes)), fitted)[F.OBJECT_LABEL] == 1


def test_what_a_line_cannot_hold_is_noted(tmp_path: Path) -> None:
    labels = np.zeros((9, 9), np.uint8)
    labels[1:6, 1:6] = 1
    labels[3, 3] = 0
    labels[8, 8] = 1
    notes = segue.write(shapes_of(labels), tmp_path / "a_cp_outlines.txt")
    assert notes.counts()[F.TRACED] == 1
    back = drawn(FORMAT.read(Source(tmp_path / "a_cp_outlines.txt"))[0], (9, 9))
    assert (back[3, 3], back[8, 8], back.sum()) == (1, 0, 25)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("1,2,3\n", "line 1"),
        ("1,1\n\n1,1,2\n", "line 3"),
        ("1,1\nx,2\n", "line 2"),
        ("1,1,,2\n", "line 1"),
        ("1.5,2\n", "line 1"),
        ("1,1\n1,é\n", "line 2"),
        ("1,99999999999\n", "line 1"),
    ],
)
def test_what_is_no_list_of_pixels_is_refused(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "a_cp_outlines.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Malformed, match=where):
        FORMAT.read(Source(path))


def test_an_outline_that_jumps_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "a_cp_outlines.txt"
    path.write_text("5,5,6,5\n0,0,9,0,9,9\n")
    with pytest.raises(Malformed, match=r"in line 2 the outline jumps from \(0, 0\) to \(9, 0\).*outlines=centres"):
        FORMAT.read(Source(path))
    study, notes = FORMAT.read(Source(path), FORMAT.options("read", {"outlines": "centres"}))
    assert study.image_sets[0].objects.frame["label"].to_list() == [2]
    assert notes.counts() == {F.OBJECTS: 1}


def test_an_outline_around_a_continent_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a_cp_outlines.txt"
    path.write_text(",".join(f"{nth},{nth}" for nth in range(12_000)))
    with pytest.raises(TooLarge):
        FORMAT.read(Source(path))


@pytest.mark.parametrize("text", ["1,1,1,2,2,2\r\n\r\n5,5\r\n", "\ufeff1, 1, 1, 2, 2, 2\n\n5,5", "1,1,1,2,2.0,2\n\n5,5\n"])
def test_line_ends_blanks_and_marks_do_no_harm(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a_cp_outlines.txt"
    path.write_text(text, encoding="utf-8", newline="")
    study, notes = FORMAT.read(Source(path))
    assert study.image_sets[0].objects.frame["label"].to_list() == [1, 3]
    assert [note.count for note in notes] == [1]


def test_no_object_is_an_empty_file(tmp_path: Path) -> None:
    assert text_of(Study((ImageSet(""),)), tmp_path) == ""
    study, notes = FORMAT.read(Source(tmp_path / "a_cp_outlines.txt"))
    assert (len(study.image_sets[0].objects), len(notes)) == (0, 0)


@pytest.mark.parametrize("name", ["a_cp_outlines.txt", "renamed.txt"])
def test_it_is_recognised_by_its_neighbouring_pixels(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\n" + OUTLINES.read_bytes())
    assert detect(Source(tmp_path / name))[0] is FORMAT


def test_a_table_of_numbers_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1,20,300,4000\n5,6,7,8\n")
    assert FORMAT.evidence(Source(tmp_path / "a.txt")).score == 0


@pytest.mark.golden
def test_a_real_mask_goes_there_and_back(golden: Path, tmp_path: Path) -> None:
    """125 objects, numbers with gaps; the two parts of label 129 touch by a corner, so they are one outline and nothing is lost."""
    import tifffile

    source = golden / "stardist" / "mask2d.tif"
    assert set(segue.convert(source, tmp_path / "m_cp_outlines.txt").counts()) == {F.GRID_SIZE}
    segue.convert(tmp_path / "m_cp_outlines.txt", tmp_path / "back.tif", image=source)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "back.tif"), tifffile.imread(source))
