"""Values in another range and type: clipped, rounded half to even, and counted; or as ilastik does it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from segue.errors import InvalidOption
from segue.transform import values, values_kernel
from segue.transform.change import TYPES, Range
from segue.transform.values import as_ilastik, changed

NAN = float("nan")
INTEGERS = [name for name in TYPES if "int" in name]


def clip(values, to, dtype, source="float64"):
    block, counts = changed(np.array(values, source), to, np.dtype(dtype), "clip")
    assert block.dtype == np.dtype(dtype)
    return block.tolist(), counts


def test_fractions_become_whole_numbers_by_rounding_half_to_even():
    assert clip([0.5, 1.5, 2.5, 0.99, 3], None, "uint8") == ([0, 2, 2, 1, 3], (0, 4, 0))


def test_what_a_type_does_not_hold_becomes_its_nearest_and_is_counted():
    assert clip([-1.7, 256.4, 300, NAN, 7], None, "uint8") == ([0, 255, 255, 0, 7], (3, 0, 1))
    assert clip([-3, 200], None, "int8", "int16") == ([-3, 127], (1, 0, 0))
    assert clip([-1, 5], None, "uint64", "int64") == ([0, 5], (1, 0, 0))
    assert clip([2**64 - 1], None, "int64", "uint64") == ([2**63 - 1], (1, 0, 0))
    assert clip([1e300, -1e300], None, "float32") == ([float(np.finfo("f4").max), float(np.finfo("f4").min)], (2, 0, 0))


def test_infinity_stays_in_fractions():
    assert clip([np.inf], None, "float32") == ([np.inf], (0, 0, 0))
    assert clip([np.inf, -np.inf], None, "int64") == ([2**63 - 1, -(2**63)], (2, 0, 0))


def test_whole_numbers_that_fractions_do_not_hold_are_counted():
    assert clip([2**53 + 1, 2**53], None, "float64", "uint64")[1] == (0, 1, 0)
    assert clip([2**64 - 1], None, "float64", "uint64")[1] == (0, 1, 0)
    assert clip([16777217, 16777216], None, "float32", "int32")[1] == (0, 1, 0)
    assert clip([65535], None, "float32", "uint16")[1] == (0, 0, 0)


def test_a_range_clips_and_rounds():
    assert clip([-0.1, 0, 0.5, 1, 1.2, NAN], Range(0, 1, 0, 255), "uint8") == ([0, 0, 128, 255, 255, 0], (2, 1, 1))
    assert clip([0, 4, 5, 7, 10, 20], Range(5, 10, 0, 255), "uint8", "uint8") == ([0, 0, 0, 102, 255, 255], (3, 0, 0))
    assert clip([255], Range(0, 65535, 0, 255), "uint8", "uint16") == ([1], (0, 1, 0))
    assert clip([0, 0.25, 1], Range(0, 1, 1, 0), "float32") == ([1, 0.75, 0], (0, 0, 0))


@pytest.mark.parametrize("numbers", [(1, 1, 0, 255), (2, 1, 0, 255), (0, NAN, 0, 1), (0, 1, 0, float("inf"))])
def test_ranges_that_are_none(numbers):
    with pytest.raises(InvalidOption):
        Range(*numbers)


@given(st.data())
def test_every_cast_is_the_nearest_value_of_the_type(data):
    source, target = (np.dtype(data.draw(st.sampled_from(TYPES))) for _ in range(2))
    block = data.draw(arrays(source, 20))
    cast, (clipped, rounded, missing) = changed(block, None, target, "clip")
    expected = [nearest(one, target) for one in block.tolist()]
    assert [same(one, other) for one, (other, _) in zip(cast.tolist(), expected, strict=True)] == [True] * 20
    assert (clipped, rounded, missing) == tuple(sum(why == name for _, why in expected) for name in ("clipped", "rounded", "missing"))


def nearest(value, target):
    """(the value in the type, what happened), by exact arithmetic."""
    if target.kind == "f":
        if value != value or abs(value) == float("inf"):
            return value, ""
        most = float(np.finfo(target).max)
        if abs(Fraction(value)) > Fraction(most):
            near = float(target.type(value)) if target.itemsize == 8 else float(np.float32(value)) if abs(value) < 2.0**128 else float("inf")
            if abs(near) == float("inf"):
                return (most if value > 0 else -most), "clipped"
        with np.errstate(over="ignore"):
            cast = float(target.type(value))
        if abs(cast) == float("inf"):
            return (most if value > 0 else -most), "clipped"
        return cast, "" if Fraction(cast) == Fraction(value) else "rounded"
    if value != value:
        return 0, "missing"
    info = np.iinfo(target)
    if abs(value) == float("inf"):
        return int(info.max if value > 0 else info.min), "clipped"
    whole = round(Fraction(value))
    if not info.min <= whole <= info.max:
        return int(info.max if whole > 0 else info.min), "clipped"
    return whole, "" if Fraction(value) == whole else "rounded"


def same(one, other):
    return one == other or (one != one and other != other)


@pytest.mark.parametrize(
    ("values", "source", "to", "expected"),
    [
        ([0, 4, 5, 7, 10, 20], "uint8", Range(5, 10, 0, 255), [1, 205, 0, 102, 255, 253]),
        ([-0.1, 0, 0.5, 1, 1.2, NAN], "float32", Range(0, 1, 0, 255), [230, 0, 128, 255, 50, 0]),
        ([255], "uint16", Range(0, 65535, 0, 255), [0]),
        ([0.99, -1.7, 256.0, 300.7, NAN], "float32", None, [0, 255, 0, 44, 0]),
        ([256, 300, -1], "int32", None, [0, 44, 255]),
    ],
)
def test_ilastiks_arithmetic_as_it_was_observed(values, source, to, expected):
    """specs of ilastik, 2.2 and 2.3: found by running it."""
    assert as_ilastik(np.array(values, source), to, np.dtype("uint8")).tolist() == expected


@pytest.mark.parametrize("source", TYPES)
@pytest.mark.parametrize("target", INTEGERS)
def test_ilastik_and_ours_agree_inside_the_range(source, target):
    block = np.array([0, 10, 20, 50, 100], source)
    for to in (None, Range(0, 100, 0, 100)):
        assert as_ilastik(block, to, np.dtype(target)).tolist() == changed(block, to, np.dtype(target), "clip")[0].tolist()


@pytest.mark.parametrize("source", ["uint8", "int16", "uint16", "int64", "float32", "float64"])
@pytest.mark.parametrize("target", ["uint8", "int16", "uint64", "int64"])
@pytest.mark.parametrize("to", [None, Range(-3, 250.5, 0, 255), Range(0, 100, 300, -20), Range(10, 20, 0.5, 1e19)])
def test_the_compiled_twin_gives_the_same(source, target, to):
    rng = np.random.default_rng(5)
    block = (rng.standard_normal((40, 50)) * 300).astype("f8")
    if source.startswith("float"):
        block.flat[::37], block.flat[1::41], block.flat[2::43] = np.nan, np.inf, -np.inf
        block.flat[3::47] = 2.0**63
    with np.errstate(invalid="ignore"):
        block = block.astype(source)
    dtype = np.dtype(target)
    if to is None and block.dtype.kind != "f":
        return
    plain = values.of_fractions(block, dtype) if to is None else values.scaled(block, to, dtype)
    compiled = values_kernel.rounded(block, dtype) if to is None else values_kernel.scaled(block, to, dtype)
    assert np.array_equal(plain[0], compiled[0])
    assert plain[1] == compiled[1]


VIEWS = {
    "a cut-out of a plane": np.s_[3, 2:9, 4:11],
    "a cut-out": np.s_[1:3, 2:9, 4:11],
    "rows at a distance": np.s_[::2, 1::3, 5:8],
    "single columns": np.s_[:, :, 3],
    "every second column": np.s_[:, :, ::2],
    "upside down": np.s_[::-1, :, :],
    "one pixel": np.s_[2, 3:4, 4:5],
    "nothing": np.s_[2:2, :, :],
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("longest", [1, 512], ids=["where they lie", "or copied because their rows are short"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_parts_of_an_array_are_scaled_like_copies_of_them(monkeypatch, view, longest, turned):
    monkeypatch.setattr(values_kernel, "LONG", longest)
    whole = np.random.default_rng(6).uniform(-0.2, 1.2, (4, 11, 13)).astype("f4")
    whole.flat[::17] = np.nan
    whole.flags.writeable = False
    block = whole[view].T if turned else whole[view]
    found, counts = values_kernel.scaled(block, Range(0, 1, 0, 255), np.dtype("u1"))
    expected, wanted = values.scaled(block, Range(0, 1, 0, 255), np.dtype("u1"))
    assert np.array_equal(found, expected)
    assert counts == wanted


def test_so_are_parts_of_more_axes_than_the_kernel_steps_along(monkeypatch):
    monkeypatch.setattr(values_kernel, "LONG", 1)
    block = np.random.default_rng(6).uniform(0, 1, (3, 4, 5, 6, 7))[:2, 1:, 2:, 1:, 3:]
    found, counts = values_kernel.scaled(block, Range(0, 1, 0, 255), np.dtype("u1"))
    assert np.array_equal(found, values.scaled(block, Range(0, 1, 0, 255), np.dtype("u1"))[0])
    assert counts == (0, block.size, 0)


def test_large_blocks_go_the_compiled_way(monkeypatch):
    used = []
    monkeypatch.setattr(values_kernel, "scaled", lambda *given: used.append(given) or (given[0], (0, 0, 0)))
    changed(np.zeros(values.SMALL, "f4"), Range(0, 1, 0, 255), np.dtype("u1"), "clip")
    changed(np.zeros(values.SMALL - 1, "f4"), Range(0, 1, 0, 255), np.dtype("u1"), "clip")
    assert len(used) == 1
