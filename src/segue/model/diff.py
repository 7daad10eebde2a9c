"""THE comparer: what differs between two studies, feature by feature.

The laws, ``--verify``, ``--dry-run``, ``segue diff`` and the notes of every writer use this one function. Equality is of content in
declared order; NaN equals NaN; the history is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence

from segue.model.diff_objects import compare_objects
from segue.model.diff_pixels import compare_pixels
from segue.model.diff_populations import compare_membership, compare_populations
from segue.model.diff_tables import compare_rows, compare_tables
from segue.model.equal import equal
from segue.model.features import Feature as F
from segue.model.grid import Grid
from segue.model.match import implied, match
from segue.model.study import ImageSet, Study

Counts = Counter[F]


def diff(a: Study, b: Study) -> dict[F, int]:
    """Count the differences between two studies.

    Image sets are compared by group, name and position where both studies have the same ones (their order is none of their facts), else in order,
    or by name where one of the two has more of them. Objects are matched by id, else by label, else by order
    (``segue.model.match``).

    Returns
    -------
    Feature -> how many of what the feature counts differ; features without a difference are left out.
    """
    found: Counts = Counter()
    found[F.IMAGE_SETS] += abs(len(a.image_sets) - len(b.image_sets))
    partners = compare_populations(a.populations, b.populations, found)
    found[F.PROPERTIES] += _definitions({one.id: one for one in a.properties}, {one.id: one for one in b.properties})
    found[F.DISPLAY] += _definitions({one.name: one for one in a.displays}, {one.name: one for one in b.displays})
    found[F.STUDY_EXTRAS] += compare_rows(a.extras, b.extras)
    for one, other in _partners(a.image_sets, b.image_sets):
        _image_sets(one, other, partners, found)
    return {feature: found[feature] for feature in F if found[feature]}


def _partners(a: Sequence[ImageSet], b: Sequence[ImageSet]) -> list[tuple[ImageSet, ImageSet]]:
    """Image sets that are the same one; an empty name names none."""
    if len(a) == len(b):
        return list(zip(a, _in_order_of(_called(a), _called(b), b), strict=True))
    left, right = Counter(s.name for s in a), Counter(s.name for s in b)
    known = {name for name in left.keys() & right.keys() if name and left[name] == right[name] == 1}
    named = {s.name: s for s in b if s.name in known}
    rest = zip((s for s in a if s.name not in known), (s for s in b if s.name not in known), strict=False)
    return [(s, named[s.name]) for s in a if s.name in known] + list(rest)


def _called(sets: Sequence[ImageSet]) -> list[object]:
    return [(s.group, s.name, s.position) for s in sets]


def _in_order_of(wanted: Sequence[object], names: Sequence[object], sets: Sequence[ImageSet]) -> Sequence[ImageSet]:
    """Image sets in the order in which their names are wanted, those of one name in their own; as they are where others are wanted."""
    if wanted == names or Counter(wanted) != Counter(names):
        return sets
    found: dict[object, deque[ImageSet]] = defaultdict(deque)
    for name, s in zip(names, sets, strict=True):
        found[name].append(s)
    return [found[name].popleft() for name in wanted]


def _definitions(a: Mapping[str, object], b: Mapping[str, object]) -> int:
    return sum(not equal(a.get(key), b.get(key)) for key in a.keys() | b.keys())


def _image_sets(a: ImageSet, b: ImageSet, partners: dict[str, str], found: Counts) -> None:
    found[F.IMAGE_SET_NAME] += (a.name, a.group, a.position) != (b.name, b.group, b.position)
    found[F.DISPLAY] += not equal(a.display, b.display)
    _grids(a.grid, b.grid, found)
    compare_pixels(a, b, found)
    left, right = implied(a, b), implied(b, a)
    pairs = match(left, right, bare=len(left) != len(a.objects) or len(right) != len(b.objects))
    compare_objects(left, right, a.shapes, b.shapes, pairs, found)
    compare_tables(a, b, pairs, found)
    compare_membership(a.membership, b.membership, pairs, partners, found)
    found[F.EXTRAS] += compare_rows(a.extras, b.extras) + compare_rows(a.aliases, b.aliases)


def _grids(a: Grid, b: Grid, found: Counts) -> None:
    names = [name for name in "tzyx" if name in a.names + b.names]
    found[F.GRID_SIZE] += [a.size(name) for name in names] != [b.size(name) for name in names]
    found[F.PIXEL_SIZE] += not equal(_stated(a), _stated(b))
    found[F.ORIGIN] += not equal((a.world, _corner(a)), (b.world, _corner(b)))


def _stated(grid: Grid) -> tuple[object, ...]:
    """The pixel sizes that are stated: an axis without one equals no axis."""
    return tuple((axis.name, axis.scale, axis.unit) for axis in grid.axes if (axis.scale, axis.unit) != (None, None))


def _corner(grid: Grid) -> tuple[object, ...]:
    return tuple((axis.name, axis.translation) for axis in grid.axes if axis.translation != 0)
