"""Segments that touch, and the nearest ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Malformed
from segue.measure import nearest as module
from segue.measure import neighbours
from segue.measure.catalog_surroundings import SURROUNDINGS
from segue.measure.nearest import nearest
from segue.measure.neighbours import contacts, neighbour_counts
from segue.measure.surroundings import surroundings
from segue.model.image import ArrayPixels, LabelImage


def of(array, axes="yx", **options):
    return contacts(LabelImage(ArrayPixels(np.asarray(array)), axes), **options)


@st.composite
def volumes(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.integers(0, draw(st.integers(2, 6)), tuple(draw(st.integers(1, 6)) for _ in range(3)))


def slow(volume):
    """Pairs and the sides they share, one pixel after the other."""
    found = {}
    for place in np.ndindex(volume.shape):
        for axis in range(3):
            other = tuple(at + (number == axis) for number, at in enumerate(place))
            if other[axis] < volume.shape[axis] and volume[place] and volume[other] and volume[place] != volume[other]:
                pair = tuple(sorted((volume[place].item(), volume[other].item())))
                found.setdefault(pair, [0, 0, 0])[axis] += 1
    return dict(sorted(found.items()))


def test_two_segments_side_by_side():
    found = of([[1, 1, 2], [1, 0, 2]])
    assert (found.first.tolist(), found.second.tolist(), found.sides.tolist()) == ([1], [2], [[0, 0, 1]])
    assert found.length().tolist() == [1]


def test_the_length_of_a_contact_follows_the_sides_of_pixels():
    upright, level = of([[1, 2], [1, 2]]), of([[1, 1], [2, 2]])
    assert upright.length((9, 3, 5)).tolist() == [6]
    assert level.length((9, 3, 5)).tolist() == [10]


def test_a_corner_is_no_contact_and_neither_is_background():
    assert of([[1, 0], [0, 2]]).first.tolist() == []
    assert of([[1, 0, 2]]).first.tolist() == []


def test_in_volumes_contacts_are_faces():
    found = of(np.array([[[1, 1]], [[2, 3]]]), "zyx")
    assert list(zip(found.first.tolist(), found.second.tolist(), found.length((2, 3, 5)).tolist(), strict=True)) == [(1, 2, 15), (1, 3, 15), (2, 3, 6)]


@given(volumes(), st.integers(1, 40))
def test_contacts_are_what_a_look_at_every_pixel_finds_whatever_the_bands(volume, band):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "BAND", band)
        found = of(volume, "zyx")
    expected = slow(volume)
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == list(expected)
    assert found.sides.tolist() == list(expected.values())


@dataclass(frozen=True)
class Chunked(ArrayPixels):
    """Pixels that lie in chunks, and say so."""

    chunks: tuple[int, ...] = ()
    regions: list = field(default_factory=list)

    def read(self, region):
        self.regions.append(region)
        return super().read(region)


@given(volumes(), st.tuples(*[st.integers(1, 4)] * 3), st.integers(1, 60))
def test_pixels_in_chunks_are_read_chunk_by_chunk(volume, chunks, band):
    pixels = Chunked(volume, chunks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "BAND", band)
        found = contacts(LabelImage(pixels, "zyx"))
    assert found.sides.tolist() == list(slow(volume).values())
    assert all(region[0].start % chunks[0] == 0 for region in pixels.regions)
    assert all(region[1].start in (0,) or (region[1].start + 1) % chunks[1] == 0 for region in pixels.regions)


def test_axes_stand_in_any_order():
    rng = np.random.default_rng(1)
    volume = rng.integers(0, 4, (2, 3, 4, 5))
    plain = contacts(LabelImage(ArrayPixels(volume), "tzyx"), t=1)
    turned = contacts(LabelImage(ArrayPixels(volume.transpose(3, 1, 0, 2)), "xzty"), t=1)
    assert plain.first.tolist() == turned.first.tolist()
    assert plain.sides.tolist() == turned.sides.tolist()


@pytest.mark.parametrize("kind", ["u1", ">u2", "i4", "u8"])
def test_labels_of_every_kind(kind):
    largest = np.iinfo(kind).max
    found = of(np.array([[3, largest]], kind))
    assert (found.first.tolist(), found.second.tolist()) == ([3], [largest])


def test_negative_labels_are_refused():
    with pytest.raises(Malformed, match="negative"):
        of([[1, -2]])


def test_no_pixels_no_contacts():
    assert of(np.zeros((0, 3), int)).first.tolist() == []


def test_how_many_neighbours_each_has():
    found = of([[1, 2, 3], [1, 2, 0], [0, 0, 9]])
    assert neighbour_counts(found, np.array([1, 2, 3, 9], np.uint64)).tolist() == [1, 2, 1, 0]
    assert neighbour_counts(found, np.array([], np.uint64)).tolist() == []


def brute(points):
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    return apart.argmin(axis=1), apart.min(axis=1)


@given(st.integers(2, 60), st.integers(2, 3), st.integers(0, 2**32 - 1), st.sampled_from(["even", "grid", "cluster", "line"]))
def test_the_nearest_point_is_the_nearest(count, axes, seed, kind):
    rng = np.random.default_rng(seed)
    points = rng.random((count, axes)) * 100
    if kind == "grid":
        points = np.floor(points / 20)
    elif kind == "cluster":
        points[2:] = points[2:] * 1e-6 + 50
    elif kind == "line":
        points[:, 0] = 3
    row, distance = nearest(points)
    expected = brute(points)
    np.testing.assert_allclose(distance, expected[1], rtol=1e-12)
    assert (row != np.arange(count)).all()
    if kind == "grid":
        assert row.tolist() == expected[0].tolist()


def test_in_portions_it_is_the_same(monkeypatch):
    points = np.random.default_rng(0).random((300, 2))
    whole = nearest(points)
    monkeypatch.setattr(module, "AT_ONCE", 100)
    portions = nearest(points)
    assert whole[0].tolist() == portions[0].tolist()
    assert whole[1].tolist() == portions[1].tolist()


def test_who_is_alone_has_no_nearest():
    assert nearest(np.zeros((0, 2)))[0].tolist() == []
    row, distance = nearest(np.array([[1.0, 2.0]]))
    assert (row.tolist(), np.isnan(distance).tolist()) == ([-1], [True])


def test_what_lies_nowhere_is_passed_over():
    row, distance = nearest(np.array([[0.0, 0], [np.nan, 0], [3, 4], [0, 0]]))
    assert row.tolist() == [3, -1, 0, 0]
    np.testing.assert_array_equal(distance, [0, np.nan, 5, 0])


def test_columns_of_the_catalogue():
    labels = np.zeros((3, 12), np.uint16)
    labels[:, 0:2], labels[:, 2:4], labels[:, 10:] = 7, 3, 5
    image, label = LabelImage(ArrayPixels(labels), "yx"), np.array([3, 5, 7], np.uint64)
    centroid = np.array([[0, 1.5, 3], [0, 1.5, 11], [0, 1.5, 1]])
    names = frozenset(each.name for each in SURROUNDINGS)
    found = surroundings(image, label, centroid, names, pixel=(1, 1, 0.5))
    assert found.keys() == names
    assert found["neighbours"].tolist() == [1, 0, 1]
    assert found["nearest_distance"].tolist() == [1, 4, 1]
    assert surroundings(image, label, centroid, frozenset({"area"})) == {}
