"""The size, place and form of segments of a volume: columns by the names of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import Malformed
from segue.measure.form.axes import axes_of_volumes
from segue.measure.form.bodies import hull_volumes
from segue.measure.form.cubes import cubes, euler_eighths
from segue.measure.form.hull import convex_hulls
from segue.measure.form.reach import reaches
from segue.measure.form.surface import cube_surfaces
from segue.measure.runs import label_runs
from segue.measure.survey import Survey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.form.cubes import Seen
    from segue.measure.runs import Runs
    from segue.measure.survey import Segments

    Columns = dict[str, NDArray[np.generic]]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Volume:
    """A label image (z, y, x) in which every segment is whole.

    Raises
    ------
    Malformed
        Not three-dimensional, not of whole numbers, or with negative labels.
    """

    labels: NDArray[np.generic]
    pixel: tuple[float, float, float] = (1, 1, 1)
    """Depth, height and width of a voxel."""

    def __post_init__(self) -> None:
        if self.labels.ndim != 3:
            raise Malformed(f"volumes are measured in three axes, not in {self.labels.ndim}", expected="(z, y, x) integers")

    @cached_property
    def runs(self) -> Runs:
        return label_runs(self.labels.reshape(-1, self.labels.shape[2]) if self.labels.size else np.zeros((0, 1), np.uint8))

    @cached_property
    def segments(self) -> Segments:
        survey = Survey(max(1, self.labels.shape[1]))
        survey.add(self.runs)
        return survey.segments()

    @cached_property
    def owner(self) -> Ints:
        """(r,) The row of the segment of each run."""
        return np.searchsorted(self.segments.label, self.runs.label)

    @cached_property
    def cubes(self) -> Seen:
        """How its segments are seen through windows of two by two by two voxels."""
        rows = np.zeros(self.labels.shape, np.int32)
        inside = self.labels != 0
        rows[inside] = np.searchsorted(self.segments.label, self.labels[inside].astype(np.uint64)) + 1
        return cubes(rows)

    @cached_property
    def volume(self) -> Floats:
        """(s,) In units of ``pixel``."""
        return self.segments.area.astype(np.float64) * float(np.prod(self.pixel))

    @cached_property
    def stack(self) -> tuple[Floats, Ints]:
        """(n, 3) Plane, y and x of the corners of the convex hull of each segment's pixels in each plane, and (s + 1,) where each segment begins."""
        runs = self.runs
        z, y = np.divmod(runs.row, max(1, self.labels.shape[1]))
        planes, of = np.unique(np.stack([self.owner, z], axis=1), axis=0, return_inverse=True)
        ends = [np.stack([x, y + dy], axis=1) for x in (runs.begin, runs.begin + runs.length) for dy in (0, 1)]
        corners, start = convex_hulls(np.concatenate(ends).astype(np.float64), np.tile(of.reshape(-1), 4), len(planes))
        plane = np.repeat(np.arange(len(planes)), np.diff(start))
        points = np.concatenate([planes[plane, 1][:, None], corners[:, ::-1]], axis=1)
        return points, np.searchsorted(planes[plane, 0], np.arange(len(self.segments.label) + 1))

    @cached_property
    def covariance(self) -> Floats:
        """(s, 3, 3) Of z, y and x, in units of ``pixel``; voxels are points."""
        runs, low, n = self.runs, self.segments.low[self.owner], self.runs.length
        z, y = np.divmod(runs.row, max(1, self.labels.shape[1]))
        z, y, x = z - low[:, 0], y - low[:, 1], runs.begin - low[:, 2]
        sum_x = n * x + n * (n - 1) // 2
        sum_xx = n * x * x + x * n * (n - 1) + (n - 1) * n * (2 * n - 1) // 6
        count = len(self.segments.label)
        first = [_sums(part, self.owner, count) for part in (n * z, n * y, sum_x)]
        pairs = {(0, 0): n * z * z, (0, 1): n * z * y, (0, 2): z * sum_x, (1, 1): n * y * y, (1, 2): y * sum_x, (2, 2): sum_xx}
        found, area = np.zeros((count, 3, 3)), self.segments.area
        for (a, b), part in pairs.items():
            mixed = _sums(part, self.owner, count) / area - first[a] / area * (first[b] / area)
            found[:, a, b] = found[:, b, a] = mixed * self.pixel[a] * self.pixel[b]
        return found


def _sums(values: Ints, owner: Ints, count: int) -> Ints:
    """(count,) Whole sums per owner."""
    total = np.zeros(count, np.int64)
    np.add.at(total, owner, values)
    return total


def of_surfaces(volume: Volume) -> Columns:
    """Surface area and sphericity."""
    surface = volume.cubes.total(cube_surfaces(tuple(volume.pixel)), len(volume.volume))
    return {"surface_area": surface, "sphericity": np.pi ** (1 / 3) * (6 * volume.volume) ** (2 / 3) / surface}


def of_topology(volume: Volume) -> Columns:
    """The Euler number."""
    return {"euler": volume.cubes.total(euler_eighths(), len(volume.volume)).astype(np.int64) // 8}


def of_volume_axes(volume: Volume) -> Columns:
    """The ellipsoid of the same second moments."""
    return axes_of_volumes(volume.covariance)


def of_reach(volume: Volume) -> Columns:
    """The largest distance of two corners of voxels."""
    return {"feret": reaches(*volume.stack, volume.pixel)}


def of_bodies(volume: Volume) -> Columns:
    """The convex hull of all corners of voxels."""
    corners, start = volume.stack
    low = corners.astype(np.int64)
    place = np.repeat(start[:-1], np.diff(start)) + np.arange(len(low))
    both = np.zeros((2 * len(low), 3), np.int64)
    both[place], both[place + np.repeat(np.diff(start), np.diff(start))] = low, low + np.array([1, 0, 0])
    convex = hull_volumes(both, 2 * start)
    return {"convex_area": convex * float(np.prod(volume.pixel)), "solidity": volume.segments.area / convex}
