"""The cells of a sheet of XLSX, collected while its XML is read, and made columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from segue.codecs.delimited_numbers import numbers
from segue.codecs.xlsx_write import INFINITIES, MOST_COLUMNS, MOST_ROWS, NAN
from segue.errors import Malformed, TooLarge

NUMBER, TEXT, TRUTH, ERROR, DATE = range(5)
_KINDS = {"n": NUMBER, "b": TRUTH, "e": ERROR, "s": TEXT, "str": TEXT, "inlineStr": TEXT, "d": TEXT}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FLUSH = 1 << 20
_SCATTER = 50


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    values: pl.Series
    """Int64, Float64, Boolean or Utf8; error values are null, but ``#NUM!`` among numbers is NaN."""
    dates: bool
    """Whether some of its numbers are shown as dates (days since 1900 or 1904)."""
    errors: int
    """How many error values other than ``#NUM!`` and ``#N/A`` became null."""


class Texts:
    """Handler of the shared texts."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._taking = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic += 1
        elif name == "t":
            self._taking = not self._phonetic

    def end(self, name: str, /) -> None:
        if name == "si":
            self.found.append(unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "t":
            self._taking = False

    def text(self, text: str, /) -> None:
        if self._taking:
            self._pieces.append(text)


class Sheet:
    """Handler of a sheet."""

    def __init__(self, shared: list[str], dates: set[str], path: Path) -> None:
        self.shared, self.dates, self.path = shared, dates, path
        self.row = self.column = 0
        self.kind, self.is_shared = NUMBER, False
        self._taking = self._phonetic = False
        self._pieces: list[str] = []
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._kinds = bytearray()
        self._values: list[str] = []
        self._blocks: list[pl.DataFrame] = []

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "t"):
            self._taking = not self._phonetic
        elif name == "row":
            stated = attributes.get("r", "")
            self.row = int(stated) if stated.isdecimal() and len(stated) < 9 else self.row + 1
            self.column = 0
            if self.row > MOST_ROWS:
                raise TooLarge(f"{self.path} has a row {self.row:,}; a sheet of XLSX ends at {MOST_ROWS:,}", path=self.path, limit=MOST_ROWS)
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str, /) -> None:
        if name in ("v", "t"):
            self._taking = False
        elif name == "c":
            self._keep()
        elif name == "rPh":
            self._phonetic = False

    def text(self, text: str, /) -> None:
        if self._taking:
            self._pieces.append(text)

    def _cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        self.column = self.column + 1 if place is None else _column(place)
        if not 1 <= self.column <= MOST_COLUMNS:
            raise Malformed(f"{self.path} is damaged: no sheet has a cell {place}", path=self.path, position=f"cell {place}", expected="a cell of a sheet")
        kind = attributes.get("t", "n")
        self.kind, self.is_shared = _KINDS.get(kind, TEXT), kind == "s"
        if self.kind == NUMBER and attributes.get("s") in self.dates:
            self.kind = DATE
        self._pieces = []

    def _keep(self) -> None:
        value = "".join(self._pieces)
        if self.is_shared:
            nth = int(value) if value.isdecimal() and len(value) < 10 else -1
            if not 0 <= nth < len(self.shared):
                raise Malformed(f"{self.path} is damaged: it has no shared text {value}", path=self.path, position=f"row {self.row}", expected="a shared text")
            value = self.shared[nth]
        elif self.kind == TEXT:
            value = unescaped(value)
        elif not value:
            return
        self._rows.append(self.row)
        self._columns.append(self.column)
        self._kinds.append(self.kind)
        self._values.append(value)
        if len(self._rows) >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        kinds = pl.Series(np.frombuffer(bytes(self._kinds), np.uint8))
        frame = pl.DataFrame(
            {"row": self._rows, "column": self._columns, "value": self._values}, schema={"row": pl.Int32, "column": pl.Int32, "value": pl.Utf8}
        )
        self._blocks.append(frame.with_columns(kind=kinds))
        self._rows, self._columns, self._values, self._kinds = [], [], [], bytearray()

    def table(self, *, header: bool | None) -> tuple[list[str | None], list[Column]]:
        """(the cells of the header, the columns below it). See `segue.codecs.xlsx_read.read_xlsx`."""
        self._flush()
        cells = pl.concat(self._blocks)
        if cells.is_empty():
            return [], []
        first, last, width = (int(one) for one in cells.select(pl.col("row").min(), last=pl.col("row").max(), width=pl.col("column").max()).row(0))
        if (last - first + 1) * width > _SCATTER * cells.height + 10_000_000:
            raise Malformed(f"{self.path}: its {cells.height:,} cells are too far apart to be a table", path=self.path, expected="a table")
        top = cells.filter(pl.col("row") == first)
        named = bool((top["kind"] == TEXT).all()) if header is None else header
        names: list[str | None] = [None] * width if named else []
        for place, name in zip(top["column"].to_list(), top["value"].to_list(), strict=True) if named else ():
            names[place - 1] = name
        begin = first + named
        by_column = {int(one["column"][0]): one for one in cells.filter(pl.col("row") >= begin).partition_by("column")}
        return names, [_made(by_column.get(nth + 1), begin, last - begin + 1) for nth in range(width)]


def unescaped(text: str) -> str:
    """``_x000D_`` and the like as the characters that they stand for."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _column(place: str) -> int:
    found = 0
    for letter in place[:3]:
        if "A" <= letter <= "Z":
            found = found * 26 + ord(letter) - 64
    return found


def _made(cells: pl.DataFrame | None, first: int, height: int) -> Column:
    """The cells of one column as what they are; where numbers, texts and truth values are mixed, as text."""
    if cells is None:
        return Column(pl.Series("", [None], dtype=pl.Utf8).new_from_index(0, height), dates=False, errors=0)
    kinds = set(cells["kind"].unique())
    value, kind = pl.col("value"), pl.col("kind")
    errors = cells.filter((kind == ERROR) & ~value.is_in([NAN, "#N/A"])).height
    only_numbers = bool(cells.select(((kind != TEXT) | value.is_in(list(INFINITIES))).all()).item()) and TRUTH not in kinds and kinds != {TEXT}
    if only_numbers:
        cells = cells.with_columns(value=pl.when((kind == ERROR) & (value == NAN)).then(pl.lit("NaN")).when(kind == ERROR).then(None).otherwise("value"))
        values = numbers(_spread(cells, first, height))
        values = values.cast(pl.Float64) if values.dtype == pl.Utf8 and values.null_count() == height else values
    elif kinds == {TRUTH}:
        values = _spread(cells, first, height) == "1"
    else:
        truth = pl.when(value == "1").then(pl.lit("true")).otherwise(pl.lit("false"))
        cells = cells.with_columns(value=pl.when(kind == TRUTH).then(truth).when(kind == ERROR).then(None).otherwise("value"))
        values = _spread(cells, first, height)
    return Column(values, dates=DATE in kinds, errors=errors)


def _spread(cells: pl.DataFrame, first: int, height: int) -> pl.Series:
    """The values at their rows; the last one where a row has several."""
    places = np.full(height, -1, np.int64)
    places[cells["row"].to_numpy() - first] = np.arange(cells.height)
    at = pl.Series(places)
    return cells["value"].alias("").gather(at.set(at < 0, None))
