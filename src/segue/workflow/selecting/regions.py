"""Regions: which objects lie in the areas that a population is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.formats.shape_files import area_rings, area_rows
from segue.geometry.inside import points_in_shapes
from segue.geometry.raycast import points_in_rings
from segue.measure.segments import pixels_in_shapes
from segue.model.image import LabelImage, size_of
from segue.model.rings import Ints, Rings, concat
from segue.model.rules import RegionRule
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.workflow.selecting.places import Listed, Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pairs = tuple["Ints", "Ints"]
"""Rows of objects, and the number of the population for each."""


@dataclass(frozen=True, eq=False)
class Areas:
    """What several populations are made of on some planes: one area per population, however many regions it has."""

    rings: Rings
    """(k,) A point is in an area if it is in any of its parts."""
    population: Ints
    """(k,) The number of the population of each."""
    z: int | None
    """Its plane; None = all."""
    t: int | None
    """Its time point; None = all."""
    masked: bool = False
    """Whether they are sets of pixels instead of outlines."""


def has_regions(s: ImageSet, rule: RegionRule) -> bool:
    """Whether any region of a rule is in an image set."""
    return bool(s.objects.frame["id"].is_in(list(rule.regions)).any())


def in_regions(listed: Listed, rules: Mapping[str, RegionRule]) -> dict[str, Ints]:
    """The objects that each population selects; populations whose regions lie in other image sets are left out.

    Parameters
    ----------
    listed
        An image set, and where its objects are.
    rules
        By the id of the population.

    Returns
    -------
    Population -> rows of objects, ascending.

    Memory
    ------
    As ``pixels_in_shapes`` for the rules ``any`` and ``majority``, which read the label images where there are regions; else 100 bytes per object.
    """
    here = {name: rule for name, rule in rules.items() if has_regions(listed.s, rule)}
    found: dict[str, list[Ints]] = {name: [np.zeros(0, np.int64)] for name in here}
    for by in dict.fromkeys(rule.by for rule in here.values()):
        mine = [name for name, rule in here.items() if rule.by == by]
        areas = _areas(listed.s, [here[name] for name in mine])
        for places in listed.places:
            by_pixels = by in ("any", "majority") and places.image is not None
            pairs = _by_pixels(places, areas, majority=by == "majority") if by_pixels else _by_centre(places, areas, by, listed.s)
            for rows, population in pairs:
                for nth in np.unique(population):
                    found[mine[nth]].append(rows[population == nth])
    return {name: np.unique(np.concatenate(rows)) for name, rows in found.items()}


def _areas(s: ImageSet, rules: Sequence[RegionRule]) -> list[Areas]:
    """The areas of several rules, plane by plane."""
    owners = pl.concat(
        [pl.DataFrame({"id": list(dict.fromkeys(rule.regions))}, schema={"id": pl.Utf8}).with_columns(n=pl.lit(n)) for n, rule in enumerate(rules)]
    )
    objects = s.objects.frame.select("id", "t", object=pl.int_range(pl.len(), dtype=pl.Int32)).join(owners, on="id", how="inner")
    rows = area_rows(s.shapes)
    masks = str(ShapeKind.MASK)
    shapes = s.shapes.frame[rows].select("object", "z", mask=pl.col("kind").cast(pl.Utf8) == masks).with_columns(shape=pl.Series(rows))
    parts = shapes.join(objects.select("object", "t", "n"), on="object", how="inner").sort("n", "shape")
    found = []
    for (z, t, mask), some in sorted(parts.group_by("z", "t", "mask"), key=lambda one: str(one[0])):
        own: Shapes = s.shapes.take(some["shape"].to_numpy())
        numbers = some["n"].to_numpy().astype(np.int64)
        found.append(Areas(_united(area_rings(own), numbers), np.unique(numbers), _plane(z), _plane(t), bool(mask)))
    return found


def _plane(value: object) -> int | None:
    return None if value is None else int(value)  # type: ignore[call-overload]


def _united(rings: Rings, numbers: Ints) -> Rings:
    """Shapes of equal number, which stand together, as one shape of several parts."""
    begin = np.flatnonzero(np.diff(numbers, prepend=-1))
    return Rings(rings.coords, rings.ring_start, rings.part_start, rings.shape_start[np.append(begin, len(numbers))])


def _by_centre(places: Places, many: Sequence[Areas], by: str, s: ImageSet) -> Iterator[Pairs]:
    """Objects whose centre lies in the areas, as the rule takes it."""
    for areas in many:
        on = np.ones(len(places.object), np.bool_)
        if areas.z is not None:
            on &= (places.z == areas.z) | (places.z < 0)
        if areas.t is not None:
            on &= (places.t == areas.t) | (places.t < 0)
        rows = np.flatnonzero(on)
        if by == "mantis-1.0" and not areas.masked:
            point, area = points_in_rings(places.index[rows], areas.rings)
        elif by.startswith("mantis"):
            rings = areas.rings if areas.masked else _on_pixels(areas.rings, s, places)
            point, area = points_in_shapes(places.index[rows] + 0.5, rings)
        else:
            point, area = points_in_shapes(np.stack([places.x, places.y], axis=1)[rows], areas.rings)
        yield places.object[rows[point]], areas.population[area]


def _on_pixels(rings: Rings, s: ImageSet, places: Places) -> Rings:
    """Outlines as Mantis 1.1 rounds them before it fills them: corners on whole numbers, within the image."""
    sizes = [None if places.image is None else size_of(places.image.pixels, places.image.axes, name) for name in "xy"]
    limits = [np.inf if size is None else size for size in (own or s.grid.size(name) for own, name in zip(sizes, "xy", strict=True))]
    return rings.with_coords(np.clip(np.floor(rings.coords + 0.5), 0, limits))


def _by_pixels(places: Places, many: Sequence[Areas], *, majority: bool) -> Iterator[Pairs]:
    """Segments of which any pixel, or more than half of all, lies in the areas; of a volume over all its planes."""
    assert places.image is not None
    populations = 1 + max((int(areas.population.max()) for areas in many), default=0)
    for t in np.unique(places.t).tolist():
        mine = np.flatnonzero(places.t == t)
        found = [
            _common(places.image, places.label[mine], areas, max(t, 0), z)
            for z, areas in _on_planes(many, t, size_of(places.image.pixels, places.image.axes, "z"))
        ]
        segment, population, pixels = (
            (np.concatenate([np.zeros(0, np.int64), *part]) for part in zip(*found, strict=True)) if found else (np.zeros(0, np.int64),) * 3
        )
        pair, index = np.unique(segment * populations + population, return_inverse=True)
        common = np.bincount(index, pixels, len(pair))
        enough = pair[common * 2 > places.pixels[mine][pair // populations]] if majority else pair
        yield places.object[mine[enough // populations]], enough % populations


def _on_planes(many: Sequence[Areas], t: int, depth: int) -> Iterator[tuple[int, Areas]]:
    """The areas that are on each plane at a time, one per population."""
    here = [areas for areas in many if areas.t is None or t < 0 or areas.t == t]
    for z in range(depth):
        some = [areas for areas in here if areas.z in (None, z)]
        if some:
            numbers = np.concatenate([areas.population for areas in some])
            order = np.argsort(numbers, kind="stable")
            yield z, Areas(_united(concat([areas.rings for areas in some]).take(order), numbers[order]), np.unique(numbers), z, t)


def _common(image: LabelImage, names: NDArray[np.uint64], areas: Areas, t: int, z: int) -> tuple[Ints, Ints, Ints]:
    """Segment (its place among ``names``), population, and pixels in common on a plane."""
    label, area, pixels = pixels_in_shapes(image, areas.rings, t, z)
    return np.searchsorted(names, label).astype(np.int64), areas.population[area], pixels
