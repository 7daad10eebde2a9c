"""Paths of composites: rings out of opcodes, curves as straight pieces, damage refused."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs.roi_path import TOLERANCE, path_rings, rings_path
from segue.errors import Malformed

LENGTH = {0: 3, 1: 3, 2: 5, 3: 7, 4: 1}


def rings(*paths):
    start = np.cumsum([0, *(len(path) for path in paths)])
    return path_rings(np.array([value for path in paths for value in path], np.float32), start)


def plainly(path):
    """The rings of a path without curves, segment by segment."""
    found, at = [], 0
    while at < len(path):
        code = int(path[at])
        if code == 0:
            found.append([])
        if code != 4:
            found[-1].append((path[at + 1], path[at + 2]))
        at += LENGTH[code]
    return found


places = st.tuples(st.integers(0, 9), st.integers(0, 9))


@given(st.lists(st.lists(st.lists(places, min_size=1, max_size=5), min_size=1, max_size=4), max_size=5))
def test_rings_come_back_whatever_numbers_they_hold(rois):
    flat = [ring for one in rois for ring in one]
    coords = np.array([vertex for ring in flat for vertex in ring], float).reshape(-1, 2)
    ring_start = np.cumsum([0, *map(len, flat)])
    path, start = rings_path(coords, ring_start, np.cumsum([0, *map(len, rois)]))
    back, back_start, per_path, curved = path_rings(path, start)
    assert np.array_equal(back, coords)
    assert back_start.tolist() == ring_start.tolist()
    assert np.diff(per_path).tolist() == [len(one) for one in rois]
    assert not curved.any()
    assert [plainly(path[a:b].tolist()) for a, b in itertools.pairwise(start)] == rois


@pytest.mark.parametrize(("curve", "point"), [([2, 50, 100, 100, 0], (50, 50)), ([3, 0, 100, 100, 100, 100, 0], (50, 75))])
def test_curves_become_pieces_within_the_tolerance(curve, point):
    coords, ring_start, _, curved = rings([0, 0, 0, *curve, 1, 50, -10, 4], [0, 5, 5, 4])
    assert curved.tolist() == [True, False]
    assert ring_start[-2:].tolist() == [len(coords) - 1, len(coords)]
    ends = coords[: ring_start[1] - 1]
    assert ends[-1].tolist() == [100, 0]
    step = np.diff(ends, axis=0)
    along = (point - ends[:-1]) @ step.T
    nearest = ends[:-1] + step * np.clip(np.diag(along) / (step**2).sum(axis=1), 0, 1)[:, None]
    assert np.hypot(*(nearest - point).T).min() < TOLERANCE


def test_a_ring_may_go_on_without_an_end():
    coords, ring_start, _, _ = rings([0, 1, 1, 1, 2, 2, 0, 3, 3, 1, 4, 4])
    assert ring_start.tolist() == [0, 2, 4]
    assert coords.tolist() == [[1, 1], [2, 2], [3, 3], [4, 4]]


@pytest.mark.parametrize(
    "path",
    [[5], [0.5, 1, 1], [1, 2, 2], [4], [2, 1, 1, 2, 2], [0, 1], [0, 1, 1, 3, 1, 1], [np.nan], [0, 1, 1, 4, 2, 1, 1, 2, 2], [-1, 0, 0]],
)
def test_damaged_paths(path):
    with pytest.raises(Malformed) as caught:
        rings([0, 0, 0, 4], path, [0, 0, 0, 4])
    assert caught.value.fields["row"] == 1


def test_curves_to_infinity_stay_small():
    coords, _, _, _ = rings([0, 0, 0, 3, *[3e38] * 6, 2, *[np.inf] * 4])
    assert len(coords) <= 129
