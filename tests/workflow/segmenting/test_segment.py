"""``segue.segment``: which values are objects, which parts are particles, and how they are numbered in stacks and over time."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import tifffile

import segue
from segue.errors import Incompatible, InvalidOption, UnsupportedVariant, UsageError
from segue.model.grid import grid_of
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory
from segue.model.study import ImageSet, Study
from segue.workflow.segmenting import image as of_image
from segue.workflow.segmenting import pixels as of_pixels
from segue.workflow.segmenting.choice import Segmenting, size_of_text, threshold_of
from segue.workflow.segmenting.study import segmented_study


@pytest.fixture
def cells():
    """Three bright cells on a dark background, the second with a hole, the third at the edge."""
    image = np.random.default_rng(2).integers(10, 30, (40, 50)).astype(np.uint16)
    image[4:10, 5:15] += 200
    image[12:22, 20:32] += 300
    image[15:18, 24:28] -= 300
    image[30:40, 2:9] += 250
    return image


def expected(image, *boxes):
    labels = np.zeros(image.shape, np.uint8)
    for number, box in enumerate(boxes, 1):
        labels[box] = number
    return labels


FIRST, SECOND, THIRD, HOLE = np.s_[4:10, 5:15], np.s_[12:22, 20:32], np.s_[30:40, 2:9], np.s_[15:18, 24:28]


@pytest.fixture
def labels(cells):
    found = expected(cells, FIRST, SECOND, THIRD)
    found[HOLE] = 0
    return found


@pytest.mark.parametrize("threshold", ["otsu", "li", "imagej-default", "otsu-exact", "li-exact", 100, "100", "100:900", (100, None), (100, 900)])
def test_thresholds(cells, labels, threshold):
    found = segue.segment(cells, threshold)
    assert found.dtype == np.uint8
    assert np.array_equal(found, labels)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "int64", "float16", "float32", "float64", ">u2", ">f4"])
def test_any_type_of_number(cells, labels, dtype):
    assert np.array_equal(segue.segment((cells // 2).astype(dtype)), labels)


@pytest.mark.parametrize("threshold", ["otsu", "li", "imagej-default", 900, ":900"])
def test_dark_objects(cells, labels, threshold):
    assert np.array_equal(segue.segment(1000 - cells, threshold, background="light"), labels)


@pytest.mark.parametrize("threshold", ["otsu", 900])
def test_an_image_that_is_shown_inverted_is_taken_as_it_is_shown(cells, labels, threshold):
    """ImageJ does so, too: blobs.gif has light-looking objects of low values."""
    image = Image(ArrayPixels(1000 - cells), "yx", inverted=True)
    found, notes = segmented_study(Study((ImageSet("", grid_of("yx", cells.shape), images=(image,)),)), Segmenting(threshold_of(threshold)))
    assert np.array_equal(in_memory(found.image_sets[0].labels[0].pixels), labels)
    assert "shows low values bright" in " ".join(map(str, notes))


def test_particles_that_are_not_wanted(cells, labels):
    assert segue.segment(cells, min_size=100, max_size=110).max() == 1
    assert np.array_equal(segue.segment(cells, exclude_edges=True), np.where(labels < 3, labels, 0))
    assert np.array_equal(segue.segment(cells, include_holes=True), expected(cells, FIRST, SECOND, THIRD))
    assert np.unique(segue.segment(cells, min_circularity=0.8)).tolist() == [0, 1, 2]
    assert segue.segment(cells, min_size=60, max_size=60).sum() == 60, "both limits are included"


def test_no_particle_is_a_result(cells):
    found = segue.segment(cells, 5000)
    assert found.shape == cells.shape
    assert not found.any()
    _, notes = segmented_study(Study((_set(cells),)), Segmenting(5000.0))
    assert "no particle was found" in " ".join(map(str, notes))


def _set(array, axes="yx", **more):
    return ImageSet("", grid_of(axes, array.shape, more), images=(Image(ArrayPixels(array), axes),))


def test_labels_beyond_65535_are_not_clamped():
    dots = np.zeros((600, 600), np.uint8)
    dots[::2, ::2] = 255
    found = segue.segment(dots, "binary")
    assert found.dtype == np.uint32
    assert found.max() == 90_000
    assert np.array_equal(found[::2, ::2].reshape(-1), np.arange(1, 90_001))


def test_planes_and_volumes(cells):
    stack = np.stack([cells, np.zeros_like(cells), cells, cells])
    planes = segue.segment(stack, 100)
    assert [np.unique(plane[plane > 0]).tolist() for plane in planes] == [[1, 2, 3], [], [4, 5, 6], [7, 8, 9]]
    volumes = segue.segment(stack, 100, connectivity=26)
    assert [np.unique(plane[plane > 0]).tolist() for plane in volumes] == [[1, 2, 3], [], [4, 5, 6], [4, 5, 6]]
    assert segue.segment(stack, 100, connectivity=6, min_size=121).max() == 2, "the two that are in two planes"


def test_time_points_of_an_image_set(cells):
    stack = np.stack([cells, cells])[:, None]
    with segue.segment(Study((_set(stack, "tzyx"),)), 100) as study:
        frame = study.image_sets[0].objects.frame
    assert frame["t"].to_list() == [0, 0, 0, 1, 1, 1]
    assert frame["label"].to_list() == [1, 2, 3, 4, 5, 6]
    assert frame["id"].to_list() == ["t0/1", "t0/2", "t0/3", "t1/4", "t1/5", "t1/6"]


def test_a_threshold_for_each_plane_or_one_for_all(cells):
    dim = np.stack([cells, cells // 20, np.full_like(cells, 3)])
    assert segue.segment(dim)[1:].max() == 0
    assert [int(plane.max()) for plane in segue.segment(dim, per_plane=True)] == [3, 6, 0]
    _, notes = segmented_study(Study((_set(dim, "zyx"),)), Segmenting(per_plane=True))
    assert "1 plane of one value only" in " ".join(map(str, notes))
    with pytest.raises(UnsupportedVariant, match="every plane has one value only"):
        segue.segment(dim[[2, 2]], per_plane=True)


@pytest.mark.parametrize("slab", [1, 130, 1 << 25])
@pytest.mark.parametrize("how", [{}, {"include_holes": True, "exclude_edges": True}, {"connectivity": 26}, {"per_plane": True, "connectivity": 4}])
def test_images_beyond_memory_give_the_same(monkeypatch, slab, how):
    """Labels are then found anew, slab by slab, in whatever is read."""
    stack = np.kron(np.random.default_rng(5).integers(0, 200, (3, 13, 11)), np.ones((1, 3, 2), int)).astype(np.uint8)
    whole = segue.segment(stack, **how)
    monkeypatch.setattr(of_pixels, "SLAB", slab)
    monkeypatch.setattr(of_pixels, "LEAST_ROWS", 1)
    monkeypatch.setattr(of_image, "IN_MEMORY", 0)
    found = segue.segment(ImageSet("", images=(Image(ArrayPixels(stack.transpose(2, 0, 1)), "xzy"),)), **how).labels[0]
    assert found.axes == "zyx"
    assert np.array_equal(in_memory(found.pixels), whole)
    part = np.s_[1:3, 5:32, 3:20]
    assert np.array_equal(found.pixels.read(part), whole[part])
    assert np.array_equal(pickle.loads(pickle.dumps(found.pixels)).read(part), whole[part])
    assert found.pixels.read(np.s_[1:1, 0:5, 0:5]).shape == (0, 5, 5)


def test_channels(cells, labels):
    both = np.stack([np.zeros_like(cells), cells])
    image = Image(ArrayPixels(both), "cyx", channels=("DAPI", "CD3"))
    for channel in ("CD3", 1, "1"):
        found = segue.segment(image, channel=channel)
        assert np.array_equal(in_memory(found.labels[0].pixels), labels)
    assert np.array_equal(segue.segment(both, axes="cyx", channel=1), labels)
    with pytest.raises(UnsupportedVariant, match=r"has 2 channels \(DAPI, CD3\); choose one with --channel 'DAPI'"):
        segue.segment(image)
    with pytest.raises(InvalidOption, match="has no channel CD4; there are: DAPI, CD3"):
        segue.segment(image, channel="CD4")


def test_colour_pictures_are_refused(tmp_path, cells):
    rgb = np.stack([cells.astype(np.uint8)] * 3, axis=-1)
    tifffile.imwrite(tmp_path / "rgb.tif", rgb, photometric="rgb")
    with pytest.raises(UnsupportedVariant, match=r"rgb\.tif is a colour picture; choose a channel with --channel 0"):
        segue.segment(tmp_path / "rgb.tif")
    with segue.segment(tmp_path / "rgb.tif", 100, channel=0) as study:
        assert len(study.image_sets[0].objects) > 0
    with pytest.raises(UsageError, match="looks like a colour picture"):
        segue.segment(rgb)
    assert segue.segment(rgb, 100, axes="yxc", channel=2).shape == cells.shape


def test_one_value_has_no_threshold():
    with pytest.raises(UnsupportedVariant, match="every pixel has the value 7, so no threshold separates objects from background; give one as a number"):
        segue.segment(np.full((5, 5), 7))
    assert segue.segment(np.full((5, 5), 7), 3).tolist() == np.ones((5, 5)).tolist()


def test_pixels_without_a_number_are_background(cells, labels):
    image = cells.astype(np.float32)
    image[5, 6], image[0, 0], image[39, 3] = np.nan, -np.inf, np.inf
    wanted = labels.copy()
    wanted[5, 6] = 0
    for threshold in ("imagej-default", "otsu-exact", "li-exact", 100):
        assert np.array_equal(segue.segment(image, threshold), wanted)
    assert np.array_equal(segue.segment(-image, "imagej-default", background="light"), wanted)


def test_a_mask_that_its_file_calls_labels_is_separated(labels):
    mask = LabelImage(ArrayPixels((labels > 0).astype(np.uint8) * 255), "yx")
    found = segue.segment(ImageSet("", grid_of("yx", labels.shape), labels=(mask,)), "binary")
    assert np.array_equal(in_memory(found.labels[0].pixels), labels)
    with pytest.raises(UnsupportedVariant, match="it is not binary: besides 0 it holds 1 and 2"):
        segue.segment(labels, "binary")


def test_sizes_with_units(cells):
    half = _set(cells, y=(0.5, "um"), x=(0.5, "um"))
    assert len(segue.segment(half, min_size="15um2", max_size="17.5 µm²").objects) == 2, "60 and 70 pixels"
    assert len(segue.segment(half, min_size="15.1um2").objects) == 2
    assert len(segue.segment(half, min_size="15000000nm^2", max_size="0.0000175mm2").objects) == 2
    with pytest.raises(Incompatible, match="pixel size of the image is not known"):
        segue.segment(_set(cells), min_size="15um2")
    volume = ImageSet(
        "", grid_of("zyx", (2, *cells.shape), {"z": (2, "um"), "y": (0.5, "um"), "x": (500, "nm")}), images=(Image(ArrayPixels(np.stack([cells] * 2)), "zyx"),)
    )
    with pytest.raises(Incompatible, match="different units"):
        segue.segment(volume, connectivity=26, min_size="3um3")
    with pytest.raises(InvalidOption, match="no size of a particle of volumes; write it as 5um3"):
        segue.segment(volume, connectivity=26, min_size="3um2")


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"threshold": "otzu"}, "'otzu' is no threshold; there are otsu, li"),
        ({"threshold": "9:3"}, "no value lies in 9:3"),
        ({"threshold": float("nan")}, "nan is no threshold"),
        ({"connectivity": 5}, "connectivity is 4 or 8, or 6 or 26 for volumes, not 5"),
        ({"background": "black"}, "the background is dark or light"),
        ({"min_size": -1}, "-1 is no size"),
        ({"max_size": "many"}, "'many' is no size"),
        ({"max_size": "5um"}, "is a length, not the size of a particle; write 5um2"),
        ({"min_size": 9, "max_size": 3}, "the smallest size 9 is above the largest 3"),
        ({"min_circularity": 0.9, "max_circularity": 0.5}, "circularity is between 0 and 1"),
        ({"min_circularity": 0.9, "connectivity": 26}, "circularity is measured of planes"),
        ({"per_plane": True, "connectivity": 26}, "have one threshold"),
        ({"axes": "yz"}, "does not name the 2 axes"),
        ({"axes": "zyx"}, "needs their names"),
        ({"colour": 3}, "colour is no option of segment here"),
    ],
)
def test_what_makes_no_sense_is_said(cells, how, sentence):
    with pytest.raises((InvalidOption, UsageError), match=sentence):
        segue.segment(cells, **how)


def test_complex_numbers_have_no_threshold(cells):
    with pytest.raises(UnsupportedVariant, match="complex128, which have no threshold"):
        segue.segment(cells * 1j)


@pytest.mark.parametrize(
    ("text", "size"), [(5, (5, None)), ("5", (5, None)), ("5 px", (5, None)), ("2.5um2", (2.5, ("um", 2))), ("1e3 µm^3", (1000, ("um", 3)))]
)
def test_sizes_as_text(text, size):
    assert size_of_text(text) == size


def test_the_result_keeps_the_image(cells):
    image_set = _set(cells)
    found = segue.segment(image_set)
    assert found.images == image_set.images
    assert found.grid == image_set.grid
    assert found.objects.frame["id"].to_list() == ["1", "2", "3"]


@pytest.mark.golden
def test_blobs_with_its_inverted_colours(golden):
    """ImageJ's count mask was made on a light background: the blobs are high values, which this file shows dark."""
    with segue.segment(golden / "imagej/blobs.gif", "imagej-default", background="light") as study:
        found = in_memory(study.image_sets[0].labels[0].pixels)
    assert np.array_equal(found, tifffile.imread(golden / "imagej/blobs_labels.tif"))


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0), (1, 1), (1, 7), (7, 1), (0, 4, 5), (2, 0, 5)])
@pytest.mark.parametrize("how", [{}, {"include_holes": True, "exclude_edges": True}, {"min_circularity": 0.1}])
def test_images_without_pixels_or_of_one(shape, how):
    found = segue.segment(np.full(shape, 9, np.uint8), 3, **how)
    assert found.shape == shape
    with pytest.raises(UnsupportedVariant, match=r"no pixel holds a number|every pixel has the value 9"):
        segue.segment(np.full(shape, 9, np.uint8))


@pytest.mark.parametrize("image", [np.zeros(5), 5, np.zeros((2, 2), object), np.zeros((2, 2), "M8[s]"), "nowhere.tif"])
def test_what_is_no_image_is_said(image):
    with pytest.raises(segue.SegueError):
        segue.segment(image)


def test_lists_and_truth_values():
    assert segue.segment([[1, 2], [9, 9]], 9).tolist() == [[0, 0], [1, 1]]
    assert segue.segment(np.eye(3, dtype=bool)).tolist() == np.eye(3).tolist()
