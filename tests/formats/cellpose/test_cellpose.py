"""Cellpose's _seg.npy: what its program and its window write is read, and what segue writes they open."""

from __future__ import annotations

import json
import warnings
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import polars as pl
import pytest

import segue
from segue.errors import Incompatible, Malformed, SegueError, UnsupportedVariant
from segue.formats.cellpose.spec import FORMAT
from segue.formats.detect import detect
from segue.model.diff import diff
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, LabelImage, in_memory
from segue.model.objects import Objects
from segue.model.study import EXTRAS, ImageSet, Study
from segue.notes import Kind
from segue.storage.sink import FileSink
from segue.storage.source import Source

MASKS = np.array([[0, 1, 1, 0], [0, 1, 1, 3], [2, 0, 0, 3]], np.uint16)


def gui_dictionary(**changes: Any) -> dict[str, Any]:
    """The keys of Cellpose's window (cellpose/gui/io.py, _save_sets, version 4), with values as it has them."""
    return {
        "outlines": MASKS.copy(),
        "colors": np.array([[255, 0, 0], [0, 255, 0], [1, 2, 3]], np.uint8),
        "masks": MASKS,
        "filename": "/home/anna/data/field 1.ome.tif",
        "flows": [np.zeros((1, 3, 4, 3), np.uint8), np.zeros((1, 3, 4), np.uint8), [], [], np.zeros((3, 3, 4), np.float32)],
        "ismanual": np.array([False, True, False]),
        "manual_changes": [["03/18/2026, 12:00:00", "added mask", [[0, 1], [2, 3]]]],
        "model_path": "C:\\Users\\anna\\.cellpose\\models\\cpsam",
        "flow_threshold": 0.4,
        "cellprob_threshold": np.float32(0.5),
        "normalize_params": {"lowhigh": None, "percentile": [1.0, 99.0], "normalize": True, "norm3D": True, "sharpen_radius": 0.0},
        "restore": None,
        "ratio": 1.0,
        "diameter": np.nan,
        **changes,
    }


def saved(path: Path, value: Any) -> Path:
    np.save(path, value, allow_pickle=True)
    return path


