"""Whether the places in an HDF5 file where texts of attributes lie (global heaps) are sound.

The HDF5 library walks through such a heap by the sizes that stand in it, and never ends where damage made one of them wrong; so they are looked at before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

_MARK = b"GCOL"
_HEADER = 4096
"""Bytes of an object's header that are looked at, of each of its parts."""
_PARTS = 64
_LARGEST = 1 << 26
"""Bytes of a heap."""


def check(item: Any) -> None:
    """Raise ValueError if a heap that the header of a group or data set points to is damaged."""
    import h5py

    with open(item.file.filename, "rb") as file:  # noqa: PTH123  # as HDF5 has it
        length = item.file.id.get_filesize()
        for place in _heaps(file, h5py.h5o.get_info(item.id).addr, length):
            _check_heap(file, place, length)


def _heaps(file: BinaryIO, header: int, length: int) -> Iterator[int]:
    """Where the heaps lie that an object's header points to: every number in it, at any byte, that is the place of a heap."""
    waiting, seen, heaps = [header], {header}, set[int]()
    while waiting and len(seen) <= _PARTS:
        data = _at(file, waiting.pop(), _HEADER)
        for shift in range(min(8, max(len(data) - 16, 0))):
            numbers = np.frombuffer(data, "<u8", (len(data) - shift) // 8, shift)
            inside = np.flatnonzero((numbers > 0) & (numbers < length))
            for nth, number in zip(inside.tolist(), numbers[inside].tolist(), strict=True):
                if number not in heaps and _at(file, number, 4) == _MARK:
                    heaps.add(number)
                    yield number
                follows = int(numbers[nth + 1]) if nth + 1 < len(numbers) else 0
                if 8 <= follows <= 1 << 16 and number + follows <= length and number not in seen:  # the header goes on there
                    seen.add(number)
                    waiting.append(number)


def _check_heap(file: BinaryIO, place: int, length: int) -> None:
    size = struct.unpack("<Q", _at(file, place + 8, 8).ljust(8, b"\0"))[0]
    if not 16 < size <= min(length - place, _LARGEST):
        raise ValueError("the place of its texts is damaged")
    heap = _at(file, place, size)
    at = 16
    while at + 16 <= size:
        index, _, held = struct.unpack_from("<HHxxxxQ", heap, at)
        step = held if index == 0 else 16 + (held + 7) // 8 * 8
        if step < 16 or at + step > size:
            raise ValueError("the place of its texts is damaged")
        at += step


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)
