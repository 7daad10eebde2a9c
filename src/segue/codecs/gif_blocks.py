"""What a GIF file consists of, without its pixels: frames, palettes, delays. GIF89a (CompuServe, 1990).

Libraries pass over what is missing at the end; here the blocks are followed to the last one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segue.errors import Malformed, TooLarge

MOST_FRAMES = 100_000
_EXTENSION, _FRAME, _END, _CONTROL = 0x21, 0x2C, 0x3B, 0xF9

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class GifBlocks:
    """The outline of a GIF file."""

    height: int
    width: int
    palettes: tuple[Array, ...]
    """(n, 3) uint8 of every frame."""
    delays: tuple[int, ...]
    """Hundredths of a second that every frame is shown; 0 = not stated."""


def read_blocks(data: bytes, path: Path) -> GifBlocks:
    """Follow the blocks of a GIF file.

    Raises
    ------
    Malformed
        It ends before its last block, has no frame, or a frame has no palette.
    TooLarge
        It has more than ``MOST_FRAMES`` frames.
    """
    try:
        return _walk(data, path)
    except IndexError as error:
        raise _bad(path, "it ends before its last part") from error


def _walk(data: bytes, path: Path) -> GifBlocks:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise _bad(path, "it does not start like a GIF file")
    width, height = (int.from_bytes(data[at : at + 2], "little") for at in (6, 8))
    common, at = _palette(data, data[10], 13)
    palettes: list[Array] = []
    delays: list[int] = []
    delay = 0
    while (kind := data[at]) != _END:
        if kind == _EXTENSION:
            if data[at + 1] == _CONTROL and data[at + 2] == 4:
                delay = int.from_bytes(data[at + 4 : at + 6], "little")
            at = _behind(data, at + 2)
        elif kind == _FRAME:
            own, at = _palette(data, data[at + 9], at + 10)
            palette = own if own is not None else common
            if palette is None or len(palettes) >= MOST_FRAMES:
                raise _bad(path, "a frame has no colours") if palette is None else TooLarge(f"{path} has more than {MOST_FRAMES:,} frames", path=path)
            palettes.append(palette)
            delays.append(delay)
            delay, at = 0, _behind(data, at + 1)
        else:
            raise _bad(path, f"a part of unknown kind {kind} at byte {at:,}")
    if not palettes or not width or not height:
        raise _bad(path, "it holds no picture")
    return GifBlocks(height, width, tuple(palettes), tuple(delays))


def _palette(data: bytes, flags: int, at: int) -> tuple[Array | None, int]:
    """The palette that flags announce, and where it ends."""
    if not flags & 0x80:
        return None, at
    end = at + 3 * (2 << (flags & 7))
    _ = data[end]
    return np.frombuffer(data, np.uint8, end - at, at).reshape(-1, 3), end


def _behind(data: bytes, at: int) -> int:
    """Where the sub-blocks that begin at ``at`` end."""
    while size := data[at]:
        at += 1 + size
    return at + 1


def _bad(path: Path, what: str) -> Malformed:
    return Malformed(f"{path} is damaged or incomplete: {what}", path=path, position="blocks", expected=what)
