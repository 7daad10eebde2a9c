"""From pixels to units of length: what a measurement's numbers become once the size of a pixel is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.measure.catalog import MEASUREMENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.measure.measurement import Unit

Size = tuple[float, float, float]
"""Depth, height and width of a pixel."""

AXIS = {
    **dict.fromkeys(("x", "left", "right", "width", "weighted_x"), 2),
    **dict.fromkeys(("y", "top", "bottom", "height", "weighted_y"), 1),
    **dict.fromkeys(("z", "front", "back", "depth", "weighted_z"), 0),
}
"""Measurements along one axis, and which that is."""
AREAS = ("area", "box_area", "integrated_density")
POWERS = {2: "²", 3: "³"}

_UNITS: dict[str, Unit] = {one.name: one.unit for one in MEASUREMENTS}


def scaled(name: str, values: NDArray[np.generic], pixel: Size | None, dimensions: int = 2) -> NDArray[np.generic]:
    """A column that was measured in pixels, in units.

    Only for measurements that are along one axis, or in areas (volumes): others depend on the proportions of pixels and are measured by
    ``forms(..., pixel=)``. What has no unit of length comes back as it is.

    Parameters
    ----------
    name
        Of the measurement.
    values : (s,)
        In pixels.
    pixel
        None, or 1 everywhere = they stay as they are.
    dimensions
        2, or 3 for volumes.
    """
    if pixel is None or tuple(pixel) == (1, 1, 1) or name not in (*AXIS, *AREAS):
        return values
    factor = pixel[AXIS[name]] if name in AXIS else pixel[1] * pixel[2] * (pixel[0] if dimensions == 3 else 1)
    return values.astype(np.float64) * factor


def unit_text(name: str, unit: str | None = None, dimensions: int = 2) -> str | None:
    """What to write beside the numbers of a measurement.

    Parameters
    ----------
    name
        Of the catalogue, or ``percentile N``.
    unit
        Of the pixel size; None = measured in pixels.
    dimensions
        2, or 3 for volumes.

    Returns
    -------
    None for plain numbers and for values of the image.
    """
    kind = _UNITS.get(name, "value")
    return {
        "pixels": f"{unit}{POWERS[dimensions]}" if unit else "pixels",
        "surface": f"{unit}²" if unit else "pixels",
        "length": unit or "pixels",
        "place": unit or "pixels",
        "pixel place": "pixels",
        "count": "pixels",
        "degrees": "degrees",
        "radians": "radians",
        "value x pixels": None,
        "number": None,
        "value": None,
    }[kind]
