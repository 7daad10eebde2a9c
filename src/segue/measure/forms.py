"""What segments look like: columns by the names of the catalogue, of a block of a label image that holds each segment whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.catalog_outline import OUTLINE
from segue.measure.form.axes import of_axes
from segue.measure.form.digital import of_borders, of_centres, of_digital_hulls
from segue.measure.form.outlines import of_outlines
from segue.measure.form.plane import Plane
from segue.measure.form.radii import of_radii
from segue.measure.form.shape import of_contours, of_ellipses, of_hulls, places
from segue.measure.form.volumes import Volume, of_bodies, of_reach, of_surfaces, of_topology, of_volume_axes
from segue.measure.units import scaled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.generic]]

AXIS = {
    **dict.fromkeys(("x", "left", "right", "feret_x", "outline_x"), 2),
    **dict.fromkeys(("y", "top", "bottom", "feret_y", "outline_y"), 1),
    **dict.fromkeys(("z", "front", "back"), 0),
}
"""Places, and which of plane, row and column each is."""

OF_PLANES: tuple[tuple[frozenset[str], Callable[[Plane], Columns]], ...] = (
    (frozenset({"perimeter", "circularity", "euler"}), of_contours),
    (frozenset({"feret", "feret_x", "feret_y", "feret_angle", "min_feret", "convex_area", "solidity"}), of_hulls),
    (frozenset({"major", "minor", "angle", "aspect_ratio", "roundness"}), of_ellipses),
    (frozenset({"axis_major", "axis_minor", "eccentricity", "orientation"}), of_axes),
    (frozenset({"perimeter_skimage", "form_factor", "compactness"}), of_borders),
    (frozenset({"convex_area_skimage", "solidity_skimage"}), of_digital_hulls),
    (frozenset({"feret_centres", "min_feret_centres"}), of_centres),
    (frozenset({"max_radius", "mean_radius", "median_radius"}), of_radii),
    (frozenset(one.name for one in OUTLINE), of_outlines),
)
"""Who measures what; nobody works when nothing of his is asked for."""

OF_VOLUMES: tuple[tuple[frozenset[str], Callable[[Volume], Columns]], ...] = (
    (frozenset({"surface_area", "sphericity"}), of_surfaces),
    (frozenset({"euler"}), of_topology),
    (frozenset({"axis_major", "axis_middle", "axis_minor"}), of_volume_axes),
    (frozenset({"feret"}), of_reach),
    (frozenset({"convex_area", "solidity"}), of_bodies),
)


def forms(
    labels: NDArray[np.generic],
    wanted: frozenset[str],
    origin: tuple[int, int, int] = (0, 0, 0),
    pixel: tuple[float, float, float] | None = None,
) -> Columns:
    """Measure the form of every segment of a block.

    Parameters
    ----------
    labels : (y, x) or (z, y, x) integer or bool, any byte order
        0 is background; every segment is whole.
    wanted
        Names of measurements; those that are not made of so many dimensions are missing from the result.
    origin
        Plane, row and column of the block's first pixel in the image: places are counted from the corner of the image.
    pixel
        Depth, height and width of a pixel: lengths, areas and places are in their unit, ends of Feret's diameter excepted, which ImageJ
        gives in pixels. None = all in pixels.

    Returns
    -------
    ``label`` and the wanted columns, one row per segment, ascending by label.

    Raises
    ------
    Malformed
        Not a plane or a volume, not of whole numbers, or with negative labels.
    """
    size, block = pixel or (1.0, 1.0, 1.0), np.asarray(labels)
    found = _of_volume(block, wanted, size) if block.ndim == 3 else _of_plane(block, wanted, size)
    return _shifted(found, wanted, origin, size)


def _of_plane(labels: NDArray[np.generic], wanted: frozenset[str], size: tuple[float, float, float]) -> Columns:
    plane = Plane(labels, size[1:])
    found = {name: scaled(name, column, size, 2) for name, column in places(plane.segments).items()}
    area = plane.segments.area * (size[1] * size[2])
    found["equivalent_diameter"] = np.sqrt(4 * area / np.pi)
    for names, measured in OF_PLANES:
        found |= measured(plane) if names & wanted else {}
    return found


def _of_volume(labels: NDArray[np.generic], wanted: frozenset[str], size: tuple[float, float, float]) -> Columns:
    volume = Volume(labels, size)
    found = {name: scaled(name, column, size, 3) for name, column in places(volume.segments).items()}
    found["equivalent_diameter"] = np.cbrt(6 * volume.volume / np.pi)
    for names, measured in OF_VOLUMES:
        found |= measured(volume) if names & wanted else {}
    return found


def _shifted(columns: Columns, wanted: frozenset[str], origin: tuple[int, int, int], size: tuple[float, float, float]) -> Columns:
    """The wanted columns, places moved by the origin of the block."""
    found = {name: column for name, column in columns.items() if name in wanted or name == "label"}
    for name in found.keys() & AXIS.keys():
        by = origin[AXIS[name]] if name.startswith("feret") or size == (1, 1, 1) else origin[AXIS[name]] * size[AXIS[name]]
        found[name] = found[name] + by  # type: ignore[operator]
    return found
