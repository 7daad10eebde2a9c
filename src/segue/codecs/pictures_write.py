"""Writing JPEG, BMP and GIF files: one plane of 8 bits, packed by Pillow. Equal input gives equal bytes (of the same Pillow)."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from segue.codecs.boxes import Array, along, arranged
from segue.codecs.pixel_facts import Facts, known_steps
from segue.errors import Incompatible

if TYPE_CHECKING:
    from segue.model.image import Pixels, Region

CHANNELS = {"JPEG": (1, 3), "BMP": (1, 3), "GIF": (1,)}
LONGEST = {"JPEG": 65_500, "BMP": 32_767, "GIF": 65_535}
"""Rows and columns at most; Pillow and others read no larger BMP."""
_METRES = {"um": 1e-6, "nm": 1e-9, "mm": 1e-3}


class PictureBlock:
    """A whole picture as one block (`codecs.blocks.BlockWriter`): these formats cannot be packed in pieces. Memory: the plane three times.

    Parameters
    ----------
    file
        Where to.
    pixels, axes
        uint8, in any order; other axes than c, y and x have size 1.
    kind
        ``JPEG``, ``BMP`` or ``GIF``.
    facts
        The pixel size goes into BMP.
    quality
        Of JPEG, 1 to 100.

    Raises
    ------
    Incompatible
        It cannot hold such pixels.
    """

    def __init__(self, file: BinaryIO, pixels: Pixels, axes: str, kind: str, facts: Facts, quality: int) -> None:
        height, width, channels = along("yxc", axes, pixels.shape)
        check(kind, pixels.dtype, height, width, channels)
        dpi = _dpi(facts) if kind == "BMP" else None
        self._file = file
        self.blocks: list[Region] = [tuple(slice(0, size) for size in pixels.shape)]
        self.pack: Callable[[Array], bytes] = partial(packed, axes=axes, kind=kind, quality=quality, dpi=dpi)

    def put(self, nth: int, packed: bytes) -> None:
        self._file.write(packed)


def check(kind: str, dtype: np.dtype[Any], height: int, width: int, channels: int) -> None:
    """Whether a format holds such a plane.

    Raises
    ------
    Incompatible
    """
    if dtype != np.uint8:
        raise Incompatible(f"{kind} stores uint8, not {dtype.name}; choose --dtype uint8 with --renormalize, or write .tif")
    if channels not in CHANNELS[kind]:
        counts = " or ".join(map(str, CHANNELS[kind]))
        raise Incompatible(f"{kind} stores {counts} channel{'s' if len(CHANNELS[kind]) > 1 else ''}, not {channels:,}; cut some out, or write .png or .tif")
    if max(height, width) > LONGEST[kind]:
        raise Incompatible(f"{kind} stores at most {LONGEST[kind]:,} x {LONGEST[kind]:,} pixels, not {width:,} x {height:,}; write .png or .tif")


def packed(block: Array, axes: str, kind: str, quality: int, dpi: tuple[float, float] | None) -> bytes:
    """The file of a picture."""
    from PIL import Image

    rows = arranged(block, axes, "yxc", np.dtype(np.uint8))
    picture = Image.fromarray(rows if rows.shape[2] == 3 else rows[:, :, 0])
    jpeg: dict[str, Any] = {"quality": quality, "subsampling": 0}
    options: dict[str, Any] = jpeg if kind == "JPEG" else {"optimize": False} if kind == "GIF" else {}
    file = io.BytesIO()
    picture.save(file, kind, **options, **({"dpi": dpi} if dpi else {}))
    return file.getvalue()


def _dpi(facts: Facts) -> tuple[float, float] | None:
    """Dots per inch along x and y."""
    steps = [known_steps(facts).get(axis, (0.0, None)) for axis in "xy"]
    if not all(unit in _METRES and 1e-9 < step * _METRES[unit] < 1 for step, unit in steps):
        return None
    x, y = (0.0254 / (step * _METRES[unit or ""]) for step, unit in steps)
    return x, y
