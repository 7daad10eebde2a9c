"""Measuring label images of any axes, planes, volumes and time points, whatever the regions and the workers."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Incompatible
from segue.measure import forms_region, measuring, regions
from segue.measure.measuring import Channel, Wanted, measure
from segue.measure.rows import Rows
from segue.model.image import ArrayPixels, Image, LabelImage
from segue.tasks.workers import Threads

PLACES = ("area", "x", "y", "z", "left", "top", "front", "width", "height", "depth", "extent")
OUTLINED = ("perimeter", "euler", "feret", "feret_x", "feret_y", "feret_angle", "min_feret", "convex_area", "major", "minor", "angle")
VALUES = ("mean", "median", "std", "weighted_x", "weighted_y", "weighted_z")


@dataclass(frozen=True)
class Guarded:
    """Pixels as a file has them: new arrays, in chunks, and never as a whole."""

    array: np.ndarray
    chunks: tuple[int, ...]
    most: int = 2**62

    @property
    def shape(self):
        return self.array.shape

    @property
    def dtype(self):
        return self.array.dtype.newbyteorder("=")

    def read(self, region):
        part = self.array[region]
        assert part.size <= self.most, "too much is read at once"
        assert all(0 <= one.start < one.stop <= size for one, size in zip(region, self.shape, strict=True))
        return part.astype(self.dtype)


class Pickling:
    """Workers elsewhere: what they get and give is sent as bytes."""

    def run(self, work, pieces):
        for piece in pieces:
            function, argument = pickle.loads(pickle.dumps((work, piece)))
            yield pickle.loads(pickle.dumps(function(argument)))


def equal(one, other):
    return (
        one.label.tolist() == other.label.tolist()
        and one.t.tolist() == other.t.tolist()
        and list(one.columns) == list(other.columns)
        and all(np.array_equal(column, other.columns[key], equal_nan=True) for key, column in one.columns.items())
    )


def test_forms_and_values_stand_in_the_order_asked():
    labels = np.zeros((6, 8), np.uint16)
    labels[1:3, 2:5], labels[4:, 6:] = 9, 3
    image = np.arange(96, dtype=np.uint16).reshape(2, 6, 8)
    both = [Channel(Image(ArrayPixels(image), "cyx"), index) for index in (1, 0)]
    found = measure(LabelImage(ArrayPixels(labels), "yx"), both, Wanted(("mean", "area", "max"), (10,)))
    assert found.label.tolist() == [3, 9]
    assert list(found.columns) == [("mean", 0), ("mean", 1), ("area", None), ("max", 0), ("max", 1), ("percentile 10", 0), ("percentile 10", 1)]
    assert found.columns["area", None].tolist() == [4, 6]
    assert found.columns["mean", 0].tolist() == [image[1][labels == 3].mean(), image[1][labels == 9].mean()]
    assert found.columns["percentile 10", 1][1] == np.percentile(image[0][labels == 9], 10)


def test_channels_of_several_images_and_types_are_measured_together():
    labels = np.repeat([[1, 1, 0, 7]], 3, axis=0)
    first = np.arange(24, dtype=np.uint8).reshape(3, 4, 2)
    second = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    channels = [Channel(Image(ArrayPixels(first), "yxc"), 1), Channel(Image(ArrayPixels(second), "yx"), 5), Channel(Image(ArrayPixels(first), "yxc"), 0)]
    found = measure(LabelImage(ArrayPixels(labels), "yx"), channels, Wanted(("sum",)))
    for number, plane in enumerate([first[..., 1], second, first[..., 0]]):
        assert found.columns["sum", number] == pytest.approx([plane[labels == 1].sum(), plane[labels == 7].sum()])


@st.composite
def examples(draw):
    """Labels (t, z, y, x), channels (t, c, z, y, x), and orders of axes for both."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    t, z, y, x = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 9)), draw(st.integers(1, 9))
    names = np.array([0, 0, 1, 2, 5, 40_000], np.uint16) * draw(st.sampled_from([1, 3]))
    labels = names[rng.integers(0, draw(st.integers(2, 6)), (t, z, y, x))]
    if draw(st.booleans()):
        labels[:, [0, -1], [0, -1], [0, -1]] = 9  # reaches through everything
    image = rng.integers(0, 300, (t, draw(st.integers(1, 3)), z, y, x)).astype(draw(st.sampled_from(["u1", "u2", "i2", "f4"])))
    return labels, image, "".join(draw(st.permutations("tzyx"))), "".join(draw(st.permutations("tczyx")))


