"""Rows that NimbusImage's server broke: it writes values without escaping them, so that a comma in one shifts what follows."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.notes import Kind, Note

_OPEN, _CLOSE = "{[(", "}])"
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_LISTED = 3


def mended(frame: pl.DataFrame, lines: pl.Series, width: int, fixed: int, separator: str) -> tuple[pl.DataFrame, list[Note]]:
    """The table with as many columns as it has names.

    What stands in brackets is one value (a dictionary of Python, which NimbusImage writes for a value that has parts); else what is too much belongs to
    the only column that holds texts. Where neither is clear, the values of the row are missing.

    Parameters
    ----------
    frame
        Texts, wider than the header.
    lines
        The line of each row.
    width
        Columns that have names.
    fixed
        How many of these are no properties.
    separator
        Between the cells.
    """
    beyond = frame.select(pl.any_horizontal(pl.col(frame.columns[width:]).is_not_null())).to_series()
    kept = frame[:, :width]
    rows = np.flatnonzero(beyond.to_numpy())
    if not len(rows):
        return kept, []
    texts = _only_text(kept.filter(~beyond), fixed)
    found, lost = [], []
    for row, cells in zip(rows.tolist(), frame[:, fixed:][rows].iter_rows(), strict=True):
        filled = max(nth + 1 for nth, cell in enumerate(cells) if cell is not None)
        whole = _joined([cell or "" for cell in cells[:filled]], width - fixed, texts, separator)
        found.append(whole if whole is not None else [None] * (width - fixed))
        if whole is None:
            lost.append(row)
    repaired = pl.DataFrame(found, schema=dict.fromkeys(kept.columns[fixed:], pl.Utf8), orient="row")
    columns = [kept[name].scatter(rows, repaired[name]) if nth >= fixed else kept[name] for nth, name in enumerate(kept.columns)]
    return pl.DataFrame(columns), _notes(lines, rows, lost)


def _notes(lines: pl.Series, rows: np.ndarray[tuple[int], np.dtype[np.int64]], lost: list[int]) -> list[Note]:
    notes = []
    good = [row for row in rows.tolist() if row not in set(lost)]
    if good:
        what = f"values hold separators that were not escaped, and were put together again ({_listed(lines, good)})"
        notes.append(Note(Kind.REPAIRED, what, count=len(good)))
    if lost:
        what = f"values hold separators that were not escaped, and nothing tells where: they are missing ({_listed(lines, lost)})"
        notes.append(Note(Kind.SKIPPED, what, count=len(lost)))
    return notes


def _listed(lines: pl.Series, rows: list[int]) -> str:
    more = f" and {len(rows) - _LISTED:,} more" if len(rows) > _LISTED else ""
    return f"line {', '.join(f'{lines[row]:,}' for row in rows[:_LISTED])}{more}"


def _only_text(good: pl.DataFrame, fixed: int) -> int | None:
    """Which property holds texts, if one does; by the rows that are as they should be."""
    texts = [nth for nth, column in enumerate(good.get_columns()[fixed:]) if not column.drop_nulls().str.contains(_NUMBER).all()]
    return texts[0] if len(texts) == 1 else None


def _joined(cells: list[str], wanted: int, text: int | None, separator: str) -> list[str | None] | None:
    """The values of a row; None = it is not clear."""
    found: list[str] = []
    depth = 0
    for cell in cells:
        inside = depth > 0
        if inside or (cell[:1] in _OPEN and cell):
            depth = max(depth + sum(cell.count(mark) for mark in _OPEN) - sum(cell.count(mark) for mark in _CLOSE), 0)
        if inside:
            found[-1] += separator + cell
        else:
            found.append(cell)
    more = len(found) - wanted
    if more > 0 and text is not None and not depth:
        found[text : text + more + 1] = [separator.join(found[text : text + more + 1])]
    found += [""] * (wanted - len(found)) if len(found) < wanted and more > -wanted else []
    return [cell or None for cell in found] if len(found) == wanted and not depth else None
