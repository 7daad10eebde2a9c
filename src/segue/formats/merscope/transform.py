"""From micrometres to pixels of the mosaic: a 3 x 3 matrix in a text file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segue.errors import InvalidOption, Malformed
from segue.formats.merscope.folder import TRANSFORM
from segue.formats.merscope.options import ReadOptions
from segue.model.grid import Axis, Grid
from segue.model.rings import Floats
from segue.storage.source import Source


@dataclass(frozen=True)
class Transform:
    """(x, y, 1) in micrometres -> (x, y, 1) in pixels."""

    matrix: Floats

    def pixels(self, micrometres: Floats, shift: float) -> Floats:
        """(n, 2) pixels; ``shift`` is added."""
        found: Floats = micrometres @ self.matrix[:2, :2].T + (self.matrix[:2, 2] + shift)
        return found

    def grid(self, shift: float, z: Axis | None, pixels: Mapping[str, int]) -> Grid:
        """Pixel size, origin and size of the mosaic; a turned one keeps the whole matrix as its way to the world."""
        linear, back = self.matrix[:2, :2], np.linalg.inv(self.matrix)
        x, y = (float(one) for one in np.hypot(back[0, :2], back[1, :2]))
        corner = back @ np.array([-shift, -shift, 1.0])
        axes = (Axis("y", pixels.get("y"), y, "um", float(corner[1])), Axis("x", pixels.get("x"), x, "um", float(corner[0])))
        world = None if _upright(linear) else tuple(tuple(float(one) for one in row) for row in back)
        return Grid((*([] if z is None else [z]), *axes), world)


def _upright(linear: Floats) -> bool:
    """Whether it neither turns nor mirrors."""
    return bool(linear[0, 1] == 0 and linear[1, 0] == 0 and linear[0, 0] > 0 and linear[1, 1] > 0)


def find_transform(near: Path | None, options: ReadOptions, path: Path) -> Transform:
    """The transform that the options or the files state.

    Raises
    ------
    InvalidOption
        Nothing states one.
    Malformed, NotFound
        Its file is damaged or absent.
    """
    if options.pixel_size is not None:
        return Transform(np.diag([1 / options.pixel_size, 1 / options.pixel_size, 1.0]))
    if options.transform or near is not None:
        return _read(Path(options.transform) if options.transform else near or Path())
    if "mosaic_space" in path.name:
        return Transform(np.eye(3))
    what = f"{path} counts in micrometres, and there is no {TRANSFORM} near it; say where it is with --set transform=FILE, or --set pixel_size=0.108"
    raise InvalidOption(what, path=path, option="transform")


def _read(path: Path) -> Transform:
    text = Source(path).read_bytes(1 << 16).decode("utf-8", "replace")
    try:
        numbers = [float(one) for one in text.replace(",", " ").replace(";", " ").split()]
        matrix = np.array(numbers).reshape(3, 3)
    except ValueError as error:
        raise Malformed(f"{path} is not a matrix of three rows of three numbers; fetch it again", path=path, expected="a 3 x 3 matrix") from error
    straight = matrix[2].tolist() == [0, 0, 1]
    if not np.isfinite(matrix).all() or not straight or not math.isfinite(1 / d if (d := float(np.linalg.det(matrix))) else math.inf):
        raise Malformed(f"{path} is not a transform of the plane that can be undone; fetch it again", path=path, expected="an affine 3 x 3 matrix")
    return Transform(matrix)
