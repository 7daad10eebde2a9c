"""What is taken as a label image, what is refused, and what the refusal advises."""

from __future__ import annotations

import io
import pickle
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data, measure

from segue.errors import InvalidOption, SourceError, UnsupportedVariant
from segue.model.image import ArrayPixels, Image, in_memory, planes
from segue.notes import Kind
from segue.workflow import roles_survey
from segue.workflow.roles import as_labels

Picture = pytest.importorskip("PIL.Image")


def taken(array, axes="yx", *, components=None, force=False, channel=None, channels=()):
    """(the label image, the note) of an array."""
    image = Image(ArrayPixels(np.asarray(array)), axes, channels=channels)
    labels, notes = as_labels(image, components=components, where="cells.tif", force=force, channel=channel)
    (note,) = notes
    assert note.kind is Kind.ASSUMED
    return labels, note.sentence


def refusal(array, axes="yx", **options):
    with pytest.raises(UnsupportedVariant) as caught:
        taken(array, axes, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def discs(rows, columns, count, seed=1, largest=14):
    """Touching and overlapping discs, later ones on top, labelled from 1."""
    rng = np.random.default_rng(seed)
    image = np.zeros((rows, columns), np.uint16)
    y, x = np.mgrid[:rows, :columns]
    for number in range(1, count + 1):
        row, column, radius = rng.integers(rows), rng.integers(columns), rng.integers(4, largest)
        image[(y - row) ** 2 + (x - column) ** 2 <= radius**2] = number
    return image


def jpeg(array, quality):
    buffer = io.BytesIO()
    Picture.fromarray(np.asarray(array, np.uint8)).save(buffer, "JPEG", quality=quality)
    return np.asarray(Picture.open(buffer))


def dotted_patch():
    image = discs(300, 400, 20)
    image[200:280, 100:300] = (np.random.default_rng(7).random((80, 200)) > 0.5) * (1000 + np.arange(200))
    return image


def fibres():
    image = np.zeros((512, 512), np.uint16)
    for number, offset in enumerate(np.random.default_rng(2).integers(-400, 400, 60), start=1):
        row = np.arange(512)
        column = row + offset if number % 2 else 511 - row + offset
        inside = (column >= 0) & (column < 512)
        image[row[inside], column[inside]] = number
    return image


def classes(count, size=6):
    """A semantic mask: every class everywhere, in patches of a few pixels."""
    patches = np.random.default_rng(3).integers(0, count + 1, (256 // size, 256 // size))
    return np.kron(patches, np.ones((size, size), np.uint8)).astype(np.uint8)


def single_pixels():
    image = np.zeros(512 * 512, np.uint32)
    image[np.random.default_rng(4).choice(image.size, 3000, replace=False)] = np.arange(1, 3001)
    return image.reshape(512, 512)


def gaps():
    image = discs(200, 200, 30).astype(np.uint64)
    return np.where(image > 0, image * 2**58 + 3, 0).astype(np.uint64)


def zones():
    """Nested rings of rising labels, as distances from a border are graded."""
    distance = np.hypot(*(np.mgrid[:256, :256] - 128))
    return np.clip(12 - distance // 10, 0, None).astype(np.uint8)


MASKS = {
    "discs": discs(256, 256, 60),
    "dotted columns": dotted_patch(),
    "only dotted columns": (np.random.default_rng(5).random((64, 64)) > 0.5) * np.arange(1, 65),
    "diagonal fibres": fibres(),
    "two classes": classes(2),
    "twenty classes": classes(20),
    "classes of speckles": np.random.default_rng(6).integers(0, 4, (128, 128)),
    "single pixels": single_pixels(),
    "labels with gaps": gaps(),
    "nested zones": zones(),
    "no background": np.kron(np.arange(1, 257).reshape(16, 16), np.ones((8, 8), int)),
    "a tiny image": np.arange(400).reshape(20, 20),
    "cell types": np.r_[0, np.random.default_rng(8).integers(1, 15, 60)][discs(256, 256, 60)],
    "signed": discs(100, 100, 10).astype(np.int32),
    "big-endian": discs(100, 100, 10).astype(">u2"),
}


@pytest.mark.parametrize("name", MASKS)
def test_label_masks_of_every_kind_are_taken_as_they_are(name):
    labels, note = taken(MASKS[name])
    assert np.array_equal(in_memory(labels.pixels), MASKS[name])
    assert (labels.name, labels.axes, labels.persists) == ("labels", "yx", True)
    assert note == f"taken as a label image of {len(np.unique(MASKS[name][MASKS[name] != 0])):,} objects"


def test_the_labels_of_a_picture_that_went_through_jpeg_are_refused_as_intensities():
    assert "grey values, looks like an intensity image; use segue segment" in refusal(jpeg(discs(256, 256, 60), 75))


def smooth(spread, top):
    y, x = np.mgrid[:256, :256] / spread
    return ((np.sin(x) * np.cos(y) + 1) / 2 * top).astype(np.uint16)


def counts():
    """Few ion counts, as an imaging mass cytometer stores them."""
    return np.random.default_rng(9).poisson(np.where(discs(200, 200, 40) > 0, 6, 0.3)).astype(np.uint16)


INTENSITIES = {
    "coins": data.coins(),
    "camera": data.camera(),
    "noise of 8 bit": np.random.default_rng(0).integers(0, 256, (200, 200), np.uint8),
    "noise of 16 bit": np.random.default_rng(0).integers(0, 65536, (200, 200), np.uint16),
    "noise of 32 bit": np.random.default_rng(0).integers(0, 2**32, (600, 600), np.uint32),
    "smooth, 8 bit": smooth(12, 255),
    "smooth, 16 bit": smooth(12, 65535),
    "counts": counts(),
    "counts as floats": counts().astype(np.float32),
    "quantised": data.camera() // 16 * 16,
    "distances": np.clip(15 - np.hypot(*(np.mgrid[:256, :256] % 32 - 16)), 0, None).astype(np.uint8),
}


@pytest.mark.parametrize("name", INTENSITIES)
def test_intensities_are_refused_with_the_way_out(name):
    sentence = refusal(INTENSITIES[name])
    values = int(sentence.split("cells.tif: ")[1].removeprefix("at least ").split(" grey")[0].replace(",", ""))
    if "at least" not in sentence:
        assert values == len(np.unique(INTENSITIES[name]))
    assert "looks like an intensity image; use segue segment, or --set role=labels if these are labels" in sentence


@pytest.mark.parametrize("quality", [50, 75, 90, 95, 100])
def test_a_mask_that_went_through_jpeg_is_refused_as_such(quality):
    assert "around 0 and 255, looks like a mask blurred by JPEG" in refusal(jpeg((discs(256, 256, 60) > 0) * 255, quality))


def test_what_looks_like_intensities_is_taken_if_the_user_says_so():
    labels, note = taken(data.coins(), force=True)
    assert np.array_equal(in_memory(labels.pixels), data.coins())
    assert note == f"taken as a label image of {len(np.unique(data.coins())) - (data.coins() == 0).any()} objects"


def test_an_empty_mask_has_no_objects():
    assert taken(np.zeros((300, 300), np.uint8))[1] == "taken as a label image of 0 objects"
    assert taken(np.zeros((0, 0), np.uint8))[1] == "taken as a label image of 0 objects"
    assert taken(np.zeros((0, 5, 5), np.int16), "tyx", components=8)[1] == "taken as a label image of 0 objects"


class TestFloats:
    @pytest.mark.parametrize("kind", ["f2", "f4", ">f4", "f8"])
    def test_whole_numbers_are_labels_and_cast_when_they_are_read(self, kind):
        array = discs(100, 120, 30).astype(kind)
        labels, _ = taken(array)
        assert labels.pixels.dtype == np.uint8
        assert np.array_equal(pickle.loads(pickle.dumps(labels.pixels)).read((slice(10, 60), slice(0, 50))), array[10:60, :50])

    def test_the_type_holds_the_largest_label_of_all_planes(self):
        stack = np.zeros((3, 5, 5))
        stack[1, 2, 2] = 70_000
        assert taken(stack, "tyx")[0].pixels.dtype == np.uint32

    @pytest.mark.parametrize("value", [0.5, 1e-9, np.float32(2.3)])
    def test_fractions_are_refused(self, value):
        array = discs(50, 50, 5).astype(np.float64)
        array[7, 7] = value
        assert f"fractions such as {value:.4g}" in refusal(array)
        assert "fractions" in refusal(array, force=True)

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_what_is_no_number_is_refused(self, value):
        array = np.zeros((50, 50))
        array[3, 4:6] = value
        assert "2 pixels without a number" in refusal(array, force=True)

    def test_numbers_that_the_type_no_longer_tells_apart_are_refused(self):
        assert "above 16,777,216" in refusal(np.array([[2**24 + 2, 0]], np.float32))
        assert in_memory(taken(np.array([[2**24, 0]], np.float32))[0].pixels).tolist() == [[2**24, 0]]
        assert "above" in refusal(np.array([[1e300, 0]]))


class TestNegatives:
    def test_minus_one_is_known_from_old_cellpose_files(self):
        assert "add 1 to every pixel" in refusal(discs(80, 80, 9).astype(np.int16) - 1)
        assert "add 1 to every pixel" in refusal(discs(80, 80, 9).astype(np.float32) - 1)

    def test_others_are_refused(self):
        assert "negative values such as -7" in refusal(np.array([[3, -7, -1]]))


class TestChannels:
    def test_one_channel_is_none(self):
        array = discs(60, 70, 9)
        for axes, shaped in (("cyx", array[None]), ("yxc", array[..., None]), ("ycx", array[:, None])):
            labels, _ = taken(shaped, axes)
            assert labels.axes == "yx"
            assert np.array_equal(labels.pixels.read((slice(5, 20), slice(30, 60))), array[5:20, 30:60])

    def test_several_are_named_and_one_can_be_chosen(self):
        array = np.stack([data.coins()[:200, :200], discs(200, 200, 9)])
        sentence = refusal(array, "cyx", channels=("DNA 1", "mask"))
        assert "2 channels (DNA 1, mask)" in sentence
        assert "--set 'channel=DNA 1'" in sentence
        for channel in ("mask", 1, "1"):
            assert np.array_equal(in_memory(taken(array, "cyx", channels=("DNA 1", "mask"), channel=channel)[0].pixels), array[1])
        assert "3 channels, a label image has one; choose it with --set channel=0" in refusal(np.zeros((3, 4, 4), np.uint16), "cyx")

    @pytest.mark.parametrize("channel", ["nothing", 2, -1])
    def test_a_channel_that_is_not_there_is_refused(self, channel):
        with pytest.raises(InvalidOption, match="there are: a, b"):
            taken(np.zeros((2, 4, 4), np.uint8), "cyx", channels=("a", "b"), channel=channel)

    @pytest.mark.parametrize(("axes", "shape", "names"), [("cyx", (3, 9, 9), ()), ("yxc", (9, 9, 4), ()), ("cyx", (3, 9, 9), ("Red", "Green", "Blue"))])
    def test_colour_pictures_are_refused(self, axes, shape, names):
        assert "is a colour picture, not labels" in refusal(np.zeros(shape, np.uint8), axes, channels=names)


class TestMasksOfOneValue:
    @pytest.mark.parametrize("array", [np.uint8([[255, 0, 255]]), np.uint8([[1, 0, 1]]), np.array([[True, False, True]]), np.uint16([[65535, 0, 65535]])])
    def test_several_parts_are_a_question(self, array):
        for kind in (array.dtype, np.float32):
            sentence = refusal(array.astype(kind))
            assert "one value, 2 separate parts; --set components=8 makes 2 objects (components=0 keeps it as one object)" in sentence

    def test_no_number_of_parts_is_a_question_for_a_label(self):
        assert taken(np.uint8([[7, 0, 7]]))[1] == "taken as a label image of 1 object"

    def test_one_part_is_one_object(self):
        labels, note = taken(np.uint8([[255, 0, 0], [0, 255, 255]]))
        assert note == "taken as a label image of 1 object"
        assert in_memory(labels.pixels).max() == 255

    def test_the_parts_become_objects_if_the_user_says_so(self):
        array = (discs(200, 200, 40) > 0).astype(np.uint8) * 255
        for components, connectivity in ((4, 1), (8, 2)):
            labels, note = taken(array, components=components)
            expected = measure.label(array, connectivity=connectivity)
            assert np.array_equal(in_memory(labels.pixels), expected)
            assert note == f"taken as a label image of {expected.max()} objects: the separate parts of a mask of one value"

    def test_or_one_object(self):
        array = np.uint8([[255, 0, 255]])
        for options in ({"components": 0}, {"force": True}):
            labels, note = taken(array, **options)
            assert np.array_equal(in_memory(labels.pixels), array)
            assert note == "taken as a label image of 1 object"

    def test_labels_are_not_taken_apart(self):
        array = np.uint8([[1, 0, 1, 0, 2]])
        assert np.array_equal(in_memory(taken(array, components=8)[0].pixels), array)

    @pytest.mark.parametrize("components", [1, 6, -4])
    def test_other_connectivities_are_refused(self, components):
        with pytest.raises(InvalidOption, match="components is 8, 4 or 0"):
            taken(np.zeros((3, 3), int), components=components)

    def test_one_object_in_every_frame_is_no_question_but_two_are(self):
        stack = np.zeros((3, 20, 20), bool)
        stack[:, 5:9, 5:9] = True
        assert taken(stack, "tyx")[1] == "taken as a label image of 1 object"
        stack[1, 15, 15] = True
        assert "one value, 4 separate parts" in refusal(stack, "tyx")
        labels, note = taken(stack, "tyx", components=8)
        assert note == "taken as a label image of 4 objects: the separate parts of a mask of one value"
        assert not labels.persists


@dataclass(frozen=True)
class Counting:
    """Pixels that count how often and how much is read."""

    array: np.ndarray
    reads: list

    shape = property(lambda self: self.array.shape)
    dtype = property(lambda self: self.array.dtype)

    def read(self, region):
        part = self.array[region]
        self.reads.append(part.size)
        return part.copy()


def test_a_stack_is_looked_at_plane_by_plane():
    pixels = Counting(np.stack([discs(100, 100, 9)] * 5), [])
    as_labels(Image(pixels, "zyx"), components=None, where="cells.tif")
    assert pixels.reads == [10_000] * 5


def test_a_stack_of_pictures_is_not_read_to_its_end():
    pixels = Counting(np.stack([data.coins()[:100, :100]] * 20), [])
    with pytest.raises(UnsupportedVariant, match="at least"):
        as_labels(Image(pixels, "tyx"), components=None, where="cells.tif")
    assert len(pixels.reads) == roles_survey.ENOUGH


def test_a_stack_of_masks_may_hold_a_strange_plane():
    stack = np.stack([discs(100, 100, 9), data.coins()[:100, :100], discs(100, 100, 9)])
    assert taken(stack, "zyx")[0].axes == "zyx"


@pytest.mark.parametrize("kind", ["c8", "M8[s]", "S3"])
def test_pixels_that_are_no_numbers_are_refused(kind):
    assert "cannot be labels" in refusal(np.zeros((3, 3), kind))


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["?", "u1", "i2", "f4", "u8"]), st.integers(0, 2**32 - 1))
def test_whatever_it_is_it_is_taken_unchanged_or_refused(rows, columns, kind, seed):
    rng = np.random.default_rng(seed)
    array = (rng.integers(-3, 300, (rows, columns)) * (rng.random((rows, columns)) < rng.random())).astype(kind)
    with suppress(SourceError):
        assert np.array_equal(in_memory(taken(array)[0].pixels), array)


@pytest.mark.golden
class TestRealFiles:
    MASKS = (
        "stardist/mask2d.tif",
        "imc/E34_mask.tiff",
        "imc/G01_mask.tiff",
        "imagej/blobs_labels.tif",
        "imagej/mito_t1_labels.tif",
        "imagej/randomshapes_labels.tif",
        "imagej/neubias_activity/shapes_labels.tif",
        "neubias/xy_8bit__mitocheck_incenp_t1_labels.tif",
        "neubias/xy_8bit__mitocheck_incenp_t1_nuclei_labels.tiff",
        "nimbus/deeptile_sample_tif_stitched_mask.tif",
        "mantis/test/files/project/set_one/segmentation.tif",
        "mantis/test/files/project/set_two/segmentation.tif",
        "mantis/generated/regions.tiff",
        "qupath/labels-shapes-14.png",
    )

    @pytest.mark.parametrize("name", MASKS)
    def test_every_real_mask_is_taken(self, golden, name):
        array = opened(golden / name)
        assert np.array_equal(in_memory(taken(array)[0].pixels), array)

    def test_volumes_and_identities_are_taken(self, golden):
        volume = opened(golden / "stardist/mask3d.tif")
        assert sum(1 for _ in planes(taken(volume, "zyx")[0].pixels, "zyx")) == 31
        with pytest.importorskip("h5py").File(golden / "ilastik/2d3c_Object_Identities.h5") as file:
            assert taken(file["exported_data"][()], "yxc")[1] == "taken as a label image of 12 objects"
        with pytest.importorskip("h5py").File(golden / "ilastik/smallVideo_labels.h5") as file:
            assert taken(file["labels"][()], "tyxc")[1] == "taken as a label image of 4 objects"

    @pytest.mark.parametrize(("name", "values"), [("imagej/blobs.gif", "31"), ("imagej/mito_t1.tif", "50"), ("nimbus/deeptile_sample.tif", "5,256")])
    def test_every_real_picture_is_refused(self, golden, name, values):
        assert f"{values} grey values, looks like an intensity image; use segue segment" in refusal(opened(golden / name))

    @pytest.mark.parametrize("name", ["stardist/img2d.tif", "imc/E34_imc.tiff", "imc/G01_imc.tiff", "mantis/test/files/project/set_one/cd3.tif"])
    def test_more_pictures(self, golden, name):
        array = opened(golden / name)
        refusal(array, "yx" if array.ndim == 2 else "cyx")

    @pytest.mark.parametrize(("name", "parts"), [("imagej/blobs_binary.tif", 64), ("imagej/mito_t1_binary.tif", 5), ("imagej/randomshapes_binary.tif", 7)])
    def test_real_binary_masks_are_a_question_and_have_the_objects_of_imagej(self, golden, name, parts):
        binary = opened(golden / name)
        assert f"one value, {parts} separate parts; --set components=8 makes {parts} objects" in refusal(binary)
        labels = in_memory(taken(binary, components=8)[0].pixels)
        assert np.array_equal(labels, opened(golden / name.replace("binary", "labels")))


def opened(path):
    if path.suffix in (".png", ".gif"):
        with Picture.open(path) as picture:
            return np.array(picture)
    return pytest.importorskip("tifffile").imread(path)
