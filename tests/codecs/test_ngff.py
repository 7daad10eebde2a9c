"""The metadata of OME-Zarr."""

from __future__ import annotations

import math

import pytest

from segue.codecs.ngff import Channel, Step, image_attributes, label_attributes, unit_name


def multiscale(axes="yx", **steps):
    return image_attributes("x", axes, steps)["ome"]["multiscales"][0]


def test_an_unknown_pixel_size_is_one_without_a_unit():
    assert multiscale()["axes"] == [{"name": "y", "type": "space"}, {"name": "x", "type": "space"}]
    assert multiscale()["datasets"][0]["coordinateTransformations"] == [{"type": "scale", "scale": [1.0, 1.0]}]


@pytest.mark.parametrize("scale", [math.nan, math.inf, 0.0, -1.0, None])
def test_pixel_sizes_that_ome_zarr_does_not_allow_are_left_out(scale):
    assert multiscale(x=Step(scale))["datasets"][0]["coordinateTransformations"] == [{"type": "scale", "scale": [1.0, 1.0]}]


def test_the_origin_is_a_translation_after_the_scale():
    steps = multiscale(y=Step(0.5, "um", 3.0), x=Step(0.5, "um", math.nan))["datasets"][0]["coordinateTransformations"]
    assert steps == [{"type": "scale", "scale": [0.5, 0.5]}, {"type": "translation", "translation": [3.0, 0.0]}]


@pytest.mark.parametrize(
    ("unit", "name"), [("µm", "micrometer"), ("μm", "micrometer"), ("nm", "nanometer"), ("micrometer", "micrometer"), ("px", None), (None, None), ("", None)]
)
def test_units_have_the_names_of_ome_zarr(unit, name):
    assert unit_name(unit) == name


@pytest.mark.parametrize(
    ("unit", "axis", "name"),
    [
        *(("min", "t", "minute"), ("m", "t", "minute"), ("m", "x", "meter"), ("us", "t", "microsecond"), ("h", "t", "hour"), ("s", "x", None)),
        *(("um", "t", None), ("microns", "z", "micrometer"), ("Micrometres", "x", "micrometer"), ("angstrom", "y", "angstrom"), ("Mm", "x", None)),
    ],
)
def test_units_are_those_of_their_axis(unit, axis, name):
    assert unit_name(unit, axis) == name


def test_resolutions_have_larger_steps_and_say_how_they_were_made():
    about = image_attributes("x", "zyx", {"y": Step(0.5, "um", 3.0)}, factors=[{}, {"z": 1, "y": 2, "x": 2}], rule="nearest")["ome"]["multiscales"][0]
    assert [one["path"] for one in about["datasets"]] == ["0", "1"]
    assert about["datasets"][1]["coordinateTransformations"] == [
        {"type": "scale", "scale": [1.0, 1.0, 2.0]},
        {"type": "translation", "translation": [0.0, 3.0, 0.0]},
    ]
    assert (about["type"], "no label number" in about["metadata"]["description"]) == ("nearest", True)


def test_labels_have_colours():
    about = label_attributes("a", "yx", {}, has_image=False, colours={7: 0x01020304, 2: 0xFF0000FF})["ome"]["image-label"]
    assert about["colors"] == [{"label-value": 2, "rgba": [255, 0, 0, 255]}, {"label-value": 7, "rgba": [1, 2, 3, 4]}]


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [("uint8", 0, 255), ("int16", -32768, 32767), ("uint64", 0, 2.0**64 - 1), ("float32", 0, 1), ("complex64", 0, 1), ("bool", 0, 1)]
)
def test_a_range_that_is_not_stated_is_that_of_the_number_type(dtype, low, high):
    channel = image_attributes("x", "cyx", {}, [Channel("a", 0x12345678)], dtype)["ome"]["omero"]["channels"][0]
    assert channel == {"label": "a", "color": "123456", "active": True, "window": {"min": low, "max": high, "start": low, "end": high}}


def test_a_stated_range_lies_within_the_possible_one():
    channel = image_attributes("x", "yx", {}, [Channel("a", low=-5.0, high=math.inf)], "uint8")["ome"]["omero"]["channels"][0]
    assert channel["window"] == {"min": -5.0, "max": 255.0, "start": -5.0, "end": 255.0}


def test_labels_name_their_image_only_if_they_have_one():
    assert label_attributes("a", "yx", {}, has_image=True)["ome"]["image-label"] == {"version": "0.5", "source": {"image": "../../"}}
    assert label_attributes("a", "yx", {}, has_image=False)["ome"]["image-label"] == {"version": "0.5"}
