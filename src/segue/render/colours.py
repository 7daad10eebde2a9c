"""Colours that people can tell apart, also those who see fewer of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WHITE, BLACK, YELLOW = 0xFFFFFFFF, 0x000000FF, 0xF0E442FF
NAMED = {
    "white": WHITE,
    "grey": WHITE,
    "gray": WHITE,
    "red": 0xFF0000FF,
    "green": 0x00FF00FF,
    "blue": 0x0000FFFF,
    "cyan": 0x00FFFFFF,
    "magenta": 0xFF00FFFF,
    "yellow": 0xFFFF00FF,
    "orange": 0xE69F00FF,
    "black": BLACK,
}
"""What a user may write instead of ``#rrggbb``; a grey channel is one shown in white."""
DISTINCT = (0xE69F00FF, 0x56B4E9FF, 0x009E73FF, 0xF0E442FF, 0x0072B2FF, 0xD55E00FF, 0xCC79A7FF)
"""Orange, sky blue, bluish green, yellow, blue, vermilion, reddish purple (Okabe and Ito, 2008: Color Universal Design): for populations."""
_ADDED: dict[int, tuple[int, ...]] = {0: (), 1: (WHITE,), 2: (0xFF00FFFF, 0x00FF00FF), 3: (0x00FFFFFF, 0xFF00FFFF, 0xFFFF00FF)}
MOST_CHANNELS = 4
"""Channels that can be told apart when they are added up."""
_SHADES = ((1.0, 0.0), (0.6, 0.4), (0.72, 0.0))
"""(share of the colour, share of white): as it is, light, dark."""


def channel_colours(count: int) -> tuple[int, ...]:
    """Colours of channels that are added up: white for one; magenta and green; cyan, magenta and yellow; with white as the fourth."""
    return _ADDED[count] if count in _ADDED else (*_ADDED[3], *(WHITE,) * (count - 3))


def segment_colours(labels: NDArray[Any]) -> NDArray[np.uint8]:
    """The colour of each label: one of 21, the seven of ``DISTINCT`` in three shades. A label always has the same.

    Parameters
    ----------
    labels : (n,) integer
        Of any type.

    Returns
    -------
    (n, 3) uint8 red, green, blue.
    """
    number: NDArray[np.uint64] = mixed(np.asarray(labels).astype(np.uint64)) % np.uint64(len(_PALETTE))
    chosen: NDArray[np.uint8] = _PALETTE[number.astype(np.intp)]
    return chosen


def mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """(n,) uint64: numbers in which every bit depends on every bit of the label (the finaliser of SplitMix64, Steele et al. 2014)."""
    with np.errstate(over="ignore"):
        one = numbers + np.uint64(0x9E3779B97F4A7C15)
        one = (one ^ (one >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        one = (one ^ (one >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return one ^ (one >> np.uint64(31))


def rgba(colours: Sequence[int] | NDArray[Any]) -> NDArray[np.float64]:
    """(n, 4) float64 of 0xRRGGBBAA: red, green, blue 0 to 255, opacity 0 to 1."""
    packed = np.asarray(colours, np.uint32)
    parts = np.stack([(packed >> np.uint32(shift)) & np.uint32(255) for shift in (24, 16, 8, 0)], axis=-1).astype(np.float64)
    parts[..., 3] /= 255
    return parts


_PALETTE = np.rint(
    np.concatenate([rgba(DISTINCT)[:, :3] * share + 255 * light for share, light in _SHADES]),
).astype(np.uint8)