def given_as(labels, image, label_axes, image_axes, chunk=None):
    arrays = labels.transpose(["tzyx".index(name) for name in label_axes]), image.transpose(["tczyx".index(name) for name in image_axes])
    pixels = [ArrayPixels(array) if chunk is None else Guarded(array, tuple(min(chunk, size) for size in array.shape)) for array in arrays]
    channels = [Channel(Image(pixels[1], image_axes), number) for number in range(image.shape[1])]
    return LabelImage(pixels[0], label_axes), channels


def wanted_of(labels):
    return Wanted(PLACES + VALUES + (OUTLINED if labels.shape[1] == 1 else ()), (25,))


@given(examples(), st.sampled_from([0, 2_000_000]))
def test_every_time_point_is_measured_on_its_own(drawn, small):
    labels, image, *axes = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring, "SMALL", small)
        found = measure(*given_as(labels, image, *axes), wanted_of(labels))
        assert (np.diff(found.t) >= 0).all()
        for t in range(len(labels)):
            own = measure(*given_as(labels[t : t + 1], image[t : t + 1], "tzyx", "tczyx"), wanted_of(labels))
            rows = found.t == t
            assert found.label[rows].tolist() == own.label.tolist() == [label for label in np.unique(labels[t]).tolist() if label]
            assert all(np.array_equal(column[rows], own.columns[key], equal_nan=True) for key, column in found.columns.items())
            for row, label in enumerate(own.label.tolist()):
                z, y, x = np.nonzero(labels[t] == label)
                assert own.columns["area", None][row] == len(z)
                assert [own.columns[name, None][row] for name in "zyx"] == pytest.approx([z.mean(), y.mean() + 0.5, x.mean() + 0.5])
                assert own.columns["mean", 0][row] == pytest.approx(image[t, 0, z, y, x].mean(dtype=float))


@given(examples(), st.integers(1, 5), st.integers(1, 40), st.integers(1, 300), st.integers(0, 1), st.sampled_from([1, 20, 2**24]))
def test_bands_chunks_regions_and_workers_change_nothing(drawn, chunk, read, values, tall, box):
    labels, image, *axes = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring, "SMALL", 0)
        whole = measure(*given_as(labels, image, *axes), wanted_of(labels), Threads(1))
        for name, value in {"READ": read, "MOST_READ": 2 * read, "VALUES": values, "TALL": tall}.items():
            patch.setattr(regions, name, value)
        patch.setattr(forms_region, "TOGETHER", box)
        assert equal(whole, measure(*given_as(labels, image, *axes), wanted_of(labels), Threads(2)))
        assert equal(whole, measure(*given_as(labels, image, *axes, chunk), wanted_of(labels), Pickling()))


@pytest.mark.parametrize("pixel", [(1, 0.325, 0.325), (3, 0.1, 0.7)])
@given(examples(), st.integers(1, 40))
def test_units_are_the_same_in_any_region(pixel, drawn, read):
    labels, image, *axes = drawn
    whole = measure(*given_as(labels, image, *axes), wanted_of(labels), pixel=pixel)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regions, "READ", read)
        patch.setattr(regions, "VALUES", read)
        parts = measure(*given_as(labels, image, *axes), wanted_of(labels), pixel=pixel)
    assert all(np.allclose(column, parts.columns[key], rtol=1e-12, atol=0, equal_nan=True) for key, column in whole.columns.items())
    assert np.array_equal(whole.columns["width", None], whole.columns["width", None])


def test_units_are_those_of_the_pixel():
    labels, image = np.ones((2, 3, 4), np.uint8), np.ones((2, 3, 4), np.uint8)
    channel = [Channel(Image(ArrayPixels(image), "zyx"))]
    found = measure(LabelImage(ArrayPixels(labels), "zyx"), channel, Wanted(("area", "x", "depth", "weighted_y", "integrated_density")), pixel=(2, 0.5, 0.25))
    assert [column.item() for column in found.columns.values()] == [24 * 0.25, 2 * 0.25, 4, 1.5 * 0.5, 24 * 0.25]


