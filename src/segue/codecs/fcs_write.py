"""Writing FCS 3.1 (or 3.0): HEADER, TEXT, and events of single precision in one pass. No clock: the same events make the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from segue.codecs.fcs_header import MOST_IN_HEADER, encode_header
from segue.codecs.fcs_text import delimiter_for, encode_text
from segue.errors import Incompatible

TEXT_BEGIN = 256
_ALIGNED = 64
_BUFFER = 1 << 19
_CHECKSUM = b"0" * 8
"""What the standard asks for where no checksum is computed."""
Array = npt.NDArray[Any]
Events = Array | Sequence[Array]
"""(event, channel) of float32, or one array per channel."""


@dataclass(frozen=True)
class Named:
    """One channel to write."""

    name: str
    """``$PnN``: unique, without commas."""
    stain: str = ""
    """``$PnS``; empty = none."""
    range: str = ""
    """``$PnR``; empty = the power of two above the largest value."""


def write_fcs(file: BinaryIO, channels: Sequence[Named], events: Events, words: Mapping[str, str] | None = None) -> None:
    """Write FCS 3.1: little-endian, the events from a multiple of 64 bytes on.

    Parameters
    ----------
    file
        Open for writing, at its beginning.
    channels
        In the order of the events.
    events
        An array (event, channel), or one array per channel, all of the same length; written as float32.
    words
        Further keywords, e.g. ``$CYT``. Those that describe the data are made here.

    Raises
    ------
    Incompatible
        The keywords alone are larger than the 99,999,999 bytes that the standard allows.
    """
    count = _count(events)
    tops = ranges(events)
    described = {**_described(len(channels), count, "1,2,3,4"), **(words or {})}
    for number, (one, top) in enumerate(zip(channels, tops, strict=True), 1):
        described |= {f"$P{number}B": "32", f"$P{number}E": "0,0", f"$P{number}N": one.name, f"$P{number}R": one.range or str(top)}
        described |= {f"$P{number}S": one.stain} if one.stain else {}
    mark = delimiter_for(described)

    def text(begin: int, end: int) -> bytes:
        return encode_text({**described, "$BEGINDATA": f"{begin:016d}", "$ENDDATA": f"{end:016d}"}, mark)

    last = TEXT_BEGIN + len(text(0, 0)) - 1
    if last > MOST_IN_HEADER:
        raise Incompatible("the keywords of this FCS file would be larger than the 99,999,999 bytes that the standard allows", bytes=last)
    begin = (last // _ALIGNED + 1) * _ALIGNED
    end = begin + count * len(channels) * 4 - 1
    file.write((encode_header("3.1", (TEXT_BEGIN, last), (begin, end), TEXT_BEGIN) + text(begin, end)).ljust(begin))
    write_events(file, events, "<f4")
    file.write(_CHECKSUM)


def _described(channels: int, events: int, order: str) -> dict[str, str]:
    return {
        **dict.fromkeys(("$BEGINANALYSIS", "$ENDANALYSIS", "$BEGINSTEXT", "$ENDSTEXT"), "0"),
        "$BEGINDATA": "",
        "$ENDDATA": "",
        "$BYTEORD": order,
        "$DATATYPE": "F",
        "$MODE": "L",
        "$NEXTDATA": "0",
        "$TOT": str(events),
        "$PAR": str(channels),
    }


def write_events(file: BinaryIO, events: Events, dtype: str) -> None:
    """The events as numbers of one type, event by event; an array that has it already goes out as it is."""
    for block in _blocks(events, np.dtype(dtype)):
        view = block.reshape(-1).view(np.uint8).data
        done = 0
        while done < len(view):
            done += file.write(view[done : done + (1 << 30)])


def _blocks(events: Events, dtype: np.dtype[Any]) -> Iterator[Array]:
    if isinstance(events, np.ndarray):
        if events.dtype == dtype and events.flags.c_contiguous:
            if events.size:
                yield events
            return
        step = max(1, _BUFFER // max(1, events.shape[1] * dtype.itemsize))
        for first in range(0, len(events), step):
            yield np.ascontiguousarray(events[first : first + step], dtype)
        return
    count = _count(events)
    step = max(1, _BUFFER // max(1, len(events) * dtype.itemsize))
    buffer = np.empty((min(step, count), len(events)), dtype)
    for first in range(0, count, step):
        rows = buffer[: min(step, count - first)]
        for place, column in enumerate(events):
            rows[:, place] = column[first : first + step]
        yield rows


def ranges(events: Events) -> list[int]:
    """Per channel the power of two above its largest finite value; at least 1."""
    return [_above(top) for top in largest(events)]


def largest(events: Events) -> list[float]:
    """Per channel the largest finite value; 0 where there is none."""
    if not _count(events):
        return [0.0] * (events.shape[1] if isinstance(events, np.ndarray) else len(events))
    if isinstance(events, np.ndarray):
        step = max(1, _BUFFER // max(1, events.shape[1] * events.itemsize))
        with np.errstate(invalid="ignore"):
            tops = np.max([events[first : first + step].max(axis=0) for first in range(0, len(events), step)], axis=0)
        return [float(top) if np.isfinite(top) else _finite(events[:, place]) for place, top in enumerate(tops)]
    tops = [column.max() for column in events]
    return [float(top) if np.isfinite(top) else _finite(column) for top, column in zip(tops, events, strict=True)]


def _finite(column: Array) -> float:
    return float(column.max(where=np.isfinite(column), initial=-np.inf)) if np.isfinite(column).any() else 0.0


def _above(top: float) -> int:
    if top < 1:
        return 1
    return 1 << int(top).bit_length()


def _count(events: Events) -> int:
    return len(events) if isinstance(events, np.ndarray) else (len(events[0]) if events else 0)
