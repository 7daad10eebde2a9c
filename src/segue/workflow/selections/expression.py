"""The gates that a user writes: ``CD3 mean:100:900 & (CD8 mean:50: | "odd: name"::10)``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from segue.errors import InvalidOption
from segue.model.rules import PolygonTerm, Range, Scale

MOST_ALTERNATIVES = 64
"""Into how many alternatives an expression may fall apart."""
_TOKEN = re.compile(r"\s*(?:(?P<sign>[&|()])|(?P<term>(?:\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|[^&|()\"'])+))")
_QUOTED = re.compile(r"\s*(?:\"((?:[^\"]|\"\")*)\"|'((?:[^']|'')*)')\s*:")
_EXAMPLE = "write COLUMN:LOW:HIGH, such as 'CD3 mean:100:900 & CD8 mean:50:' (an end may be left out; names with & | ( ) \" ' in quotes)"

Terms = tuple[Range, ...]


def alternatives(text: str) -> tuple[Terms, ...]:
    """The gate as alternatives, of which one has to hold, each of terms that all have to.

    ``&`` is and, ``|`` is or; and binds more closely; brackets group. A term is ``COLUMN:LOW:HIGH``: both ends belong to the range, and may be left out.

    Raises
    ------
    InvalidOption
        It is no such expression.
    """
    reader = _Reader(text, _tokens(text))
    found = reader.either()
    if reader.at < len(reader.tokens):
        raise _wrong(text, f"nothing is expected behind {reader.tokens[reader.at - 1].strip()!r}")
    return found


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text) and text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _wrong(text, f"a quote is not closed: {text[at:].strip()!r}")
        at = match.end()
        if match.group().strip():
            tokens.append(match["sign"] or match["term"])
    return tokens


@dataclass
class _Reader:
    """Reads from left to right; each step returns alternatives of terms."""

    text: str
    tokens: list[str]
    at: int = 0

    def either(self) -> tuple[Terms, ...]:
        found = self.both()
        while self._take("|"):
            found += self.both()
        return self._few(found)

    def both(self) -> tuple[Terms, ...]:
        found = self.one()
        while self._take("&"):
            more = self.one()
            found = self._few(tuple(left + right for left in found for right in more))
        return found

    def one(self) -> tuple[Terms, ...]:
        if self._take("("):
            found = self.either()
            if not self._take(")"):
                raise _wrong(self.text, "a bracket is not closed")
            return found
        if self.at == len(self.tokens) or self.tokens[self.at] in "&|)":
            raise _wrong(self.text, "a term is missing")
        self.at += 1
        return ((term_of(self.tokens[self.at - 1]),),)

    def _take(self, sign: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == sign:
            self.at += 1
            return True
        return False

    def _few(self, found: tuple[Terms, ...]) -> tuple[Terms, ...]:
        if len(found) > MOST_ALTERNATIVES:
            raise _wrong(self.text, f"it falls apart into more than {MOST_ALTERNATIVES} alternatives")
        return found


def term_of(text: str) -> Range:
    """The range that ``COLUMN:LOW:HIGH`` means.

    Raises
    ------
    InvalidOption
    """
    quoted = _QUOTED.match(text)
    if quoted:
        name = quoted[1].replace('""', '"') if quoted[1] is not None else quoted[2].replace("''", "'")
        ends = text[quoted.end() :].split(":")
    else:
        head, *ends = text.rsplit(":", 2)
        name = head.strip()
    if len(ends) != 2 or not name:
        raise _wrong(text, "it is no term")
    low, high = (_end(one, text) for one in ends)
    if low is not None and high is not None and low > high:
        raise _wrong(text, f"its low end {low:g} is above its high end {high:g}")
    return Range(name, low, high)


def _end(text: str, term: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value:  # not a number
        raise _wrong(term, f"{text.strip()!r} is no number")
    return value


def polygon_of(text: str, x_scale: Scale = "linear", y_scale: Scale = "linear", cofactor: float = 1.0) -> PolygonTerm:
    """The polygon that ``X COLUMN,Y COLUMN: x1,y1 x2,y2 x3,y3`` means; names with commas or colons stand in double quotes.

    Raises
    ------
    InvalidOption
        It has no two columns, or fewer than three corners.
    """
    name = r"\s*(?:\"((?:[^\"]|\"\")*)\"|([^\",:]+))\s*"
    match = re.fullmatch(rf"{name},{name}:(.*)", text, re.DOTALL)
    if match is None:
        raise _no_polygon(text)
    x, y = ((quoted.replace('""', '"') if quoted is not None else plain.strip()) for quoted, plain in (match.groups()[0:2], match.groups()[2:4]))
    try:
        corners = tuple((float(one), float(other)) for one, other in (pair.split(",") for pair in match[5].split()))
    except ValueError as error:
        raise _no_polygon(text) from error
    return checked(PolygonTerm(x, y, corners, x_scale, y_scale, cofactor), text)


def polygon_of_rows(rows: list[list[str]], where: str, term: PolygonTerm) -> PolygonTerm:
    """The polygon of a table: its heading is the two columns, each row a corner; scales as ``term`` has them.

    Raises
    ------
    InvalidOption
    """
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    try:
        corners = tuple((float(row[0]), float(row[1])) for row in rows[1:])
        return checked(replace(term, x=rows[0][0].strip(), y=rows[0][1].strip(), vertices=corners), where)
    except (ValueError, IndexError) as error:
        raise InvalidOption(
            f"{where} is no polygon: its first line names two columns, and each further line is a corner (two numbers)", option="polygon-gate", given=where
        ) from error


def checked(term: PolygonTerm, where: str) -> PolygonTerm:
    """The term, if its corners enclose something."""
    finite = all(abs(value) < float("inf") for corner in term.vertices for value in corner)
    if len(term.vertices) < 3 or not finite or not term.x or not term.y:
        raise _no_polygon(where)
    return term


def _no_polygon(text: str) -> InvalidOption:
    example = "'CD3 mean,CD8 mean: 10,5 90,5 90,80'"
    return InvalidOption(f"{text!r} is no polygon: write two columns and three corners or more, such as {example}", option="polygon-gate", given=text)


def _wrong(text: str, why: str) -> InvalidOption:
    return InvalidOption(f"{text.strip()!r} is no gate: {why}; {_EXAMPLE}", option="gate", given=text)


def text_of(term: Range | PolygonTerm) -> str:
    """A term in a few characters, for names: ``CD3 mean 100 - 900``."""
    if isinstance(term, PolygonTerm):
        return f"{term.x} / {term.y}"
    if term.low is None or term.high is None:
        return f"{term.column} from {term.low:g}" if term.low is not None else f"{term.column} to {term.high:g}" if term.high is not None else term.column
    return f"{term.column} {term.low:g} - {term.high:g}"
