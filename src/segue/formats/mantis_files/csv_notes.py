"""What readers of Mantis' CSV files say about the rows that they mend or pass over."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from segue.codecs.javascript_numbers import trim
from segue.codecs.mantis_csv import Rows
from segue.notes import Kind, Note

_LISTED = 5


def told(kind: Kind, what: str, lines: pl.Series | Sequence[int]) -> list[Note]:
    """A note with the number of rows and the first lines; none without a row.

    Parameters
    ----------
    kind
        Repaired, skipped, ...
    what
        Behind "3 rows", e.g. ``without a name``.
    lines
        Of the rows.
    """
    count = len(lines)
    return [Note(kind, f"{{count row}} {what} ({listed(lines)})", count=count)] if count else []


def listed(lines: pl.Series | Sequence[int]) -> str:
    """``line 3``; ``lines 3, 7, 9 and 12 more``."""
    first = ", ".join(f"{line:,}" for line in list(lines[:_LISTED]))
    more = f" and {len(lines) - _LISTED:,} more" if len(lines) > _LISTED else ""
    return f"line{'s' if len(lines) > 1 else ''} {first}{more}"


def mended(rows: Rows) -> list[Note]:
    """What was not as Mantis wants it, equal repairs together."""
    found: dict[str, list[int]] = {}
    for line, what in rows.repairs:
        found.setdefault(what, []).append(line)
    return [Note(Kind.REPAIRED, f"{what} ({listed(lines)})" if any(lines) else what, count=len(lines)) for what, lines in found.items()]


def trimmed(texts: pl.Series) -> pl.Series:
    """Texts without blanks around them; null where nothing is left."""
    meant = {text: trim(text) or None for text in texts.drop_nulls().unique()}
    return texts.replace_strict(meant, return_dtype=pl.Utf8) if any(text != strip for text, strip in meant.items()) else texts
