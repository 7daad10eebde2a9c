"""The pixel grid of an image set: axes, sizes, pixel size, origin. The one statement of the coordinate convention.

Vectors are (x, y), float64, in pixels. The origin is the top-left CORNER of the top-left pixel: pixel i covers [i, i + 1) and its
centre is i + 0.5. Planes (t, c, z) are counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

AXES = "tczyx"


@dataclass(frozen=True)
class Axis:
    """One axis of a grid."""

    name: str
    """One of ``t c z y x``."""
    size: int | None = None
    """Number of pixels or planes; None = not known."""
    scale: float | None = None
    """Size of one step in ``unit``; None = not known, never taken to be 1."""
    unit: str | None = None
    """``um``, ``nm``, ``mm``, ``s``, ``ms``, ...; None = not known."""
    translation: float = 0.0
    """Position of the first corner in ``unit``."""

    def __post_init__(self) -> None:
        if self.name not in AXES or len(self.name) != 1:
            raise ValueError(f"an axis is one of t c z y x, not {self.name!r}")
        if self.size is not None and self.size < 0:
            raise ValueError("a size is not negative")


@dataclass(frozen=True)
class Grid:
    """What everything geometric of an image set is counted in.

    ``axes`` are a subset of ``t z y x`` in this order and always hold y and x. ``world`` is an optional 3 x 3 matrix from (x, y, 1) in
    pixels to the world; it is kept, never applied silently.
    """

    axes: tuple[Axis, ...] = (Axis("y"), Axis("x"))
    world: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        names = self.names
        if names != "".join(name for name in "tzyx" if name in names) or "yx" not in names:
            raise ValueError(f"the axes of a grid are t z y x in this order, with y and x, not {names!r}")

    @property
    def names(self) -> str:
        return "".join(axis.name for axis in self.axes)

    @property
    def shape(self) -> tuple[int | None, ...]:
        return tuple(axis.size for axis in self.axes)

    @property
    def known(self) -> bool:
        """Whether every size is known."""
        return None not in self.shape

    def size(self, name: str) -> int | None:
        """Size of one axis; 1 for an axis that the grid does not have."""
        return next((axis.size for axis in self.axes if axis.name == name), 1)

    def axis(self, name: str) -> Axis | None:
        return next((axis for axis in self.axes if axis.name == name), None)

    def without_sizes(self) -> Grid:
        """The grid of a format that does not say how large the image is: y and x, and the axes about which something else is known."""
        axes = tuple(Axis(axis.name, None, axis.scale, axis.unit, axis.translation) for axis in self.axes)
        return replace(self, axes=tuple(axis for axis in axes if axis.name in "yx" or axis != Axis(axis.name)))

    def without_scale(self) -> Grid:
        return replace(self, axes=tuple(replace(axis, scale=None, unit=None) for axis in self.axes))

    def without_origin(self) -> Grid:
        return replace(self, axes=tuple(replace(axis, translation=0.0) for axis in self.axes), world=None)


def grid_of(axes: str, shape: tuple[int, ...], scale: dict[str, tuple[float, str | None]] | None = None) -> Grid:
    """The grid of an array.

    Parameters
    ----------
    axes
        Letters of ``t c z y x`` in any order, one per dimension; c is left out of the grid.
    shape
        Sizes in the order of ``axes``.
    scale
        Axis name -> (step, unit), where known.
    """
    size = dict(zip(axes, shape, strict=True))
    known = scale or {}
    return Grid(tuple(Axis(name, size.get(name, 1), *known.get(name, (None, None))) for name in "tzyx" if name in size or name in "yx"))
