"""ImageJ's column Label: ``title``, ``title:ROI``, ``title:ROI:slice`` or ``title:slice``; and the names of objects alone, where nothing else is to be told.

ImageJ leaves out names of ROIs that hold a point, so a text with a point and without a colon is the title of an image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from segue.formats.imagej_results.headings import one_line
from segue.model.objects import unique_texts


@dataclass(frozen=True)
class Named:
    """What the labels of rows say."""

    titles: pl.Series | None
    """The title of the image of each row; None = they do not say."""
    ids: pl.Series | None
    """The name of the object of each row; null where there is none."""


def taken_apart(labels: pl.Series | None) -> Named:
    """What a column of labels says; the names of objects are unique in an image."""
    if labels is None or labels.null_count() == labels.len():
        return Named(None, None)
    colons = labels.str.contains(":", literal=True).fill_null(value=False)
    if not colons.any():
        bare = labels.null_count() == 0 and not labels.is_duplicated().any() and not labels.str.contains(".", literal=True).any()
        return Named(None, labels) if bare else Named(labels.fill_null(""), None)
    parts = labels.fill_null("").str.splitn(":", 2).struct.rename_fields(["title", "rest"]).struct.unnest()
    rest = parts["rest"].set(~colons, None)
    first = rest.str.splitn(":", 2).struct.rename_fields(["first", "more"]).struct.field("first")
    ids = next((one for one in (first, rest) if _unique(parts["title"], one)), None)
    return Named(parts["title"], ids)


def _unique(titles: pl.Series, ids: pl.Series) -> bool:
    frame = pl.DataFrame({"title": titles, "id": ids}).drop_nulls("id")
    return frame.height > 0 and not frame.is_duplicated().any() and not (frame["id"] == "").any()


def put_together(titles: Sequence[str], ids: Sequence[pl.Series], *, comma: bool, plain: bool) -> pl.Series:
    """The column of labels.

    Parameters
    ----------
    titles
        Of the images; empty = it has none.
    ids
        Of the objects of each image, unique there.
    comma
        Whether commas stand between the cells: ImageJ writes ; for those in labels.
    plain
        Whether the names alone will do, where they can be told from titles.
    """
    names = [_clean(one, comma=comma) for one in ids]
    if plain and len(titles) == 1 and not titles[0] and not names[0].str.contains(".", literal=True).any():
        return names[0]
    heads = unique_texts(_clean(_titles(titles), comma=comma)) if any(titles) or len(titles) > 1 else [""]
    return pl.concat([pl.select(pl.concat_str(pl.lit(f"{title}:"), one)).to_series() for title, one in zip(heads, names, strict=True)])


def _titles(titles: Sequence[str]) -> pl.Series:
    several = len(titles) > 1
    return pl.Series([title or (f"image {nth + 1}" if several else "") for nth, title in enumerate(titles)], dtype=pl.Utf8)


def _clean(texts: pl.Series, *, comma: bool) -> pl.Series:
    """Texts without what means something else in a label; none twice, and none of the names empty."""
    odd = texts.str.contains(r'[:,"\x00-\x1f\x7f\u0085\u2028\u2029]|^\s|\s$|^$')
    if not odd.any():
        return texts
    changed = [one_line(text).replace(":", "-").replace(",", ";" if comma else ",").strip() or "-" for text in texts.filter(odd)]
    return unique_texts(texts.clone().scatter(odd.arg_true(), pl.Series(changed, dtype=pl.Utf8)))
