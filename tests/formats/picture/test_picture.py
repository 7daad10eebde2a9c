"""GIF, BMP and JPEG: what is read, and what is refused."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pytest
from PIL import Image as Pillow

from segue.errors import Incompatible, Malformed, SegueError, TooLarge, UnsupportedVariant, WrongFormat
from segue.formats.detect import detect
from segue.formats.picture.spec import FORMAT
from segue.model.image import in_memory
from segue.notes import Kind
from segue.storage.source import Source
from segue.testing.damage import damages
from segue.workflow.roles import as_labels

NUMBERS = np.arange(48, dtype=np.uint8).reshape(6, 8)


def read(path, **options):
    return FORMAT.read(Source(path), FORMAT.options("read", options))


def image(path, **options):
    return read(path, **options)[0].image_sets[0].images[0]


def indexed(path, colours, numbers=NUMBERS):
    picture = Pillow.new("P", numbers.shape[::-1])
    picture.putdata(numbers.reshape(-1).tolist())
    picture.putpalette([value for colour in colours for value in colour])
    picture.save(path, **({"optimize": False} if str(path).endswith("gif") else {}))
    return path


def grey(shades):
    return [(shade,) * 3 for shade in shades]


RAMP, FALLING = grey(range(256)), grey(range(255, -1, -1))
COLOURS = [(i, 255 - i, 7) for i in range(256)]


class TestPalettes:
    @pytest.mark.parametrize("suffix", ["gif", "bmp"])
    @pytest.mark.parametrize(("colours", "inverted"), [(RAMP, False), (FALLING, True), (grey(range(0, 256, 5))[:52], False)])
    def test_a_grey_ramp_gives_the_numbers(self, tmp_path, suffix, colours, inverted):
        found = image(indexed(tmp_path / f"x.{suffix}", colours))
        assert (found.axes, found.inverted, found.pixels.dtype) == ("yx", inverted, np.uint8)
        np.testing.assert_array_equal(in_memory(found.pixels), NUMBERS)

    @pytest.mark.parametrize("suffix", ["gif", "bmp"])
    def test_colours_are_channels(self, tmp_path, suffix):
        found = image(indexed(tmp_path / f"x.{suffix}", COLOURS))
        assert (found.axes, found.inverted) == ("cyx", False)
        np.testing.assert_array_equal(in_memory(found.pixels), np.array(COLOURS, np.uint8)[NUMBERS].transpose(2, 0, 1))

    @pytest.mark.parametrize("suffix", ["gif", "bmp"])
    def test_shades_that_are_no_ramp_are_shades(self, tmp_path, suffix):
        shades = [i * i % 251 for i in range(256)]
        found = image(indexed(tmp_path / f"x.{suffix}", grey(shades)))
        np.testing.assert_array_equal(in_memory(found.pixels), np.array(shades, np.uint8)[NUMBERS])

    def test_of_a_palette_that_is_filled_up_only_the_colours_in_use_count(self, tmp_path):
        found = image(indexed(tmp_path / "x.gif", grey([*range(255, 255 - 48, -1), *([9] * 208)])))
        assert found.inverted
        np.testing.assert_array_equal(in_memory(found.pixels), NUMBERS)

    @pytest.mark.parametrize("suffix", ["gif", "bmp"])
    def test_as_labels_the_numbers_of_any_palette_are_read(self, tmp_path, suffix):
        labels = read(indexed(tmp_path / f"x.{suffix}", COLOURS), role="labels")[0].image_sets[0].labels[0]
        np.testing.assert_array_equal(in_memory(labels.pixels), NUMBERS)

    def test_one_bit_gives_zero_and_one(self, tmp_path):
        Pillow.fromarray(NUMBERS > 20).save(tmp_path / "x.bmp")
        np.testing.assert_array_equal(in_memory(image(tmp_path / "x.bmp").pixels), NUMBERS > 20)


def test_a_region_is_a_part_of_the_whole(tmp_path):
    pixels = image(indexed(tmp_path / "x.gif", COLOURS)).pixels
    whole, region = in_memory(pixels), (slice(1, 3), slice(2, 5), slice(0, 7))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(pixels)).read(region), whole[region])


def test_colours_of_24_bits(tmp_path):
    colours = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Pillow.fromarray(colours).save(tmp_path / "x.bmp", dpi=(254000, 127000))
    study, notes = read(tmp_path / "x.bmp")
    np.testing.assert_array_equal(in_memory(study.image_sets[0].images[0].pixels), colours.transpose(2, 0, 1))
    x, y = (study.image_sets[0].grid.axis(name) for name in "xy")
    assert (round(x.scale, 3), round(y.scale, 3), x.unit, len(notes)) == (0.1, 0.2, "um", 0)


class TestAnimations:
    def test_frames_are_time_points(self, tmp_path):
        frames = [Pillow.fromarray(NUMBERS + 9 * t) for t in range(3)]
        frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:], duration=250)
        study, notes = read(tmp_path / "x.gif")
        found = study.image_sets[0].images[0]
        assert (found.axes, study.image_sets[0].grid.axis("t").scale) == ("tyx", 0.25)
        np.testing.assert_array_equal(in_memory(found.pixels), np.stack([NUMBERS + 9 * t for t in range(3)]))
        np.testing.assert_array_equal(found.pixels.read((slice(1, 2), slice(2, 4), slice(0, 8))), NUMBERS[None, 2:4] + 9)
        assert [note.kind for note in notes] == [Kind.ASSUMED]

    def test_in_colours(self, tmp_path):
        stack = np.stack([np.stack([NUMBERS + t, 255 - NUMBERS, NUMBERS * 2], -1) for t in range(2)]).astype(np.uint8)
        frames = [Pillow.fromarray(one) for one in stack]
        frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:])
        found = image(tmp_path / "x.gif")
        assert found.axes == "tcyx"
        np.testing.assert_array_equal(in_memory(found.pixels), stack.transpose(0, 3, 1, 2))


class TestJpeg:
    @pytest.fixture
    def path(self, tmp_path):
        exif = Pillow.Exif()
        exif[0x112] = 6
        Pillow.fromarray(NUMBERS).save(tmp_path / "x.jpg", exif=exif)
        return tmp_path / "x.jpg"

    def test_is_read_as_stored_and_says_so(self, path):
        study, notes = read(path)
        assert study.image_sets[0].images[0].pixels.shape == (6, 8)
        assert ["EXIF" in note.what for note in notes] == [True]

    def test_is_never_a_label_image(self, path):
        with pytest.raises(Incompatible, match="JPEG picture, which changes pixel values"):
            read(path, role="labels")
        for force in (False, True):
            with pytest.raises(UnsupportedVariant, match="JPEG picture, which changes pixel values"):
                as_labels(image(path), components=8, where="x.jpg", force=force)

    def test_for_printing_is_refused(self, tmp_path):
        Pillow.new("CMYK", (8, 8)).save(tmp_path / "x.jpg")
        with pytest.raises(UnsupportedVariant, match="CMYK"):
            read(tmp_path / "x.jpg")


class TestHostile:
    @pytest.mark.parametrize("suffix", ["gif", "bmp", "jpg"])
    def test_a_file_that_was_cut_off(self, tmp_path, suffix):
        noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
        Pillow.fromarray(noise).save(tmp_path / f"x.{suffix}")
        data = (tmp_path / f"x.{suffix}").read_bytes()
        (tmp_path / f"x.{suffix}").write_bytes(data[: len(data) * 3 // 4])
        with pytest.raises(Malformed):
            in_memory(image(tmp_path / f"x.{suffix}").pixels)

    def test_a_picture_larger_than_it_can_be(self, tmp_path):
        data = bytearray(indexed(tmp_path / "x.gif", RAMP).read_bytes())
        data[6:10] = b"\xff\x7f\xff\x7f"
        (tmp_path / "x.gif").write_bytes(data)
        with pytest.raises(TooLarge, match="32,767 x 32,767"):
            read(tmp_path / "x.gif")

    def test_another_file(self, tmp_path):
        (tmp_path / "x.gif").write_bytes(b"GIF is not what this is")
        with pytest.raises(WrongFormat):
            read(tmp_path / "x.gif")

    @pytest.mark.parametrize("suffix", ["gif", "bmp", "jpg"])
    def test_damaged_files_raise_only_our_errors(self, tmp_path, suffix):
        path = tmp_path / f"x.{suffix}"
        if suffix == "gif":
            frames = [Pillow.fromarray(NUMBERS + 9 * t) for t in range(3)]
            frames[0].save(path, save_all=True, append_images=frames[1:])
        else:
            Pillow.fromarray(NUMBERS).save(path)
        original = path.read_bytes()
        for _, damaged in damages(original, random.Random(suffix), 120):
            path.write_bytes(damaged)
            try:
                in_memory(image(path).pixels)
            except SegueError:
                continue


@pytest.mark.golden
def test_blobs(golden):
    path = golden / "imagej/blobs.gif"
    found = image(path)
    assert (found.axes, found.inverted, found.pixels.shape) == ("yx", True, (254, 256))
    with Pillow.open(path) as theirs:
        np.testing.assert_array_equal(in_memory(found.pixels), np.array(theirs))
    assert detect(Source(path))[0] is FORMAT
