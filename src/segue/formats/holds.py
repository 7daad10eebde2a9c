"""What pixels a file of a format holds, so that every problem is known before a pixel is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

NUMBERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32", "float64")
"""The number types of pixels that most containers store."""


@dataclass(frozen=True)
class Holds:
    """The limits of a container of pixels."""

    dtypes: tuple[str, ...] = NUMBERS
    """Names of the number types that it stores."""
    axes: tuple[str, ...] = ()
    """The orders in which it stores axes (``tczyx``), of which some may be missing; none = any order."""
    most_axes: int | None = None
    """How many axes other than channels may be larger than 1; None = any number."""
    channels: tuple[int, ...] = ()
    """The numbers of channels that it stores; none = any number."""
    sequence: bool = False
    """Whether a file per index of an axis (``{slice_index}`` in the name of the target) makes sense."""
    instead: str = ""
    """What to do where something does not fit: a sentence without a full stop."""


def problems(holds: Holds, shape: Sequence[int], dtype: np.dtype[Any], axes: str) -> list[str]:
    """Everything that keeps pixels from being stored, a sentence each; empty = they fit.

    Parameters
    ----------
    holds
        The limits of the container.
    shape, axes
        Sizes and one letter of ``t c z y x`` for each, in the order of the output. Axes of size 1 count as absent.
    dtype
        The number type of the output.
    """
    sizes = dict(zip(axes, shape, strict=True))
    return [*_types(holds, dtype), *_empty(sizes), *_planes(holds, sizes), *_channels(holds, sizes), *_order(holds, sizes)]


def _types(holds: Holds, dtype: np.dtype[Any]) -> Iterator[str]:
    if dtype.name not in holds.dtypes:
        yield f"it stores {said(holds.dtypes)}, not {dtype.name}"


def _empty(sizes: dict[str, int]) -> Iterator[str]:
    for name, size in sizes.items():
        if size < 1:
            yield f"there is nothing along {name}"


def _planes(holds: Holds, sizes: dict[str, int]) -> Iterator[str]:
    large = {name: size for name, size in sizes.items() if size > 1 and name != "c"}
    if holds.most_axes is not None and len(large) > holds.most_axes:
        found = ", ".join(f"{name} {size:,}" for name, size in large.items())
        yield f"it stores {holds.most_axes} axes larger than 1 (channels apart), and there are {len(large)}: {found}"


def _channels(holds: Holds, sizes: dict[str, int]) -> Iterator[str]:
    channels = sizes.get("c", 1)
    if holds.channels and channels not in holds.channels:
        yield f"it stores {said(map(str, holds.channels))} channel{'' if holds.channels == (1,) else 's'}, not {channels:,}"


def _order(holds: Holds, sizes: dict[str, int]) -> Iterator[str]:
    large = "".join(name for name, size in sizes.items() if size > 1)
    if holds.axes and not any(_within(large, order) for order in holds.axes):
        yield f"it stores the axes in the order {said(holds.axes)}, not {''.join(sizes)}"


def _within(part: str, order: str) -> bool:
    return part == "".join(name for name in order if name in part)


def said(words: Iterable[str]) -> str:
    """``a, b or c``."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
