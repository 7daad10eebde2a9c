"""Text: the letters of the font that comes with Pillow (Aileron), white with a dark rim, so that it can be read on anything.

The font has the letters of English and few others: a µ is made of its u, Greek letters are written by name (beta), accents are left out, and what
remains is a question mark.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.render.areas import FEW
from segue.render.drawn import Letters, Writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from segue.render.drawn import Window

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

RIM = 1
"""Pixels of the dark rim around a letter."""
MOST_SIZE = 2_000
"""Pixels of the highest letters."""
MICRO = "\u00b5"
LONGEST = 80
"""Characters of a text that are shown."""
_BLOCK = 50_000
"""Texts whose characters are laid out at a time."""
_FARTHEST = 2**30
"""Pixels from the corner beyond which nothing is painted."""


@lru_cache(maxsize=32)
def letters(characters: str, size: int) -> Letters:
    """The pictures of characters, in their order; a line break has none."""
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    drawn = [font.getmask2("u" if one == MICRO else one, mode="L", anchor="la") for one in characters]  # type: ignore[union-attr]
    arrays = [np.asarray(mask, np.uint8).reshape(mask.size[::-1]) if 0 not in mask.size else np.zeros((0, 0), np.uint8) for mask, _ in drawn]
    arrays = [_micro(array, size) if one == MICRO else array for one, array in zip(characters, arrays, strict=True)]
    rows = max((one.shape[0] for one in arrays), default=0) + 2 * RIM
    columns = max((one.shape[1] for one in arrays), default=0) + 2 * RIM
    masks = np.zeros((len(arrays), rows, columns), np.uint8)
    for nth, one in enumerate(arrays):
        masks[nth, RIM : RIM + one.shape[0], RIM : RIM + one.shape[1]] = one
    sizes = np.array([[one.shape[0] + 2 * RIM, one.shape[1] + 2 * RIM] if one.size else [0, 0] for one in arrays], np.int64).reshape(-1, 2)
    offsets = np.array([[offset[1] - RIM, offset[0] - RIM] for _, offset in drawn], np.int64).reshape(-1, 2)
    advance = np.array([font.getlength("u" if one == MICRO else one) for one in characters])
    return Letters(masks, _spread(masks), sizes, offsets, advance, int(np.ceil(size * 1.2)))


def _micro(u: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """A u whose left stem goes on below the line."""
    height, width = u.shape
    middle = u[height // 3]
    begin = int(np.argmax(middle >= 64))
    stem = begin + int(np.argmax(middle[begin:] < 64))
    tall = np.zeros((height + max(size // 4, 1), width), np.uint8)
    tall[:height] = u
    tall[height // 2 :, :stem] = np.maximum(tall[height // 2 :, :stem], middle[:stem])
    return tall


def readable(texts: pl.Series) -> pl.Series:
    """Texts of which the font has all letters, one line each."""
    import polars as pl

    plain = texts.str.replace_all(r"\s", " ").str.slice(0, LONGEST)
    foreign = plain.filter(plain.str.contains(r"[^ -~°±]")).unique()
    if not len(foreign):
        return plain
    return plain.replace(foreign, pl.Series([spelled(one) for one in foreign], dtype=pl.Utf8))


def spelled(text: str) -> str:
    """A text of which the font has all letters."""
    return "".join(one if " " <= one <= "~" or one in "°±" else _SPELLED.get(one) or _letter(one) for one in text)


def _letter(one: str) -> str:
    import unicodedata

    kind, _, name = unicodedata.name(one, "").partition(" LETTER ")
    if kind.startswith("GREEK") and name:
        return name.split()[0].capitalize() if "CAPITAL" in kind else name.split()[0].lower()
    plain = "".join(part for part in unicodedata.normalize("NFKD", one) if " " <= part <= "~")
    return plain or "" if unicodedata.combining(one) else plain or "?"


_SPELLED = {"\u00b5": MICRO, "\u03bc": MICRO, "\u00d7": "x", "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u00df": "ss", "\u00f8": "o", "\u00d8": "O"}


def _spread(masks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    padded = np.pad(masks, ((0, 0), (RIM, RIM), (RIM, RIM)))
    height, width = masks.shape[1:]
    moved = [padded[:, y : y + height, x : x + width] for y in range(2 * RIM + 1) for x in range(2 * RIM + 1)]
    return np.maximum.reduce(moved) if masks.size else masks


def written(texts: Sequence[str] | pl.Series, at: NDArray[Any], size: int, *, centred: bool) -> Writing:
    """Texts at places.

    Parameters
    ----------
    texts
        One line each; what goes beyond 80 characters is not shown.
    at : (n, 2) float64
        x, y: the middle of each text, or its top-left corner.
    size
        Of the letters, in pixels.
    centred
        Whether ``at`` is the middle.
    """
    import polars as pl

    size = min(max(size, 4), MOST_SIZE)
    lines = readable(pl.Series(texts, dtype=pl.Utf8))
    some = [slice(first, first + _BLOCK) for first in range(0, len(lines), _BLOCK)]
    different = sorted(set().union(*(lines[one].str.join("").item() for one in some)))
    drawn = letters("".join(different), size)
    middle = np.asarray(at, np.float64).reshape(-1, 2)
    pieces = [_laid(lines[one], middle[one], drawn, pl.Series(different, dtype=pl.Utf8), centred=centred) for one in some]
    glyph = np.concatenate([np.zeros(0, np.int32), *(one for one, _ in pieces)])
    places = np.concatenate([np.zeros((0, 2), np.int32), *(one for _, one in pieces)])
    del pieces
    order = np.argsort(places[:, 0], kind="stable")
    return Writing(drawn, glyph[order], places[order])


def _laid(lines: pl.Series, at: Floats, drawn: Letters, different: pl.Series, *, centred: bool) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """(characters,) which letter, and (characters, 2) row and column of the pen, of some texts."""
    import polars as pl

    frame = pl.DataFrame({"text": np.arange(len(lines)), "one": lines.str.split("")}).explode("one").filter(pl.col("one").str.len_chars() > 0)
    glyph = different.search_sorted(frame["one"]).to_numpy() if len(frame) else np.zeros(0, np.int64)
    owner = frame["text"].to_numpy()
    advance = drawn.advance[glyph]
    pen = np.cumsum(advance) - advance
    begin = np.append(pen, advance.sum())[np.searchsorted(owner, np.arange(len(lines)))]
    length = np.bincount(owner, advance, len(lines))
    corner = at - (np.stack([length, np.full(len(lines), drawn.height)], axis=1) / 2 if centred else 0)
    places = np.stack([corner[owner, 1], corner[owner, 0] + pen - begin[owner]], axis=1)
    return glyph.astype(np.int32), np.clip(np.floor(places + 0.5), -_FARTHEST, _FARTHEST).astype(np.int32)


def paint_writing(canvas: Floats, window: Window, writing: Writing, colour: tuple[float, float, float] = (255, 255, 255), *, rim: bool = True) -> None:
    """Paint text on the tile that a window shows: first all rims, then all letters."""
    if not len(writing):
        return
    drawn = writing.letters
    reach = drawn.masks.shape[1] + int(np.abs(drawn.offsets[:, 0]).max())
    begin, end = np.searchsorted(writing.places[:, 0], [window.top - reach, window.bottom + reach])
    some = Writing(drawn, writing.glyph[begin:end].astype(np.int64), writing.places[begin:end].astype(np.int64))
    if rim:
        _painted(canvas, window, some, drawn.rims, (0.0, 0.0, 0.0))
    _painted(canvas, window, some, drawn.masks, colour)


def _painted(canvas: Floats, window: Window, some: Writing, masks: NDArray[np.uint8], colour: tuple[float, float, float]) -> None:
    tint = np.array(colour, np.float64)
    if len(some) <= 4 * FEW:
        _paint(canvas, window, some, masks, tint)
        return
    from segue.render.figures_kernel import paint_glyphs

    paint_glyphs(canvas, window, some, masks, tint)


def _paint(canvas: Floats, window: Window, some: Writing, masks: NDArray[np.uint8], colour: Floats) -> None:
    for (row, column), which in zip(some.places.tolist(), some.glyph.tolist(), strict=True):
        height, width = some.letters.sizes[which]
        top, left = some.letters.offsets[which] + (row - window.top, column - window.left)
        y, x = slice(max(top, 0), min(top + height, window.height)), slice(max(left, 0), min(left + width, window.width))
        if y.start >= y.stop or x.start >= x.stop:
            continue
        share = masks[which, y.start - top : y.stop - top, x.start - left : x.stop - left, None] / 255.0
        canvas[y, x] = canvas[y, x] * (1.0 - share) + colour * share
