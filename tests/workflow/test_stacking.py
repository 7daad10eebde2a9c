"""Files that are the planes of one image, and axes that a file does not name."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture

from segue.codecs.pixel_stack import PixelStack
from segue.errors import Incompatible, InvalidOption, NotFound, SegueError
from segue.model.grid import Axis, Grid
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.notes import Kind
from segue.workflow.input_axes import read_with_axes, with_axes
from segue.workflow.opening import recognised
from segue.workflow.stacking import open_stack, stack_files, stack_name

VOLUME = np.random.default_rng(0).integers(0, 250, (12, 20, 30)).astype(np.uint16)


@pytest.fixture
def folder(tmp_path):
    for nth, plane in enumerate(VOLUME):
        tifffile.imwrite(tmp_path / f"plane_{nth}.tif", plane, imagej=True, resolution=(2, 2), metadata={"unit": "um"})
    return tmp_path


def stacked(folder, pattern="plane_*.tif", along="z", **more):
    opened = open_stack(stack_files([str(folder / pattern)]), along, **more)
    return opened.study.image_sets[0], opened.notes


class TestStack:
    def test_files_are_planes_in_the_order_of_their_numbers(self, folder):
        s, notes = stacked(folder)
        image = s.images[0]
        assert (image.axes, image.pixels.shape, len(notes)) == ("zyx", (12, 20, 30), 0)
        np.testing.assert_array_equal(in_memory(image.pixels), VOLUME)
        assert [(axis.name, axis.size, axis.scale is not None) for axis in s.grid.axes] == [("z", 12, False), ("y", 20, True), ("x", 30, True)]

    def test_along_time(self, folder):
        s, _ = stacked(folder, along="t")
        assert (s.images[0].axes, s.grid.names) == ("tyx", "tyx")

    def test_along_channels_that_are_named_after_the_files(self, folder):
        for nth, name in enumerate(("DAPI", "CD3")):
            tifffile.imwrite(folder / f"scan_{name}.tif", VOLUME[nth])
        s, _ = stacked(folder, "scan_*.tif", "c")
        assert (s.images[0].axes, s.images[0].channels, s.grid.names) == ("cyx", ("CD3", "DAPI"), "yx")
        np.testing.assert_array_equal(in_memory(s.images[0].pixels), VOLUME[[1, 0]])

    def test_volumes_are_put_one_behind_the_other(self, tmp_path):
        for name, part in (("a1", VOLUME[:5]), ("a2", VOLUME[5:])):
            tifffile.imwrite(tmp_path / f"{name}.tif", part, metadata={"axes": "ZYX"}, imagej=True)
        s, _ = stacked(tmp_path, "a*.tif")
        np.testing.assert_array_equal(in_memory(s.images[0].pixels), VOLUME)
        with pytest.raises(Incompatible, match="and 1 of the 2 files have 5 x 20 x 30 uint16"):
            stacked(tmp_path, "a*.tif", "t")

    def test_pictures_in_colours(self, tmp_path):
        colours = VOLUME[:6].astype(np.uint8).reshape(2, 3, 20, 30).transpose(0, 2, 3, 1)
        for nth, one in enumerate(colours):
            Picture.fromarray(np.ascontiguousarray(one)).save(tmp_path / f"{nth}.png")
        s, _ = stacked(tmp_path, "*.png", "t")
        assert s.images[0].axes[0] == "t"
        np.testing.assert_array_equal(in_memory(s.images[0].pixels).transpose([s.images[0].axes.index(axis) for axis in "tyxc"]), colours)

    def test_a_folder_and_names(self, folder):
        assert len(stack_files([str(folder)])) == 12
        assert [file.name for file in stack_files([str(folder / name) for name in ("plane_10.tif", "plane_9.tif", "plane_10.tif")])] == [
            "plane_9.tif",
            "plane_10.tif",
        ]
        with pytest.raises(NotFound):
            stack_files([str(folder / "no_*.tif")])

    @pytest.mark.parametrize(
        ("names", "called"),
        [(["plane_1", "plane_2"], "plane"), (["a-x", "a-y"], "a"), (["s01", "s02"], "s"), (["plane_1"], "plane_1"), (["a", "b"], None), (["1", "2"], None)],
    )
    def test_what_it_is_called(self, tmp_path, names, called):
        assert stack_name([tmp_path / f"{name}.tif" for name in names]) == (called or tmp_path.name)

    def test_only_the_files_of_a_region_are_read(self, folder):
        pixels = stacked(folder)[0].images[0].pixels
        (folder / "plane_7.tif").write_bytes(b"damaged")
        pixels = pickle.loads(pickle.dumps(pixels))
        np.testing.assert_array_equal(pixels.read((slice(2, 7), slice(3, 9), slice(0, 30))), VOLUME[2:7, 3:9])

    def test_an_odd_file_is_named(self, folder):
        tifffile.imwrite(folder / "plane_5.tif", VOLUME[5, :, :29])
        with pytest.raises(Incompatible, match=r"plane_5.tif has 20 x 29 uint16 pixels, and 11 of the 12 files have 20 x 30 uint16 pixels; .* leave it out"):
            stacked(folder)
        tifffile.imwrite(folder / "plane_5.tif", VOLUME[5].astype(np.uint8))
        with pytest.raises(Incompatible, match=r"plane_5.tif has 20 x 30 uint8"):
            stacked(folder)

    def test_missing_numbers_are_said(self, folder):
        for nth in (3, 4, 8):
            (folder / f"plane_{nth}.tif").unlink()
        s, notes = stacked(folder)
        assert s.grid.size("z") == 9
        assert [(note.kind, note.count) for note in notes] == [(Kind.ASSUMED, 3)]
        assert "nothing for 3, 8" in next(iter(notes)).what

    def test_every_second_number_is_no_gap(self, folder):
        for nth in range(1, 12, 2):
            (folder / f"plane_{nth}.tif").unlink()
        assert len(stacked(folder)[1]) == 0

    def test_axes_of_files_that_do_not_name_them(self, tmp_path):
        for nth in range(2):
            np.save(tmp_path / f"a{nth}.npy", VOLUME[nth * 3 : nth * 3 + 3])
        s, _ = stacked(tmp_path, "a*.npy", "t", input_axes="cyx")
        assert (s.images[0].axes, s.images[0].pixels.shape) == ("tcyx", (2, 3, 20, 30))

    def test_label_images_stay_label_images(self, folder):
        s, _ = stacked(folder, options={"role": "labels"})
        assert ([one.axes for one in s.labels], len(s.images)) == (["zyx"], 0)


@pytest.mark.parametrize("cut", [slice(0, 0), slice(0, 12), slice(4, 5), slice(3, 9), slice(11, 12)])
def test_parts_of_unequal_length(cut):
    pixels = PixelStack(tuple(ArrayPixels(VOLUME[:, first:last]) for first, last in ((0, 1), (1, 7), (7, 7), (7, 20))), 1)
    region = (slice(2, 5), cut, slice(1, 30))
    np.testing.assert_array_equal(pixels.read(region), VOLUME[region])


class TestAxes:
    def study(self, axes="zyx"):
        grid = Grid((Axis("z", 12, 2.0, "um"), Axis("y", 20, 0.5, "um"), Axis("x", 30, 0.5, "um")))
        return Study((ImageSet("", grid, images=(Image(ArrayPixels(VOLUME), axes),)),))

    def test_are_what_the_user_says(self):
        s = with_axes(self.study(), "tyx").image_sets[0]
        assert (s.images[0].axes, [(axis.name, axis.size, axis.scale) for axis in s.grid.axes]) == ("tyx", [("t", 12, None), ("y", 20, 0.5), ("x", 30, 0.5)])
        assert with_axes(self.study(), "xcy").image_sets[0].grid.shape == (30, 12)

    def test_as_many_as_the_image_has(self):
        with pytest.raises(Incompatible, match=r"has 3 axes \(12 x 20 x 30\), and zcyx has 4 letters"):
            with_axes(self.study(), "zcyx")

    @pytest.mark.parametrize("axes", ["zyy", "zty", "abc", "", "ZYX"])
    def test_with_y_and_x_each_once(self, axes):
        with pytest.raises(InvalidOption, match="each once"):
            with_axes(self.study(), axes)

    def test_a_reader_with_an_option_of_its_own_is_asked_first(self, tmp_path):
        tifffile.imwrite(tmp_path / "a.tif", VOLUME)
        for axes in ("tyx", "ytx"):
            image = read_with_axes(recognised(tmp_path / "a.tif"), {}, axes).study.image_sets[0].images[0]
            assert (image.axes, image.pixels.shape) == (axes, VOLUME.shape)
        with pytest.raises(SegueError, match=r"a.tif \(12 x 20 x 30; y and x are the last\)"):
            read_with_axes(recognised(tmp_path / "a.tif"), {}, "zcyx")

    def test_channels_are_no_labels(self):
        study = Study((ImageSet("", self.study().image_sets[0].grid, labels=(LabelImage(ArrayPixels(VOLUME), "zyx"),)),))
        assert [one.axes for one in with_axes(study, "tyx").image_sets[0].labels] == ["tyx"]
        assert [one.axes for one in with_axes(study, "cyx").image_sets[0].images] == ["cyx"]
