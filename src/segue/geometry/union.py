"""The union of areas, with rings in the order and direction that outlines of pixels have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.geometry.rings import Rings, following
from segue.geometry.shapely_rings import from_shapely, to_shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.geometry.rings import Flat


def united(areas: Flat) -> Rings:
    """One shape that covers what any of the given shapes covers.

    Areas that cross themselves are filled even-odd first. The union of outlines along pixel edges is exact, and the outline that
    tracing the united pixels would give: parts 4-connected, no vertex on a straight line, outer rings clockwise on the screen (y down),
    holes the other way, each ring from its topmost, then leftmost vertex, parts and holes in the order of these.
    """
    import shapely

    polygons = to_shapely(areas)
    wrong = ~shapely.is_valid(polygons)
    polygons[wrong] = shapely.make_valid(polygons[wrong])
    whole = shapely.union_all(polygons)
    if whole.geom_type == "GeometryCollection":
        whole = shapely.union_all([one for one in whole.geoms if one.geom_type in ("Polygon", "MultiPolygon")])
    return _arranged(from_shapely([whole]))


def _arranged(rings: Rings) -> Rings:
    parts = []
    for part in range(len(rings.part_start) - 1):
        lines = [_turned(rings, ring, outer=ring == rings.part_start[part]) for ring in range(rings.part_start[part], rings.part_start[part + 1])]
        parts.append([lines[0], *sorted(lines[1:], key=_corner)])
    parts.sort(key=lambda lines: _corner(lines[0]))
    lengths = [len(line) for lines in parts for line in lines]
    return Rings(
        np.concatenate([line for lines in parts for line in lines]) if parts else np.empty((0, 2)),
        np.cumsum([0, *lengths]).astype(np.int64),
        np.cumsum([0, *(len(lines) for lines in parts)]).astype(np.int64),
        np.array([0, len(parts)], np.int64),
    )


def _corner(line: NDArray[np.float64]) -> tuple[float, float]:
    return (float(line[0, 1]), float(line[0, 0]))


def _turned(rings: Rings, ring: int, *, outer: bool) -> NDArray[np.float64]:
    """A ring without vertices on straight lines, in its direction, from its first corner."""
    line = rings.coords[rings.ring_start[ring] : rings.ring_start[ring + 1]]
    ahead, behind = np.roll(line, -1, axis=0) - line, line - np.roll(line, 1, axis=0)
    bent = ahead[:, 0] * behind[:, 1] != ahead[:, 1] * behind[:, 0]
    line = line[bent] if bent.sum() > 2 else line
    after = line[following(np.array([0, len(line)]))]
    clockwise = float((line[:, 0] * after[:, 1] - after[:, 0] * line[:, 1]).sum()) > 0
    line = line if clockwise == outer else line[::-1]
    return np.roll(line, -np.lexsort((line[:, 0], line[:, 1]))[0], axis=0)
