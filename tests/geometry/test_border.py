"""Border pixels and the areas they stand for: one gives the other, pixel by pixel; the points are OpenCV's."""

from __future__ import annotations

import numpy as np
import pytest

from segue.errors import TooLarge
from segue.geometry import border
from segue.geometry.border import areas_of, borders_of, simple_areas
from segue.geometry.border_follow import follow
from segue.geometry.border_kernel import follow as follow_compiled
from segue.geometry.components import components
from segue.geometry.outline import outline
from segue.geometry.rasterize import rasterize
from segue.model.rings import Rings


def picture(text: str) -> np.ndarray:
    rows = text.split()
    return np.array([[int(cell != ".") for cell in row] for row in rows], np.uint8)


def largest_filled(mask: np.ndarray) -> np.ndarray:
    """By definition: the outside is reached by edges, pieces are connected by corners too."""
    padded = np.pad(mask, 1)
    outside = components(padded == 0, 4)[0]
    solid = outside != outside[0, 0]
    parts, count = components(solid, 8)
    sizes = [(parts == part).sum() for part in range(1, count + 1)]
    return (parts == 1 + int(np.argmax(sizes)))[1:-1, 1:-1]


def points_of(mask: np.ndarray) -> list[list[int]]:
    rows, areas = simple_areas(outline(mask)[1])
    points, start = borders_of(areas)
    assert rows.tolist() == [0]
    assert start.tolist() == [0, len(points)]
    return points.tolist()


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("#", [[0, 0]]),
        ("##", [[0, 0], [1, 0]]),
        ("###", [[0, 0], [1, 0], [2, 0], [1, 0]]),
        ("## ##", [[0, 0], [0, 1], [1, 1], [1, 0]]),
        ("### ### ###", [[0, 0], [0, 1], [0, 2], [1, 2], [2, 2], [2, 1], [2, 0], [1, 0]]),
        ("#. .#", [[0, 0], [1, 1]]),
        (".# #.", [[1, 0], [0, 1]]),
        (".#. #.# .#.", [[1, 0], [0, 1], [1, 2], [2, 1]]),
        ("#.. ##. ..#", [[0, 0], [0, 1], [1, 1], [2, 2], [1, 1]]),
        ("##. .## .#.", [[0, 0], [1, 1], [1, 2], [2, 1], [1, 0]]),
    ],
)
def test_the_order_is_that_of_opencv(text: str, points: list[list[int]]) -> None:
    """Every list is the answer of cv2.findContours (5.0, RETR_EXTERNAL, CHAIN_APPROX_NONE) for the picture with an empty pixel around it."""
    assert points_of(picture(text)) == points


@pytest.mark.parametrize("seed", range(60))
def test_the_pixels_come_back_from_their_border(seed: int) -> None:
    draw = np.random.default_rng(seed)
    mask = (draw.random(draw.integers(1, 16, 2)) < draw.choice([0.3, 0.5, 0.7, 0.9])).astype(np.uint8)
    mask[0, 0] = 1
    _, areas = simple_areas(outline(mask)[1])
    drawn, _ = rasterize(areas, np.array([1]), mask.shape)
    np.testing.assert_array_equal(drawn, largest_filled(mask))
    points, start = borders_of(areas)
    assert areas_of(points, start).same(areas).all()
    steps = np.abs(np.diff(points, axis=0))
    assert steps.max(initial=1) == 1
    padded = np.pad(largest_filled(mask), 1)
    inner = padded[1:-1, 1:-1] & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    expected = {(x, y) for y, x in np.argwhere(largest_filled(mask) & ~inner)}
    assert {(x, y) for x, y in points.tolist()} == expected


def test_many_areas_of_many_sizes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of a few hundred pixels, so that there are many; compiled or not."""
    draw = np.random.default_rng(1)
    rings, start = [], [0]
    for _ in range(60):
        x, y, width, height = draw.integers(-50, 50), draw.integers(-50, 50), draw.integers(1, 40), draw.integers(1, 20)
        rings += [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        start.append(len(rings))
    areas = Rings.simple(np.array(rings), np.array(start))
    rows, whole = simple_areas(areas)
    points, at = borders_of(whole)
    monkeypatch.setattr(border, "SHEET", 300)
    monkeypatch.setattr(border, "SMALL", 0)
    again, parts = simple_areas(areas)
    assert rows.tolist() == again.tolist() == list(range(60))
    assert parts.same(whole).all()
    assert whole.same(areas).all()
    few, few_at = borders_of(whole)
    assert (few.tolist(), few_at.tolist()) == (points.tolist(), at.tolist())
    assert areas_of(points, at).same(areas).all()


def test_one_large_area_among_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Larger than a sheet, so that its edges are searched instead of looked up."""
    areas = Rings.simple([(0, 0), (90, 0), (90, 40), (0, 40), (5, 5), (7, 5), (7, 6), (5, 6)], [0, 4, 8])
    points, at = borders_of(areas)
    monkeypatch.setattr(border, "SHEET", 500)
    again, again_at = borders_of(areas)
    assert (again.tolist(), again_at.tolist()) == (points.tolist(), at.tolist())
    assert at.tolist() == [0, 256, 258]


def test_ways_are_followed_alike_compiled_or_not() -> None:
    after, first = np.array([2, 1, 4, 0, 3]), np.array([1, 0])
    assert follow(after, first).tolist() == follow_compiled(after, first).tolist() == [1, 0, 2, 4, 3]


def test_what_covers_no_pixel_has_no_border() -> None:
    sliver = Rings.simple([(0, 0), (9, 0), (9, 0.2), (0, 0.2), (3, 3), (5, 3), (5, 4), (3, 4)], [0, 0, 4, 8])
    rows, areas = simple_areas(sliver)
    assert rows.tolist() == [2]
    assert borders_of(areas)[0].tolist() == [[3, 3], [4, 3]]
    assert len(simple_areas(Rings.empty())[1]) == len(areas_of(np.empty((0, 2), np.int64), np.zeros(1, np.int64))) == 0
    assert borders_of(Rings.empty())[1].tolist() == [0]


def test_an_area_beyond_every_size_is_refused_before_memory_is_taken() -> None:
    with pytest.raises(TooLarge, match="too large to follow its border"):
        areas_of(np.array([[0, 0], [2**31 - 1, 2**31 - 1]]), np.array([0, 2]))
