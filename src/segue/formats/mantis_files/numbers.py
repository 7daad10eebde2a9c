"""The long lists of a row as arrays: segments, vertices, pixels. Most are what Mantis writes and are decoded at once; others number by number."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from segue.formats.mantis_files.repairs import Repairs
from segue.model.rings import Floats, Ints

_BAD = (msgspec.DecodeError, OverflowError, RecursionError, UnicodeDecodeError)
_LARGEST = 2**64


def segments_of(value: msgspec.Raw | None, repairs: Repairs) -> npt.NDArray[np.uint64]:
    """(n,) uint64: numbers of segments in the order of the list, each once, without what no segment can be."""
    numbers = _whole(value)
    if numbers is None:
        numbers = np.array(_mended(value, repairs), np.uint64)
    good = numbers > 0
    repairs.no_segments += int((~good).sum())
    numbers = (numbers if good.all() else numbers[good]).astype(np.uint64)
    if (numbers[1:] > numbers[:-1]).all():
        return numbers
    order = np.argsort(numbers, kind="stable")
    again = np.append(False, numbers[order][1:] == numbers[order][:-1])
    repairs.repeated_segments += int(again.sum())
    return numbers if not again.any() else numbers[np.sort(order[~again])]


def outline_of(value: msgspec.Raw | None, repairs: Repairs) -> Floats | None:
    """(n, 2) float64; None where there is no region."""
    if value is None:
        return None
    try:
        flat = msgspec.json.decode(value, type=list[float] | None)
    except _BAD:
        repairs.odd_lists += 1
        return None
    if not flat:
        repairs.odd_lists += flat is not None
        return None
    repairs.odd_vertices += len(flat) % 2
    return np.array(flat[: len(flat) // 2 * 2], np.float64).reshape(-1, 2) if len(flat) > 1 else None


def pixels_of(value: msgspec.Raw | None, repairs: Repairs) -> Ints | None:
    """(n,) int64 numbers of pixels, ascending; None where there is no region."""
    if value is None or bytes(value).strip() == b"null":
        return None
    numbers = _whole(value)
    if numbers is None:
        repairs.odd_lists += 1
        return None
    found = np.unique(numbers[(numbers >= 0) & (numbers < 2**62)].astype(np.int64))
    repairs.odd_pixels += len(numbers) - len(found)
    return found


def _whole(value: msgspec.Raw | None) -> npt.NDArray[Any] | None:
    """A list of whole numbers; None if it is something else."""
    try:
        found = msgspec.json.decode(value, type=list[int] | None) if value is not None else None
        return np.array(found or [], np.int64)
    except _BAD:
        return None


def _mended(value: msgspec.Raw | None, repairs: Repairs) -> list[int]:
    """The numbers of a list of anything; 0 stands for what is none."""
    try:
        found = msgspec.json.decode(value) if value is not None else []
    except _BAD:
        found = None
    if not isinstance(found, list):
        repairs.odd_lists += 1
        return []
    return [_segment(one, repairs) for one in found]


def _segment(one: Any, repairs: Repairs) -> int:
    if isinstance(one, int) and not isinstance(one, bool):
        return one if 0 <= one < _LARGEST else 0
    text = isinstance(one, str) and one.strip().isascii() and one.strip().isdecimal() and len(one) < 64
    if not text and not (isinstance(one, float) and one.is_integer() and abs(one) < 2**53):
        return 0
    repairs.text_segments += 1
    number = int(one)
    return number if 0 <= number < _LARGEST else 0
