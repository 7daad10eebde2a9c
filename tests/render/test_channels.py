"""Channels in colours: the sum of clamp((v - low) / (high - low)) * colour."""

from __future__ import annotations

import numpy as np
import pytest

from segue.render.channels import Light, add_channel
from segue.render.colours import DISTINCT, channel_colours, rgba, segment_colours
from segue.render.paint import black, finished

RED, CYAN = (255.0, 0.0, 0.0), (0.0, 255.0, 255.0)


def shown(values, light):
    canvas = black(*values.shape)
    add_channel(canvas, values, light)
    return canvas


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "uint16", "int32", "uint64", "float16", "float32", "float64"])
def test_every_number_type(way, dtype):
    values = np.array([[0, 1, 2, 3, 4, 100]]).astype(dtype)
    expected = np.clip((values.astype(float) - 1) / 2, 0, 1)
    assert np.allclose(shown(values, Light(RED, 1, 3))[..., 0], expected * 255)
    assert not shown(values, Light(RED, 1, 3))[..., 1:].any()


def test_channels_are_added_up_and_clipped_at_the_end(way):
    canvas = black(1, 3)
    for colour in (RED, RED, CYAN):
        add_channel(canvas, np.array([[0.0, 0.25, 1.0]]), Light(colour, 0, 1))
    assert finished(canvas).tolist() == [[[0, 0, 0], [128, 64, 64], [255, 255, 255]]]


def test_what_is_no_number_is_black(way):
    assert shown(np.array([[np.nan, np.inf, -np.inf]]), Light(RED, 0, 1))[0, :, 0].tolist() == [0, 255, 0]
    assert shown(np.array([[np.nan, 0.0]]), Light(RED, 0, 1, inverted=True))[0, :, 0].tolist() == [0, 255]


def test_inverted_images_show_low_values_bright(way):
    assert shown(np.array([[0, 50, 100]], np.uint8), Light(RED, 0, 100, inverted=True))[0, :, 0].tolist() == [255, 127.5, 0]


def test_without_a_range_what_is_above_is_in_full_colour(way):
    assert shown(np.array([[0, 5, 6]], np.uint8), Light(RED, 5, 5))[0, :, 0].tolist() == [0, 0, 255]


def test_halves_are_rounded_up():
    assert finished(np.array([[[0.5, 1.5, 254.5]]])).tolist() == [[[1, 2, 255]]]
    assert finished(np.array([[[300.0, -4.0, 0.4999]]])).tolist() == [[[255, 0, 0]]]


@pytest.mark.golden
def test_mantis_viewer_shows_the_same_up_to_its_8_bits(golden, way):
    """Its picture: 8 bits between the file's lowest and highest value, then contrast from 0 to 0.7 of that, then the colour, added up."""
    import tifffile

    folder = golden / "mantis/test/files/project/set_one"
    canvas, theirs = black(100, 100), np.zeros((100, 100, 3))
    for name, colour in (("191Ir", (0, 0, 255)), ("cd3", (255, 0, 0)), ("b-catenin", (0, 255, 0))):
        values = tifffile.imread(folder / f"{name}.tif").astype(np.float64)
        low, high = values.min(), values.max()
        grey = np.round((values - low) / (high - low) * 255) / 255
        theirs += np.clip(grey / max(0.0005, 0.7), 0, 1)[..., None] * np.array(colour)
        add_channel(canvas, values, Light(colour, low, low + 0.7 * (high - low)))
    difference = np.abs(finished(canvas).astype(int) - np.clip(theirs, 0, 255).round().astype(int))
    assert difference.max() <= 1  # a step of 1 / 255 is 1.43 levels after the contrast, so a half of it is below one


def test_colours_of_channels_can_be_told_apart():
    assert [len(set(channel_colours(count))) for count in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert channel_colours(0) == ()
    assert len(channel_colours(40)) == 40


def test_a_label_always_has_the_same_colour():
    labels = np.array([1, 2, 3, 1, 2**40, 65_535], np.uint64)
    assert np.array_equal(segment_colours(labels), segment_colours(labels.astype(np.int64)))
    assert segment_colours(labels)[0].tolist() == segment_colours(np.array([1], np.uint8))[0].tolist()
    many = segment_colours(np.arange(1, 10_001))
    _, counts = np.unique(many, axis=0, return_counts=True)
    assert len(counts) == 3 * len(DISTINCT)
    assert counts.min() > 400
    assert segment_colours(np.array([1, 2, 3, 4])).tolist() == [[0, 158, 115], [0, 114, 178], [102, 197, 171], [224, 175, 202]]


def test_packed_colours():
    assert rgba([0xFF8000FF, 0x00000000])[:, :3].tolist() == [[255, 128, 0], [0, 0, 0]]
    assert rgba([0xFF8000FF, 0x00000000])[:, 3].tolist() == [1, 0]
