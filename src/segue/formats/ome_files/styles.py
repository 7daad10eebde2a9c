"""Colours, lines and fonts of shapes. OME-XML keeps colours as signed RGBA numbers of 32 bits."""

from __future__ import annotations

import polars as pl

from segue.formats.ome_files import terms
from segue.formats.ome_files.elements import Elements

FAMILIES = ("serif", "sans-serif", "cursive", "fantasy", "monospace")
"""Fonts that OME-XML knows."""
IN_PIXELS = ("pixel", "reference frame")
IN_POINTS = ("pt", "pixel")


def style_columns(elements: Elements, colour: pl.Series) -> dict[str, pl.Series]:
    """Style of every shape of a document, by column of the model.

    Parameters
    ----------
    elements
        The shapes.
    colour
        UInt32 per shape: the colour of its object. A stroke of that colour is the object's, unless segue noted that it is the shape's own.
    """
    hints = elements.hints
    stroke = read_colours(elements.texts("StrokeColor" if "StrokeColor" in elements.names else "Stroke"))
    borrowed = (stroke == colour).fill_null(value=False) & (hints[terms.STROKE] != "own").fill_null(value=True)
    size, noted = _sizes(elements, "FontSize", IN_POINTS), hints[terms.FONT_SIZE].fill_nan(None)
    family, font = elements.texts("FontFamily"), hints[terms.FONT]
    table = pl.select(
        stroke=pl.when(~borrowed).then(stroke),
        fill=read_colours(elements.texts("FillColor" if "FillColor" in elements.names else "Fill")),
        stroke_width=_sizes(elements, "StrokeWidth", IN_PIXELS),
        text=elements.texts("Text"),
        font=pl.when((family == families(font)).fill_null(value=False)).then(font).otherwise(family),
        font_size=pl.when((noted.floor() == size).fill_null(value=False)).then(noted).otherwise(size),
    )
    return {name: table[name] for name in table.columns}


def _sizes(elements: Elements, name: str, units: tuple[str, ...]) -> pl.Series:
    """Numbers in a unit of the model; null where it is another."""
    number = elements.texts(name).cast(pl.Float64, strict=False)
    unit = elements.texts(f"{name}Unit").fill_null(units[0])
    return pl.select(pl.when(unit.is_in(list(units)) & number.is_finite()).then(number)).to_series()


def read_colours(texts: pl.Series) -> pl.Series:
    """0xRRGGBBAA of signed numbers; null where it is none."""
    numbers = texts.cast(pl.Int64, strict=False)
    fits = numbers.is_between(-(2**31), 2**32 - 1)
    return pl.select(pl.when(fits).then(numbers % 2**32).cast(pl.UInt32)).to_series()


def written_colours(colours: pl.Series) -> pl.Series:
    """Signed numbers as texts."""
    number = colours.cast(pl.Int64)
    return pl.select(pl.when(number >= 2**31).then(number - 2**32).otherwise(number).cast(pl.Utf8)).to_series()


def families(fonts: pl.Series) -> pl.Series:
    """The nearest of the fonts that OME-XML knows."""
    lower = fonts.str.to_lowercase()
    named = pl.when(lower.is_in(list(FAMILIES))).then(lower)
    serif = pl.when(lower.str.contains(r"^serif|times|georgia|garamond")).then(pl.lit("serif"))
    fixed = pl.when(lower.str.contains(r"mono|courier|consol")).then(pl.lit("monospace"))
    other = pl.when(lower.is_not_null()).then(pl.lit("sans-serif"))
    return pl.select(pl.coalesce(named, serif, fixed, other)).to_series()
