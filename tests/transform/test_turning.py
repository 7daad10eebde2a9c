"""Blocks put into arrays with their axes in another order: as numpy does it, only faster."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.transform import turning
from segue.transform.turning import SMALL, put

R = np.random.default_rng(8)


@st.composite
def cases(draw):
    dtype = draw(st.sampled_from(["u1", "i1", "u2", "f4", "f8", "i8"]))
    sizes = draw(st.lists(st.sampled_from([1, 2, 7, 8, 9, 17, 40]), min_size=1, max_size=5).filter(lambda sizes: np.prod(sizes) < 1 << 16))
    order = draw(st.permutations(range(len(sizes))))
    around = [(draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in sizes]
    return dtype, sizes, order, around


@given(cases())
def test_it_is_an_assignment(drawn):
    dtype, sizes, order, around = drawn
    block = R.integers(0, 100, sizes).astype(dtype)
    found, expected = (np.full([before + sizes[axis] + behind for axis, (before, behind) in zip(order, around, strict=True)], 77, dtype) for _ in range(2))
    inside = tuple(slice(before, before + sizes[axis]) for axis, (before, _) in zip(order, around, strict=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turning, "SMALL", 0)
        put(block, found, found[inside].transpose(np.argsort(order)))
    expected[inside].transpose(np.argsort(order))[...] = block
    assert np.array_equal(found, expected)


def test_a_large_block_is_one_too():
    block = R.integers(0, 256, (70, 60, 50), dtype=np.uint8)
    assert block.size > SMALL
    out = np.empty((50, 60, 70), np.uint8)
    put(block, out, out.transpose(2, 1, 0))
    assert np.array_equal(out, block.transpose(2, 1, 0))


@pytest.mark.parametrize("dtype", [">u2", "f4", "u1"])
def test_other_number_types_are_cast(dtype):
    block = R.integers(0, 100, (70, 60, 50)).astype(dtype)
    out = np.empty((50, 70, 60), np.uint16)
    put(block, out, out.transpose(1, 2, 0))
    assert np.array_equal(out, block.transpose(2, 0, 1))
