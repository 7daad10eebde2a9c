"""Thrift's compact protocol, read without a library and without trust: what Parquet says about itself is written in it.

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BINARY, LIST, SET, MAP, STRUCT = 8, 9, 10, 11, 12
_TRUE, _FALSE, _BYTE, _INTEGERS, _DOUBLE = 1, 2, 3, (4, 5, 6), 7
_DEEPEST = 16
Record = dict[int, Any]


class Compact:
    """Reads records from ``data``, from byte ``at`` on; ends with IndexError or ValueError where they make no sense.

    Memory: what the records hold; a count alone allocates nothing, as every value takes a byte or more.
    """

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def record(self, depth: int = 0) -> Record:
        """Number of a field -> its value: int, bool, bytes, list, or a record; doubles as their eight bytes."""
        return {field: kind == _TRUE if kind in (_TRUE, _FALSE) else self.value(kind, depth) for field, kind in self.fields()}

    def value(self, kind: int, depth: int = 0) -> Any:
        """One value of a type; a truth value is that of a list, a byte of its own."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        if kind in _INTEGERS:
            number = self.varint()
            return (number >> 1) ^ -(number & 1)
        if kind == BINARY:
            return self.taken(self.varint())
        if kind == STRUCT:
            return self.record(depth + 1)
        if kind in (LIST, SET):
            count, inner = self.sequence()
            return [self.value(inner, depth + 1) for _ in range(count)]
        if kind in (_TRUE, _FALSE):
            return self.byte() == _TRUE
        if kind in (_BYTE, _DOUBLE):
            return int.from_bytes(self.taken(1), "little", signed=True) if kind == _BYTE else self.taken(8)
        raise ValueError("an unknown type")  # Parquet has no maps

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        if depth > _DEEPEST:
            raise ValueError("too deep")
        if kind in (LIST, SET):
            count, inner = self.sequence()
            for _ in range(count):
                self.byte() if inner in (_TRUE, _FALSE) else self.skip(inner, depth + 1)
        elif kind == STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        elif kind not in (_TRUE, _FALSE):
            self.value(kind)

    def fields(self) -> Iterator[tuple[int, int]]:
        """(number, type) of every field; whoever asks reads or skips the value before the next."""
        field = 0
        while (head := self.byte()) != 0:
            step, kind = head >> 4, head & 15
            number = 0 if step else self.varint()
            field = field + step if step else (number >> 1) ^ -(number & 1)
            yield field, kind

    def sequence(self) -> tuple[int, int]:
        """(number of values, their type) of a list."""
        head = self.byte()
        return (head >> 4 if head >> 4 < 15 else self.varint()), head & 15

    def varint(self) -> int:
        """A number of at most 64 bits without a sign."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("a number too long")

    def byte(self) -> int:
        """The next byte."""
        value = self.data[self.at]
        self.at += 1
        return value

    def taken(self, length: int) -> bytes:
        """The next bytes."""
        if length > len(self.data) - self.at:
            raise IndexError("beyond the end")
        self.at += length
        return self.data[self.at - length : self.at]
