"""Folders with one file per channel: which folders are, what the channels are called, what is refused."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow

from segue.errors import Incompatible, Malformed, NotFound, SegueError, UnsupportedVariant, WrongFormat
from segue.formats.channel_files.files import called_labels, is_series
from segue.formats.channel_folder.spec import FORMAT
from segue.formats.detect import detect
from segue.model.image import in_memory
from segue.notes import Kind
from segue.storage import handles
from segue.storage.source import Source
from segue.workflow.pairing import files_of

GREY = np.arange(80, dtype=np.uint8).reshape(8, 10)
LABELS = (GREY // 20).astype(np.uint16)


def folder(path, **images):
    """A folder of TIFF files; a picture is given as its array, or as a number that is added to grey."""
    path.mkdir(parents=True)
    for name, image in images.items():
        tifffile.imwrite(path / f"{name}.tif", GREY + np.uint8(image) if isinstance(image, int) else image)
    return path


def read(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))


def only(path, **options):
    return read(path, **options)[0].image_sets[0]


def score(path):
    return FORMAT.evidence(Source(path)).score


class TestNames:
    def test_are_those_of_the_files_in_order(self, tmp_path):
        s = only(folder(tmp_path / "set", **{"b-catenin": 2, "191Ir": 1, "CD3": 0}))
        assert (s.name, s.images[0].axes, s.images[0].channels) == ("set", "cyx", ("191Ir", "CD3", "b-catenin"))
        np.testing.assert_array_equal(in_memory(s.images[0].pixels), np.stack([GREY + 1, GREY, GREY + 2]))

    def test_have_their_suffix_where_two_files_share_them(self, tmp_path):
        place = folder(tmp_path / "set", a=1)
        Pillow.fromarray(GREY).save(place / "a.png")
        assert only(place).images[0].channels == ("a.png", "a.tif")

    def test_of_ome_tiff_are_those_in_it_if_they_differ(self, tmp_path):
        place = folder(tmp_path / "set")
        for nth in range(2):
            tifffile.imwrite(place / f"{nth}.ome.tif", GREY + nth, metadata={"axes": "YX", "Channel": {"Name": f"CD{9 - nth}"}})
        assert only(place).images[0].channels == ("CD8", "CD9")
        np.testing.assert_array_equal(in_memory(only(place).images[0].pixels)[0], GREY + 1)
        tifffile.imwrite(place / "2.ome.tif", GREY, metadata={"axes": "YX", "Channel": {"Name": "CD9"}})
        assert only(place).images[0].channels == ("0", "2", "CD8")

    def test_of_mibitiff_are_its_targets(self, tmp_path):
        place = folder(tmp_path / "set")
        with tifffile.TiffWriter(place / "point1.tiff") as file:
            for nth, target in enumerate(("dsDNA", "CD45", "Au")):
                about = json.dumps({"channel.mass": nth, "channel.target": target, "image.type": "SIMS"})
                file.write(GREY + nth, description=about, metadata=None, extratags=[(285, "s", 0, f"{target} ({nth})", True)])
        s = only(place)
        assert s.images[0].channels == ("Au", "CD45", "dsDNA")
        np.testing.assert_array_equal(in_memory(s.images[0].pixels), np.stack([GREY + 2, GREY + 1, GREY]))

    def test_of_pages_without_names_are_numbers(self, tmp_path):
        place = folder(tmp_path / "set")
        tifffile.imwrite(place / "stack.tif", np.stack([GREY, GREY + 1]), metadata=None)
        assert only(place).images[0].channels == ("Marker 1", "Marker 2")
        tifffile.imwrite(place / "other.tif", np.stack([GREY, GREY + 1]), metadata=None)
        assert only(place).images[0].channels == ("Marker 1", "Marker 1_2", "Marker 2", "Marker 2_2")


class TestPixels:
    def test_of_several_types_are_given_in_one_that_holds_them(self, tmp_path):
        s = only(folder(tmp_path / "set", a=GREY, b=GREY.astype(np.float32) / 3, c=GREY.astype(np.uint16) * 300))
        pixels = pickle.loads(pickle.dumps(s.images[0].pixels))
        assert pixels.dtype == np.float32
        whole = in_memory(pixels)
        np.testing.assert_array_equal(whole[2], GREY.astype(np.float32) * 300)
        np.testing.assert_array_equal(pixels.read((slice(1, 3), slice(2, 5), slice(0, 9))), whole[1:3, 2:5, :9])

    def test_of_stacks(self, tmp_path):
        stack = np.stack([GREY, GREY + 1, GREY + 2])
        place = folder(tmp_path / "set")
        for nth, name in enumerate("ab"):
            tifffile.imwrite(place / f"{name}.tif", stack + np.uint8(nth), imagej=True, metadata={"axes": "ZYX", "spacing": 2.0, "unit": "um"})
        s = only(place)
        assert (s.images[0].axes, s.images[0].pixels.shape, s.grid.axis("z").scale) == ("czyx", (2, 3, 8, 10), 2.0)
        np.testing.assert_array_equal(in_memory(s.images[0].pixels)[1], stack + 1)

    def test_only_the_files_of_the_channels_that_are_asked_for_are_read(self, tmp_path):
        place = folder(tmp_path / "set", a=0, b=1, c=2)
        pixels = only(place).images[0].pixels
        (place / "b.tif").unlink()
        assert pixels.read((slice(2, 3), slice(0, 8), slice(0, 10)))[0].tolist() == (GREY + 2).tolist()
        with pytest.raises(NotFound):
            in_memory(pixels)

    def test_of_other_sizes_are_refused_by_name(self, tmp_path):
        with pytest.raises(Incompatible, match=r"c\.tif has 9 x 8 pixels, and the other channels have 10 x 8"):
            read(folder(tmp_path / "set", a=0, b=1, c=GREY[:, :9]))
        assert only(tmp_path / "set", exclude="c*").images[0].channels == ("a", "b")

    def test_in_colours_are_no_channels(self, tmp_path):
        place = folder(tmp_path / "set", a=0, b=1)
        Pillow.fromarray(np.stack([GREY] * 3, -1)).save(place / "overview.png")
        study, notes = read(place)
        assert study.image_sets[0].images[0].channels == ("a", "b")
        assert [(note.kind, note.count) for note in notes] == [(Kind.SKIPPED, 1)]


class TestLabels:
    @pytest.mark.parametrize("name", ["segmentation", "Segmentation", "mask", "cell_segmentation", "nuclei-labels", "whole_cell_mask", "segmentation_mask"])
    def test_are_called_so(self, tmp_path, name):
        study, notes = read(folder(tmp_path / "set", CD3=0, CD8=1, **{name: LABELS.astype(np.float32)}))
        s = study.image_sets[0]
        assert (s.images[0].channels, [one.name for one in s.labels], [note.kind for note in notes]) == (("CD3", "CD8"), [name], [Kind.ASSUMED])
        np.testing.assert_array_equal(in_memory(s.labels[0].pixels), LABELS)

    @pytest.mark.parametrize("name", ["CD3", "maskin", "labelling index", "cells", "cell", "seg1", "nuclei", "img_mask", "segmentation_old"])
    def test_are_not_called_so(self, tmp_path, name):
        assert not called_labels(tmp_path / f"{name}.tif")

    def test_may_be_named(self, tmp_path):
        place = folder(tmp_path / "set", CD3=0, CD8=1, cells=LABELS)
        assert len(only(place).labels) == 0
        s = only(place, labels="cells")
        assert (s.images[0].channels, [one.name for one in s.labels]) == (("CD3", "CD8"), ["cells"])

    def test_may_be_left_out(self, tmp_path):
        s = only(folder(tmp_path / "set", CD3=0, CD8=1, mask=LABELS), exclude="mask.tif")
        assert (s.images[0].channels, s.labels) == (("CD3", "CD8"), ())

    def test_of_another_size_or_with_fractions_are_refused(self, tmp_path):
        with pytest.raises(Incompatible, match=r"mask\.tif has 10 x 7 pixels, and the channels have 10 x 8"):
            read(folder(tmp_path / "a", CD3=0, CD8=1, mask=LABELS[:7]))
        with pytest.raises(Incompatible, match="whole"):
            in_memory(only(folder(tmp_path / "b", CD3=0, CD8=1, mask=LABELS / 3)).labels[0].pixels)
        with pytest.raises(Incompatible, match=r"mask\.tif: an image with 3 channels is not a label image"):
            read(folder(tmp_path / "c", CD3=0, CD8=1, mask=np.stack([GREY] * 3, -1)))


class TestDetection:
    def test_a_segmentation_beside_channels(self, tmp_path):
        place = folder(tmp_path / "set", CD3=0, CD8=1, segmentation=LABELS)
        record, notes = detect(Source(place))
        assert (record, [note.kind for note in notes]) == (FORMAT, [Kind.ASSUMED])
        assert files_of(str(place)) == [place]

    def test_a_folder_beside_it_with_the_same_names(self, tmp_path):
        first = folder(tmp_path / "one", CD3=0, CD8=1)
        assert score(first) == 0
        folder(tmp_path / "two", CD3=0, CD8=1, CD20=3)
        assert score(first) == 70

    @pytest.mark.parametrize(
        "images",
        [
            {"a": 0, "b": 1},
            {"img_001": 0, "img_002": 1, "segmentation": LABELS},
            {"a": 0, "a_masks": LABELS, "b": 1, "b_masks": LABELS, "mask": LABELS},
            {"cells": 0, "cells_mask": LABELS, "shapes": 1},
            {"a": 0, "b": GREY[:7], "mask": LABELS},
            {"a": np.stack([GREY] * 3, -1), "b": 1, "mask": LABELS},
            {"mask": LABELS, "segmentation": LABELS},
            {"mask": LABELS},
            {},
        ],
        ids=["images", "a series", "images with masks", "an image with its mask", "sizes", "colours", "only labels", "one", "nothing"],
    )
    def test_other_folders_are_batches(self, tmp_path, images):
        assert score(folder(tmp_path / "set", **images)) == 0

    def test_series_side_by_side_are_batches(self, tmp_path):
        for name in ("one", "two"):
            folder(tmp_path / name, img_1=0, img_2=1)
        assert score(tmp_path / "one") == 0
        assert files_of(str(tmp_path / "one")) == [tmp_path / "one" / "img_1.tif", tmp_path / "one" / "img_2.tif"]

    def test_leaves_no_file_open(self, tmp_path):
        handles.close_all()
        assert score(folder(tmp_path / "set", CD3=0, CD8=1, mask=LABELS)) == 70
        assert handles.open_count() == 0

    def test_a_name_says_it(self, tmp_path):
        assert score(folder(tmp_path / "set.channels", a=0, b=1)) == 90

    @pytest.mark.parametrize("names", [["img_001", "img_002"], ["t0", "t1"], ["1", "2"], ["3", "4", "5"], ["A1_s1", "A1_s2"], ["x05", "x07"]])
    def test_series(self, names):
        assert is_series(names)

    @pytest.mark.parametrize("names", [["cd3", "cd4"], ["CD3", "CD8", "CD20"], ["DAPI", "CD3"], ["a", "b"], ["191Ir", "193Ir"]])
    def test_no_series(self, names):
        assert not is_series(names)


class TestHostile:
    def test_what_is_no_folder_of_channels(self, tmp_path):
        with pytest.raises(WrongFormat):
            read(folder(tmp_path / "empty"))
        tifffile.imwrite(tmp_path / "x.tif", GREY)
        with pytest.raises(WrongFormat):
            read(tmp_path / "x.tif")
        for inner in ("nothere", "..", "/"):
            with pytest.raises(NotFound):
                read(tmp_path / "empty", folder=inner)

    def test_a_damaged_channel(self, tmp_path):
        place = folder(tmp_path / "set", a=0, mask=LABELS)
        (place / "b.tif").write_bytes((place / "a.tif").read_bytes()[:100])
        assert score(place) == 0
        with pytest.raises(Malformed, match=r"b\.tif"):
            read(place)

    def test_a_sub_folder(self, tmp_path):
        folder(tmp_path / "set" / "TIFs", a=0, b=1)
        assert only(tmp_path / "set", folder="TIFs").name == "set"

    def test_number_types_that_cannot_be_read_are_our_errors(self, tmp_path):
        with pytest.raises((UnsupportedVariant, SegueError)):
            read(folder(tmp_path / "set", a=GREY.astype(np.complex64)))


@pytest.mark.golden
@pytest.mark.parametrize("name", ["set_one", "set_two"])
def test_mantis(golden, name):
    place = golden / "mantis/test/files/project" / name
    assert detect(Source(place))[0] is FORMAT
    s = only(place)
    assert (s.name, s.images[0].channels, [one.name for one in s.labels]) == (name, ("191Ir", "b-catenin", "cd3", "cd4"), ["segmentation"])
    np.testing.assert_array_equal(in_memory(s.images[0].pixels)[2], tifffile.imread(place / "cd3.tif"))


@pytest.mark.golden
def test_every_other_folder_of_images_is_a_batch(golden):
    found = [path for path in golden.rglob("*") if path.is_dir() and score(path)]
    assert {path.name for path in found} == {"set_one", "set_two"}
