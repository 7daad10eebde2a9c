"""Geometry of any structure as list columns, and back bit by bit."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.parquet_lists import COLUMNS, flat, list_columns, lists, rings_of
from segue.model.rings import Rings

NAN = float("nan")
RINGS = st.lists(st.tuples(st.floats(width=64), st.floats(width=64)), max_size=3)
SHAPES = st.lists(st.lists(st.lists(RINGS, max_size=3), max_size=3), max_size=5)


def offsets(groups):
    return np.cumsum([0] + [len(group) for group in groups])


def nested(shapes):
    parts = [part for shape in shapes for part in shape]
    rings = [ring for part in parts for ring in part]
    coords = np.array([vertex for ring in rings for vertex in ring], float).reshape(-1, 2)
    return Rings(coords, offsets(rings), offsets(parts), offsets(shapes))


@given(SHAPES)
def test_any_structure_comes_back(shapes):
    rings = nested(shapes)
    frame = pl.DataFrame(list_columns(rings))
    assert dict(frame.schema) == COLUMNS
    back = rings_of(frame)
    assert back.coords.tobytes() == rings.coords.tobytes() or np.array_equal(back.coords, rings.coords, equal_nan=True)
    for name in ("ring_start", "part_start", "shape_start"):
        assert np.array_equal(getattr(back, name), getattr(rings, name))


def test_lists_and_offsets_are_each_other():
    column = lists(np.array([1, 2, 3]), np.array([0, 0, 2, 2, 3, 3]))
    assert column.to_list() == [[], [1, 2], [], [3], []]
    values, start = flat(column)
    assert values.tolist() == [1, 2, 3]
    assert start.tolist() == [0, 0, 2, 2, 3, 3]


def test_the_sign_of_zero_and_nan_are_kept():
    rings = nested([[[[(-0.0, NAN)]]]])
    assert rings_of(pl.DataFrame(list_columns(rings))).coords.tobytes() == rings.coords.tobytes()


SQUARE = {"x": [[0.0, 1.0, 1.0]], "y": [[0.0, 0.0, 1.0]], "ring": [[3]], "part": [[1]]}


@pytest.mark.parametrize(
    "changes",
    [
        {"x": [[0.0]]},
        {"x": [None]},
        {"x": [[0.0, None, 1.0]]},
        {"ring": [[2]]},
        {"ring": [[4]]},
        {"ring": [[-3]]},
        {"ring": [[2**62, 2**62, 2**62, 2**62, 3]]},
        {"ring": [[]]},
        {"part": [[2]]},
        {"part": [[]]},
        {"part": [[1, -1]]},
    ],
)
def test_lists_that_do_not_fit_are_refused(changes):
    frame = pl.DataFrame({**SQUARE, **changes}, schema=COLUMNS)
    with pytest.raises(ValueError):
        rings_of(frame)


def test_a_shape_does_not_take_vertices_of_its_neighbour():
    frame = pl.DataFrame({"x": [[0.0], [1.0, 2.0]], "y": [[0.0], [1.0, 2.0]], "ring": [[2], [1]], "part": [[1], [1]]}, schema=COLUMNS)
    with pytest.raises(ValueError, match="over the end"):
        rings_of(frame)