def loaded(path: Path) -> dict[str, Any]:
    """As Cellpose loads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value: dict[str, Any] = np.load(path, allow_pickle=True).item()
    return value


def write(study: Study, path: Path, **options: Any) -> Study:
    chosen = FORMAT.options("write", options)
    fitted = FORMAT.fitted(study, chosen)
    with FileSink(path) as sink:
        FORMAT.write(fitted, sink, chosen)
        sink.keep()
    return fitted


def settings_of(s: ImageSet) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(s.extras["payload"][0])
    return found


def test_what_the_window_saves_is_read(tmp_path: Path) -> None:
    study, notes = FORMAT.read(Source(saved(tmp_path / "a_seg.npy", gui_dictionary())))
    s = study.image_sets[0]
    np.testing.assert_array_equal(in_memory(s.labels[0].pixels), MASKS)
    assert s.name == "field 1.ome"
    assert s.objects.frame.select("id", "label", "colour").rows() == [("1", 1, 0xFF0000FF), ("2", 2, 0x00FF00FF), ("3", 3, 0x010203FF)]
    settings = settings_of(s)
    assert (settings["filename"], settings["model_path"]) == ("field 1.ome.tif", "cpsam")
    assert settings["manual_changes"] == [["03/18/2026, 12:00:00", "added mask", [[0, 1], [2, 3]]]]
    assert "anna" not in s.extras["payload"][0]
    assert [note.kind for note in notes] == [Kind.SKIPPED] * 3
    assert "flows" in notes.items[-1].what
    assert not notes.refused


@pytest.mark.parametrize(
    "name", ["/home/anna/field 1.tif", PurePosixPath("/home/anna/field 1.tif"), np.str_("/home/anna/field 1.tif")], ids=["str", "path", "numpy"]
)
def test_what_the_program_saves_is_read(tmp_path: Path, name: Any) -> None:
    """The keys of cellpose/io.py, masks_flows_to_seg; the file name is of the type that the caller had."""
    flows = [np.zeros((3, 4, 3), np.uint8), np.zeros((2, 3, 4), np.float32), np.zeros((3, 4), np.float32)]
    value = {"outlines": MASKS, "masks": MASKS, "chan_choose": [0, 0], "ismanual": np.zeros(3, bool), "filename": name, "flows": flows, "diameter": np.nan}
    study, notes = FORMAT.read(Source(saved(tmp_path / "a_seg.npy", value)))
    s = study.image_sets[0]
    assert (s.name, len(s.objects), len(notes)) == ("field 1", 0, 2)
    assert list(settings_of(s)) == ["chan_choose", "ismanual", "filename", "diameter"]


def test_settings_that_are_no_plain_values_are_left_out(tmp_path: Path) -> None:
    value = {"masks": MASKS, 5: 1, "when": np.datetime64("2026-01-01"), "words": np.array(["a"]), "complex": np.array([1j]), "fine": 1}
    study, notes = FORMAT.read(Source(saved(tmp_path / "a_seg.npy", value)))
    assert settings_of(study.image_sets[0]) == {"fine": 1}
    assert [note.kind for note in notes] == [Kind.SKIPPED] * 4


def test_the_settings_are_written_back_as_they_were(tmp_path: Path) -> None:
    before = gui_dictionary()
    study, _ = FORMAT.read(Source(saved(tmp_path / "a_seg.npy", before)))
    write(study, tmp_path / "b_seg.npy")
    after = loaded(tmp_path / "b_seg.npy")
    same = set(before) - {"flows", "filename", "model_path", "outlines"}
    np.testing.assert_equal({key: after[key] for key in same}, {key: before[key] for key in same})
    assert (type(after["cellprob_threshold"]), after["ismanual"].dtype, after["masks"].dtype) == (np.float32, np.bool_, np.uint16)
    assert (after["filename"], after["model_path"]) == ("field 1.ome.tif", "cpsam")
    assert diff(study, FORMAT.read(Source(tmp_path / "b_seg.npy"))[0]) == {}


def test_the_window_would_open_what_is_written(tmp_path: Path) -> None:
    """The steps of _load_seg in cellpose/gui/io.py that need something of the file."""
    study = Study((ImageSet("", grid=grid_of("yx", MASKS.shape), labels=(LabelImage(ArrayPixels(MASKS), "yx"),)),))
    write(study, tmp_path / "cells_seg.npy")
    dat = loaded(tmp_path / "cells_seg.npy")
    assert not isinstance(dat["outlines"], list)
    assert dat["masks"].min() == 0
    assert "colors" not in dat or len(dat["colors"]) == dat["masks"].max()
    assert dat["filename"] == "cells.tif"
    assert dat["masks"].shape == dat["outlines"].shape == (3, 4)
    assert dat["flows"] == []
    back, notes = FORMAT.read(Source(tmp_path / "cells_seg.npy"))
    assert back.image_sets[0].extras.is_empty()
    assert len(notes) == 0


def test_outlines_are_the_border_pixels() -> None:
    from segue.formats.cellpose.write import borders

    square = np.zeros((7, 7), np.uint16)
    square[1:6, 1:6] = 4
    square[3, 6] = 5
    expected = square.copy()
    expected[2:5, 2:5] = 0
    np.testing.assert_array_equal(borders(square), expected)


def test_the_image_can_be_named(tmp_path: Path) -> None:
    study = Study((ImageSet("", grid=grid_of("yx", MASKS.shape), labels=(LabelImage(ArrayPixels(MASKS), "yx"),)),))
    write(study, tmp_path / "a_seg.npy", image="/data/raw.png")
    assert loaded(tmp_path / "a_seg.npy")["filename"] == "raw.png"


@pytest.mark.parametrize(("highest", "dtype"), [(65_534, np.uint16), (65_535, np.uint32), (2**32 - 1, np.uint32)])
def test_many_labels_get_four_bytes(tmp_path: Path, highest: int, dtype: Any) -> None:
    masks = np.array([[0, highest]], np.int64)
    write(Study((ImageSet("", grid=grid_of("yx", (1, 2)), labels=(LabelImage(ArrayPixels(masks), "yx"),)),)), tmp_path / "a_seg.npy")
    found = loaded(tmp_path / "a_seg.npy")["masks"]
    assert found.dtype == dtype
    assert found.tolist() == [[0, highest]]


@pytest.mark.parametrize(
    ("masks", "axes", "what"),
    [(np.array([[-1]]), "yx", "from -1"), (np.array([[2**32]]), "yx", "up to 4,294,967,295"), (np.ones((2, 2, 2), np.uint8), "tyx", "time points")],
)
def test_what_cellpose_cannot_count_is_refused(masks: Any, axes: str, what: str) -> None:
    with pytest.raises(Incompatible, match=what):
        FORMAT.fitted(Study((ImageSet("", labels=(LabelImage(ArrayPixels(masks), axes),)),)))


def test_masks_of_an_old_version_count_from_minus_one(tmp_path: Path) -> None:
    old = MASKS.astype(np.int32) - 1
    study, notes = FORMAT.read(Source(saved(tmp_path / "a_seg.npy", {"masks": old, "outlines": old})))
    np.testing.assert_array_equal(in_memory(study.image_sets[0].labels[0].pixels), MASKS)
    assert [note.kind for note in notes] == [Kind.REPAIRED]


def test_old_outlines_are_a_list_and_the_masks_count(tmp_path: Path) -> None:
    study, _ = FORMAT.read(Source(saved(tmp_path / "a_seg.npy", {"masks": MASKS, "outlines": [np.array([[1, 0], [2, 0]])], "img": np.zeros((3, 4))})))
    assert study.image_sets[0].labels[0].pixels.shape == (3, 4)


@pytest.mark.parametrize(("shape", "axes"), [((1, 3, 4), "yx"), ((2, 3, 4), "zyx"), ((2, 1, 3, 4), "zyx"), ((1, 1), "yx")])
def test_planes_and_stacks(tmp_path: Path, shape: tuple[int, ...], axes: str) -> None:
    masks = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    image = FORMAT.read(Source(saved(tmp_path / "a_seg.npy", {"masks": masks})))[0].image_sets[0].labels[0]
    assert image.axes == axes
    np.testing.assert_array_equal(in_memory(image.pixels).ravel(), masks.ravel())


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({"outlines": MASKS}, Malformed),
        ({"masks": []}, Malformed),
        ({"masks": np.array(["a"])}, Malformed),
        ({"masks": np.ones((2, 2, 2, 2), np.uint8)}, UnsupportedVariant),
        ({"masks": np.zeros((0, 4), np.uint8)}, UnsupportedVariant),
        ({"masks": np.full((2, 2), -7)}, Incompatible),
        ([MASKS], Malformed),
    ],
    ids=str,
)
def test_files_without_masks_are_refused(tmp_path: Path, value: Any, error: type[SegueError]) -> None:
    path = tmp_path / "a_seg.npy"
    cell = np.empty((), dtype=object)
    cell[()] = value
    np.save(path, cell, allow_pickle=True)
    with pytest.raises(error):
        FORMAT.read(Source(path))


def test_a_file_that_runs_a_program_is_refused_and_not_run(tmp_path: Path) -> None:
    witness = tmp_path / "witness"

    class Evil:
        def __reduce__(self) -> Any:
            import os

            return os.system, (f"touch {witness}",)

    path = saved(tmp_path / "a_seg.npy", gui_dictionary(manual_changes=[Evil()]))
    assert detect(Source(path))[0] is FORMAT
    with pytest.raises(UnsupportedVariant, match="never runs what a file asks for"):
        segue.read(path)
    assert not witness.exists()


def test_ids_names_and_colours_stay_and_the_colours_of_the_window_win(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"id": ["c", "a", "b"], "label": [3, 1, 2], "layer": ["cells"] * 3, "name": ["x", None, "µ"], "colour": [0xFF000080, None, 0x0000FFFF]}
    )
    labels = (LabelImage(ArrayPixels(MASKS), "yx", "cells"),)
    study = Study((ImageSet("field 1", grid=grid_of("yx", MASKS.shape), labels=labels, objects=Objects(frame)),))
    write(study, tmp_path / "a_seg.npy")
    assert diff(study, segue.read(tmp_path / "a_seg.npy")) == {}
    dat = loaded(tmp_path / "a_seg.npy")
    assert dat["colors"].shape == (3, 3)
    assert dat["colors"][2].tolist() == [255, 0, 0]
    dat["colors"][2] = (9, 8, 7)
    saved(tmp_path / "b_seg.npy", dat)
    back = segue.read(tmp_path / "b_seg.npy").image_sets[0].objects.frame
    assert back["id"].to_list() == ["c", "a", "b"]
    assert back["colour"].to_list() == [0x090807FF, None, 0x0000FFFF]


def test_objects_of_other_label_images_are_left_out(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "label": [1, 1], "layer": ["cells", "nuclei"]})
    images = tuple(LabelImage(ArrayPixels(MASKS), "yx", name) for name in ("cells", "nuclei"))
    study = Study((ImageSet("", grid=grid_of("yx", MASKS.shape), labels=images, objects=Objects(frame)),))
    assert write(study, tmp_path / "a_seg.npy", layer="nuclei").image_sets[0].objects.frame["id"].to_list() == ["b"]


def test_settings_that_nobody_could_have_saved_are_left_out() -> None:
    payload = json.dumps({"diameter": 30.0, "masks": [1], "bad": {"array": "O8", "shape": [1], "values": [0]}, "model_path": "/home/anna/m"})
    extras = pl.DataFrame(
        [("cellpose", "image set", "", payload), ("cellpose", "object", "1", "{}"), ("cellpose", "image set", "", "{")], schema=EXTRAS, orient="row"
    )
    study = Study((ImageSet("", labels=(LabelImage(ArrayPixels(MASKS), "yx"),), extras=extras),))
    assert settings_of(FORMAT.fitted(study).image_sets[0]) == {"diameter": 30.0, "model_path": "m"}


def test_a_damaged_side_key_is_noted(tmp_path: Path) -> None:
    _, notes = FORMAT.read(Source(saved(tmp_path / "a_seg.npy", {"masks": MASKS, "segue": '{"facts": {}, "count": 5, "objects": {"id": ["a"]}}'})))
    assert [note.kind for note in notes] == [Kind.SKIPPED]


@pytest.mark.parametrize("name", ["field_cp_masks.png", "field_cp_masks.tif"])
def test_mask_pictures_are_taken_as_labels_and_paired_with_their_image(tmp_path: Path, name: str) -> None:
    from PIL import Image as Pillow

    from segue.workflow.pairing import find_pairs

    masks = np.zeros((60, 60), np.uint16)
    for nth in range(9):
        masks[20 * (nth // 3) + 2 : 20 * (nth // 3) + 15, 20 * (nth % 3) + 2 : 20 * (nth % 3) + 15] = nth + 1
    Pillow.fromarray(masks).save(tmp_path / name)
    Pillow.fromarray(np.zeros((60, 60), np.uint16)).save(tmp_path / "field.tif")
    assert [(pair.name, pair.source, pair.image) for pair in find_pairs([str(tmp_path)])] == [("field", tmp_path / name, tmp_path / "field.tif")]
    segue.convert(tmp_path / name, tmp_path / "field_seg.npy")
    np.testing.assert_array_equal(loaded(tmp_path / "field_seg.npy")["masks"], masks)


@pytest.mark.golden
def test_a_real_mask_comes_back_bit_for_bit(golden: Path, tmp_path: Path) -> None:
    """125 objects, numbers with gaps, label 129 in two parts."""
    import tifffile

    source = golden / "stardist" / "mask2d.tif"
    notes = segue.convert(source, tmp_path / "mask2d_seg.npy")
    assert not notes.refused
    segue.convert(tmp_path / "mask2d_seg.npy", tmp_path / "back.tif")
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "back.tif"), tifffile.imread(source))
    assert len(np.unique(loaded(tmp_path / "mask2d_seg.npy")["masks"])) == 126


def test_damaged_files_of_the_window_are_refused_or_read_but_nothing_else(tmp_path: Path) -> None:
    """The laws damage what segue writes; this has the operations that only Python's own pickles use."""
    import os
    import random
    from contextlib import suppress

    from segue.testing.damage import damages, look_at

    path = saved(tmp_path / "a_seg.npy", gui_dictionary())
    for nth, (_, damaged) in enumerate(damages(path.read_bytes(), random.Random(5), 150)):
        path.write_bytes(damaged)
        os.utime(path, ns=(10**18 + nth, 10**18 + nth))
        with suppress(SegueError):
            look_at(FORMAT.read(Source(path))[0])
