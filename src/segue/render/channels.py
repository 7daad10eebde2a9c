"""Channels in colours, added up: ``clamp((v - low) / (high - low)) * colour``, as Mantis Viewer and most viewers of fluorescence do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.render.drawn import Light
from segue.render.paint import SMALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def add_channel(canvas: Floats, values: NDArray[Any], light: Light) -> None:
    """Add a channel to what is there.

    Parameters
    ----------
    canvas : (y, x, 3) float64
        Is changed; may go beyond 255.
    values : (y, x) of any real type
        What is no number is shown as black.
    light
        How it is shown.
    """
    plain = values.astype(np.uint8) if values.dtype.kind == "b" else values.astype(np.float32) if values.dtype == np.float16 else values
    if plain.size < SMALL:
        _add(canvas, plain, light)
        return
    from segue.render.channels_kernel import add

    add(canvas, plain, light)


def _add(canvas: Floats, values: NDArray[Any], light: Light) -> None:
    value = values.astype(np.float64)
    if light.high > light.low:
        share = np.clip((value - light.low) / (light.high - light.low), 0.0, 1.0)
    else:
        share = (value > light.low).astype(np.float64)
    share = 1.0 - share if light.inverted else share
    canvas += np.where(np.isnan(value), 0.0, share)[..., None] * np.array(light.colour, np.float64)
