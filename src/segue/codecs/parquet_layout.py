"""Where the plain columns of numbers of a Parquet file lie, by its footer, read without a library and without trust.

Source: https://github.com/apache/parquet-format (2.12), ``parquet.thrift``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segue.codecs.thrift import Compact, Record

LONGEST = 1 << 24
"""Bytes of a footer; one that is longer is not taken apart here."""
_PHYSICAL = {1: "i4", 2: "i8", 4: "f4", 5: "f8"}
_CONVERTED = {11: "u1", 12: "u2", 13: "u4", 14: "u8", 15: "i1", 16: "i2", 17: "i4", 18: "i8"}
_INTEGER = 10
"""The member of the union ``LogicalType`` that says how many bits a whole number has."""
PLAIN, PLAIN_DICTIONARY, RLE, BIT_PACKED, RLE_DICTIONARY = 0, 2, 3, 4, 8
_ENCODINGS = {PLAIN, PLAIN_DICTIONARY, RLE, BIT_PACKED, RLE_DICTIONARY}
"""How values (and whether they are there) may be written; anything else is left to others."""


@dataclass(frozen=True)
class Chunk:
    """The pages of one column in one group of rows."""

    begin: int
    """Byte of the file."""
    length: int
    codec: int
    """How pages are compressed, by its number in the format."""
    rows: int


@dataclass(frozen=True)
class Numbers:
    """A column of numbers, one or none per row."""

    stored: str
    """Type of the stored values: ``i4``, ``i8``, ``f4``, ``f8``."""
    dtype: str
    """Type of the column, also ``u4``, ``i2``, ...; in the words of numpy."""
    optional: bool
    """Whether values may be missing."""
    chunks: tuple[Chunk, ...]

    @property
    def rows(self) -> int:
        return sum(chunk.rows for chunk in self.chunks)

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        return self.rows * int(self.stored[1])


def number_columns(footer: bytes, size: int) -> dict[str, Numbers]:
    """The outermost columns of numbers, in order; those of which something is unusual or makes no sense are left out.

    Parameters
    ----------
    footer
        The record at the end of the file.
    size
        Bytes of the file in front of it.

    Raises
    ------
    ValueError, IndexError, LookupError, TypeError, AttributeError
        It is no such record.
    """
    stated = Compact(footer).record()
    groups = [(group[1], group[3]) for group in stated[4]]
    if any(rows < 0 for _, rows in groups) or stated[3] != sum(rows for _, rows in groups):
        raise ValueError("groups that do not hold the rows")
    found: dict[str, Numbers] = {}
    seen: set[str] = set()
    for leaf, element in _outermost(stated[2]):
        name = element[4].decode()
        column = None if name in seen else _column(element, [(columns[leaf], rows) for columns, rows in groups], size)
        found.pop(name, None)
        if column is not None:
            found[name] = column
        seen.add(name)
    return found


def _outermost(schema: list[Record]) -> Iterator[tuple[int, Record]]:
    """(number among the leaves, element) of the leaves that are members of the root."""
    leaf, inner = 0, 0
    for element in schema[1:]:
        children = element.get(5, 0)
        if inner:
            inner += children - 1
        elif children:
            inner = children
        else:
            yield leaf, element
        leaf += not children


def _column(element: Record, parts: list[tuple[Record, int]], size: int) -> Numbers | None:
    stored, dtype = _PHYSICAL.get(element.get(1, -1)), _dtype(element)
    if stored is None or dtype is None or element.get(3) not in (0, 1) or int(dtype[1]) > int(stored[1]) or (stored[0] == "f" and dtype != stored):
        return None
    chunks = [_chunk(part, rows, element, size) for part, rows in parts]
    return None if None in chunks else Numbers(stored, dtype, element[3] == 1, tuple(chunk for chunk in chunks if chunk is not None))


def _dtype(element: Record) -> str | None:
    """What the numbers are; None = dates, times, decimals and all that is more than a number."""
    stored = _PHYSICAL.get(element.get(1, -1))
    converted, logical = element.get(6), element.get(10)
    if logical is None:
        return stored if converted is None else _CONVERTED.get(converted)
    if set(logical) != {_INTEGER}:
        return None
    bits, signed = logical[_INTEGER][1], logical[_INTEGER][2]
    dtype = f"{'i' if signed else 'u'}{bits // 8}" if bits in (8, 16, 32, 64) else None
    return dtype if converted is None or _CONVERTED.get(converted) == dtype else None


def _chunk(part: Record, rows: int, element: Record, size: int) -> Chunk | None:
    stated = part.get(3)
    if stated is None or 1 in part or 8 in part or 9 in part or stated[3] != [element[4]] or stated[1] != element[1] or stated[5] != rows:
        return None
    begin = min(stated[9], stated[11]) if stated.get(11, 0) > 0 else stated[9]
    length: int = stated[7]
    if begin < 4 or length < 0 or begin + length > size or not set(stated[2]) <= _ENCODINGS:
        return None
    return Chunk(begin, length, stated[4], rows)
