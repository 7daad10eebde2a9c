"""Pixels: axes that fit, planes in order, fingerprints that depend on the segments only."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.model import image
from segue.model.diff_pixels import same_pixels
from segue.model.image import ArrayPixels, Image, LabelImage, Pixels, in_memory, planes

SEGMENTS = np.zeros((2, 3, 6, 5), np.uint8)
SEGMENTS[:, 1:, 1:4, 2:4] = 7
SEGMENTS[1, 0, 5, :] = 200


def labels(array, axes="tzyx"):
    return LabelImage(ArrayPixels(array), axes)


@dataclass(frozen=True)
class Rows:
    """Pixels that are read row by row, as another chunking would."""

    array: np.ndarray

    @property
    def shape(self):
        return self.array.shape

    @property
    def dtype(self):
        return self.array.dtype

    def read(self, region):
        part = self.array[region]
        return np.stack([part[..., nth, :] for nth in range(part.shape[-2])], axis=-2)


class TestImages:
    @pytest.mark.parametrize("axes", ["y", "yxx", "yxc", "zx", "yq", "xyz t"])
    def test_name_each_axis_once_and_have_y_and_x(self, axes):
        with pytest.raises(ValueError, match="does not name the 2 axes"):
            Image(ArrayPixels(np.zeros((2, 2))), axes)

    def test_have_as_many_channel_names_as_channels(self):
        pixels = ArrayPixels(np.zeros((2, 3, 3)))
        assert Image(pixels, "cyx", channels=("a", "b")).channels == ("a", "b")
        with pytest.raises(ValueError, match="1 channel names for 2 channels"):
            Image(pixels, "cyx", channels=("a",))

    @pytest.mark.parametrize(("dtype", "axes"), [(np.float32, "zyx"), (np.uint8, "cyx"), (np.complex64, "zyx")])
    def test_of_labels_hold_integers_and_no_channels(self, dtype, axes):
        with pytest.raises(ValueError, match="label image"):
            LabelImage(ArrayPixels(np.zeros((1, 2, 2), dtype)), axes)

    def test_do_not_change_under_the_hands_of_others(self):
        pixels = ArrayPixels(SEGMENTS)
        with pytest.raises(ValueError, match="read-only"):
            pixels.array[0] = 1
        read = pixels.read((slice(0, 1),) * 4)
        read[:] = 99
        assert pixels.array[0, 0, 0, 0] == 0

    def test_are_read_in_the_byte_order_of_the_computer(self):
        pixels = ArrayPixels(np.array([[1, 2]], ">u2"))
        assert isinstance(pixels, Pixels)
        assert pixels.read((slice(0, 1), slice(0, 2))).dtype.isnative

    def test_can_be_compared_for_identity_only(self):
        one = ArrayPixels(SEGMENTS)
        assert one == one
        assert one != ArrayPixels(SEGMENTS)
        assert hash(one)

    def test_come_plane_by_plane_in_the_order_t_c_z(self):
        array = np.arange(2 * 3 * 2 * 4 * 5).reshape(2, 3, 2, 4, 5)  # z x c y t
        found = list(planes(ArrayPixels(array), "zxcyt"))
        assert [tuple(place.values()) for place, _ in found] == [(t, c, z) for t in range(5) for c in range(2) for z in range(2)]
        place, plane = found[7]
        assert np.array_equal(plane, array[place["z"], :, place["c"], :, place["t"]].T)

    def test_in_memory_are_all_there(self):
        assert np.array_equal(in_memory(Rows(SEGMENTS)), SEGMENTS)


class TestFingerprint:
    PRINT = labels(SEGMENTS).fingerprint()

    @pytest.mark.parametrize("dtype", ["uint16", "int32", "uint64", "int64", ">u4"])
    def test_does_not_depend_on_the_number_type(self, dtype):
        assert labels(SEGMENTS.astype(dtype)).fingerprint() == self.PRINT

    def test_does_not_depend_on_the_order_of_the_axes(self):
        assert labels(SEGMENTS.transpose(3, 1, 0, 2), "xzty").fingerprint() == self.PRINT

    def test_does_not_depend_on_how_it_is_read(self):
        assert LabelImage(Rows(SEGMENTS), "tzyx").fingerprint() == self.PRINT
        assert labels(np.asfortranarray(SEGMENTS)).fingerprint() == self.PRINT

    @pytest.mark.parametrize(("band", "held"), [(1, 0), (1, 1 << 20), (10, 0), (10, 100), (1 << 25, 0)])
    def test_does_not_depend_on_the_rows_that_are_looked_at_together(self, monkeypatch, band, held):
        monkeypatch.setattr(image, "BAND", band)
        monkeypatch.setattr(image, "MOST_HELD", held)
        assert labels(SEGMENTS).fingerprint() == self.PRINT
        assert labels(SEGMENTS.transpose(3, 1, 0, 2), "xzty").fingerprint() == self.PRINT

    def test_is_what_it_was_when_studies_were_written(self):
        assert labels(np.array([[0, 5, 5], [7, 7, 0]], np.uint16), "yx").fingerprint() == "7e7fcf256cfdc131615f498603b907c9ebb8b358859638562e411fd6aa7c865e"

    def test_does_not_depend_on_axes_of_one_plane(self):
        assert labels(SEGMENTS[0, 0], "yx").fingerprint() == labels(SEGMENTS[:1, :1]).fingerprint() == labels(SEGMENTS[0, :1], "zyx").fingerprint()

    def test_depends_on_every_pixel_and_on_the_size(self):
        prints = {self.PRINT}
        for place in [(0, 0, 0, 0), (1, 2, 5, 4), (1, 0, 5, 2)]:
            changed = SEGMENTS.copy()
            changed[place] += 1
            prints.add(labels(changed).fingerprint())
        prints |= {labels(SEGMENTS[:, :, :, ::-1]).fingerprint(), labels(np.pad(SEGMENTS, ((0, 0),) * 3 + ((0, 1),))).fingerprint()}
        assert len(prints) == 6

    def test_tells_planes_apart(self):
        empty = np.zeros((2, 3, 3), np.uint8)
        first, second = empty.copy(), empty.copy()
        first[0, 1, 1] = second[1, 1, 1] = 1
        assert labels(first, "zyx").fingerprint() != labels(second, "zyx").fingerprint() != labels(second, "tyx").fingerprint()

    def test_of_nothing_is_possible(self):
        assert labels(np.zeros((0, 0), np.uint8), "yx").fingerprint() != labels(np.zeros((0, 5), np.uint8), "yx").fingerprint()

    @given(seed=st.integers(0, 2**32 - 1))
    def test_is_equal_exactly_where_the_comparer_says_so(self, seed):
        random = np.random.default_rng(seed)
        one, other = (random.integers(0, 2, (2, 2, 2), np.uint8) for _ in range(2))
        a, b = labels(one, "zyx"), labels(other.astype(np.int64), "zyx")
        assert (a.fingerprint() == b.fingerprint()) == same_pixels(a, b)

    def test_survives_pickling(self):
        assert pickle.loads(pickle.dumps(labels(SEGMENTS))).fingerprint() == self.PRINT
