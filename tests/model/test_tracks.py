"""Tracks, lineages and generations of connections."""

from __future__ import annotations

import numpy as np
import pytest

from segue.model.tracks import tracks


def numbers(links, count, time=None):
    found = tracks([one for one, _ in links], [other for _, other in links], count, time)
    return found.track.tolist(), found.lineage.tolist(), found.generation.tolist(), found.parent.tolist()


def test_objects_without_connections_are_tracks_of_their_own():
    assert numbers([], 3) == ([1, 2, 3], [1, 2, 3], [0, 0, 0], [0, 0, 0])
    assert numbers([], 0) == ([], [], [], [])


def test_a_chain_is_one_track_whatever_the_order_of_its_rows():
    assert numbers([(3, 1), (1, 0), (0, 2)], 4) == ([1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0], [0])


def test_a_division_begins_two_tracks_of_the_next_generation():
    assert numbers([(0, 1), (1, 2), (1, 3), (3, 4)], 5) == ([1, 1, 2, 3, 3], [1] * 5, [0, 0, 1, 1, 1], [0, 1, 1])


def test_a_merge_begins_a_track_too():
    assert numbers([(0, 2), (1, 2), (2, 3)], 4) == ([1, 2, 3, 3], [1] * 4, [0, 0, 1, 1], [0, 0, 1])


def test_numbers_follow_time_then_rows():
    assert numbers([(2, 0)], 4, time=[1, 1, 0, 0]) == ([1, 3, 1, 2], [1, 3, 1, 2], [0, 0, 0, 0], [0, 0, 0])


def test_what_is_said_twice_or_of_itself_counts_not():
    assert numbers([(0, 1), (0, 1), (1, 1)], 2) == ([1, 1], [1, 1], [0, 0], [0])


def test_circles_end():
    assert numbers([(0, 1), (1, 2), (2, 0)], 3) == ([1, 1, 1], [1, 1, 1], [0, 0, 0], [0])
    track, lineage, generation, _ = numbers([(0, 1), (1, 0), (0, 2), (2, 1)], 3)
    assert (len(set(track)), set(lineage), generation) == (2, {1}, [0, 0, 0])


@pytest.mark.parametrize("seed", range(20))
def test_lineages_are_the_components_of_an_independent_walk(seed):
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 40))
    links = random.integers(0, count, (int(random.integers(0, 50)), 2)).tolist()
    _, lineage, generation, _ = numbers(links, count)
    near = {row: {row} for row in range(count)}
    for one, other in links:
        near[one].add(other)
        near[other].add(one)
    for row in range(count):
        reached, new = set(), {row}
        while new:
            reached |= new
            new = set().union(*(near[one] for one in new)) - reached
        assert {other for other in range(count) if lineage[other] == lineage[row]} == reached
    assert min(generation) == 0


def test_a_million_objects_take_seconds():
    count = 1_000_000
    rows = np.random.default_rng(0).permutation(count)
    found = tracks(rows[:-1], rows[1:], count)
    assert (len(found), found.track.max()) == (1, 1)
