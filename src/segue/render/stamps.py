"""What lies on top of a picture: legend and scale bar, made of boxes and text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.render.colours import rgba
from segue.render.drawn import Writing
from segue.render.lettering import letters, paint_writing, spelled, written
from segue.render.paint import coats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.render.drawn import Window

    Floats = NDArray[np.float64]
    Box = tuple[int, int, int, int, int]
    """Top, left, height, width, 0xRRGGBBAA."""

_DARK, _FRAME, _RIM, _WHITE = 0x000000C0, 0xFFFFFFFF, 0x000000FF, 0xFFFFFFFF
_LINE = 1.4
"""Height of a line of a legend, in letters."""


@dataclass(frozen=True, eq=False)
class Stamp:
    """Boxes, one over the other, and text on them; in pixels of the rendered picture."""

    boxes: tuple[Box, ...]
    writing: Writing
    rim: bool = False
    """Whether the text has a dark rim."""


@dataclass(frozen=True)
class Entry:
    """A line of a legend."""

    text: str
    colour: int | None = None
    """0xRRGGBBAA of the square in front of it; None = none."""


def paint_stamp(canvas: Floats, window: Window, stamp: Stamp) -> None:
    """Paint a stamp on the tile that a window of the picture shows."""
    for top, left, height, width, colour in stamp.boxes:
        rows = slice(max(top - window.top, 0), max(min(top + height, window.bottom) - window.top, 0))
        columns = slice(max(left - window.left, 0), max(min(left + width, window.right) - window.left, 0))
        red, green, blue, opacity = rgba([colour])[0]
        coat = coats(np.array([[red, green, blue]]), opacity)
        canvas[rows, columns] = canvas[rows, columns] * coat.keep[0] + coat.add[0]
    paint_writing(canvas, window, stamp.writing, rim=stamp.rim)


def text_width(text: str, size: int) -> int:
    """Pixels that a line of text takes."""
    text = spelled(text)
    different = "".join(sorted(set(text)))
    drawn = letters(different, size)
    return int(np.ceil(sum(float(drawn.advance[different.index(one)]) for one in text)))


def legend(entries: Sequence[Entry], size: int) -> Stamp:
    """A dark box at the top left with a line for each entry: a square in its colour, and its text in white."""
    gap, line = max(size // 2, 2), max(int(np.ceil(size * _LINE)), 1)
    indent = size + gap if any(one.colour is not None for one in entries) else 0
    width = 2 * gap + indent + max((text_width(one.text, size) for one in entries), default=0)
    height = 2 * gap + line * len(entries)
    thin = max(size // 12, 1)
    frame = [(gap - thin, gap - thin, height + 2 * thin, thin), (gap + height, gap - thin, thin, width + 2 * thin)]
    frame += [(gap - thin, gap - thin, thin, width + 2 * thin), (gap - thin, gap + width, height + 2 * thin, thin)]
    middles = [2 * gap + nth * line + line // 2 for nth in range(len(entries))]
    squares = [(at - size // 2, 2 * gap, size, size, one.colour) for at, one in zip(middles, entries, strict=True) if one.colour is not None]
    places = np.array([[2 * gap + (indent if one.colour is not None else 0), at - size * 0.6] for at, one in zip(middles, entries, strict=True)])
    boxes = (*((*side, _FRAME) for side in frame), (gap, gap, height, width, _DARK), *squares)
    return Stamp(boxes, written([one.text for one in entries], places, size, centred=False))


def scale_bar(pixels: float, text: str, size: int, height: int, width: int) -> Stamp:
    """A white bar of some pixels with a dark rim, its length written above it, at the bottom right of a picture of this height and width."""
    gap, thick, long = max(size // 2, 2), max(size // 3, 2), max(round(pixels), 1)
    rim = max(size // 12, 1)
    letters_wide = text_width(text, size)
    right = width - gap - max((letters_wide - long) // 2, 0)
    top, left = height - gap - thick, right - long
    boxes = ((top - rim, left - rim, thick + 2 * rim, long + 2 * rim, _RIM), (top, left, thick, long, _WHITE))
    place = np.array([[left + (long - letters_wide) / 2, top - rim - size * _LINE]])
    return Stamp(boxes, written([text], place, size, centred=False), rim=True)