def test_nothing_is_read_as_a_whole():
    labels, image = np.zeros((400, 100), np.uint8), np.zeros((2, 400, 100), np.uint8)
    labels[::7, ::5] = 1
    labels[100:110, 3:9] = 2
    with pytest.MonkeyPatch.context() as patch:
        for name in ("READ", "MOST_READ", "VALUES"):
            patch.setattr(regions, name, 2000)
        pixels = Guarded(labels, (10, 10), 2000), Guarded(image, (1, 10, 10), 2 * 2000)
        found = measure(LabelImage(pixels[0], "yx"), [Channel(Image(pixels[1], "cyx"), 1)], Wanted(("mean", "area")))
    assert found.columns["area", None].tolist() == [(labels == 1).sum(), 60]


def test_whole_chunks_are_looked_at_together():
    labels = Rows(Guarded(np.zeros((100, 50), np.uint8), (16, 16)), "yx")
    image = Rows(Guarded(np.zeros((3, 100, 50), np.uint8), (1, 8, 50)), "cyx", (0, 1, 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regions, "READ", 2000)
        assert regions.band_rows(labels, (image,)) == (32, 16)
        patch.setattr(regions, "READ", 100)
        assert regions.band_rows(labels, (image,)) == (16, 16)
        patch.setattr(regions, "MOST_READ", 500)
        assert regions.band_rows(labels, (image,)) == (8, 1)
        volume = Rows(Guarded(np.zeros((20, 100, 50), np.uint8), (4, 16, 16)), "zyx")
        patch.setattr(regions, "MOST_READ", 2**28)
        assert regions.band_rows(volume, ()) == (400, 400)


@pytest.mark.parametrize(
    ("shape", "axes", "said"),
    [
        ((5, 5), "yx", "image has y 5 x x 5 pixels but the labels labels have t 2 x z 3 x y 4 x x 5"),
        ((2, 3, 4, 6), "tzyx", "x 6"),
        ((3, 4, 5), "zyx", "has z 3 x y 4 x x 5"),
    ],
)
def test_images_of_other_sizes_are_refused_and_the_sizes_named(shape, axes, said):
    labels = LabelImage(ArrayPixels(np.ones((2, 3, 4, 5), int)), "tzyx")
    with pytest.raises(Incompatible, match=said):
        measure(labels, [Channel(Image(ArrayPixels(np.ones(shape)), axes))], Wanted(("mean",)))


def test_a_channel_that_is_not_there_is_refused():
    labels, image = LabelImage(ArrayPixels(np.ones((4, 5), int)), "yx"), Image(ArrayPixels(np.ones((2, 4, 5))), "cyx")
    with pytest.raises(Incompatible, match="2 channels, counted from 0, so none with number 2"):
        measure(labels, [Channel(image, 2)], Wanted(("mean",)))


def test_surroundings_of_every_time_point():
    labels = np.zeros((2, 4, 6), np.uint8)
    labels[0, :, :2], labels[0, :, 2:4], labels[1, :, 5], labels[1, :, 0] = 1, 2, 1, 3
    found = measure(LabelImage(ArrayPixels(labels), "tyx"), [], Wanted(("neighbours", "area", "nearest_distance")))
    assert found.columns["neighbours", None].tolist() == [1, 1, 0, 0]
    assert found.columns["nearest_distance", None].tolist() == [2, 2, 5, 5]


def test_labels_without_time_points_or_segments():
    for labels in (np.zeros((0, 4, 5), int), np.zeros((2, 4, 5), int)):
        found = measure(LabelImage(ArrayPixels(labels), "tyx"), [], Wanted(("area", "x", "perimeter")))
        assert (len(found.label), len(found.t)) == (0, 0)
        assert {len(column) for column in found.columns.values()} <= {0}


def test_labels_of_64_bits_with_gaps():
    labels = np.zeros((3, 4), np.uint64)
    labels[0, 0], labels[2] = 2**64 - 1, 2**53 + 1
    found = measure(LabelImage(ArrayPixels(labels), "yx"), [], Wanted(("area", "perimeter")))
    assert found.label.tolist() == [2**53 + 1, 2**64 - 1]
    assert found.columns["area", None].tolist() == [4, 1]
