"""Texts and numbers to draw: ordinary ones, and those that break software."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from segue.formats.format import Limit
from segue.model.features import Feature
from segue.testing.allowed import Allowed

HOSTILE = (
    *("SEPT7", "1-Sep", "CD3/CD8", "a, b; c", 'he said "yes"', "it's", "=1+1", "@SUM(A1)", "+5", "-", "007", "1e5", "NaN", "null", "None", "true"),
    *("line\nbreak", "tab\there", "carriage\rreturn", " padded ", "µm²", "naïve", "細胞", "👩‍🔬", "e\u0301", "\u200f", "..", "con", "*", "^a$", "%s", "{0}"),
    *("<b>&amp;</b>", "a\\b", "$(x)", "\ufeffbom", "\x1b[31m", "\x00", "", " "),
)
"""Names that spreadsheets, parsers, shells or file systems get wrong."""

_plain = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=6)
_printable = [text for text in HOSTILE if text and not any(ord(character) < 32 or ord(character) == 127 for character in text)]
_texts = {
    None: st.sampled_from(HOSTILE) | st.text(max_size=6),
    "plain": st.sampled_from(_printable) | _plain,
    "ascii": st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=6),
}


def texts(limit: Limit) -> st.SearchStrategy[str]:
    """A text within a limit.

    Raises
    ------
    ValueError
        The limit names a class of texts that does not exist.
    """
    if limit.text not in _texts:
        raise ValueError(f"texts are limited to {', '.join(str(name) for name in _texts)}, not to {limit.text!r}")
    if limit.choices:
        return st.sampled_from(limit.choices)
    return _texts[limit.text]


def numbers(limit: Limit, *, low: float = -1e6, high: float = 1e6, special: bool = False) -> st.SearchStrategy[float]:
    """A float within a limit; low and high where it states none; with ``special`` also NaN, infinities and the extremes."""
    low, high = _ends(limit, low, high)
    if limit.grid is not None:
        grid = limit.grid
        return st.integers(math.ceil(low / grid), math.floor(high / grid)).map(lambda steps: on_grid(steps * grid, grid))
    found = st.floats(low, high, allow_nan=False) | st.integers(math.ceil(low), math.floor(high)).map(float) if high - low >= 1 else st.floats(low, high)
    if special and limit.lowest is None and limit.highest is None:
        return found | st.sampled_from((math.nan, math.inf, -math.inf, 0.1, 1e300, 5e-324, 2.0**53 + 2, -0.0))
    return found


def on_grid(value: float, grid: float) -> float:
    """The multiple of ``grid`` nearest to a value: the float that 0.57 means, which 57 * 0.01 is not."""
    return float(Decimal(repr(float(grid))) * round(value / grid))


def integers(limit: Limit, *, low: int, high: int) -> st.SearchStrategy[int]:
    """An integer within a limit; both ends are drawn often."""
    lowest, highest = (int(end) for end in _ends(limit, low, high))
    small = st.integers(lowest, min(highest, lowest + 20))
    return small | st.integers(lowest, highest) | st.sampled_from((lowest, highest))


def colours(choices: tuple[str, ...]) -> st.SearchStrategy[int]:
    """0xRRGGBBAA; all opaque where only ``opaque`` ones are allowed."""
    colour = st.sampled_from((0xFF0000FF, 0x000000FF, 0xFFFFFFFF)) | st.integers(0, 0xFFFFFF).map(lambda rgb: rgb << 8 | 0xFF)
    return colour if "opaque" in choices else colour | st.integers(0, 0xFFFFFFFF)


def maybe(draw: st.DrawFn, allowed: Allowed, feature: Feature, strategy: st.SearchStrategy[Any], *, choice: str = "") -> Any:
    """A value or None; always None where the feature (or this choice of it) is not allowed."""
    if feature not in allowed or (choice and not allowed.may(feature, choice)):
        return None
    return draw(st.none() | strategy)


def _ends(limit: Limit, low: float, high: float) -> tuple[float, float]:
    lowest, highest = limit.lowest, limit.highest
    low, high = low if lowest is None else max(low, lowest), high if highest is None else min(high, highest)
    return (lowest, lowest + 1) if lowest is not None and low > high else (low, high)
