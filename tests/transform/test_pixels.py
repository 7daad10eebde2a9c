"""Changed pixels: read in any regions, they are the change of the whole."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import Incompatible
from segue.model.image import ArrayPixels, in_memory
from segue.transform.change import Change, Range
from segue.transform.pixels import Changed
from segue.transform.tally import Tally
from segue.transform.values import changed

CUBE = np.arange(2 * 3 * 4 * 5, dtype=np.uint16).reshape(2, 3, 4, 5)


def test_cut_reordered_and_cast():
    pixels = Changed(ArrayPixels(CUBE), "czyx", Change((("y", 1, 3), ("c", 1, 2)), None, np.dtype("uint8"), "xyz"))
    assert (pixels.axes, pixels.shape, pixels.dtype) == ("xyz", (5, 2, 3), np.uint8)
    expected = CUBE[1, :, 1:3].transpose(2, 1, 0)
    assert in_memory(pixels).tolist() == expected.tolist()
    assert pixels.read((slice(2, 4), slice(0, 1), slice(1, 3))).tolist() == expected[2:4, 0:1, 1:3].tolist()


def test_axes_are_added_with_the_size_one():
    pixels = Changed(ArrayPixels(CUBE[0, 0]), "yx", Change(axes="tzyxc"))
    assert pixels.shape == (1, 1, 4, 5, 1)
    assert in_memory(pixels).reshape(4, 5).tolist() == CUBE[0, 0].tolist()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change((("t", 0, 1),)), "the axis t"),
        (Change((("x", 0, 6),)), "x=0:5"),
        (Change((("x", 3, 3),)), "not inside"),
        (Change((("x", 0, 1), ("x", 1, 2))), "twice"),
        (Change(axes="yx"), r"c \(2\), z \(3\)"),
        (Change(axes="czyxx"), "once"),
        (Change(axes="czyq"), "order of axes"),
    ],
)
def test_changes_that_do_not_fit_are_refused_before_a_pixel_is_read(change, why):
    with pytest.raises(Incompatible, match=why):
        Changed(ArrayPixels(CUBE), "czyx", change)


def test_only_what_is_asked_for_is_read():
    seen = []

    class Watched(ArrayPixels):
        def read(self, region):
            seen.append(region)
            return super().read(region)

    pixels = Changed(Watched(CUBE), "czyx", Change((("z", 1, 3),), axes="xyzc"))
    pixels.read((slice(4, 5), slice(0, 2), slice(1, 2), slice(0, 2)))
    assert seen == [(slice(0, 2), slice(2, 3), slice(0, 2), slice(4, 5))]


def test_it_can_travel_to_another_process():
    pixels = Changed(ArrayPixels(CUBE), "czyx", Change((("z", 1, 3),), Range(0, 100, 0, 1), np.dtype("f4"), "zcyx"))
    assert np.array_equal(in_memory(pickle.loads(pickle.dumps(pixels))), in_memory(pixels))


@st.composite
def changes(draw):
    axes = draw(st.permutations("tczyx").map("".join))
    shape = tuple(draw(st.integers(1, 4)) for _ in axes)
    parts = []
    for name, size in zip(axes, shape, strict=True):
        first = draw(st.integers(0, size - 1))
        parts.append((name, first, draw(st.integers(first + 1, size))))
    dtype = draw(st.sampled_from([None, "uint8", "int16", "float32", "uint64"]))
    to = draw(st.sampled_from([None, Range(10, 60, 0, 255), Range(0, 200, -1, 1)]))
    order = draw(st.permutations("tczyx").map("".join))
    return axes, shape, Change(tuple(parts), to, None if dtype is None else np.dtype(dtype), order, draw(st.sampled_from(["clip", "ilastik"])))


@given(changes(), st.data())
def test_any_regions_together_are_the_change_of_the_whole(drawn, data):
    axes, shape, change = drawn
    source = np.random.default_rng(1).integers(0, 250, shape).astype(np.uint8)
    pixels = Changed(ArrayPixels(source), axes, change)
    region = tuple(slice(first, end) for _, first, end in change.cutout)
    values, counts = changed(source[region], change.renormalise, pixels.dtype, change.rule)
    whole = values.transpose([axes.index(name) for name in change.axes])
    assert np.array_equal(in_memory(pixels), whole)
    nth = data.draw(st.integers(0, 4))
    cut_at = data.draw(st.integers(0, whole.shape[nth]))
    found, tally = [], Tally()
    for part in (slice(0, cut_at), slice(cut_at, whole.shape[nth])):
        if part.start < part.stop:
            block, more = pixels.read_tallied(tuple(part if axis == nth else slice(0, size) for axis, size in enumerate(whole.shape)))
            found.append(block)
            tally += more
    assert np.array_equal(np.concatenate(found, axis=nth), whole)
    assert tally == Tally(*counts)
